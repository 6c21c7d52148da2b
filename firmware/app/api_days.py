"""GET /api/v1/days and /api/v1/days.csv: local days, today so far with them."""

from app import table
from app.history import Cursor
from app.open_day import open_day
from app.routes import refuse
from app.words import date, local, pairs
from household.days import DOUBTFUL, PARTIAL, DayRecord
from household.oslo import civil


def get(app, request, rest):
    """JSON of this month, or of from..to; CSV of all that is kept, or of from..to."""
    hours = app.hours
    args = request.args
    day = table.today(hours)
    try:
        asked = table.days_asked(args, rest, day - civil(day)[2] + 1, day + 1)
    except ValueError as reason:
        return refuse(400, str(reason))
    if asked is None:
        return refuse(404, "not_found")
    as_csv, whole, first, end = asked
    if as_csv:
        from app.csv_days import DaysCsv

        def make(journal, point):
            start = first_kept(journal, day) if whole else first
            return DaysCsv(journal, start, min(end, day), point)  # days that have ended

        return table.csv(hours, make, "dager.csv", args.get("point") == "1")
    return table.Rows(hours, lambda journal: pieces(hours, journal, first, end))


def first_kept(journal, day):
    record = DayRecord()
    return record.day if Cursor(journal, record, 0, day).next_into(record) else day


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
