"""What is known now, in RAM: the latest value of each quantity, ten minutes of power, and the
wake-up of the open pages.

A page gets the latest value only. There is no queue: a page that is slow to read skips lists and
costs no memory.
"""

import asyncio
from array import array

from micropython import const

from hanport.reading import FIELDS, TEXTS

GAP = const(-(1 << 29))  # a point without a value; export is negative
POINTS = const(60)  # ten minutes

_STEP = const(10000)  # ms from one point to the next, which is the Kamstrup's own pace
_LIVE = const(30000)  # ms: three lists missed
_OLD = const(120000)
_FIRST_REGISTER = const(16)  # in FIELDS: import_wh, export_wh, import_varh, export_varh
_LAST_REGISTER = const(19)


def net_power(import_w: int | None, export_w: int | None) -> int | None:
    """Power through the meter, W: negative when it flows out, None when neither is known."""
    if import_w or not export_w:
        return import_w
    return -export_w


class Live:
    """`values` and `texts` go with FIELDS and TEXTS of hanport.reading; None = not known.

    Times are clock.ms(). `seq` counts lists and is 0 until the first one.
    """

    def __init__(self, ms: int):
        self.changed = asyncio.Event()
        self.clear(ms)

    def clear(self, ms: int) -> None:
        """Forget the meter, as before the first list."""
        self.seq = 0
        self.at = ms  # of the latest list, and until then of the start
        self.values = [None] * len(FIELDS)
        self.texts = [None] * len(TEXTS)
        self.timestamp = None  # of the latest list, as sent
        self.hourly = False  # whether the latest list carried registers
        self.hourly_at = ms
        self._seen = array("i", [0] * len(FIELDS))  # seconds
        self._points = array("i", [GAP] * POINTS)
        self._newest = 0
        self._point_at = ms

    def store(self, reading, ms: int) -> None:
        """Take over what the list says; the Reading may be overwritten afterwards."""
        second = ms // 1000
        for i, field in enumerate(FIELDS):
            value = getattr(reading, field[0])
            if value is not None:
                self.values[i] = value
                self._seen[i] = second
        for i, name in enumerate(TEXTS):
            text = getattr(reading, name)
            if text is not None:
                self.texts[i] = text
        self.timestamp = reading.timestamp_text()
        self.hourly = reading.has_registers()
        if self.hourly:
            self.hourly_at = ms
        watts = net_power(reading.import_w, reading.export_w)
        if watts is not None:
            self._store_point(watts, ms)
        self.at = ms
        self.seq += 1
        self.wake()

    def wake(self) -> None:
        """Let every page that waits look at `seq`: for a list, or to show that the line is open."""
        self.changed.set()
        self.changed.clear()

    def age_s(self, ms: int) -> int | None:
        """Whole seconds since the latest list, None before the first."""
        return (ms - self.at) // 1000 if self.seq else None

    def state(self, ms: int) -> str:
        """starting, live, old or no_signal: up to 30 s, up to 120 s, longer."""
        age = ms - self.at
        if age <= _LIVE:
            return "live" if self.seq else "starting"
        return "old" if self.seq and age <= _OLD else "no_signal"

    def known(self, i: int) -> int | None:
        """The value of FIELDS[i] as of the latest list, or None.

        Aidon and Kaifa send power alone four times as often as the rest, so a value holds for as
        long as a reading counts as live. A register holds until the next hourly list.
        """
        if _FIRST_REGISTER <= i <= _LAST_REGISTER or self.at // 1000 - self._seen[i] <= 30:
            return self.values[i]
        return None

    def points(self, ms: int):
        """Yield POINTS values in W of the last ten minutes, GAP where none came, newest last."""
        missing = max(0, (ms - self._point_at - _STEP // 2) // _STEP)
        for i in range(missing, POINTS + missing):
            yield self._points[(self._newest + 1 + i) % POINTS] if i < POINTS else GAP

    def _store_point(self, watts, ms):
        since = ms - self._point_at
        steps = (since + _STEP // 2) // _STEP
        for _ in range(min(steps, POINTS)):
            self._newest = (self._newest + 1) % POINTS
            self._points[self._newest] = GAP
        self._points[self._newest] = watts
        if steps == 1 and since > _STEP * 3 // 4:
            # A list every ten seconds keeps its place in the middle of a point: a meter's clock
            # that drifts must not make a gap once a day.
            self._point_at = ms
        else:
            self._point_at += steps * _STEP
