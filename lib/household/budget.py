"""How much the running hour may use without changing the month's step: domain.md 2.4.

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


class Budget:
    """look() when an hour has been added, when the hour turns and when the target changes;
    forecast() with every list. After look():

    mean_w          mean of the peaks, rounded down; None while no hour is known
    step            index of its step in the tariff, None as mean_w
    preliminary     fewer days than peaks are known
    at_limit        the mean is less than 0.10 kW from the limit of a step
    to_next_w       from the mean to the next dearer step, None when there is none
    limit_w         T; None when nothing is known or nothing above costs more
    lost_w          the target that cannot be kept any more, else 0; limit_w is then the next
    budget_wh, alone_wh   None when there is no limit_w, alone_wh also while preliminary
    After forecast():
    expected_wh     where the hour will end, None when not known
    allow_w         power for the rest of the hour; None when not known or less than 60 s are left
    level           "ok", "near", "over" or None
    top_hour        this hour will be among the highest
    """

    def __init__(self, month):
        self.month = month
        self._goal = [0, 0]  # the month (first day) and target last looked at, -1 no limit
        self.look(0)
        self.forecast(None, None, 0)

    def look(self, utc: int, target_w: int = 0) -> bool:
        """Where the month stands at `utc`. target_w: the owner's target, the upper limit of a step
        in W, or 0: the step the mean is in, in the first days last month's. True when the target
        has just been lost: tell it once, and keep state()."""
        month = self.month
        tariff = month.tariff
        peaks = tariff.peaks
        day = oslo.local_day(utc // 3600)
        first = day - oslo.civil(day)[2] + 1
        today = day - first
        fresh = first != month.first_day  # no hour of this month has come yet
        known = [] if fresh else list(month.others(today))
        a, b, c = three_largest(known)
        m = -1 if fresh else month.peak_wh[today]
        days = len(known) + 1  # with data, and today
        self._m = max(m, 0)
        self._c = a if peaks == 1 else c
        total, count = (0, 0) if fresh else month.mean()
        self._mean(total, count)
        self.preliminary = days < peaks or count < peaks
        self.limit_w = self.budget_wh = self.alone_wh = None
        self.lost_w = 0
        if not peaks:
            return False
        last = month.limit_w() if fresh else month.last_w
        if target_w:
            target = tariff.at_least(target_w)
        elif days < peaks and last:
            target = last
        else:
            target = self._limit(self.step)
        # zeros from now on: so many days will count in the end
        left = (28 if fresh else month.days - 1) - today
        count = min(peaks, days + max(0, left))
        total = sum(three_largest(known + [self._m])[:count])
        limit = target
        while limit > 0 and total >= count * limit:
            limit = self._limit(tariff.step(limit))
        self.lost_w = target if limit != target else 0
        goal = self._goal[1] if self._goal[0] == first else 0
        self._goal = [first, limit]
        if limit > 0:
            self.limit_w = limit
            self._spend(limit, peaks * limit - (a + b if peaks == 3 else 0), days < peaks)
        return total >= count * goal if goal > 0 else not goal and self.lost_w > 0

    def _limit(self, step) -> int:
        """W at which a step ends; -1 when it does not, 0 when it is not known."""
        if step is None:
            return 0
        limit = self.month.tariff.limit(step)
        return -1 if limit is None else limit

    def _spend(self, limit: int, rest: int, early: bool) -> None:
        if early:
            self.budget_wh = max(self._m, limit)
        else:
            self.budget_wh = max(self._m, self._c, min(limit, rest))
            self.alone_wh = max(self._m, self._c, rest)

    def _mean(self, total: int, count: int) -> None:
        tariff = self.month.tariff
        self.mean_w = self.step = self.to_next_w = None
        self.at_limit = False
        if not tariff.peaks:
            self.step = self.month.step()
        elif count:
            self.mean_w = total // count
            self.step = tariff.step(total, count)
            limit = tariff.limit(self.step)
            if limit is not None:
                self.to_next_w = limit - self.mean_w
            for i in range(1, len(tariff.step_from)):
                near = abs(total - tariff.step_from[i] * count) < 100 * count
                if near and tariff.step_ore[i] != tariff.step_ore[i - 1]:
                    self.at_limit = True

    def forecast(self, now_wh, mean_w, second: int) -> None:
        """The running hour: energy so far, mean power of the last two minutes (None when not
        known) and how many seconds of it have gone."""
        left = 3600 - second
        budget = self.budget_wh
        self.expected_wh = self.allow_w = self.level = None
        self.top_hour = False
        if now_wh is None:
            return
        if budget is not None and left >= 60:
            self.allow_w = max(0, (budget - now_wh) * 3600 // left)
        if mean_w is None:
            return
        expected = now_wh + mean_w * left // 3600
        self.expected_wh = expected
        self.top_hour = not self.preliminary and expected > max(self._m, self._c)
        if budget is not None:
            over = expected > budget and second >= 600
            self.level = "over" if over else "ok" if expected * 10 < budget * 9 else "near"

    def state(self) -> list:
        """For restore(): changes when look() says True and with the month."""
        return [1] + self._goal

    def restore(self, kept) -> bool:
        """Take up a state(); False, and nothing taken, for anything else."""
        if type(kept) is not list or len(kept) != 3 or kept[0] != 1:
            return False
        self._goal = kept[1:]
        return True
