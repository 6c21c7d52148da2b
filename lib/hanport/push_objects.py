"""The body that describes itself: a list of push objects, then their values (Blue Book 4.4.8).

    structure(n) { array(n) of {class, OBIS, attribute, data index}, value 2, ... value n }

Landis+Gyr E450 (CH, CY, AT). The first object is the push set-up's own list, which is that array;
value i belongs to object i. There are no scalers. Loaded when the first such list is seen.
"""

from hanport import obis
from hanport.axdr import ARRAY, STRUCTURE
from hanport.errors import ListError

# 02 04 | 12 class | 09 06 OBIS | 0F attribute | 12 data index
_SIZE = 18
_OBIS = 7
_ATTRIBUTE = 14


def walk(cursor, reader) -> bool:
    """Read objects and values into `reader` (lists.ListReader); the cursor stands in front of the
    array. True when a quantity was found. Raises ListError on a malformed object."""
    buf = cursor.buf
    values = cursor.length
    cursor.next()
    objects = cursor.length
    if cursor.tag != ARRAY or objects not in (values, values - 1):
        raise ListError("objects and values differ in number")
    first = cursor.at
    for _ in range(objects):
        if cursor.next() != STRUCTURE or cursor.length != 4:
            raise ListError("not a push object")
        start = cursor.at
        for tag in (0x12, 0x09, 0x0F, 0x12):
            if cursor.next() != tag:
                raise ListError("not a push object")
        if cursor.at - start != _SIZE - 2:
            raise ListError("not a push object")
    known = False
    for i in range(objects - (values - 1), objects):
        at = first + _SIZE * i
        code = obis.key(buf, at + _OBIS) if buf[at + _ATTRIBUTE] == 2 else -1
        cursor.next()
        if reader.take(code, cursor):
            known = True
        depth = cursor.length if cursor.tag in (ARRAY, STRUCTURE) else 0
        while depth:  # a value that is itself a structure is none of ours
            cursor.next()
            depth += (cursor.length if cursor.tag in (ARRAY, STRUCTURE) else 0) - 1
    return known
