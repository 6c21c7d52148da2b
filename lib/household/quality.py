"""What the lists tell about voltage, phases and the main fuse: domain.md 3.

Voltage: 1-minute means against 207-253 V (Norwegian FoL section 3-3: nominal 230 V +-10 %). A
dongle is no approved instrument: 10 s samples miss dips, and Kamstrup sends whole volts. What
the voltages and currents belong to depends on the net: phase to neutral on TN, line to line (L1-L2,
L1-L3, L2-L3) on IT, where L2's current is mostly not measured.

Everything is fixed in size; arrays are by phase, index 0..2. What is asked now and then (the meter's
net, a day's voltages, standby load, state to keep) is in quality_report.py.
"""

from array import array

from household import oslo

UNKNOWN, ONE_PHASE, IT, TN = 0, 1, 2, 3

# fuse load in percent and how long, s: MCB curves carry 113 % and trip within the hour at 145 %
_FUSE = ((80, 600, 1), (100, 60, 2), (113, 300, 3), (145, 0, 3))


class Quality:
    """Give sample() every list; read the attributes and alerts().

    net, fuse_a     settings: quality_report.net_of() or the owner's word; main fuse in A, 0 unknown
    lost            bit per voltage below 160 V for 10 s
    load_pct        the largest current in percent of the fuse, None not known; of load_phase
    fuse_level      0 fine, 1 notice, 2 overloaded, 3 may trip
    unmeasured      bit 1: L2's voltage, bit 4: L2's current; a 0 sent for it means nothing. Then
                    L2 may carry more than load_pct says
    neutral_utc     when the pattern of a broken neutral was last seen, 0 never
    imbalance       TN: (max - min) / max above 60 % for an hour with more than 5 A a phase
    outside         bytes: minutes outside the limits, 24 * phase + UTC hour % 24, of the 24 hours
                    that end with `hour`
    table           today's three phases, then yesterday's: lowest mean in mV (-1 none), its unix
                    minute, highest, its minute, minutes outside; today is the local `day`
    """

    def __init__(self, net: int = UNKNOWN, fuse_a: int = 0):
        self.net = net
        self.fuse_a = fuse_a
        self.lost = self.fuse_level = self.unmeasured = self.neutral_utc = 0
        self.load_pct = self.load_phase = None
        self.imbalance = False
        self.seen = 0  # bits as in unmeasured: what was once other than 0
        self.day = self.hour = 0
        self.outside = bytearray(72)
        self.table = array("i", [-1, 0, -1, 0, 0] * 6)
        self._s = 0  # of the latest list
        # since when, s: three voltages low, four fuse levels, neutral, imbalance; -1 is not now
        self._since = array("i", [-1] * 9)
        self._minute = self._first_s = self._final_s = 0
        self._sums = array("i", [0] * 6)  # mV of this minute's samples, then how many

    def sample(self, r, utc, ms: int) -> None:
        """One Reading. utc in s, or None while the clock is not known: nothing is booked then; ms
        monotonic, not wrapping."""
        s = ms // 1000
        if s - self._s > 30:  # nothing is known to have lasted across a gap
            for i in range(9):
                self._since[i] = -1
        self._s = s
        if utc is not None and utc // 60 != self._minute:
            self._close_minute()
            self._minute = utc // 60
            self._first_s = s
            if utc // 3600 != self.hour:
                self._turn_hour(utc // 3600)
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

    def _l2(self, value, l3, bit: int):
        """L2's value, or None when it is the 0 of a meter that does not measure it: Kaifa MA304H3E
        (IT) sends U2 = 0 for ever, Kamstrup on IT may send I2 = 0. A four-wire meter measures all
        three, so there 0 is 0."""
        if value:
            self.seen |= bit
        if l3 is None:  # one phase: there is no L2
            return value
        if value is None or not (self.seen & bit or self.net == TN):
            self.unmeasured |= bit
            return None
        self.unmeasured &= ~bit
        return value

    def _voltages(self, r, utc, s: int) -> None:
        self._final_s = s
        lost = high = low = 0
        u = (r.l1_mv, self._l2(r.l2_mv, r.l3_mv, 2), r.l3_mv)
        for i in range(3):
            mv = u[i]
            if self._lasting(i, mv is not None and mv < 160000, s, 10):
                lost |= 1 << i
            if mv is not None:
                high += mv > 253000
                low += mv < 190000
                if utc is not None:
                    self._sums[i] += mv
                    self._sums[i + 3] += 1
        self.lost = lost
        # Kamstrup's own rule; 60 s between first and last sample: it lasted longer than that
        if self._lasting(7, self.net == TN and high == 2 and low == 1, s, 60):
            self.neutral_utc = utc or 1

    def _close_minute(self) -> None:
        """Book the minute's means, if half a minute of it and four samples were seen."""
        table = self.table
        for i in range(3):
            total = self._sums[i]
            n = self._sums[i + 3]
            self._sums[i] = self._sums[i + 3] = 0
            if n < 4 or self._final_s - self._first_s < 30:
                continue
            mean = total // n
            k = 5 * i
            if table[k] < 0 or mean < table[k]:
                table[k] = mean
                table[k + 1] = self._minute
            if mean > table[k + 2]:
                table[k + 2] = mean
                table[k + 3] = self._minute
            if total < 207000 * n or total > 253000 * n:
                table[k + 4] += 1
                k = i * 24 + self._minute // 60 % 24
                self.outside[k] = min(255, self.outside[k] + 1)  # a clock set back counts twice

    def _turn_hour(self, hour: int) -> None:
        """Forget what is older than 24 hours, turn the day."""
        for h in range(max(self.hour + 1, hour - 23), hour + 1):
            for i in range(h % 24, 72, 24):
                self.outside[i] = 0
        self.hour = hour
        day = oslo.local_day(hour)
        if day != self.day:
            blank = array("i", [-1, 0, -1, 0, 0] * 3)
            self.table = blank + (self.table[:15] if day == self.day + 1 else blank)
            self.day = day

    def _currents(self, r, s: int) -> None:
        amps = (r.l1_ma, self._l2(r.l2_ma, r.l3_ma, 16), r.l3_ma)
        most = level = total = 0
        least = None
        for i in range(3):
            ma = amps[i]
            if ma is None:
                continue
            total += ma
            if ma >= most:
                most = ma
                self.load_phase = i
            if least is None or ma < least:
                least = ma
        self.load_pct = most // (self.fuse_a * 10) if self.fuse_a else None
        for i in range(4):
            percent, least_s, name = _FUSE[i]
            on = self.fuse_a > 0 and most >= self.fuse_a * percent * 10
            if self._lasting(3 + i, on, s, least_s) and name > level:
                level = name
        self.fuse_level = level
        uneven = self.net == TN and total > 15000 and (most - least) * 10 > most * 6
        self.imbalance = self._lasting(8, uneven, s, 3600)

    def minutes_outside(self, phase: int) -> int:
        """Minutes whose mean was outside 207-253 V in this and the last 23 hours."""
        return sum(self.outside[24 * phase : 24 * phase + 24])

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
