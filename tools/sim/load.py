"""What is drawn behind the meter: the days of a household or a cabin, from a seed."""

from sim.day_plan import DayPlan, Piece
from sim.profiles import PROFILES
from sim.weather import DAY_S, Weather, rng_of


class LoadModel:
    """The household of one seed: day(n) gives the same pieces in every run and any order."""

    def __init__(self, profile: str, seed: int, one_phase: bool = False, pv_w: int = 0) -> None:
        """profile: a key of profiles.PROFILES. pv_w: peak power of solar cells on the roof."""
        self._live = PROFILES[profile]
        self._seed = seed
        self._one_phase = one_phase
        self._pv_w = pv_w
        self._weather = Weather(seed)

    def day(self, day: int) -> list[Piece]:
        """Return the pieces of a model day (days since 1970-01-01 in UTC+1)."""
        plan = DayPlan(day, rng_of(self._seed, 1, day))
        self._live(plan, self._weather, self._seed)
        if self._pv_w:
            self._solar(plan)
        pieces = plan.pieces()
        if self._one_phase:
            return [(s, a + c + e, b + d + f, 0, 0, 0, 0) for s, a, b, c, d, e, f in pieces]
        return pieces

    def _solar(self, plan: DayPlan) -> None:
        weather = self._weather
        for second in range(0, DAY_S, 120):
            sun = weather.sun(plan.day, second)
            share = -int(self._pv_w * sun * weather.clearness(plan.day, second) / 3)
            if share:
                for branch in range(3):
                    plan.run(second, 120, branch, share)
