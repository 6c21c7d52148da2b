"""What the lists tell about voltage, phases and the main fuse, and the standby load.

Voltage: 1-minute means against 207-253 V (Norwegian FoL section 3-3: nominal 230 V +-10 %). A
dongle is no approved instrument: 10 s samples miss dips, and Kamstrup sends whole volts. What
the voltages and currents belong to depends on the net (see net_of): phase to neutral on TN, line
to line (L1-L2, L1-L3, L2-L3) on IT, where L2's current is mostly not measured.

Everything is fixed in size; arrays are per phase, index 0..2.
"""

from array import array

UNKNOWN, ONE_PHASE, IT, TN = 0, 1, 2, 3

_LOW_MV = 207000
_HIGH_MV = 253000
_LOST_MV = 160000  # OMNIPOWER itself counts a phase below this as gone (technical description)
_GAP_S = 30  # three lists missed: nothing is known to have lasted across it
# fuse load in percent and how long, s: MCB curves carry 113 % and trip within the hour at 145 %
_FUSE = ((80, 600, 1), (100, 60, 2), (113, 300, 3), (145, 0, 3))
_NONE = 0xFFFF


def net_of(model) -> int:
    """ONE_PHASE, IT (also TT, three wires), TN (four wires) or UNKNOWN from the meter's type text.

    Kamstrup: 18 characters, the sixth is the number of measuring systems. Kaifa MA105, MA304x3,
    MA304x4. Aidon 651x, 652x, 653x. Unknown must be asked for: the voltages cannot tell.
    """
    model = model or ""
    if len(model) == 18 and model.startswith("68"):
        return "123".find(model[5]) + 1
    if model.startswith("MA105"):
        return ONE_PHASE
    if model.startswith("MA304") and len(model) > 6:
        return (0, IT, TN)["34".find(model[6]) + 1]
    if len(model) == 4 and model.startswith("65"):
        return "123".find(model[2]) + 1
    return UNKNOWN


def l2_bounds(l1_ma: int, l3_ma: int) -> tuple:
    """Least and most that L2 can carry on a three-wire net, mA (Kirchhoff)."""
    return abs(l1_ma - l3_ma), l1_ma + l3_ma


