"""One local month: its highest hours, its energy by price, and what the grid has cost.

A day's maximum is its highest hour, measured or split (domain.md 2.1, 2.4). A day measured as 0
counts as 0, a day without data does not count. Energies in Wh; the mean of whole clock hours in W
is the same number. A block of hours with one total ("sum only") is never a peak.
"""

from array import array

from household import oslo
from household.record import SPLIT, SUM_ONLY
from household.validity import VALID, validity


def three_largest(values) -> tuple:
    """The three largest of ints >= 0, largest first, filled up with 0."""
    a = b = c = 0
    for v in values:
        if v > a:
            a, b, c = v, a, b
        elif v > b:
            b, c = v, b
        elif v > c:
            c = v
    return a, b, c


class Month:
    """Give add() every finished hour. `tariff` a Tariff, `fuse_a` the main fuse in A. Imported when
    used, once an hour; between the hours state() is enough.

    month, first_day, days   1-12, its first local day number, its length
    next_hour                add() takes nothing that ends before it
    last_w                   upper limit of last month's step in W; 0 not known, -1 it had none
    peak_wh                  array, by day of month - 1; -1 no data
    edge_wh                  in a block that began before the month: not known how much is this
                             month's, so in no sum
    """

    def __init__(self, tariff, fuse_a: int = 0):
        self.tariff = tariff
        self.fuse_a = fuse_a
        self.peak_wh = array("i", [-1] * 31)
        self._peak_at = array("H", [0] * 31)  # its hour since the month began, bit 15: split
        self.next_hour = self.last_w = 0
        self._open(0)

    def _open(self, day: int) -> None:
        """Begin the month that the day is in."""
        year, self.month, date = oslo.civil(day)
        self.first_day = day - date + 1
        self.days = oslo.month_days(year, self.month)
        self.first_hour = oslo.first_hour(self.first_day)
        for i in range(31):
            self.peak_wh[i] = -1
        self._rule_wh = array("i", [0] * self.tariff.rules)
        self._loose_wh = 0  # of this month, but in a block across several prices
        self._block_wh = self._block_most = 0  # in blocks, and in the largest of them
        self.edge_wh = 0
        self._known = 0  # hours with data or in a block

    def add(self, hour: int, span: int, wh, quality: int) -> bool:
        """One finished record (hour, span, import_wh, quality as in record.py), oldest first; True
        when it was taken. The month turns by itself. What is already in is passed over, so that
        the journal's hours can simply be given again after restore()."""
        end = hour + span
        if end <= self.next_hour:
            return False
        last = oslo.local_day(end - 1)
        if not self.next_hour:
            self._open(oslo.local_day(hour))
        while last >= self.first_day + self.days:
            turn = oslo.first_hour(self.first_day + self.days)
            if wh == 0 and hour < turn:
                self.add(hour, turn - hour, 0, quality)
                hour = turn
            self.last_w = self.limit_w()
            self._open(self.first_day + self.days)
        self.next_hour = end
        if wh is None:
            return True
        self._known += end - max(hour, self.first_hour)
        if wh and (quality == SUM_ONLY or span > 1):  # a sum of nothing says all about its hours
            self._add_block(hour, span, wh)
            return True
        for i in range(max(0, oslo.local_day(hour) - self.first_day), last - self.first_day + 1):
            if wh > self.peak_wh[i]:
                at = max(hour, oslo.first_hour(self.first_day + i)) - self.first_hour
                self.peak_wh[i] = wh
                self._peak_at[i] = at | (0x8000 if quality == SPLIT else 0)
        self._rule_wh[self._rule(end - 1)] += wh
        return True

    def _rule(self, hour: int) -> int:
        return self.tariff.rule(self.month, (hour + oslo.offset(hour)) % 24)

    def _add_block(self, hour: int, span: int, wh: int) -> None:
        self._block_wh += wh
        self._block_most = max(self._block_most, wh)
        if hour < self.first_hour:
            self.edge_wh += wh
            return
        rule = self._rule(hour)
        for h in range(hour + 1, hour + min(span, 25)):  # a month's prices repeat every day
            if self._rule(h) != rule:
                self._loose_wh += wh
                return
        self._rule_wh[rule] += wh

    def missing_hours(self, hour: int) -> int:
        """Finished hours of the month, before `hour`, that nothing is known of."""
        end = min(hour, oslo.first_hour(self.first_day + self.days))
        return max(0, end - self.first_hour - self._known)

    def import_wh(self) -> int:
        """Energy of the month's records, blocks included, edge_wh not."""
        return sum(self._rule_wh) + self._loose_wh

    def mean(self, without: int = -1) -> tuple:
        """(sum of the peaks that count, how many). Index `without` is a day left out."""
        n = 0
        for i in range(self.days):
            n += self.peak_wh[i] >= 0 and i != without
        n = min(n, self.tariff.peaks)
        return sum(three_largest(self.others(without))[:n]), n

    def others(self, without: int):
        """The maxima of the days with data but the one with that index, in order of days."""
        for i in range(self.days):
            if i != without and self.peak_wh[i] >= 0:
                yield self.peak_wh[i]

    def step(self):
        """Index of the month's step in the tariff, None while no hour is known."""
        tariff = self.tariff
        if not tariff.peaks:
            return tariff.step(self.fuse_a if tariff.by_fuse else 0)
        total, count = self.mean()
        return tariff.step(total, count) if count else None

    def limit_w(self) -> int:
        """W at which the month's step ends; 0 while it is not known, -1 when it has no end."""
        step = self.step()
        if step is None:
            return 0
        limit = self.tariff.limit(step)
        return -1 if limit is None else limit

    def peaks(self) -> list:
        """The days that make the mean, largest first: (UTC hour, Wh, True when split)."""
        found = []
        for i in range(self.days):
            if self.peak_wh[i] >= 0:
                found.append((self.peak_wh[i], -i))
        found.sort(reverse=True)
        rows = []
        for wh, i in found[: self.tariff.peaks]:
            at = self._peak_at[-i]
            rows.append((self.first_hour + (at & 0x7FFF), wh, at > 0x7FFF))
        return rows

    def could_be_higher(self, fuse_w=None) -> bool:
        """Whether the hours in blocks could have made the step a higher one. No hour of a block
        exceeds the block's total, nor what the main fuse carries (W, None not known)."""
        step = self.step()
        if not self._block_wh or not self.tariff.peaks or step is None:
            return False
        most = self._block_most if fuse_w is None else min(self._block_most, fuse_w)
        hidden = []
        rest = self._block_wh
        while rest and len(hidden) < 3 and most:
            hidden.append(min(rest, most))
            rest -= hidden[-1]
        hidden.extend(self.others(-1))
        count = min(self.tariff.peaks, len(hidden))
        return self.tariff.step(sum(three_largest(hidden)[:count]), count) > step

    def cost_ore(self):
        """(least, most) of the grid's charges so far, øre: the step's price a month plus energy and
        levy. They differ by energy whose hours are not known. None while the step is not known
        or when the sheet does not hold for the whole month."""
        tariff = self.tariff
        step = self.step()
        last = self.first_day + self.days - 1
        if step is None or validity(tariff, self.first_day) or validity(tariff, last) != VALID:
            return None
        total = tariff.step_ore[step] * 100000  # 1/100000 øre: Wh times 1/100 øre per kWh
        for i, wh in enumerate(self._rule_wh):
            total += wh * tariff.rule_price(i)
        prices = [tariff.rule_price(tariff.rule(self.month, h)) for h in range(24)]
        least = total + self._loose_wh * min(prices)
        most = total + (self._loose_wh + self.edge_wh) * max(prices)
        return (least + 50000) // 100000, (most + 50000) // 100000

    def state(self) -> list:
        """The tariff's id and ints for restore()."""
        kept = [1, self.tariff.id, self.tariff.mark, self.tariff.rules]
        kept += [self.first_day, self.next_hour, self.last_w]
        kept += [self._loose_wh, self._block_wh, self._block_most, self.edge_wh, self._known]
        # added, not extended: a list that grows takes the heap for twice as many
        return kept + list(self._rule_wh) + list(self.peak_wh) + list(self._peak_at)

    def restore(self, kept, hour: int) -> bool:
        """Take up a state() in the UTC hour `hour`. False, and nothing taken, when it is none, of
        another tariff, or of hours to come (the clock was wrong): then the journal's hours, from
        the month before, must be given again."""
        tariff = self.tariff
        if type(kept) is not list or len(kept) != 74 + tariff.rules:
            return False
        if kept[:4] != [1, tariff.id, tariff.mark, tariff.rules] or kept[5] > hour + 1:
            return False
        try:
            rule_wh = array("i", kept[12:-62])
            peak_wh = array("i", kept[-62:-31])
            peak_at = array("H", kept[-31:])
        except (TypeError, ValueError, OverflowError):
            return False
        self._open(kept[4])
        self.next_hour, self.last_w, self._loose_wh, self._block_wh = kept[5:9]
        self._block_most, self.edge_wh, self._known = kept[9:12]
        self._rule_wh, self.peak_wh, self._peak_at = rule_wh, peak_wh, peak_at
        return True
