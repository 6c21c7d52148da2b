"""The newest hour records, as they wait on flash to be filed: what history.py reads beside the files.

Of this and what journal.py adds to it a reader needs only this. Without a journal at work it is
a snapshot: what is booked later is not in it.
"""

from micropython import const

from app.nest import Nest
from household.oslo import civil
from household.record import HourRecord

_SIZE = const(26)
_PART = const(4)  # 105 octets, inside littlefs's 128
_TAIL = const(8)
_ENOENT = const(2)


def month_of(hour: int) -> int:
    """UTC month (12 * year + month - 1) of an hour (unix // 3600)."""
    year, month, _ = civil(hour // 24)
    return 12 * year + month - 1


class Tail:
    """The tail of the journal in the folder `path`, which must be there.

    error: errno of the last access that failed, 0 when all is well. bad: torn records in it.
    generation: changes with every append of a Journal; readers look at it.
    OSError when there is no folder of it and none can be made, or it cannot be read now.
    """

    def __init__(self, path: str, room: int = _TAIL):
        self.path = path
        self.error = 0
        self.bad = 0
        self.generation = 0
        self._ring = bytearray(room * _SIZE)
        self._view = memoryview(self._ring)
        self._record = HourRecord()  # scratch
        self._n = 0  # records in the ring, oldest first
        self._safe = 0  # how many of them are in the tail
        self._round = 0
        self._left = False  # that tail is the one in the nest before, and all of it is filed
        self.nest = Nest(path)
        if not self._load(0):  # the nest has just turned
            self._load(1)
            self._left = self._n > 0

    def newest_into(self, record: HourRecord) -> bool:
        """Fill `record` with the hour record written last. False when there is none."""
        if self._n:
            return record.unpack(self._ring, (self._n - 1) * _SIZE)
        from app import resume

        return resume.newest_filed_into(self, record)

    def ring_into(self, i: int, record: HourRecord) -> bool:
        """Fill `record` with the i-th of the newest records, oldest first. False past the last."""
        return i < self._n and record.unpack(self._ring, i * _SIZE)

    def ring(self) -> int:
        """How many records ring_into() has; they may be filed too."""
        return self._n

    def _load(self, back):
        """Take up a nest's tail. False when there is none; one that was cut short counts."""
        found = self._load_part(back, 0)
        if self._n == _PART:
            self._load_part(back, 1)
        self._safe = self._n
        return found

    def _load_part(self, back, part):
        try:
            with open("%s/t%d" % (self.nest.folder(back), part), "rb") as file:
                data = file.read(1 + _PART * _SIZE)
        except OSError as error:
            if error.errno != _ENOENT:
                raise  # what could not be read must not be written over
            return False
        if data and part == 0:
            self._round = data[0]
        for start in range(1, len(data), _SIZE):
            if self._round != data[0]:
                break
            if self._record.unpack(data, start):
                self._record.pack(self._ring, self._n * _SIZE)
                self._n += 1
            else:
                self.bad += 1
        return True
