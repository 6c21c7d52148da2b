"""A grid company's price sheet: steps of the capacity charge, energy price by month and hour.

The files are described in firmware/tariffs/README.md; tariff_check.check() must have found nothing
in the data before it comes here. Prices are whole numbers: a step in øre a month, a kWh in 1/100
øre. A day is days since 1970-01-01 in local time.
"""

from array import array
from binascii import crc32

from household import oslo
from household.dates import parse_day
from household.validity import validity


class Tariff:
    """One price sheet.

    peaks       3: mean of the three highest daily maxima; 1: the highest hour; 0: no peaks count
    by_fuse     the steps are of the main fuse in A, not of W
    step_from   array of the steps' lower limits, W (A); the limit itself belongs to the step
    step_ore    array of their prices, øre a month
    rules       how many energy prices there are
    """

    def __init__(self, data: dict):
        self.id = data["id"]
        self.group = data["group"]
        self.from_day = parse_day(data["valid_from"])
        self.to_day = parse_day(data["valid_to"])
        model = data["model"]
        self.peaks = 3 if model == "daily_max" else 1 if model == "highest_hour" else 0
        self.by_fuse = model == "fuse"
        self.step_from = array("i", [step[0] for step in data["steps"]])
        self.step_ore = array("i", [step[1] for step in data["steps"]])
        self._rules = array("H", [n for rule in data["energy"] for n in rule])
        self.rules = len(data["energy"])
        self.enova = data["enova"]
        self.mark = crc32(self._rules)  # sums by rule are good for these rules only

    def step(self, total: int, count: int = 1) -> int:
        """Index of the step that total / count is in. Exactly at a limit is the next step."""
        i = len(self.step_from) - 1
        while i and self.step_from[i] * count > total:
            i -= 1
        return i

    def next_step(self, i: int):
        """Index of the first later step that costs something else than step i, or None."""
        for k in range(i + 1, len(self.step_from)):
            if self.step_ore[k] != self.step_ore[i]:
                return k
        return None

    def limit(self, i: int):
        """W at which step i ends and another price begins, or None for the last."""
        k = self.next_step(i)
        return None if k is None else self.step_from[k]

    def at_least(self, w: int) -> int:
        """The first limit between steps that is not below `w`, -1 when there is none."""
        for start in self.step_from:
            if start >= w:
                return start
        return -1

    def rule(self, month: int, hour: int) -> int:
        """Which energy price holds in this local month (1-12) and hour (0-23)."""
        rules = self._rules
        for i in range(0, len(rules), 5):
            if _within(month, rules[i], rules[i + 1] + 1) and _within(
                hour, rules[i + 2], rules[i + 3]
            ):
                return i // 5
        raise ValueError("tariff covers not every hour")

    def rule_price(self, rule: int) -> int:
        """1/100 øre per kWh of that rule, the levy included."""
        return self._rules[5 * rule + 4] + self.enova

    def price(self, hour: int) -> int:
        """1/100 øre per kWh, the levy included, for the UTC hour unix // 3600."""
        local = hour + oslo.offset(hour)
        return self.rule_price(self.rule(oslo.civil(local // 24)[1], local % 24))


def _within(value: int, first: int, end: int) -> bool:
    """first <= value < end, or around the turn of the year or day when end <= first."""
    return first <= value < end if first < end else value >= first or value < end


class Norgespris:
    """The quota of the fixed price, from norgespris.json."""

    def __init__(self, data: dict):
        self.from_day = parse_day(data["valid_from"])
        self.to_day = parse_day(data["valid_to"])
        self._household_wh = data["household_wh"]
        self._holiday_wh = data["holiday_wh"]

    def quota_wh(self, group: str, day: int):
        """Wh a month at the fixed price for "household" or "holiday", None outside its validity."""
        if validity(self, day):
            return None
        return self._holiday_wh if group == "holiday" else self._household_wh
