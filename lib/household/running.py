"""The hour in progress, integrated from power, and the estimates it leaves of the hours before.

No register exists between the hourly lists, so each power holds until the next list but 30 s at
most. It is an estimate ("ca."), never a candidate for the highest hours: a hob that pulses in step
with the lists can put it 0.4 kWh wrong. Energies in Wh, powers in W, ms as in meter_time.
"""

from array import array

from household.meter_time import elapsed_ms

UNKNOWN = 0xFFFFFFFF
KEPT = 24  # hours: a day of lost hourly lists can still be shared out

_HOLD_MS = 30000
_MEANS = 12  # of 10 s each: the last two minutes
_HOUR_MS = 3600000


class RunningHour:
    """`hour` in progress (unix // 3600, None before the time is known), `import_wh`, `export_wh`
    integrated in it and `covered_ms`, the time for which power was known."""

    def __init__(self):
        self.hour = None
        self.import_wh = self.export_wh = self.covered_ms = 0
        self._import_rest = self._export_rest = 0  # W ms, less than a Wh
        self._import_w = self._export_w = 0
        self._hold = 0  # ms that the powers still hold
        self._ms = 0
        self._utc = 0
        self._import_kept = array("I", [UNKNOWN] * KEPT)
        self._export_kept = array("I", [UNKNOWN] * KEPT)
        self._means = array("I", [0] * _MEANS)
        self._count = 0  # means taken since the last gap
        self._sum = self._samples = 0
        self._mean_ms = 0

    def on_power(self, import_w, export_w, utc, ms: int) -> None:
        """Take a list's powers (None is taken as "not sent") at `utc` (Unix s, None unknown)."""
        self.advance(utc, ms)
        if import_w is None:
            return
        if not self._hold:  # a gap of 30 s or more
            self._count = self._sum = self._samples = 0
        self._import_w = import_w
        self._export_w = export_w or 0
        self._hold = _HOLD_MS
        self._sum += import_w
        self._samples += 1
        if not self._count or elapsed_ms(ms, self._mean_ms) >= 9000:
            self._means[self._count % _MEANS] = self._sum // self._samples
            self._count += 1
            self._sum = self._samples = 0
            self._mean_ms = ms

    def advance(self, utc, ms: int) -> None:
        """Integrate up to now; a power that holds across xx:00:00 is shared between the hours."""
        gone = elapsed_ms(ms, self._ms)
        held = min(gone, self._hold)
        if gone or not self._hold:
            self._ms = ms
        self._hold -= held
        if utc is None:
            return
        if self._utc - 60 <= utc < self._utc:  # a late list's clock must not bring an hour back
            utc = self._utc
        hour = utc // 3600
        if hour != self.hour:
            if self.hour is not None:
                before = max(0, min(held, (3600 * (self.hour + 1) - self._utc) * 1000))
                self._add(before)
                held = held - before if hour == self.hour + 1 else 0
                self._keep(self.hour, hour)
            else:
                held = 0
            self.hour = hour
            self.import_wh = self.export_wh = self.covered_ms = 0
            self._import_rest = self._export_rest = 0
        self._utc = utc
        self._add(held)

    def _add(self, held: int) -> None:
        self.covered_ms += held
        rest = self._import_rest + self._import_w * held
        self.import_wh += rest // _HOUR_MS
        self._import_rest = rest % _HOUR_MS
        rest = self._export_rest + self._export_w * held
        self.export_wh += rest // _HOUR_MS
        self._export_rest = rest % _HOUR_MS

    def _keep(self, ended, hour: int) -> None:
        """The hour in progress has ended, `hour` begins: keep an estimate if 95 % was covered."""
        for skipped in range(max(ended, hour - KEPT), hour):
            self._import_kept[skipped % KEPT] = UNKNOWN
        if hour - KEPT <= ended < hour and self.covered_ms >= _HOUR_MS * 95 // 100:
            i = ended % KEPT
            covered = min(self.covered_ms, _HOUR_MS)
            self._import_kept[i] = (self.import_wh * _HOUR_MS + self._import_rest) // covered
            self._export_kept[i] = (self.export_wh * _HOUR_MS + self._export_rest) // covered

    def estimate(self, hour: int) -> int:
        """Wh imported in an hour that has ended, or UNKNOWN when less than 95 % was covered."""
        if self.hour is None or not self.hour - KEPT <= hour < self.hour:
            return UNKNOWN
        return self._import_kept[hour % KEPT]

    def export_estimate(self, hour: int) -> int:
        """Wh exported, likewise; ask only where estimate() is known."""
        return self._export_kept[hour % KEPT]

    def so_far(self, utc, ms: int) -> tuple:
        """(import Wh, export Wh, coverage in 1/1000) of the hour in progress.

        Scaled up below 950; both None ("vet ikke") below 600 or when the time is unknown.
        """
        self.advance(utc, ms)
        if utc is None:
            return None, None, 0
        elapsed = self._utc % 3600 * 1000
        covered = self.covered_ms
        if covered >= elapsed:
            return self.import_wh, self.export_wh, 1000
        share = covered * 1000 // elapsed
        if share < 600:
            return None, None, share
        if share >= 950:
            return self.import_wh, self.export_wh, share
        return self.import_wh * elapsed // covered, self.export_wh * elapsed // covered, share

    def mean_2min(self):
        """Mean import power of the last two minutes in W; None when no list came for 30 s."""
        count = min(self._count, _MEANS)
        return sum(self._means[i] for i in range(count)) // count if count and self._hold else None
