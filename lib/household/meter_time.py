"""The meter's clock -> UTC: what time it is, who says so, and whether to believe it.

`ms` is time.ticks_ms() or any monotonic milliseconds: only differences are used, modulo 2**30 as
the ESP32 wraps there, so call utc() at least every six days. The machine's epoch (1970 or 2000)
never comes in here: all times are Unix seconds.

What the makers send (HAN interface descriptions; captures in amsreader #1227, #1119):
  deviation given    UTC = local + deviation, except Aidon's 0, which stands beside local time
  Kamstrup, Aidon    standard time, UTC+1, all the year
  Kaifa, others      Europe/Oslo; October's repeated hour is told apart by the time that has run
A meter can be ordered with another zone, so a difference of one hour to a better clock, seen three
times, is learnt (`zone`, kept in the settings by the caller).
"""

from household import oslo

LOCAL = 9999  # a zone: Europe/Oslo. Any other zone is minutes ahead of UTC, None the maker's rule

# bits of MeterClock.event
JUMP = 1  # the time moved by more than 120 s: `jump_s` says how much
ZONE = 2  # another `zone` was learnt
WRONG = 4  # the clock now differs from the reference by more than 120 s
RIGHT = 8  # it no longer does

_LIMIT_S = 120
_RECENT_MS = 60000
_MASK = 0x3FFFFFFF
_LEARN_AFTER = 3
_LEARN_APART_S = 600  # so that one sitting with one wrong phone does not count three times
_REFERENCE_AGE_S = 7 * 86400  # a crystal of 20 ppm is then 12 s off


def elapsed_ms(ms: int, since: int) -> int:
    """Milliseconds from `since` to `ms`; 0 when `ms` is the earlier one."""
    gone = (ms - since) & _MASK
    return 0 if gone > _MASK >> 1 else gone


class _Anchor:
    """A moment known in Unix seconds and in monotonic ms; runs on from there."""

    def __init__(self):
        self.utc = None
        self.ms = 0

    def set(self, utc: int, ms: int) -> None:
        self.utc = utc
        self.ms = ms

    def now(self, ms: int):
        if self.utc is None:
            return None
        gone = elapsed_ms(ms, self.ms) // 1000
        if gone > 86400:  # move along before ms wraps
            self.utc += gone
            self.ms += gone * 1000
            gone = 0
        return self.utc + gone


