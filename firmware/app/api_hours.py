"""GET /api/v1/hours and /api/v1/hours.csv: the hours of local days.

A missing hour has no row. A block of hours has one, with `span`: one total for all of them when
its quality is S, each measured as 0 when it is M.
"""

from app import table
from app.history import Cursor
from app.routes import refuse
from app.words import date, local, pairs
from household.oslo import first_hour, local_day
from household.record import CLOCK, LETTERS, NEW_METER, REGISTER_FELL, HourRecord

_FLAGS = ((CLOCK, "clock"), (NEW_METER, "new_meter"), (REGISTER_FELL, "register_fell"))


def get(app, request, rest):
    """JSON of today, or of from..to; CSV of all that is kept, or of from..to."""
    hours = app.hours
    args = request.args
    day = table.today(hours)
    try:
        asked = table.days_asked(args, rest, day, day + 1)
    except ValueError as reason:
        return refuse(400, str(reason))
    if asked is None:
        return refuse(404, "not_found")
    as_csv, whole, first, end = asked
    if as_csv:
        from app.csv_export import HoursCsv

        def make(journal, point):
            start = kept(journal, day)[0] if whole else first_hour(first)
            # hours that have ended: those to come are not missing
            return HoursCsv(journal, start, min(first_hour(end), table.this_hour(hours)), point)

        return table.csv(hours, make, "timer.csv", args.get("point") == "1")
    return table.Rows(hours, lambda journal: pieces(journal, first, end))


def kept(journal, day):
    """(first, end) hour of what is kept: from the first day with a record to today."""
    record = HourRecord()
    cursor = Cursor(journal, record, 0, first_hour(day + 1))
    start = local_day(record.hour) if cursor.next_into(record) else day
    return first_hour(start), first_hour(day + 1)


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
