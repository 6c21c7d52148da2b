"""Frost guard: tells when the heating of an empty house uses less than it did the week before.
domain.md 4.3. It measures power, not temperature, and can only be read on the page.

The band of the previous seven days' 10-minute means, in memory that does not grow: a day is a
histogram of its 144 means in 24 classes half an octave wide (0-15 W, 16-22, 23-31 .. 32768 and
more), one octet each. The floor is the lower edge of the class that holds the lowest tenth: exact
to 29 %, and never above the true value, so that it does not raise false alarms. Three days are
needed. A day with an alert is not learnt from: the band must not follow the fault down.
"""

from array import array
from binascii import hexlify, unhexlify

from household import oslo

_CLASSES = 24
_DAYS = 7
_EDGES = array(
    "H",
    [16, 23, 32, 45, 64, 91, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048, 2896, 4096, 5793]
    + [8192, 11585, 16384, 23170, 32768],
)


class Frost:
    """Give sample() every list while the guard is on. `alert`: None, "low" (below 30 % of the
    floor for 3 h) or "zero" (no power for 15 min), `alert_utc` since when."""

    def __init__(self):
        self.alert = self.alert_utc = None
        self._days = bytearray(_DAYS * _CLASSES)  # newest first
        self._today = bytearray(_CLASSES)
        self._day = self._slot = 0
        self._spoilt = False  # today had an alert
        self._sum = self._count = 0
        self._first_s = self._s = 0
        self._zero_s = None
        self._low = 0  # means below 30 % of the floor in a row

    def sample(self, import_w, utc, ms: int) -> bool:
        """A list's power at `utc` (None: not known, or not sent: nothing is done). True when
        `alert` has changed: for the log."""
        if import_w is None or utc is None:
            return False
        s = ms // 1000
        before = self.alert
        if utc // 600 != self._slot:
            self._close(utc)
            self._slot = utc // 600
            self._first_s = s
        if import_w or s - self._s > 30:
            self._zero_s = None
        if not import_w and self._zero_s is None:
            self._zero_s = s
        self._s = s
        self._sum += import_w
        self._count += 1
        if self._zero_s is not None and s - self._zero_s >= 900:
            self._raise("zero", utc - 900)
        elif self.alert == "zero" and import_w:
            self.alert = self.alert_utc = None
        return self.alert != before

    def _raise(self, alert: str, utc: int) -> None:
        self._spoilt = True
        if self.alert != alert:
            self.alert = alert
            self.alert_utc = utc

    def _close(self, utc: int) -> None:
        """A 10-minute mean is complete, if five minutes of it were seen."""
        if self._count >= 4 and self._s - self._first_s >= 300:
            mean = self._sum // self._count
            i = 0
            while i < _CLASSES - 1 and mean >= _EDGES[i]:
                i += 1
            self._today[i] = min(255, self._today[i] + 1)
            band = self.band()
            if band is not None and mean * 10 < band[0] * 3:
                self._low += 1
                if self._low >= 18 and self.alert is None:
                    self._raise("low", (self._slot + 1) * 600 - 10800)
            elif band is not None:
                self._low = 0
                if self.alert == "low":
                    self.alert = self.alert_utc = None
        self._sum = self._count = 0
        day = oslo.local_day(utc // 3600)
        if day != self._day:
            # half a day at least, or a morning would count as a day
            if sum(self._today) >= 72 and not self._spoilt:
                self._days = self._today + self._days[:-_CLASSES]
            self._today = bytearray(_CLASSES)
            self._day = day
            self._spoilt = self.alert is not None

    def band(self):
        """(W, W) that nine tenths of the means were above and below, or None while fewer than
        three days are known. A floor of 0: the heating pauses too often for "low" to be told."""
        counts = array("H", [0] * _CLASSES)
        days = 0
        for k in range(0, len(self._days), _CLASSES):
            day = self._days[k : k + _CLASSES]
            if any(day):
                days += 1
                for i in range(_CLASSES):
                    counts[i] += day[i]
        if days < 3:
            return None
        total = sum(counts)
        below = 0
        floor = ceiling = None
        for i in range(_CLASSES):
            below += counts[i]
            if floor is None and below * 10 >= total:
                floor = _EDGES[i - 1] if i else 0
            if ceiling is None and below * 10 >= total * 9:
                ceiling = _EDGES[min(i, _CLASSES - 2)]
        return floor, ceiling

    def state(self) -> list:
        """For restore(), 350 octets as JSON: the days learnt. To be saved daily."""
        return [1, hexlify(self._days).decode()]

    def restore(self, kept) -> bool:
        """Take up a state(); False, and nothing taken, for anything else."""
        try:
            version, text = kept
            days = bytearray(unhexlify(text))
        except (TypeError, ValueError):
            return False
        if version != 1 or len(days) != _DAYS * _CLASSES:
            return False
        self._days = days
        return True
