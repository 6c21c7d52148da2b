"""Kaifa's Norwegian lists: no codes, what a value is follows from its place (KFM_001 p. 4 and 5).

    1 element    power alone
    9, 13        texts, powers, then current and voltage of one phase or of three
    14, 18       the same with the clock and the registers behind

Loaded when the first such list is seen.
"""

from hanport.axdr import NULL
from hanport.errors import ListError
from hanport.reading import NAMES

_CURRENT = NAMES.index("l1_ma")
_VOLTAGE = NAMES.index("l1_mv")
_ENERGY = NAMES.index("import_wh")
_UNSCALED = 99  # as in lists.py

# An index of NAMES, _TEXT + 0 list id, 1 meter id, 2 model, or _CLOCK
_TEXT, _CLOCK = 100, 110
_HEAD = (_TEXT, _TEXT + 1, _TEXT + 2, 0, 1, 2, 3)
_ENERGIES = (_CLOCK, _ENERGY, _ENERGY + 1, _ENERGY + 2, _ENERGY + 3)
_SINGLE = _HEAD + (_CURRENT, _VOLTAGE)
_THREE = _HEAD + tuple(range(_CURRENT, _CURRENT + 3)) + tuple(range(_VOLTAGE, _VOLTAGE + 3))
_LAYOUTS = {
    1: b"\0",
    9: bytes(_SINGLE),
    13: bytes(_THREE),
    14: bytes(_SINGLE + _ENERGIES),
    18: bytes(_THREE + _ENERGIES),
}


def walk(cursor, reader) -> bool:
    """Read the structure just entered, whose first element is a number alone or a KFM_ list
    id (lists.py has looked), into `reader` (lists.ListReader); False when it is none of these lists,
    and the cursor stands where it stood. Raises ListError."""
    layout = _LAYOUTS.get(cursor.length)
    if layout is None or (cursor.length == 1 and cursor.buf[cursor.at] != 6):
        return False
    for item in layout:
        tag = cursor.next()
        if item == _CLOCK:
            reader.take_clock(cursor)
        elif item >= _TEXT:
            reader.take_text(cursor, item - _TEXT)
        elif cursor.value is not None:
            reader.raw[item] = cursor.value
            reader.exponent[item] = _UNSCALED
        elif tag != NULL:
            raise ListError("number expected")
    return True
