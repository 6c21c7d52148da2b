"""The events of a run, looked up by time: the plant's state, the meter's clock, its silences."""

from itertools import pairwise
from typing import NamedTuple

from sim.events import Event, EventError
from sim.grid import Plant
from sim.weather import STANDARD_S

# 2000-01-01 00:00 on the meter's own clock
_EPOCH_2000 = 946684800
_STARTUP_S = 15
# Below this voltage on every phase the meter itself shuts down.
_SHUTDOWN_V = 160
_PLANT_EVENTS = (
    *("breaker-open", "supply-lost", "meter-swap", "phase-lost", "neutral-fault", "load"),
)


class Clock(NamedTuple):
    """From a UTC second on the meter's standard time is UTC + offset_s."""

    since: int
    until: int
    offset_s: int
    status: int  # of the COSEM clock; bit 0: invalid


class Timeline:
    """Events as intervals. Raises EventError for what the net of the meter cannot have."""

    def __init__(self, events: list[Event], net: str) -> None:
        self.events = sorted(events, key=lambda event: event.begin)
        self._check(net)
        self.silences = self._silences()

    def named(self, *names: str) -> list[Event]:
        """Return all events of these names in order."""
        return [event for event in self.events if event.name in names]

    def active(self, utc: float, *names: str) -> list[Event]:
        """Return the events of these names at that time, in order."""
        return [e for e in self.events if e.begin <= utc < e.end and e.name in names]

    def silent(self, utc: float) -> bool:
        """Return whether the meter starts no list then."""
        return any(begin <= utc < end for begin, end in self.silences)

    def _check(self, net: str) -> None:
        lost, broken = self.named("phase-lost"), self.named("neutral-fault")
        if net == "1p" and lost:
            raise EventError("a 1-phase meter that loses its phase has supply-lost")
        if net != "tn" and broken:
            raise EventError("neutral-fault needs a TN meter")
        for event in lost:
            for other in lost + broken:
                if other is not event and event.begin < other.end and other.begin < event.end:
                    raise EventError("one of phase-lost and neutral-fault at a time")

    def _silences(self) -> list[tuple[int, int]]:
        out = [(e.begin, e.end) for e in self.named("han-frozen")]
        off = [(e.begin, e.end) for e in self.named("supply-lost", "meter-swap")]
        for event in self.named("voltage"):
            if event.args["volt"] < _SHUTDOWN_V and "phase" not in event.args:
                off.append((event.begin, event.end))
        return out + [(begin, end + _STARTUP_S) for begin, end in off]

    def plants(self, begin: int, end: int) -> list[tuple[int, Plant]]:
        """Return the states of the plant in that time, each with the second it begins."""
        events = self.named(*_PLANT_EVENTS)
        cuts = {begin} | {t for e in events for t in (e.begin, e.end) if begin < t < end}
        return [(cut, self._plant(cut)) for cut in sorted(cuts)]

    def _plant(self, utc: int) -> Plant:
        plant = Plant()
        for event in self.active(utc, *_PLANT_EVENTS):
            if event.name == "phase-lost":
                plant = plant._replace(lost=event.args["phase"])
            elif event.name == "neutral-fault":
                plant = plant._replace(broken_neutral=True)
            elif event.name == "load":
                plant = plant._replace(extra_w=plant.extra_w + event.args["watt"])
            else:
                plant = plant._replace(fed=False)
        return plant

    def clocks(self, begin: int, end: int) -> list[Clock]:
        """Return how the meter's clock goes from begin to end, UTC seconds."""
        events = self.named("clock-offset", "clock-lost")
        cuts = {begin, end} | {t for e in events for t in (e.begin, e.end) if begin < t < end}
        out = []
        for since, until in pairwise(sorted(cuts)):
            active = self.active(since, "clock-offset", "clock-lost")
            offset, status = STANDARD_S, 0
            if active and active[-1].name == "clock-lost":
                offset, status = _EPOCH_2000 - active[-1].begin, 1
            elif active:
                offset += active[-1].args["seconds"]
            out.append(Clock(since, until, offset, status))
        return out
