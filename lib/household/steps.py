"""Step, target and budget of a month, once an hour: domain.md 2.4. Imported when used.

    a >= b >= c  three largest daily maxima of other days than today, 0 where there is none
    m            today's largest finished hour
    T            the target's upper limit
    alone        max(m, c, 3T - a - b)          this hour alone does not change the step below it
    budget       max(m, c, min(T, 3T - a - b))  safe: keeping to it every day keeps the step;
                 before three days have begun   max(m, T)

With one peak (model "highest_hour") c is the largest and nothing is subtracted.
"""

from household import oslo
from household.month import three_largest
from household.validity import validity


def look(budget, month, utc: int, target_w: int = 0, fuse_w=None) -> bool:
    """Fill `budget` with where the Month stands at `utc`: when an hour has been added, when the
    hour turns, and when target or tariff change.

    target_w: the owner's, the upper limit of a step in W; 0: the step the mean is in, in the
    first days last month's. fuse_w: quality_report.fuse_w(). True when the target has just been
    lost: tell it once, and keep budget.goal.
    """
    tariff = month.tariff
    hour = utc // 3600
    day = oslo.local_day(hour)
    first = day - oslo.civil(day)[2] + 1
    budget.clear()
    budget.validity = validity(tariff, day)
    if not budget.validity:
        budget.kwh_price = tariff.price(hour)
    step = month.step()
    if first != month.first_day:  # no hour of this month has come yet
        if not tariff.peaks:
            _show(budget, month, step)
        budget.missing_hours = hour - oslo.first_hour(first)
        return _judge(budget, tariff, [], -1, first, 28, day - first, month.limit_w(), target_w)
    budget.missing_hours = month.missing_hours(hour)
    budget.import_wh = month.import_wh()
    budget.edge_wh = month.edge_wh
    budget.cost_ore = month.cost_ore()
    budget.peaks = month.peaks()
    budget.higher = month.could_be_higher(fuse_w)
    if step is not None:
        _show(budget, month, step)
    today = day - first
    others = list(month.others(today))
    m = month.peak_wh[today]
    return _judge(budget, tariff, others, m, first, month.days, today, month.last_w, target_w)


def _show(budget, month, step: int) -> None:
    """The step the month is in, and the next."""
    tariff = month.tariff
    dearer = tariff.next_step(step)
    budget.step_w = tariff.step_from[step]
    if step + 1 < len(tariff.step_from):
        budget.step_end_w = tariff.step_from[step + 1]
    if not budget.validity:
        budget.step_ore = tariff.step_ore[step]
        if dearer is not None:
            budget.next_ore = tariff.step_ore[dearer] - budget.step_ore
    total, count = month.mean()
    if not count:
        return
    budget.mean_w = total // count
    if dearer is not None:
        budget.to_next_w = tariff.step_from[dearer] - budget.mean_w
    for i in range(1, len(tariff.step_from)):
        near = abs(total - tariff.step_from[i] * count) < 100 * count
        if near and tariff.step_ore[i] != tariff.step_ore[i - 1]:
            budget.at_limit = True


def _limit(tariff, step) -> int:
    """W at which a step ends; -1 when it does not."""
    limit = tariff.limit(step)
    return -1 if limit is None else limit


def _judge(budget, tariff, others, m, first, days, today, last_w, target_w) -> bool:
    """Target and budget from the maxima of other days, today's `m` (-1 none), the index of today
    and last month's limit; whether a target is newly lost."""
    peaks = tariff.peaks
    if not peaks:
        return False
    begun = len(others) + 1
    count = min(peaks, len(others) + (m >= 0))
    m = max(m, 0)
    early = begun < peaks
    budget.preliminary = early or count < peaks
    known = three_largest(others + [m])
    if target_w:
        limit = tariff.at_least(target_w)
    elif early and last_w:
        limit = last_w
    else:
        limit = _limit(tariff, tariff.step(sum(known[:count]), count)) if count else 0
    target = limit
    # zeros from now on: so many days will count in the end
    count = min(peaks, begun + max(0, days - 1 - today))
    total = sum(known[:count])
    while limit > 0 and total >= count * limit:
        limit = _limit(tariff, tariff.step(limit))
    budget.lost_w = target if limit != target else 0
    a, b, c = three_largest(others)
    if peaks == 1:
        c = a
        a = b = 0
    if not budget.preliminary:
        budget.top_wh = max(m, c)
    if limit > 0:
        budget.limit_w = limit
        if early:
            budget.budget_wh = max(m, limit)
        else:
            rest = peaks * limit - a - b
            budget.budget_wh = max(m, c, min(limit, rest))
            budget.alone_wh = max(m, c, rest)
    goal = budget.goal[1] if budget.goal[0] == first else 0
    budget.goal = [first, limit]
    return total >= count * goal if goal > 0 else not goal and budget.lost_w > 0
