"""The meter's registers: the exact integral of the drawn power.

Meters sum the phases before they choose between import and export, so a house that feeds out
on one phase and draws more on the others exports nothing.
"""

from bisect import bisect_right
from collections.abc import Callable

from sim import grid
from sim.grid import Plant, Powers
from sim.load import LoadModel
from sim.weather import DAY_S, STANDARD_S

# import, export, reactive import, reactive export: watt-seconds and var-seconds
Energy = tuple[int, int, int, int]
_KEPT_DAYS = 4


class _Day:
    """A day cut where the power or the plant changes."""

    __slots__ = ("energies", "loads", "plants", "starts")

    def __init__(self) -> None:
        self.starts: list[int] = []  # UTC seconds
        self.loads: list[Powers] = []  # what would be drawn at nominal voltage
        self.plants: list[Plant] = []
        self.energies: list[Energy] = []  # at the start of each piece, since the day's start


class Account:
    """Power and energy at any time from a starting day on."""

    def __init__(
        self,
        net: str,
        load: LoadModel,
        plants: Callable[[int, int], list[tuple[int, Plant]]],
        start: int,
    ) -> None:
        """plants(begin, end) tells the states of the plant: (UTC second, state), the first at
        begin. start: UTC seconds; nothing is known about the time before."""
        self._net = net
        self._load = load
        self._plants = plants
        self._first_day = self._last_day = (start + STANDARD_S) // DAY_S
        self._before: list[Energy] = [(0, 0, 0, 0)]  # energy before each day since the first
        self._days: dict[int, _Day] = {}

    def _day(self, day: int) -> _Day:
        kept = self._days.get(day)
        if kept is None:
            if len(self._days) >= _KEPT_DAYS:
                del self._days[min(self._days)]
            kept = self._days[day] = self._build(day)
        return kept

    def _build(self, day: int) -> _Day:
        begin = day * DAY_S - STANDARD_S
        pieces = self._load.day(day)
        plants = self._plants(begin, begin + DAY_S)
        out = _Day()
        net = self._net
        energy = (0, 0, 0, 0)
        plain = Plant()
        cut = 0
        for index, piece in enumerate(pieces):
            start, loads = begin + piece[0], piece[1:]
            stop = begin + (pieces[index + 1][0] if index + 1 < len(pieces) else DAY_S)
            while start < stop:
                while cut + 1 < len(plants) and plants[cut + 1][0] <= start:
                    cut += 1
                until = min(stop, plants[cut + 1][0]) if cut + 1 < len(plants) else stop
                plant = plants[cut][1]
                out.starts.append(start)
                out.loads.append(loads)
                out.plants.append(plant)
                out.energies.append(energy)
                power = loads if plant == plain else grid.drawn(net, loads, plant)
                energy = _add(energy, power, until - start)
                start = until
        out.starts.append(begin + DAY_S)
        out.energies.append(energy)
        return out

    def state(self, utc: float) -> tuple[Powers, Plant]:
        """Return the loads (at nominal voltage, the extra one not in) and the plant's state."""
        day = self._day((int(utc) + STANDARD_S) // DAY_S)
        index = bisect_right(day.starts, utc) - 1
        return day.loads[index], day.plants[index]

    def energy(self, utc: float) -> Energy:
        """Return the energy from the start of the first day to a whole second."""
        second = int(utc)
        number = (second + STANDARD_S) // DAY_S
        if number < self._first_day:
            raise ValueError("the account begins later than that")
        while self._last_day < number:
            whole = self._day(self._last_day).energies[-1]
            self._before.append(_sum(self._before[-1], whole))
            self._last_day += 1
        before = self._before[number - self._first_day]
        day = self._day(number)
        index = bisect_right(day.starts, second) - 1
        power = grid.drawn(self._net, day.loads[index], day.plants[index])
        within = _add(day.energies[index], power, second - day.starts[index])
        return _sum(before, within)


def _sum(a: Energy, b: Energy) -> Energy:
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3])


def _add(energy: Energy, power: Powers, seconds: int) -> Energy:
    p = (power[0] + power[2] + power[4]) * seconds
    q = (power[1] + power[3] + power[5]) * seconds
    imported, exported, q_in, q_out = energy
    if p > 0:
        imported += p
    else:
        exported -= p
    if q > 0:
        q_in += q
    else:
        q_out -= q
    return (imported, exported, q_in, q_out)
