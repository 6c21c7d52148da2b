"""What the tests of the journal share: records as tuples in set()'s order, littlefs under it."""

import contextlib

from fakes.flash import Flash
from fakes.flash_lfs import LfsOs
from fakes.plain_fs import PlainOs
from journal_cuts import fields

from app import erase, history, journal, nest, resume, state, tail
from app.history import Cursor
from household.oslo import day_number
from household.record import MEASURED, HourRecord

MODULES = (journal, tail, nest, history, resume, erase, state)
FOLDER = "/journal"
OCTOBER = day_number(2026, 10, 1) * 24  # its first UTC hour
NOVEMBER = day_number(2026, 11, 1) * 24


@contextlib.contextmanager
def littlefs(blocks=64):
    """A new littlefs under the journal's modules; yields it, with the flash as .flash."""
    with LfsOs(Flash(blocks)).on(*MODULES) as files:
        yield files


def plain():
    """The same with a file system that promises nothing."""
    return PlainOs().on(*MODULES)


def hour(at, span=1, quality=MEASURED, wh=1000, register=5000, flags=0):
    return (at, span, quality, wh, 0, register, 0, flags)


def append(book, *records):
    """One call of append() with one record object, as the ledger does it."""
    record = HourRecord()
    return book.append(record.set(*r) for r in records)


def read(book, start=0, end=1 << 24):
    """(records as tuples, the cursor)."""
    record = HourRecord()
    cursor = Cursor(book, record, start, end)
    found = []
    while cursor.next_into(record):
        found.append(fields(record))
    assert not cursor.next_into(record)
    return found, cursor


def newest(book):
    record = HourRecord()
    return fields(record) if book.newest_into(record) else None
