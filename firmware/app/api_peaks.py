"""GET /api/v1/peaks and /api/v1/peaks.csv: a month's three highest hours on three days, and the
step that they made."""

from app import table
from app.api_months import highest
from app.history import Cursor, months, next_period
from app.open_day import open_day
from app.routes import refuse
from app.words import local, month, pairs
from household.dates import parse_month
from household.oslo import day_number
from household.record import LETTERS, HourRecord


def get(app, request, rest):
    """JSON of this month, or of `month`; CSV of all that is kept, or of from..to."""
    hours = app.hours
    args = request.args
    now = table.this_month(hours)
    try:
        as_csv = table.wants_csv(rest, args)
        if as_csv is None:
            return refuse(404, "not_found")
        whole = "from" not in args and "to" not in args
        first, end = table.months(args, now, now + 1)
        number = now
        if "month" in args:
            number = parse_month(args["month"])
    except ValueError as reason:
        why = str(reason)
        return refuse(400, "month is not a month like 2026-11" if why == "month" else why)
    if as_csv:
        from app.csv_days import PeaksCsv

        def make(journal, point):
            start = first
            if whole:
                year = next_period(journal, "d", 0)
                start = min(now, 12 * year) if year else now
            return PeaksCsv(journal, start, end, point, open_day(hours))

        return table.csv(hours, make, "topper.csv", args.get("point") == "1")
    if number == now:
        return table.Rows(hours, lambda journal: _this_month(hours, number))
    return table.Rows(hours, lambda journal: _other_month(hours, journal, number))


def _peak(hour, wh, quality):
    return "{" + pairs("start local wh quality", hour * 3600, local(hour), wh, quality) + "}"


def _this_month(hours, number):
    budget = hours.budget
    peaks = [_peak(hour, wh, "B" if split else "M") for hour, wh, split in budget.peaks]
    yield "{" + pairs("month", month(number)) + ',"peaks":[' + ",".join(peaks) + "]"
    if budget.mean_w is not None:
        yield "," + pairs(
            "mean_w preliminary at_limit higher",
            budget.mean_w,
            budget.preliminary or None,
            budget.at_limit or None,
            budget.higher or None,
        )
    if hours.sheet is not None and budget.step_w is not None:
        inner = pairs(
            "from_w to_w to_next_w kr next_kr",
            budget.step_w,
            budget.step_end_w,
            budget.to_next_w,
            (budget.step_ore, 100),
            (budget.next_ore, 100),
        )
        yield ',"step":{' + inner + "}"
    yield "}"


def _other_month(hours, journal, number):
    _, sums = next(months(journal, number, number + 1))
    record = HourRecord()
    peaks = []
    total = 0
    for i in highest(sums):
        hour = sums.hour_of(i)
        total += sums.maxima[i]
        # the hour itself may have been let go before its day
        found = Cursor(journal, record, hour, hour + 1).next_into(record)
        peaks.append(_peak(hour, sums.maxima[i], LETTERS[record.quality] if found else None))
    yield "{" + pairs("month", month(number)) + ',"peaks":[' + ",".join(peaks) + "]"
    if peaks:
        yield "," + pairs("mean_w preliminary", total // len(peaks), len(peaks) < 3 or None)
        yield _step(hours, number, total, len(peaks))
    yield "}"


def _step(hours, number, total, count):
    """The step of a month that has ended, where its price sheet is still there."""
    from app.sheets import sheet
    from household.tariff import VALID, Tariff, validity

    grid = hours.settings["grid"]
    day = day_number(number // 12, number % 12 + 1, 1)
    data = sheet(hours.path, grid, day) if grid else None
    if data is None:
        return ""
    tariff = Tariff(data)
    if validity(tariff, day) != VALID or tariff.peaks != 3:
        return ""
    i = tariff.step(total, count)
    more = tariff.next_step(i)
    end = tariff.step_from[i + 1] if i + 1 < len(tariff.step_from) else None
    next_ore = None if more is None else tariff.step_ore[more] - tariff.step_ore[i]
    price = (tariff.step_ore[i], 100)
    inner = pairs("from_w to_w kr next_kr", tariff.step_from[i], end, price, (next_ore, 100))
    return ',"step":{' + inner + "}"