class MeterClock:
    """The time, by the meter's clock, and by a phone's while the meter has none to offer.

    Attributes: `source` "meter", "phone" or None (time unknown); `meter_ok` False when the
    meter's last clock was marked invalid or lies before 2024, None before the first one;
    `doubtful` True while hours should be marked CLOCK; `difference_s` meter minus reference at the
    last comparison or None; `zone` in force, see LOCAL; `event` what the last call brought about.
    """

    def __init__(self, zone=None):
        self.zone = zone
        self.source = None
        self.meter_ok = None
        self.doubtful = False
        self.difference_s = None
        self.event = 0
        self.jump_s = 0
        self.floor = 0  # a time known to be past (Unix s), from before a restart
        self._time = _Anchor()
        self._reference = _Anchor()
        self._checked = 0  # Unix seconds when the reference was given
        self._maker = None
        self._rule = None  # the zone by the maker's rule, for the last clock seen
        self._ahead = 0  # minutes that clock is ahead of UTC, as taken
        self._last = None  # UTC of the last clock, to know a list that is sent twice
        self._last_ms = 0  # when it came
        self._odd = None  # by how much the last list was off, which was not believed
        self._shift = 0  # whole hours of difference seen, and how many times
        self._seen = 0
        self._seen_at = 0

    def utc(self, ms: int):
        """Unix seconds now, or None when nobody has told."""
        return self._time.now(ms)

    def on_reading(self, reading, ms: int):
        """Take a list's clock; returns the list's own time in Unix seconds, or None (not known, or not
        to be believed).

        Book registers at the time returned and power at utc(ms): an Aidon sometimes sends the
        previous hour's list again, clock and all, which must not set the time back.
        """
        self.event = 0
        self._maker = reading.maker or self._maker
        now = self.utc(ms)
        if reading.year is None:
            return now
        if not 2024 <= reading.year < 2100 or (reading.clock_status or 0) & 1:
            self.meter_ok = False
            return now
        utc = self._to_utc(reading, now)
        if utc is None or utc == self._last:
            return utc
        if now is not None and abs(utc - now) > _LIMIT_S:
            # One list that contradicts the one just before it is damaged, or old: the next decides
            odd = self._odd
            self._odd = utc - now
            recent = elapsed_ms(ms, self._last_ms) < _RECENT_MS
            if recent and (odd is None or abs(odd - self._odd) > _LIMIT_S):
                return None
        self._odd = None
        self._last_ms = ms
        self.meter_ok = True
        self._last = utc
        self._set(utc, ms, "meter")
        reference = self._fresh(ms)
        if reference is not None:
            self._compare(utc - reference)
        return utc

    def on_reference(self, utc: int, ms: int) -> None:
        """Take the time (Unix seconds) of a phone, whose owner wants it to be believed.

        It is the time when the meter has none to offer, else it is what the meter is held against.
        """
        self.event = 0
        self._reference.set(utc, ms)
        self._checked = utc
        now = self.utc(ms)
        if now is None or not self.meter_ok:
            self._set(utc, ms, "phone")
            self.doubtful = False
            self.difference_s = None
            return
        self._compare(now - utc)
        self._learn(now - utc, utc, ms)

    def _fresh(self, ms: int):
        """The reference's time now, or None when there is none less than a week old."""
        utc = self._reference.now(ms)
        return None if utc is None or utc - self._checked > _REFERENCE_AGE_S else utc

    def _set(self, utc: int, ms: int, source: str) -> None:
        now = self.utc(ms)
        if now is not None and abs(utc - now) > _LIMIT_S:
            self.event |= JUMP
            self.jump_s = utc - now
        self._time.set(utc, ms)
        self.source = source

    def _compare(self, difference: int) -> None:
        self.difference_s = difference
        doubtful = abs(difference) > _LIMIT_S
        if doubtful != self.doubtful:
            self.event |= WRONG if doubtful else RIGHT
            self.doubtful = doubtful

    def _learn(self, difference: int, utc: int, ms: int) -> None:
        """One hour off, three times in a row: it is the zone, not the clock."""
        shift = (difference + 1800) // 3600
        if abs(shift) != 1 or abs(difference - 3600 * shift) > 60:
            self._seen = 0
            return
        if shift != self._shift:
            self._seen = 0
        elif self._seen and utc - self._seen_at < _LEARN_APART_S:
            return
        self._shift = shift
        self._seen += 1
        self._seen_at = utc
        if self._seen < _LEARN_AFTER:
            return
        self._seen = 0
        self._ahead += 60 * shift
        oslo_ahead = 60 * oslo.offset(utc // 3600)
        if self._ahead == (oslo_ahead if self._rule == LOCAL else self._rule):
            self.zone = None
        elif self._ahead == oslo_ahead:  # a summer's lesson must not be wrong in winter
            self.zone = LOCAL
        else:
            self.zone = self._ahead
        self._last = None
        difference -= 3600 * shift
        self._set(utc + difference, ms, "meter")
        self._compare(difference)
        self.event |= ZONE

    def _to_utc(self, reading, now):
        days = oslo.day_number(reading.year, reading.month, reading.day)
        local = days * 86400 + reading.hour * 3600 + reading.minute * 60 + reading.second
        deviation = reading.deviation_min
        if deviation is not None and (deviation or self._maker != "aidon"):
            self._rule = -deviation
        else:
            self._rule = 60 if self._maker in ("kamstrup", "aidon") else LOCAL
        zone = self._rule if self.zone is None else self.zone
        if zone == LOCAL:
            zone = self._oslo_zone(local, reading, now)
            if zone is None:
                return None
        self._ahead = zone
        return local - 60 * zone

    def _oslo_zone(self, local: int, reading, now):
        """120 or 60; None in the repeated hour when nothing tells which of the two it is."""
        first = local - 7200
        if not oslo.summer(first // 3600):
            return 60
        if not oslo.repeated(first // 3600):
            return 120
        if now is not None:
            return 120 if abs(first - now) <= abs(first + 3600 - now) else 60
        if self.floor > first:
            return 60
        return 120 if (reading.clock_status or 0) & 0x80 else None
