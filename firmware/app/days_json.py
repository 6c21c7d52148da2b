"""The rows of /api/v1/days."""

from app.history import Cursor
from app.open_day import open_day
from app.words import date, local, pairs
from household.day_record import DOUBTFUL, PARTIAL, DayRecord


def pieces(hours, journal, first, end):
    yield "{" + pairs("from to", date(first), date(end)) + ',"days":['
    record = DayRecord()
    cursor = Cursor(journal, record, first, end)
    today = open_day(hours)
    comma = ""
    while cursor.next_into(record):
        if today is None or record.day < today.day:
            yield comma + "{" + _day(record) + "}"
            comma = ","
    if today is not None and first <= today.day < end:
        yield comma + "{" + _day(today) + ',"open":true}'
    yield "]}"


def _day(record):
    at = record.max_hour
    return pairs(
        "day import_wh export_wh max_wh max_start max_local hours register_wh "
        "export_register_wh at_least clock",
        date(record.day),
        record.import_wh,
        record.export_wh,
        record.max_wh,
        None if at is None else at * 3600,
        None if at is None else local(at),
        record.hours,
        record.import_reg_wh,
        record.export_reg_wh,
        record.flags & PARTIAL != 0 or None,
        record.flags & DOUBTFUL != 0 or None,
    )
