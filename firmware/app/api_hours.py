"""GET /api/v1/hours and /api/v1/hours.csv: the hours of local days.

A missing hour has no row. A block of hours has one, with `span`: one total for all of them when
its quality is S, each measured as 0 when it is M.
"""

from app.rare import forget
from app.reply import Reply
from app.rows import Rows, csv
from household.oslo import first_hour, local_day


def get(app, request, rest):
    """JSON of today, or of from..to; CSV of all that is kept, or of from..to."""
    from app import ranges

    hours = app.hours
    args = request.args
    day = ranges.today(hours)
    now = ranges.this_hour(hours)
    asked = ranges.days_asked(args, rest, day, day + 1)
    if isinstance(asked, Reply):
        return asked
    as_csv, whole, first, end = asked
    ranges = None
    forget("app.ranges household.dates")
    if not as_csv:
        return Rows(hours, lambda journal: _pieces(journal, first, end))

    def make(journal, point):
        from app.csv_hours import HoursCsv

        start = kept(journal, day)[0] if whole else first_hour(first)
        # hours that have ended: those to come are not missing
        return HoursCsv(journal, start, min(first_hour(end), now), point)

    return csv(hours, make, "timer.csv", args.get("point") == "1")


def kept(journal, day):
    """(first, end) hour of what is kept: from the first day with a record to today."""
    from app.history import Cursor
    from household.record import HourRecord

    record = HourRecord()
    cursor = Cursor(journal, record, 0, first_hour(day + 1))
    start = local_day(record.hour) if cursor.next_into(record) else day
    return first_hour(start), first_hour(day + 1)


def _pieces(journal, first, end):
    from app.hours_json import pieces

    return pieces(journal, first, end)
