"""Where the month stands and how much the running hour may use: what stays in memory between the
hours. steps.look() works it out once an hour, forecast() follows every list.
"""


class Budget:
    """After steps.look():

    mean_w          mean of the peaks, rounded down; None while no hour is known
    step_w, step_end_w   limits of its step as printed (A by fuse); None: not known, or no upper
                    limit
    to_next_w       from the mean to the next dearer step, None when there is none
    step_ore, next_ore   a month's price of the step, and how much more the next costs; None when
                    the prices do not hold
    kwh_price       of this hour, levy included, 1/100 øre; None as above
    validity        validity.NOT_YET, VALID, EXPIRED
    preliminary     fewer days than peaks are known
    at_limit        the mean is less than 0.10 kW from the limit of a step
    higher          hours that are not known could have made the step a higher one
    missing_hours   finished hours of the month that nothing is known of
    import_wh       the month's energy in its records, edge_wh: and at most so much more
    cost_ore        (least, most) of the grid's charges so far, None as above
    peaks           [(UTC hour, Wh, True when split)], largest first
    limit_w         the target's upper limit; None when nothing is known or nothing above is dearer
    lost_w          the target that cannot be kept any more, else 0; limit_w is then the next
    budget_wh, alone_wh   the safe budget, and what this hour alone may use; None without limit_w,
                    alone_wh also while preliminary
    top_wh          above it the hour is among the highest, None while preliminary
    goal            [first day of the month, limit_w then, -1 none]: what can newly be lost. Keep it
                    over a restart

    After forecast():
    expected_wh     where the hour will end, None when not known
    allow_w         power for the rest of the hour; None when not known or less than 60 s are left
    level           "ok", "near", "over" or None
    top_hour        this hour will be among the highest
    """

    def __init__(self):
        self.goal = [0, 0]
        self.clear()
        self.forecast(None, None, 0)

    def clear(self) -> None:
        """Nothing is known, or there is no tariff."""
        self.mean_w = self.step_w = self.step_end_w = self.to_next_w = self.step_ore = None
        self.next_ore = self.kwh_price = self.cost_ore = self.limit_w = None
        self.budget_wh = self.alone_wh = self.top_wh = self.validity = None
        self.preliminary = self.at_limit = self.higher = False
        self.missing_hours = self.import_wh = self.edge_wh = self.lost_w = 0
        self.peaks = ()

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
        self.top_hour = self.top_wh is not None and expected > self.top_wh
        if budget is not None:
            over = expected > budget and second >= 600
            self.level = "over" if over else "ok" if expected * 10 < budget * 9 else "near"
