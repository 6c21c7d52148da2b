"""A day behind the meter as steps: a list of pieces of constant power.

Power is whole watts and vars on three branches and changes on whole seconds, so the energy of
any stretch of time is an exact integer of watt-seconds. The branches are L1, L2 and L3 to the
neutral on a TN net; L1-L2, L1-L3 and L2-L3 on an IT net; 1-phase has the first one only.
Reactive power is positive for coils (motors), negative for the filters in electronics.
"""

from collections.abc import Callable
from random import Random

from sim.weather import DAY_S, STANDARD_S, summer_time_s

# from second, then P and Q of the three branches
Piece = tuple[int, ...]


class DayPlan:
    """The day being built: appliances put their switchings in. Seconds count from 00:00 UTC+1."""

    def __init__(self, day: int, rng: Random) -> None:
        self.day = day
        self.rng = rng
        self._summer_s = summer_time_s(day * DAY_S - STANDARD_S + DAY_S // 2)
        self._edges: list[tuple[int, int, int, int]] = []

    def at(self, hour: float) -> int:
        """Return the second of an hour on the people's clock, with summer time."""
        return int(hour * 3600) - self._summer_s

    def hour(self, second: float) -> float:
        """Return the hour on the people's clock."""
        return (second + self._summer_s) / 3600 % 24

    def run(self, begin: float, seconds: float, branch: int, watt: float, var: float = 0) -> None:
        """Let something draw constant power; cut at both ends of the day."""
        start = max(0, int(begin))
        stop = min(DAY_S, int(begin + seconds))
        if start < stop:
            p, q = int(watt), int(var)
            self._edges.append((start, branch, p, q))
            if stop < DAY_S:
                self._edges.append((stop, branch, -p, -q))

    def cycle(
        self,
        branch: int,
        watt: float,
        var: float,
        period_s: float,
        duty: Callable[[float], float],
        begin: float = 0,
        seconds: float = DAY_S,
    ) -> None:
        """Let a thermostat switch on and off; duty(second) is the share of the time it is on."""
        uniform = self.rng.uniform
        stop = begin + seconds
        second = begin - uniform(0, period_s)
        while second < stop:
            period = period_s * uniform(0.75, 1.25)
            share = min(1.0, max(0.0, duty(second)))
            on_from, on_to = max(second, begin), min(second + period * share, stop)
            if on_from < on_to:
                self.run(on_from, on_to - on_from, branch, watt, var)
            second += period

    def steps(
        self,
        branch: int,
        shortest_s: float,
        longest_s: float,
        level: Callable[[float], tuple[float, float]],
        begin: float = 0,
        seconds: float = DAY_S,
    ) -> None:
        """Let something draw level(second) = (W, var), taken anew at irregular times."""
        second = max(0, begin)
        stop = min(DAY_S, begin + seconds)
        while second < stop:
            length = min(self.rng.uniform(shortest_s, longest_s), stop - second)
            self.run(second, length, branch, *level(second))
            second += length

    def pieces(self) -> list[Piece]:
        """Return the day as pieces, the first from second 0."""
        totals = [0, 0, 0, 0, 0, 0]
        out: list[Piece] = []
        now = 0
        self._edges.sort()
        for second, branch, p, q in self._edges:
            if second != now:
                out.append((now, *totals))
                now = second
            totals[2 * branch] += p
            totals[2 * branch + 1] += q
        out.append((now, *totals))
        return out
