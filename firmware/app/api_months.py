"""GET /api/v1/months: local months with their energy and their three highest hours."""

from app import table
from app.history import months
from app.open_day import open_day
from app.routes import refuse
from app.words import local, month, pairs
from household.month_sum import UNKNOWN

_SHOWN = 13


def get(app, request, rest):
    """The last 13 months, or from..to."""
    hours = app.hours
    now = table.this_month(hours)
    try:
        first, end = table.months(request.args, now - _SHOWN + 1, now + 1)
    except ValueError as reason:
        return refuse(400, str(reason))
    if rest:
        return refuse(404, "not_found")
    return table.Rows(hours, lambda journal: _pieces(hours, journal, first, end, now))


def _pieces(hours, journal, first, end, now):
    yield "{" + pairs("from to", month(first), month(end)) + ',"months":['
    comma = ""
    for number, sums in months(journal, first, end):
        today = None
        until = sums.first + sums.days
        if number == now:
            today = open_day(hours)
            until = table.today(hours)
            if today is not None:
                sums.add(today)
        text = _month(number, sums, until)
        if text:
            is_open = ',"open":true}' if number == now else "}"
            yield comma + "{" + text + is_open
            comma = ","
    yield "]}"


def highest(sums) -> list:
    """Indexes of the three days with the highest hours, highest first, the earlier before its
    equal."""
    order = [i for i in range(sums.days) if sums.maxima[i] != UNKNOWN]
    order.sort(key=lambda i: (-sums.maxima[i], i))
    return order[:3]


def _month(number, sums, until):
    """Text of a month; "" for one that nothing is known of."""
    import_wh, missing = sums.import_total(until)
    known = 0
    for i in range(sums.days):
        known += sums.maxima[i] != UNKNOWN
    if import_wh is None and not known:
        return ""
    top = highest(sums)
    peaks = []
    total = 0
    for i in top:
        hour = sums.hour_of(i)
        total += sums.maxima[i]
        inner = pairs("start local wh", hour * 3600, local(hour), sums.maxima[i])
        peaks.append("{" + inner + "}")
    text = pairs(
        "month import_wh export_wh at_least days mean_w",
        month(number),
        import_wh,
        sums.export_total(until)[0],
        missing or None,
        known,
        total // len(top) if top else None,
    )
    return text + ',"peaks":[' + ",".join(peaks) + "]"
