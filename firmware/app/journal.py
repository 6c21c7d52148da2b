"""Hours and days on flash: records that are only ever added, each with its own CRC.

    n7/t0 n7/t1  the newest one to eight hour records; each comes here first (nest.py)
    2026/h10     the hour records whose last hour lies in this UTC month
    2026/d       the day records of this local year

A record is confirmed once the file that holds it is closed: littlefs then shows the old file or
the new one, never a half. Appending to a file of more than 128 octets costs the erase of a 4 KB
block, one of at most 128 lies in its folder's own blocks and costs 0.04 of one. So the newest
records wait in the tail, two such files of four, and are filed eight at a time: tail first, then
the month, then the next tail. A cut between the last two leaves the same records in both, and
filing them again finds them at the month's end. The last record in the tail is the newest one
written. t0 and t1 begin with the number of their round: a t1 of another round is filed already.

UTC months, because the key is the UTC hour: the place of a record follows from it alone, and no
rule of summer time moves it. The month of its last hour, because a block's record is written when
the block ends: files grow at the end only.

A full disk or a failing one: the record waits in RAM, up to twelve of them, settle() and every
append() try again, `error` and `waiting` say so. Nothing confirmed is ever given up for space:
only what the retention rule (erase.py) lets go.
"""

import os

from micropython import const

from app.tail import Tail, month_of
from household.oslo import civil

_SIZE = const(26)
_PART = const(4)
_TAIL = const(8)
_ROOM = const(20)  # _TAIL and what waits for a disk that is full
_TURN = const(3)  # filings until the nest turns: a day
_ENOENT = const(2)
_EEXIST = const(17)


class Journal(Tail):
    """The records under the folder `path`, made when missing. Single writer, any readers.

    hour_months: full months of hours to keep before the running one (1, 13 or 36).
    Readers are in history.py. OSError from here means that the folder cannot be made.
    """

    def __init__(self, path: str, hour_months: int = 13):
        self.hour_months = hour_months
        self.lost = 0  # records that found no room in RAM either
        self.frozen = False  # while erase.wipe() works: everything waits
        try:
            os.mkdir(path)
        except OSError as error:
            if error.errno != _EEXIST:
                raise
        try:
            os.stat(path + ".fill")
            self.unfinished = True
        except OSError:
            self.unfinished = False  # no erase.wipe() was cut short
        Tail.__init__(self, path, _ROOM)

    @property
    def waiting(self) -> int:
        """Records in RAM that are not yet on flash."""
        return self._n - self._safe

    def append(self, records) -> bool:
        """Put hour records (an iterable, oldest first) on flash. True: all are confirmed.

        One record object filled again and again will do. A record equal to the newest one is
        taken for the same one told twice (a cut before the ledger's state was saved).
        False: some wait in RAM. Raises ValueError for a record that does not fit its layout.
        """
        for record in records:
            if self._n == _ROOM and not self.settle():
                # The oldest of those that wait; the confirmed ones before it stay
                self._drop(self._safe, 1)
                self.lost += 1
            end = self._n * _SIZE
            record.pack(self._ring, end)
            if self._n and self._view[end - _SIZE : end] == self._view[end : end + _SIZE]:
                continue
            self._n += 1
            self.generation += 1
        return self.settle()

    def settle(self) -> bool:
        """Try to bring what waits in RAM onto flash. True when nothing waits any more."""
        return self._try(self._settle)

    def append_day(self, record) -> bool:
        """Put a day record on flash; a later one for the same day replaces it. True: confirmed."""
        data = bytearray(record.SIZE)
        record.pack(data)
        name = "%d/d" % civil(record.day)[0]
        return self._try(lambda: self._add(name, data, len(data)))

    def forget(self) -> None:
        """Drop what is in RAM, the octets too. For erase.wipe()."""
        self._n = self._safe = 0
        self._left = False
        for i in range(len(self._ring)):
            self._ring[i] = 0
        self.generation += 1

    def _try(self, write):
        if self.frozen:
            return False
        try:
            write()
        except OSError:
            try:
                from app import erase

                erase.prune(self)
                write()
            except OSError as error:
                self.error = error.errno
                return False
        self.error = 0
        return True

    def _settle(self):
        while self._safe < self._n:
            if self._safe == _TAIL or self._left:
                self._file_away()
            part = self._safe // _PART
            first = part * _PART
            end = min(self._n, first + _PART)
            # "wb" only over records that are all filed. Elsewhere the old octets are written
            # again as they were, so that a file system without littlefs's promise (the host's)
            # has no moment without them.
            path = "%s/t%d" % (self.nest.folder(), part)
            with open(path, "r+b" if self._safe > first else "wb") as file:
                file.write(bytes((self._round,)))
                file.write(self._view[first * _SIZE : end * _SIZE])
            self._safe = end

    def _file_away(self):
        first = 0
        while first < self._safe:
            month = self._month(first)
            end = first + 1
            while end < self._safe and self._month(end) == month:
                end += 1
            name = "%d/h%02d" % (month // 12, month % 12 + 1)
            self._add(name, self._view[first * _SIZE : end * _SIZE], _SIZE)
            first = end
        self._drop(0, first)
        self._safe = 0
        self._round = (self._round + 1) & 0xFF
        self._left = False
        # by the round, which is on flash: this object may live for one record only
        if self._round % _TURN == 0:
            try:
                self.nest.turn()
            except OSError:
                pass  # no room for a folder: the one in use will do, for another day

    def _month(self, i):
        self._record.unpack(self._ring, i * _SIZE)
        return month_of(self._record.hour + self._record.span - 1)

    def _drop(self, first, n):
        end = self._n * _SIZE
        start = first * _SIZE
        self._view[start : end - n * _SIZE] = self._view[start + n * _SIZE : end]
        self._n -= n
        self.generation += 1  # the ring's places have moved

    def _add(self, name, data, size):
        """Append records of `size` octets to a file, unless its end is these records already."""
        path = self.path + "/" + name
        try:
            file = open(path, "a+b")
        except OSError as error:
            if error.errno != _ENOENT:
                raise
            os.mkdir(path[: path.rfind("/")])  # the first of its year
            file = open(path, "a+b")
        with file:
            end = file.seek(0, 2)
            if end % size:
                # Half a record, which littlefs never shows but the host's file system may:
                # filled up, so that what follows is found
                file.write(bytes(size - end % size))
            elif end >= len(data):
                file.seek(end - len(data))
                if file.read(len(data)) == data:
                    return
            file.write(data)
