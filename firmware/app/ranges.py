"""The ranges that requests for the history ask for.

from, to    local dates or months, `to` not included
point=1     in a CSV: decimal point instead of comma
"""

from micropython import const

from app import clock
from app.reply import Reply
from app.routes import refuse
from household.dates import parse_day, parse_month
from household.oslo import civil, local_day

_MOST_DAYS = const(4000)  # ten years, and what a retention of hours can be


def this_hour(hours) -> int:
    """The UTC hour (unix // 3600) under way, by the clock or else by the newest record."""
    utc = hours.clock.utc(clock.ms())
    if utc is not None:
        return utc // 3600
    return 24 if hours.last is None else hours.last[0] + hours.last[1]


def today(hours) -> int:
    """The local day of this_hour()."""
    return local_day(this_hour(hours))


def this_month(hours) -> int:
    """12 * year + month - 1 of today()."""
    year, month, _ = civil(today(hours))
    return 12 * year + month - 1


def days(args, first: int, end: int) -> tuple:
    """(first, end) local days of the request's range, else the given ones. ValueError in words."""
    return _range(args, parse_day, "a date like 2026-11-24", first, end, _MOST_DAYS)


def days_asked(args, rest: str, first: int, end: int) -> tuple | Reply:
    """(whether as CSV, whether of no range in particular, first day, end) of a request, by default of
    first..end; else the Reply that refuses it."""
    try:
        as_csv = wants_csv(rest, args)
        if as_csv is None:
            return refuse(404, "not_found")
        first, end = days(args, first, end)
    except ValueError as reason:
        return refuse(400, str(reason))
    return as_csv, "from" not in args and "to" not in args, first, end


def months(args, first: int, end: int) -> tuple:
    """(first, end) months, 12 * year + month - 1, likewise."""
    return _range(args, parse_month, "a month like 2026-11", first, end, _MOST_DAYS // 30)


def _range(args, parse, like, first, end, most):
    bounds = []
    for name in ("from", "to"):
        text = args.get(name)
        if text is None:
            bounds.append(None)
            continue
        try:
            bounds.append(parse(text))
        except ValueError:
            raise ValueError(name + " is not " + like) from None
    start, stop = bounds
    if start is None:
        start = first if stop is None or first < stop else stop - 1
    if stop is None:
        stop = end if end > start else start + 1
    if stop <= start:
        raise ValueError("to must come after from")
    if stop - start > most:
        raise ValueError("the range is longer than ten years")
    return start, stop


def wants_csv(rest: str, args) -> bool | None:
    """Whether the request asks for CSV; None when there is no such route. ValueError in words."""
    if rest not in ("", ".csv"):
        return None
    if rest and args.get("point") not in (None, "0", "1"):
        raise ValueError("point is not 0 or 1")
    return rest != ""
