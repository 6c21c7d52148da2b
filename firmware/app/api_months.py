"""GET /api/v1/months: local months with their energy and their three highest hours."""

from app.rare import forget
from app.routes import refuse
from app.rows import Rows

_SHOWN = 13


def get(app, request, rest):
    """The last 13 months, or from..to."""
    from app import ranges

    hours = app.hours
    now = ranges.this_month(hours)
    day = ranges.today(hours)
    try:
        first, end = ranges.months(request.args, now - _SHOWN + 1, now + 1)
    except ValueError as reason:
        return refuse(400, str(reason))
    if rest:
        return refuse(404, "not_found")
    ranges = None
    forget("app.ranges household.dates")
    return Rows(hours, lambda journal: _pieces(hours, journal, first, end, now, day))


def _pieces(hours, journal, first, end, now, day):
    from app.months_json import pieces

    return pieces(hours, journal, first, end, now, day)
