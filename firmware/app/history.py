"""Reading the journal: hour or day records of any range, in order, with memory that does not grow.

A cursor goes through the files of its range one at a time, each twice: once to see which record
holds which hour, once to hand the records out. What it promises does not depend on how the
records came to be written:

- records come in order of time and never overlap;
- of two that claim the same hour of a month the one written later holds, except that one whose
  clock was in doubt never takes an hour from one whose clock was not;
- a block that lost an hour this way is left out whole, for its total counts that hour;
- a block that reaches back over hours already handed out from an earlier month is left out;
- a torn or foreign record is left out and counted in `bad`, a block left out in `hidden`.
"""

import os
from array import array

from micropython import const

from app.tail import month_of
from household.oslo import civil, day_number
from household.record import CLOCK, HourRecord

_HOURS = const(744)  # in a month
_DAYS = const(366)  # in a year
_BATCH = const(12)  # records read at once
_RING = const(32000)  # ordinals from here on are in the journal's ring, not in the file
_ENOENT = const(2)
_CLOCK = const(0x8000)  # this slot's record has its clock in doubt


def periods(journal, prefix: str, since: int = 0):
    """The months ("h", 12 * year + month - 1) or years ("d") that have a file, in no order, none
    of years before `since`."""
    for folder in os.ilistdir(journal.path):
        if folder[0].isdigit() and int(folder[0]) >= since:
            year = int(folder[0])
            for entry in os.ilistdir(journal.path + "/" + folder[0]):
                name = entry[0]
                if name[0] == prefix:
                    yield 12 * year + int(name[1:]) - 1 if prefix == "h" else year


