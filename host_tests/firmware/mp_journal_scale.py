"""What the journal takes in time and heap under MicroPython, on the host's file system.

    micropython mp_journal_scale.py FOLDER

Prints one JSON object; test_journal_device.py holds it against the bars. Ten years of days, 36
months of hours (the longest retention), against a flash a month old.
"""

import gc
import json
import os
import sys
import time

from app.erase import wipe
from app.journal import Journal, month_of
from app.state import State
from household.day_record import DayRecord
from household.oslo import civil, day_number, first_hour
from household.record import MEASURED, HourRecord

FOLDER = sys.argv[1] + "/journal"
kept = [None]
END = day_number(2027, 11, 1) * 24 - 1  # running hour, in the month with the repeated hour


def new_file(year, name):
    """Its path; the folder is there."""
    folder = f"{FOLDER}/{year}"
    try:
        os.mkdir(folder)
    except OSError:
        pass  # it was
    return folder + "/" + name


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
        with open(new_file(month // 12, f"h{month % 12 + 1:02d}"), "wb") as file:
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
        with open(new_file(civil(day)[0], "d"), "ab") as file:
            file.write(buf)


def fresh(months, days):
    """A new journal with so many months of hours and days of days."""
    for _ in wipe(Journal(FOLDER), False):
        pass
    first = month_of(END) - months
    register = write_hours(day_number(first // 12, first % 12 + 1, 1) * 24, END - 8)
    write_days(END // 24 - days, END // 24)
    journal = Journal(FOLDER, 36)
    record = HourRecord()
    for i in range(8, 0, -1):
        register += 1870
        assert journal.append((record.set(END - i, 1, MEASURED, 1870, 0, register, 0),))
    State(journal.nest, "hour").save(
        [register, 0, END, END * 3600, "6840000000001234", END, 1, END]
    )


def boot():
    """To a known state: what app.py does at start. ms, and the heap that it keeps."""
    from app.resume import newest_filed_into

    record = HourRecord()
    day = DayRecord()
    kept[0] = None
    gc.collect()
    before = gc.mem_alloc()
    start = time.ticks_us()
    journal = kept[0] = Journal(FOLDER, 36)
    assert journal.newest_into(record) and record.hour == END - 1
    assert newest_filed_into(journal, day) and day.day == END // 24 - 1
    assert State(journal.nest, "hour").load()[2] == END
    took = time.ticks_diff(time.ticks_us(), start)
    gc.collect()
    return {"ms": took / 1000, "heap": gc.mem_alloc() - before}


def export(journal, months):
    """The CSV of so many months, ms to its first octets and in all, in octets and rows."""
    from app.csv_hours import HoursCsv

    gc.collect()
    start = time.ticks_us()
    csv = HoursCsv(journal, END - months * 731, END)
    first = size = rows = 0
    chunk = csv.next_chunk()
    first = time.ticks_diff(time.ticks_us(), start)
    while chunk is not None:
        assert len(chunk) <= 768
        size += len(chunk)
        for octet in chunk:
            if octet == 10:
                rows += 1
        chunk = csv.next_chunk()
    took = time.ticks_diff(time.ticks_us(), start)
    return {"first_ms": first / 1000, "ms": took / 1000, "size": size, "rows": rows}


def export_heap(journal, months):
    """Heap that an export holds at most, besides the module itself."""
    from app.csv_hours import HoursCsv

    gc.collect()
    before = gc.mem_alloc()
    peak = 0
    csv = HoursCsv(journal, END - months * 731, END)
    while csv.next_chunk() is not None:
        gc.collect()
        peak = max(peak, gc.mem_alloc() - before)
    return peak


def tight_export(journal, months):
    """An export with no more than 6 KB of heap to live on, garbage included; how many octets."""
    from app.csv_hours import HoursCsv

    gc.collect()
    hoard = []
    try:
        while True:
            hoard.append(bytearray(256))
    except MemoryError:
        pass
    for _ in range(24):
        hoard.pop()
    gc.collect()
    size = 0
    csv = HoursCsv(journal, END - months * 731, END)
    chunk = csv.next_chunk()
    while chunk is not None:
        size += len(chunk)
        chunk = csv.next_chunk()
    return size, gc.mem_free()


def summary(journal):
    """13 months' sums."""
    from app.month_sums import months

    month = month_of(END)
    gc.collect()
    start = time.ticks_us()
    total = 0
    for _number, sums in months(journal, month - 12, month + 1):
        total += sums.import_total(END // 24)[0]
    return {"ms": time.ticks_diff(time.ticks_us(), start) / 1000, "wh": total}


def best(run, *arguments):
    """The quickest of five: other processes share the machine."""
    results = [run(*arguments) for _ in range(5)]
    return min(result["ms"] for result in results), results[-1]


def main():
    result = {}
    fresh(1, 30)
    result["boot_young"] = best(boot)
    fresh(36, 3650)
    result["boot_old"] = best(boot)
    journal = Journal(FOLDER, 36)
    result["csv"] = export(journal, 13)
    result["csv_heap"] = export_heap(journal, 13)
    result["months"] = best(summary, journal)
    result["csv_tight"] = tight_export(journal, 13)
    print(json.dumps(result))


main()
