"""Letting go of the household's hours: by age, by wish, and so that the flash forgets them too.

What a file system on flash can promise: littlefs never writes over what it has, so neither
removing nor overwriting a file touches the blocks that held it. They are erased when their turn
comes to hold something new. wipe() makes all of them come at once by filling the free space.
prune() does not, for the wear: there the ordinary appends come round, in about a month (wear test:
4,500 erases a year over some 400 free blocks).
On the host's file system the overwriting is what does it.
"""

import os

from micropython import const

from app.history import file_name, next_period
from app.tail import month_of
from household.oslo import civil

_DAY_YEARS = const(10)
_HELD = const(24)  # records a new month must have before anything goes on its word
_CHUNK = const(512)
_FOLDER = const(0x4000)


def remove(path: str) -> None:
    """Overwrite with zeros where the file system allows it, then remove. OSError if it stays."""
    zeros = bytes(_CHUNK)
    try:
        with open(path, "r+b") as file:
            left = file.seek(0, 2)
            file.seek(0)
            while left > 0:
                left -= file.write(memoryview(zeros)[: min(left, _CHUNK)])
    except OSError:
        pass  # a full littlefs: there it would have changed nothing anyway
    os.remove(path)


def prune(journal, now_hour: int | None = None) -> int:
    """Remove what is older than the retention allows; returns how many files went. OSError when
    the flash refuses.

    Kept: hours of the running UTC month and `journal.hour_months` full months before it, days of
    the running year and ten before it. `now_hour` (unix // 3600) only from a clock that is
    trusted. Without it the newest record tells the month, and it is believed once the month has
    a day's worth of records: a meter whose clock jumps to 2040 must not take everything along.
    """
    if now_hour is None:
        now_hour = _believed(journal)
        if now_hour is None:
            return 0
    month = month_of(now_hour) - journal.hour_months
    year = civil(now_hour // 24)[0] - _DAY_YEARS
    return _remove_before(journal, "h", month) + _remove_before(journal, "d", year)


def _believed(journal):
    from household.record import HourRecord

    record = HourRecord()
    if not journal.newest_into(record):
        return None
    last = record.hour + record.span - 1
    try:
        size = os.stat(file_name(journal, "h", month_of(last)))[6]
    except OSError:
        return None  # the month's first records are still in tail
    return last if size >= _HELD * record.SIZE else None


def _remove_before(journal, prefix, period):
    gone = 0
    found = next_period(journal, prefix, 0)
    while found is not None and found < period:
        path = file_name(journal, prefix, found)
        remove(path)
        gone += 1
        try:
            os.rmdir(path[: path.rfind("/")])
        except OSError:
            pass  # its year has other files
        found = next_period(journal, prefix, found + 1)
    return gone


def wipe(journal, filling: bool):
    """Erase all hours, days and states; a generator, so that the watchdog can be fed between.

        for _ in wipe(journal, filling=board has littlefs): ...

    First every file goes, and with the folder itself the blocks that littlefs keeps small files
    in. With `filling` the free space is then filled and freed again, about a minute for 2 MB: after
    that the flash holds no octet of the records. At the end the journal is empty and goes on.
    Records that come meanwhile wait in RAM. A cut leaves journal.unfinished set at the next start:
    call wipe() again, before anything else.
    """
    mark = journal.path + ".fill"
    with open(mark, "wb"):
        pass  # from here on until it is gone, unfinished
    journal.forget()
    journal.frozen = True
    try:
        yield from _empty(journal.path)
        os.rmdir(journal.path)
        if filling:
            yield from fill(mark)
        os.mkdir(journal.path)
        journal.nest.start()
        os.remove(mark)
    finally:
        journal.frozen = False
    journal.unfinished = False
    journal.settle()


def _empty(folder):
    """Remove what is in the folder, and what is put there meanwhile."""
    while entries := list(os.ilistdir(folder)):
        for entry in entries:
            path = folder + "/" + entry[0]
            if entry[1] == _FOLDER:
                yield from _empty(path)
                os.rmdir(path)
            else:
                remove(path)
                yield


def fill(path: str):
    """Fill the free space with a file of zeros and empty it again; a generator."""
    zeros = bytes(_CHUNK)
    try:
        with open(path, "wb") as file:
            while True:
                file.write(zeros)
                yield
    except OSError:
        pass  # full, as meant
    with open(path, "wb"):
        pass  # room again, but for the mark
