"""The rows of /api/v1/peaks."""

from app.words import local, month, pairs
from household.oslo import day_number


def _peak(hour, wh, quality):
    return "{" + pairs("start local wh quality", hour * 3600, local(hour), wh, quality) + "}"


def this_month(hours, number):
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


def other_month(hours, journal, number):
    from app.history import Cursor
    from app.month_sums import months
    from household.month_sum import highest
    from household.record import LETTERS, HourRecord

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
    from household.tariff import Tariff
    from household.validity import VALID, validity

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