def next_period(journal, prefix: str, at_least: int):
    """The first of periods() that is not before `at_least`, or None."""
    found = None
    for period in periods(journal, prefix, at_least // 12 if prefix == "h" else at_least):
        if period >= at_least and (found is None or period < found):
            found = period
    return found


def file_name(journal, prefix: str, period: int) -> str:
    """The path of the file of a month or a year."""
    if prefix == "h":
        return "%s/%d/h%02d" % (journal.path, period // 12, period % 12 + 1)
    return "%s/%d/d" % (journal.path, period)


class Cursor:
    """The records that touch `start` <= key < `end`, one by one.

    record: an HourRecord (keys are unix // 3600) or a DayRecord (local days since 1970-01-01), only
    its kind matters. The first and the last block handed out may reach beyond the range. Takes
    2 KB, of which one piece is 1.5 KB: made before other things are loaded, and told the range by
    begin() then, it still finds one. Appending meanwhile is fine; what is added behind the cursor's place is not seen.
    """

    def __init__(self, journal, record, start: int, end: int):
        self.bad = 0
        self.hidden = 0
        self._journal = journal
        self._hours = isinstance(record, HourRecord)
        self._prefix = "h" if self._hours else "d"
        self._size = record.SIZE
        # of no list: half a heap may be free and have no room for two such pieces. _scan() clears it
        self._index = array("H", range(_HOURS if self._hours else _DAYS))
        self._buf = bytearray(_BATCH * record.SIZE)
        self._path = ""
        self.begin(start, end)

    def begin(self, start: int, end: int) -> None:
        """Start anew, with another range."""
        self._start = start
        self._end = end
        self._done = 0  # end of the last record handed out
        self._period = (month_of(start) if self._hours else civil(start)[0]) - 1
        self._base = self._slot = self._slots = 0
        self._filed = _RING
        self._generation = self._journal.generation

    def next_into(self, record) -> bool:
        """Fill `record` with the next one. False when there is none left."""
        while self._start < self._end:
            if self._slot >= self._slots:
                if not self._next_file(record):
                    break
            elif self._generation != self._journal.generation:
                self._scan(record)  # the ring has moved
            ordinal = self._index[self._slot] & ~_CLOCK
            if not ordinal:
                self._slot += 1
                continue
            if not self._read(ordinal, record):
                self._slot += 1  # the file went while it was read
                continue
            first, last = self._place(record)
            if self._base + first >= self._end:
                break
            if self._base + first < self._done or not self._whole(ordinal, first, last):
                self.hidden += 1
                while self._slot <= last and self._index[self._slot] & ~_CLOCK == ordinal:
                    self._slot += 1
                continue
            self._slot = last + 1
            self._done = self._base + last + 1
            return True
        self._end = self._start
        return False

    def _place(self, record):
        """(first, last) slot of the record in this period; first < 0 when it began before."""
        if self._hours:
            first = record.hour - self._base
            return first, first + record.span - 1
        first = record.day - self._base
        return first, first

    def _whole(self, ordinal, first, last):
        for slot in range(max(first, 0), last + 1):
            if self._index[slot] & ~_CLOCK != ordinal:
                return False
        return True

    def _next_file(self, record):
        """Turn to the next month or year that has records. False when there is none."""
        journal = self._journal
        period = next_period(journal, self._prefix, self._period + 1)
        if self._hours:
            for i in range(journal.ring()):
                journal.ring_into(i, record)
                month = month_of(record.hour + record.span - 1)
                if self._period < month and (period is None or month < period):
                    period = month
        if period is None:
            return False
        self._period = period
        self._path = file_name(journal, self._prefix, period)
        if self._hours:
            after = (period + 1) // 12
            self._base = day_number(period // 12, period % 12 + 1, 1) * 24
            self._slots = day_number(after, (period + 1) % 12 + 1, 1) * 24 - self._base
        else:
            self._base = day_number(period, 1, 1)
            self._slots = day_number(period + 1, 1, 1) - self._base
        self._slot = min(max(self._start - self._base, 0), self._slots)
        self._scan(record)
        return True

    def _scan(self, record):
        """See which record holds which slot of this period."""
        index = self._index
        for slot in range(self._slots):
            index[slot] = 0
        self._generation = self._journal.generation
        self._filed = _RING  # the buffer's records: the ordinals after this one
        for again in range(2):  # what is not read once is missing for good in a day
            ordinal = got = 0
            try:
                with open(self._path, "rb") as file:
                    while ordinal < _RING - _BATCH:
                        got = file.readinto(self._buf) // self._size
                        for i in range(got):
                            ordinal += 1
                            if record.unpack(self._buf, i * self._size):
                                self._claim(record, ordinal)
                            else:
                                self.bad += 1
                        if got < _BATCH:
                            break
                    self._filed = ordinal - got
                break
            except OSError as error:
                if error.errno == _ENOENT:  # all of it may still be in the ring
                    break
                self.bad += again
        if self._hours:
            for i in range(self._journal.ring()):
                if self._journal.ring_into(i, record):
                    self._claim(record, _RING + i)

    def _read(self, ordinal, record):
        if ordinal >= _RING:
            return self._journal.ring_into(ordinal - _RING, record)
        ahead = ordinal - 1 - self._filed
        if not 0 <= ahead < _BATCH:
            self._filed = _RING
            for _ in range(2):
                try:
                    with open(self._path, "rb") as file:
                        file.seek((ordinal - 1) * self._size)
                        file.readinto(self._buf)
                    self._filed = ordinal - 1
                    break
                except OSError:
                    pass
            if self._filed == _RING:
                return False
            ahead = 0
        return record.unpack(self._buf, ahead * self._size)

    def _claim(self, record, ordinal):
        first, last = self._place(record)
        if not 0 <= last < self._slots:
            return  # the ring's records of other months
        first = max(first, 0)
        index = self._index
        if record.flags & CLOCK if self._hours else False:
            for slot in range(first, last + 1):
                if index[slot] and not index[slot] & _CLOCK:
                    return
            ordinal |= _CLOCK
        for slot in range(first, last + 1):
            index[slot] = ordinal
