"""The journal on a disk that is full: littlefs as MicroPython builds it, on a flash in RAM.

    micropython mp_journal_full.py

Prints "ok"; an exception when something did not hold. Not with littlefs-python: that is built with
assertions, and littlefs 2.11 fails one of its own when it goes on after ENOSPC.
"""

import os

import vfs
from fakes.flash import BLOCK, Flash
from journal_cuts import fields

from app.history import Cursor
from app.journal import Journal
from household.oslo import day_number
from household.record import MEASURED, HourRecord

FOLDER = "/full/journal"
OCTOBER = day_number(2026, 10, 1) * 24


def fresh(blocks):
    """Mount a new littlefs at /full."""
    try:
        vfs.umount("/full")
    except OSError:
        pass  # the first one
    flash = Flash(blocks)
    vfs.VfsLfs2.mkfs(flash)
    vfs.mount(vfs.VfsLfs2(flash), "/full")


def hour(at):
    return (at, 1, MEASURED, at % 97, 0, at, 0, 0)


def hours(first, end):
    return [hour(OCTOBER + at) for at in range(first, end)]


def append(book, *records):
    record = HourRecord()
    return book.append(record.set(*r) for r in records)


def read(book):
    record = HourRecord()
    cursor = Cursor(book, record, 0, 1 << 24)
    found = []
    while cursor.next_into(record):
        found.append(fields(record))
    return found


def fill_up():
    """Take all free blocks and what room the metadata has."""
    for size in (8 * BLOCK, BLOCK, 512, 100):
        for i in range(1000):
            name = f"/full/ballast{size}-{i}"
            try:
                with open(name, "wb") as file:
                    file.write(bytes(size))
            except OSError:
                break


def full_for_a_while():
    fresh(20)
    book = Journal(FOLDER)
    records = hours(0, 60)
    assert append(book, *records[:40])
    fill_up()
    results = [append(book, record) for record in records[40:52]]
    assert not results[-1]
    assert book.error == 28
    assert 0 < book.waiting <= 12
    assert book.lost == 0
    assert read(book) == records[:52]  # what waits is known too
    confirmed = 40 + results.index(False)
    assert read(Journal(FOLDER)) == records[:confirmed]
    os.remove("/full/ballast32768-0")
    assert book.settle()
    assert book.error == book.waiting == 0
    assert append(book, *records[52:])
    assert read(Journal(FOLDER)) == records


def full_for_long():
    fresh(20)
    book = Journal(FOLDER)
    assert append(book, *hours(0, 40))
    fill_up()
    waiting = hours(40, 90)
    for record in waiting:
        append(book, record)
    assert book.lost > 0
    kept = read(book)
    assert kept[:40] == hours(0, 40)
    assert kept[-12:] == waiting[-12:]
    assert len(kept) + book.lost == 90
    assert not book.append_day(Day())
    os.remove("/full/ballast32768-0")
    assert book.settle()
    assert read(Journal(FOLDER)) == kept
    assert book.append_day(Day())


class Day:
    """Just enough of a day record, too big for the metadata."""

    SIZE = 600
    day = OCTOBER // 24

    def pack(self, buf):
        buf[0] = 1


def retention_gives_room(months):
    """Returns whether it did."""
    fresh(24)
    book = Journal(FOLDER, months)
    old = hours(-24 * 90, -24 * 90 + 300)
    new = hours(0, 60)
    assert append(book, *old)
    assert append(book, *new[:40])
    fill_up()
    results = [append(book, record) for record in new[40:52]]
    there = "h07" in os.listdir(FOLDER + "/2026")
    assert there != all(results)
    assert read(book) == (old if there else []) + new[:52]
    return not there


full_for_a_while()
full_for_long()
assert retention_gives_room(1)
assert not retention_gives_room(13)
print("ok")
