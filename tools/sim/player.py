"""Plays the lists of a meter onto an output: at the meter's pace, faster, or all at once."""

import json
import time
from collections.abc import Iterable
from typing import TextIO

from sim.line import Line
from sim.meter import Push
from sim.outputs import Output

# One turn of the loop sends what has become due: two or three octets at 2400 baud.
_TURN_S = 0.01
# Between two lists when the idle time is skipped, in the meter's seconds.
_GAP_S = 0.5


class Player:
    """Keeps the meter's time against the computer's."""

    def __init__(
        self,
        line: Line,
        output: Output,
        start: float,
        speed: float = 1.0,
        paced: bool = True,
        skip_idle: bool = False,
        truth: TextIO | None = None,
    ) -> None:
        """start: UTC second of the meter that is now. speed: its seconds in one of ours.

        paced: octets leave as at 2400 baud times speed, lists when they are due; else at once.
        skip_idle: the time between lists is left out. truth: one JSON line for each list.
        """
        self._line = line
        self._output = output
        self._start = start
        self._speed = speed
        self._paced = paced
        self._skip_idle = skip_idle
        self._truth = truth
        self._began = time.monotonic()
        self._skipped = 0.0  # seconds of the meter left out so far
        self._free = start  # when the line is free again

    def play(self, pushes: Iterable[Push]) -> None:
        """Send them all, in order. Raises OSError when the output has gone for good."""
        for push in pushes:
            begin = max(push.utc + push.delay, self._free)
            if self._skip_idle:
                self._skipped += max(0.0, begin - self._free - _GAP_S)
            octets = self._line.carry(push, begin)
            self._free = begin + len(push.frame) * self._line.octet_s
            heard = self._trickle(octets, begin) if self._paced else self._output.write(octets)
            if self._truth:
                self._log(push, octets, heard)

    def finish(self, utc: float) -> None:
        """Let the time to the end of the run pass."""
        if self._paced and not self._skip_idle:
            self._output.wait(self._wall(utc) - time.monotonic())

    def _wall(self, utc: float) -> float:
        """The computer's monotonic time at which the meter has that time."""
        return self._began + (utc - self._start - self._skipped) / self._speed

    def _trickle(self, octets: bytes, begin: float) -> bool:
        """Send octets so that the last bit of each leaves when it is due."""
        octet_s = self._line.octet_s / self._speed
        wall = self._wall(begin)
        late = time.monotonic() - wall
        if late > 0:  # the computer could not keep up; a line cannot send faster to make good
            self._began += late
            wall += late
        self._output.wait(wall - time.monotonic())
        sent, heard = 0, True
        while sent < len(octets):
            due = min(len(octets), int((time.monotonic() - wall) / octet_s + 1e-6))
            if due > sent:
                heard &= self._output.write(octets[sent:due])
                sent = due
            else:
                left = wall + min(len(octets), sent + 1) * octet_s - time.monotonic()
                rest = wall + len(octets) * octet_s - time.monotonic()
                self._output.wait(min(max(left, _TURN_S), max(rest, 0.0)))
        return heard

    def _log(self, push: Push, octets: bytes, heard: bool) -> None:
        assert self._truth is not None
        record = {
            "sent": round(time.time(), 4),  # the computer's clock after the last octet
            "utc": round(self._free, 3),  # the meter's time of the last octet, true UTC
            "kind": push.kind,
            "octets": len(push.frame),
            "intact": push.frame in octets,
            "heard": heard and bool(octets),
            "values": push.values,
        }
        self._truth.write(json.dumps(record) + "\n")
        self._truth.flush()
