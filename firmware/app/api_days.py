"""GET /api/v1/days and /api/v1/days.csv: local days, today so far with them."""

from app.rare import forget
from app.reply import Reply
from app.rows import Rows, csv
from household.oslo import civil


def get(app, request, rest):
    """JSON of this month, or of from..to; CSV of all that is kept, or of from..to."""
    from app import ranges

    hours = app.hours
    args = request.args
    day = ranges.today(hours)
    asked = ranges.days_asked(args, rest, day - civil(day)[2] + 1, day + 1)
    if isinstance(asked, Reply):
        return asked
    as_csv, whole, first, end = asked
    ranges = None
    forget("app.ranges household.dates")
    if not as_csv:
        return Rows(hours, lambda journal: _pieces(hours, journal, first, end))

    def make(journal, point):
        from app.csv_days import DaysCsv

        start = first_kept(journal, day) if whole else first
        return DaysCsv(journal, start, min(end, day), point)  # days that have ended

    return csv(hours, make, "dager.csv", args.get("point") == "1")


def first_kept(journal, day):
    """The first day with a record, else `day`."""
    from app.history import Cursor
    from household.day_record import DayRecord

    record = DayRecord()
    return record.day if Cursor(journal, record, 0, day).next_into(record) else day


def _pieces(hours, journal, first, end):
    from app.days_json import pieces

    return pieces(hours, journal, first, end)
