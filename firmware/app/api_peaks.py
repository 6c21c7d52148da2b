"""GET /api/v1/peaks and /api/v1/peaks.csv: a month's three highest hours on three days, and the
step that they made."""

from app.rare import forget
from app.routes import refuse
from app.rows import Rows, csv


def get(app, request, rest):
    """JSON of this month, or of `month`; CSV of all that is kept, or of from..to."""
    from app import ranges
    from household.dates import parse_month

    hours = app.hours
    args = request.args
    now = ranges.this_month(hours)
    try:
        as_csv = ranges.wants_csv(rest, args)
        if as_csv is None:
            return refuse(404, "not_found")
        whole = "from" not in args and "to" not in args
        first, end = ranges.months(args, now, now + 1)
        number = now
        if "month" in args:
            number = parse_month(args["month"])
    except ValueError as reason:
        why = str(reason)
        return refuse(400, "month is not a month like 2026-11" if why == "month" else why)
    ranges = parse_month = None
    forget("app.ranges household.dates")
    if not as_csv:
        return Rows(hours, lambda journal: _pieces(hours, journal, number, now))

    def make(journal, point):
        from app.csv_peaks import PeaksCsv
        from app.history import next_period
        from app.open_day import open_day

        start = first
        if whole:
            year = next_period(journal, "d", 0)
            start = min(now, 12 * year) if year else now
        return PeaksCsv(journal, start, end, point, open_day(hours))

    return csv(hours, make, "topper.csv", args.get("point") == "1")


def _pieces(hours, journal, number, now):
    from app import peaks_json

    if number == now:
        return peaks_json.this_month(hours, number)
    return peaks_json.other_month(hours, journal, number)
