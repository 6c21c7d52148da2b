"""Counts erases: the journal's years on MicroPython's littlefs, on a flash of 512 blocks in RAM.

    micropython mp_journal_wear.py YEARS

Every hour a record, every ten minutes and with every record the ledger's state, every day a day
record and two states too big for the metadata, every month what the retention (36 months, the
longest) lets go. 200 KB of files that never change take their blocks out of the round, as the
firmware's own do. Prints one JSON object.
"""

import json
import sys
import time

import vfs
from fakes.flash import Flash

from app.erase import prune
from app.journal import Journal, month_of
from app.state import State
from household.day_record import DayRecord
from household.oslo import day_number, local_day
from household.record import MEASURED, HourRecord

START = day_number(2026, 1, 1) * 24


def prepare():
    flash = Flash(512)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/wear")
    with open("/wear/firmware", "wb") as file:
        for _ in range(200):
            file.write(bytes(1024))
    flash.erases = [0] * 512
    return flash


def live(journal, hours):
    """The hours, one after the other."""
    state = State(journal.nest, "hour")
    month = State("/wear/journal", "month", True)
    quality = State("/wear/journal", "quality", True)
    record = HourRecord()
    day = DayRecord()
    register = 12345670
    for hour in range(START, START + hours):
        for _ in range(5):
            state.save(
                [register, 0, hour, hour * 3600, "6840000000001234", hour, 3, hour, 940, 0, 1800]
            )
        register += 1870
        record.set(hour, 1, MEASURED, 1870, 0, register, 0)
        assert journal.append((record,))
        state.save(
            [register, 0, hour + 1, hour * 3600, "6840000000001234", hour, 3, hour, 0, 0, 0]
        )
        if local_day(hour + 1) > local_day(hour):
            day.clear(local_day(hour))
            day.import_reg_wh = register
            assert journal.append_day(day)
            assert month.save(list(range(1000000, 1000075)))
            assert quality.save([1700] * 131)
        if month_of(hour) != month_of(hour - 25) and month_of(hour) == month_of(hour - 24):
            prune(journal)


def main():
    years = float(sys.argv[1])
    flash = prepare()
    journal = Journal("/wear/journal", 36)
    start = time.ticks_ms()
    live(journal, int(years * 8766))
    erases = sorted(flash.erases)
    print(
        json.dumps(
            {
                "years": years,
                "erases": sum(erases),
                "most": erases[-1],
                "next": erases[-20:],
                "median": erases[256],
                "programmed": flash.programmed,
                "s": time.ticks_diff(time.ticks_ms(), start) / 1000,
            }
        )
    )


main()
