"""A monotonic clock that never wraps.

`time.ticks_ms()` wraps after 12.4 days on the ESP32 and its differences are ambiguous after half
of that. `ms()` adds the differences up instead; it has to be called once in six days, and the
tasks call it several times a second.
"""

import time

_ticks_ms = int  # int() is 0: time stands still until start()
_last = 0
_sum = 0


def start(ticks_ms) -> None:
    """Start at 0 ms, counting with the board's ticks_ms."""
    global _ticks_ms, _last, _sum
    _ticks_ms = ticks_ms
    _last = ticks_ms()
    _sum = 0


def ms() -> int:
    """Milliseconds since start(), never falling and never wrapping."""
    global _last, _sum
    now = _ticks_ms()
    _sum += time.ticks_diff(now, _last)
    _last = now
    return _sum
