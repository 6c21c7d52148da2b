"""The rows of /api/v1/hours."""

from app.history import Cursor
from app.words import date, local, pairs
from household.oslo import first_hour
from household.record import CLOCK, LETTERS, NEW_METER, REGISTER_FELL, HourRecord

_FLAGS = ((CLOCK, "clock"), (NEW_METER, "new_meter"), (REGISTER_FELL, "register_fell"))


def pieces(journal, first, end):
    start = first_hour(first)
    stop = first_hour(end)
    yield "{" + pairs("from to start end", date(first), date(end), start * 3600, stop * 3600)
    yield ',"hours":['
    record = HourRecord()
    cursor = Cursor(journal, record, start, stop)
    comma = ""
    while cursor.next_into(record):
        flags = [name for bit, name in _FLAGS if record.flags & bit]
        inner = pairs(
            "start local span import_wh export_wh quality register_wh export_register_wh flags",
            record.hour * 3600,
            local(record.hour),
            record.span,
            record.import_wh,
            record.export_wh,
            LETTERS[record.quality],
            record.import_reg_wh,
            record.export_reg_wh,
            flags or None,
        )
        yield comma + "{" + inner + "}"
        comma = ","
    yield "]}"