class Quality:
    """Feed sample() with every list; read the attributes, alerts(), standby() and the day table.

    net, fuse_a     settings: net_of() or the owner's word; main fuse in A, 0 not known
    lost            bit per voltage below 160 V for 10 s
    fuse_level      0 fine, 1 notice, 2 overloaded, 3 may trip; load_pct and load_phase with it
    unmeasured      bit 1: L2's voltage, bit 4: L2's current. The meter sends 0 but does not measure
    neutral_utc     when the pattern of a broken neutral was last seen, 0 never
    imbalance       TN: (max - min) / max above 60 % for an hour with more than 5 A a phase
    """

    def __init__(self, net: int = UNKNOWN, fuse_a: int = 0):
        self.net = net
        self.fuse_a = fuse_a
        self.lost = self.fuse_level = self.unmeasured = self.neutral_utc = 0
        self.load_pct = self.load_phase = None
        self.imbalance = False
        self._seen = 0  # bits as in unmeasured: what was once other than 0
        self._s = None  # when the last list came
        # since when, s: three voltages low, four fuse levels, neutral, imbalance; -1 is not now
        self._since = array("i", [-1] * 9)
        self._minute = self._first_s = self._final_s = 0
        self._sum = array("i", [0] * 3)  # of this minute's samples, mV
        self._samples = array("i", [0] * 3)
        self._day = self._hour = 0
        self._outside = bytearray(72)  # minutes outside, by phase and UTC hour % 24
        self._mean_w = array("H", [_NONE] * 24)  # by UTC hour % 24
        # today's three phases, then yesterday's: lowest mean mV, its minute, highest, its minute,
        # minutes outside
        self._table = array("i", [-1, 0, -1, 0, 0] * 6)
        self._w = self._ws = self._covered = 0

    def sample(self, r, utc, ms: int, day: int) -> None:
        """One Reading. utc in s or None (clock not known yet: nothing is booked), ms monotonic,
        `day` the local day number of utc."""
        s = ms // 1000
        dt = 0 if self._s is None else s - self._s
        self._s = s
        if dt > _GAP_S:
            for i in range(9):
                self._since[i] = -1
        if utc is not None:
            if utc // 60 != self._minute:
                self._close_minute()
                self._minute = utc // 60
                self._first_s = s
            self._advance(utc // 3600, day)
            self._integrate(r, min(dt, _GAP_S))
        if r.l1_mv is not None:
            self._voltages(r, utc, s)
        if r.l1_ma is not None:
            self._currents(r, s)

    def _lasting(self, i: int, on: bool, s: int, least_s: int) -> bool:
        """Whether condition i is on and has been for at least least_s."""
        if not on:
            self._since[i] = -1
        elif self._since[i] < 0:
            self._since[i] = s
        return on and s - self._since[i] >= least_s

    def _measured(self, value, bit: int):
        """L2's value, or None when it is the 0 of a meter that does not measure it.

        Kaifa MA304H3E (IT) sends U2 = 0 for ever; Kamstrup on IT may send I2 = 0. A four-wire
        meter measures all three, so there 0 is 0.
        """
        if value:
            self._seen |= bit
        if value is not None and (self._seen & bit or self.net == TN):
            self.unmeasured &= ~bit
            return value
        self.unmeasured |= bit
        return None

    def _voltages(self, r, utc, s: int) -> None:
        three = r.l3_mv is not None
        u = r.l1_mv, self._measured(r.l2_mv, 2) if three else r.l2_mv, r.l3_mv
        self._final_s = s
        lost = high = low = 0
        for i in range(3):
            mv = u[i]
            if self._lasting(i, mv is not None and mv < _LOST_MV, s, 10):
                lost |= 1 << i
            if mv is not None:
                high += mv > _HIGH_MV
                low += mv < 190000
                if utc is not None:
                    self._sum[i] += mv
                    self._samples[i] += 1
        self.lost = lost
        # the meter's own rule. 60 s between first and last sample: it lasted longer than that
        if self._lasting(7, self.net == TN and high == 2 and low == 1, s, 60):
            self.neutral_utc = utc or 1

    def _close_minute(self) -> None:
        """Book the minute's means, if half a minute of it and four samples were seen."""
        whole = self._final_s - self._first_s >= 30
        table = self._table
        for i in range(3):
            n = self._samples[i]
            total = self._sum[i]
            self._sum[i] = self._samples[i] = 0
            if not whole or n < 4:
                continue
            mean = total // n
            k = 5 * i
            if table[k] < 0 or mean < table[k]:
                table[k] = mean
                table[k + 1] = self._minute
            if mean > table[k + 2]:
                table[k + 2] = mean
                table[k + 3] = self._minute
            if total < _LOW_MV * n or total > _HIGH_MV * n:
                table[k + 4] += 1
                k = i * 24 + self._minute // 60 % 24
                self._outside[k] = min(255, self._outside[k] + 1)  # a clock set back counts twice

    def _advance(self, hour: int, day: int) -> None:
        """Close the hour of the standby load, forget what is older than 24 hours, turn the day."""
        if hour != self._hour:
            if self._covered >= 3420:  # 95 %
                self._mean_w[self._hour % 24] = min(self._ws // self._covered, _NONE - 1)
            self._ws = self._covered = 0
            for h in range(max(self._hour + 1, hour - 23), hour + 1):
                self._mean_w[h % 24] = _NONE
                for i in range(h % 24, 72, 24):
                    self._outside[i] = 0
            self._hour = hour
        if day != self._day:
            blank = array("i", [-1, 0, -1, 0, 0] * 3)
            table = self._table
            table[15:] = table[:15] if day == self._day + 1 else blank
            table[:15] = blank
            self._day = day

    def _integrate(self, r, dt: int) -> None:
        self._ws += self._w * dt
        self._covered += dt
        if r.import_w is not None:
            self._w = r.import_w
        if r.export_w:  # what the house itself uses cannot be seen: this hour does not count
            self._covered = -3600

    def _currents(self, r, s: int) -> None:
        three = r.l3_ma is not None
        i2 = self._measured(r.l2_ma, 16) if three else r.l2_ma
        most = 0
        for i, ma in enumerate((r.l1_ma, i2, r.l3_ma)):
            if ma is not None and ma >= most:
                most = ma
                self.load_phase = i
        self.load_pct = None
        level = 0
        if self.fuse_a:
            self.load_pct = most // (self.fuse_a * 10)
            for i, (percent, least_s, name) in enumerate(_FUSE):
                on = most >= self.fuse_a * percent * 10
                if self._lasting(3 + i, on, s, least_s):
                    level = max(level, name)
        self.fuse_level = level
        uneven = False
        if self.net == TN and three and i2 is not None:
            least = min(r.l1_ma, i2, r.l3_ma)
            uneven = r.l1_ma + i2 + r.l3_ma > 15000 and (most - least) * 10 > most * 6
        self.imbalance = self._lasting(8, uneven, s, 3600)

    def minutes_outside(self, phase: int) -> int:
        """Minutes whose mean was outside 207-253 V in this and the last 23 hours."""
        return sum(self._outside[24 * phase : 24 * phase + 24])

    def day_row(self, phase: int, yesterday: bool = False):
        """(lowest mean mV, its unix minute, highest mean mV, its unix minute, minutes outside) of
        a local day, or None when not a minute of it is known."""
        k = 5 * phase + (15 if yesterday else 0)
        row = self._table[k : k + 5]
        return None if row[0] < 0 else tuple(row)

    def standby(self):
        """(W, hours known): the lowest clock-hour mean of the last 24 hours, from power because the
        register's step is 10 Wh; None before six hours are known. W * 730 is Wh a month."""
        known = [w for w in self._mean_w if w != _NONE]
        return (min(known), len(known)) if len(known) >= 6 else None

    def alerts(self, utc) -> list:
        """Codes of what is wrong, gravest first. "neutral_fault" stays for 24 hours."""
        minutes = max(self.minutes_outside(i) for i in range(3))
        found = []
        if self.neutral_utc and (utc or 0) - self.neutral_utc < 86400:
            found.append("neutral_fault")
        if self.lost:
            found.append("phase_loss")
        if self.fuse_level > 1:
            found.append("fuse_trip" if self.fuse_level == 3 else "fuse_overload")
        if minutes >= 10:
            found.append("voltage_warning")
        if self.fuse_level == 1:
            found.append("fuse_notice")
        if 1 <= minutes < 10:
            found.append("voltage_notice")
        if self.imbalance:
            found.append("imbalance")
        return found

    def state(self) -> list:
        """131 ints for restore(): the last 24 hours, today, yesterday."""
        kept = [1, self._hour, self._day, self._seen, self.neutral_utc]
        for part in (self._outside, self._mean_w, self._table):
            kept.extend(part)
        return kept

    def restore(self, kept) -> bool:
        """Take up a state(); False, and nothing taken, for anything else."""
        if type(kept) is not list or len(kept) != 131 or kept[0] != 1:
            return False
        try:
            outside = bytearray(kept[5:77])
            mean_w = array("H", kept[77:101])
            table = array("i", kept[101:])
        except (TypeError, ValueError, OverflowError):
            return False
        _, self._hour, self._day, self._seen, self.neutral_utc = kept[:5]
        self._outside = outside
        self._mean_w = mean_w
        self._table = table
        return True

    def new_meter(self) -> None:
        """Another meter: what the old one measured says nothing about it."""
        self.__init__(UNKNOWN, self.fuse_a)
