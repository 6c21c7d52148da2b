"""What the journal takes in time and heap under MicroPython, with littlefs on a flash in RAM.

    micropython mp_journal_scale.py

Prints one JSON object; test_journal_device.py holds it against the bars. Ten years of days, 36
months of hours (the longest retention), against a flash a month old.
"""

import gc
import json
import os
import time

import vfs
from fakes.flash import Flash

from app.journal import Journal, month_of
from app.state import State
from household.days import DayRecord
from household.oslo import civil, day_number, first_hour
from household.record import MEASURED, HourRecord

FOLDER = "/scale/journal"
END = day_number(2027, 11, 1) * 24 - 1  # running hour, in the month with the repeated hour


def write_hours(first, end):
    """Month files as the journal would have made them, but written at once: it takes a second."""
    record = HourRecord()
    buf = bytearray(744 * record.SIZE)
    register = 12000000
    hour = first
    while hour < end:
        month = month_of(hour)
        n = 0
        while hour < end and month_of(hour) == month:
            register += 1870
            record.set(hour, 1, MEASURED, 1870, 0, register, 0).pack(buf, n * record.SIZE)
            n += 1
            hour += 1
        with open(f"{FOLDER}/h{month // 12}-{month % 12 + 1:02d}", "wb") as file:
            file.write(memoryview(buf)[: n * record.SIZE])
    return register


def write_days(first, end):
    record = DayRecord()
    buf = bytearray(record.SIZE)
    register = 12000000
    for day in range(first, end):
        record.clear(day)
        register += 24 * 1870
        record.hours = 24
        record.import_wh = 24 * 1870
        record.export_wh = 0
        record.max_wh = 2000 + day % 977
        record.max_hour = first_hour(day) + day % 23
        record.import_reg_wh = register
        record.export_reg_wh = 0
        record.pack(buf)
        with open(f"{FOLDER}/d{civil(day)[0]}", "ab") as file:
            file.write(buf)


def fresh(months, days):
    """Mount a new flash with so many months of hours and days of days."""
    flash = Flash(512)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/scale")
    os.mkdir(FOLDER)
    first = month_of(END) - months
    register = write_hours(day_number(first // 12, first % 12 + 1, 1) * 24, END - 8)
    write_days(END // 24 - days, END // 24)
    journal = Journal(FOLDER, 36)
    record = HourRecord()
    for i in range(8, 0, -1):
        register += 1870
        assert journal.append((record.set(END - i, 1, MEASURED, 1870, 0, register, 0),))
    State(FOLDER, "hour").save([register, 0, END, END * 3600, "6840000000001234", END, 1, END], 0)


def boot():
    """To a known state: what app.py does at start. Returns the journal, ms and heap kept."""
    record = HourRecord()
    day = DayRecord()
    gc.collect()
    before = gc.mem_alloc()
    start = time.ticks_us()
    from app import history

    journal = Journal(FOLDER, 36)
    assert journal.newest_into(record) and record.hour == END - 1
    assert history.newest_filed_into(journal, day) and day.day == END // 24 - 1
    assert State(FOLDER, "hour").load()[2] == END
    took = time.ticks_diff(time.ticks_us(), start)
    gc.collect()
    return journal, took / 1000, gc.mem_alloc() - before


def export(journal, months):
    """The CSV: ms to the first octets, whole ms, heap at most above the start, octets, rows."""
    from app.csv_export import HoursCsv

    gc.collect()
    before = gc.mem_alloc()
    start = time.ticks_us()
    csv = HoursCsv(journal, END - months * 731, END)
    first = peak = size = rows = 0
    while True:
        chunk = csv.next_chunk()
        if not first:
            first = time.ticks_diff(time.ticks_us(), start)
        if chunk is None:
            break
        assert len(chunk) <= 1024
        size += len(chunk)
        rows += bytes(chunk).count(b"\n")
        chunk = None
        gc.collect()
        peak = max(peak, gc.mem_alloc() - before)
    took = time.ticks_diff(time.ticks_us(), start)
    return {"first_ms": first / 1000, "ms": took / 1000, "heap": peak, "size": size, "rows": rows}


def summary(journal):
    """13 months' sums, in steady state: ms, heap at most."""
    from app.history import months

    best = 1 << 30
    month = month_of(END)
    for _ in range(3):
        gc.collect()
        before = gc.mem_alloc()
        start = time.ticks_us()
        total = 0
        for _number, sums in months(journal, month - 12, month + 1):
            total += sums.import_total(END // 24)[0]
        best = min(best, time.ticks_diff(time.ticks_us(), start))
    return {"ms": best / 1000, "garbage": gc.mem_alloc() - before, "wh": total}


def main():
    result = {}
    fresh(1, 30)
    boot()  # the modules' own heap
    result["boot_young"] = boot()[1:]
    vfs.umount("/scale")
    gc.collect()
    fresh(36, 3650)
    boot()
    journal, ms, heap = boot()
    result["boot_old"] = ms, heap
    result["csv"] = export(journal, 13)
    result["months"] = summary(journal)
    print(json.dumps(result))


main()
