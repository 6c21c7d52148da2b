"""The rows of /api/v1/months."""

from app.month_sums import months
from app.open_day import open_day
from app.words import local, month, pairs
from household.month_sum import UNKNOWN, highest


def pieces(hours, journal, first, end, now, day):
    yield "{" + pairs("from to", month(first), month(end)) + ',"months":['
    comma = ""
    for number, sums in months(journal, first, end):
        today = None
        until = sums.first + sums.days
        if number == now:
            today = open_day(hours)
            until = day
            if today is not None:
                sums.add(today)
        text = _month(number, sums, until)
        if text:
            is_open = ',"open":true}' if number == now else "}"
            yield comma + "{" + text + is_open
            comma = ","
    yield "]}"


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
