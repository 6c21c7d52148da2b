"""Does the register's step fit the power? Once an hour, where a meter sends no units.

A Kamstrup's register counts 10 Wh in Norway and 1 Wh elsewhere, and the list does not say which; a
wrong guess is an energy ten times too large or small, which the power, in watts, shows at once.
"""

_PERCENT = 5
_WH = 20
_COVERAGE = 95


def suspect(rise_wh: int, integrated_wh: int, coverage_percent: int):
    """None when the hour's register rise fits the integrated power, or cannot be judged (power
    seen for less than 95 % of the hour). Otherwise the power of ten to multiply the register by
    that would fit, -3..3, or 0 when none does: then it is not the scale."""
    if coverage_percent < _COVERAGE or _near(rise_wh, integrated_wh):
        return None
    for power in (1, -1, 2, -2, 3, -3):
        step = (1, 10, 100, 1000)[abs(power)]
        scaled = rise_wh * step if power > 0 else rise_wh // step
        if rise_wh and _near(scaled, integrated_wh):
            return power
    return 0


def _near(rise_wh: int, integrated_wh: int) -> bool:
    apart = abs(rise_wh - integrated_wh)
    return apart <= _WH or 100 * apart <= _PERCENT * max(rise_wh, integrated_wh)
