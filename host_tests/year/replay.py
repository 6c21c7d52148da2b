"""Feeds a file of lists to a Dongle and tells as JSON lines what is on flash afterwards.

    micropython replay.py LISTS FOLDER [keep]     or python

LISTS: entries of 11 octets and a frame, little-endian: kind, ms (8 octets), length (2).
    kind 0  a frame          1  the power goes       2  it comes back
         3  the power goes at the touch of the flash that the length says, while the next frame is
            taken or later; it comes back with the next entry of kind 2
         4  tell what the month looks like: a line {"month": ...}
`keep`: modules are not loaded anew every hour.
"""

import json
import os
import struct
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE)
if sys.implementation.name == "cpython":
    sys.path.append(HERE + "/../fakes")  # micropython.py

import dongle as dongles  # noqa: E402

_SETTINGS = {"grid": "", "fuse_a": 40}


def records(journal_path):
    """The hours as tuples, in order."""
    from app.history import Cursor
    from app.journal import Journal
    from household.record import HourRecord

    record = HourRecord()
    cursor = Cursor(Journal(journal_path, 36), record, 0, 1 << 24)
    while cursor.next_into(record):
        yield [
            record.hour,
            record.span,
            record.quality,
            record.import_wh,
            record.export_wh,
            record.import_reg_wh,
            record.export_reg_wh,
            record.flags,
        ]


def days(journal_path):
    """The days as tuples, in order."""
    from app.history import Cursor
    from app.journal import Journal
    from household.day_record import DayRecord

    day = DayRecord()
    cursor = Cursor(Journal(journal_path, 36), day, 0, 1 << 16)
    while cursor.next_into(day):
        yield [
            day.day,
            day.hours,
            day.flags,
            day.import_wh,
            day.max_wh,
            day.max_hour,
            day.import_reg_wh,
        ]


def tell(name, value):
    print(json.dumps({name: value}))


def month(dongle):
    """The budget as it stands, for comparing with a reference."""
    budget = dongle.hours.budget
    return [
        dongle.hours.clock.utc(dongle.ms - dongle._zero),
        budget.mean_w,
        [list(peak) for peak in budget.peaks],
        budget.import_wh,
        budget.edge_wh,
        budget.missing_hours,
        budget.step_w,
        budget.limit_w,
        budget.budget_wh,
        budget.alone_wh,
        dongle.hours.today,
    ]


def replay(path, folder, settings):
    """Live through the file."""
    dongle = dongles.Dongle(folder, settings)
    dongle.start(0)
    cuts = torn = 0
    with open(path, "rb") as file:
        while True:
            head = file.read(11)
            if not head:
                break
            kind, ms, length = struct.unpack("<BQH", head)
            frame = file.read(length) if kind == 0 else b""
            if kind == 2:
                if dongle.hours is not None:
                    dongle.cut(ms)
                cuts += 1
                dongle.start(ms)
            elif dongle.hours is None:
                continue
            elif kind == 0:
                before = dongle.hours.last
                hours = dongle.hours
                torn += not dongle.feed(ms, frame)
                if hours.last != before and dongle.hours and hours.journal is None:
                    tell("confirmed", [ms, list(hours.last)])
            elif kind == 1:
                dongle.cut(ms)
            elif kind == 3:
                dongle.cut_in(length)
            elif kind == 4:
                tell("month", month(dongle))
    if dongle.hours is not None:
        tell("last", dongle.hours.last)
        tell("away", dongle.hours.away_now)
    tell("cuts", cuts)
    tell("torn", torn)


def main():
    path, folder = sys.argv[1:3]
    settings = dict(_SETTINGS)
    if "keep" in sys.argv:
        dongles.keep_modules()
    for argument in sys.argv[3:]:
        if "=" in argument:
            name, _, value = argument.partition("=")
            settings[name] = json.loads(value)
    try:
        os.mkdir(folder)
    except OSError:
        pass
    replay(path, folder, settings)
    for record in records(folder + "/hours"):
        tell("hour", record)
    for day in days(folder + "/hours"):
        tell("day", day)


if __name__ == "__main__":
    main()
