"""Two places to live: a home of a family and a cabin that mostly stands empty."""

from sim.day_plan import DayPlan
from sim.weather import DAY_S, Weather, rng_of, weekday

_KETTLE_W = 2000
_TANK_W = 1950


def _electronics(plan: DayPlan, branch: int, idle_w: float, evening_w: float) -> None:
    """Routers, screens and lamps: a floor that flickers, more of it when people are up."""
    rng = plan.rng

    def level(second: float) -> tuple[float, float]:
        hour = plan.hour(second)
        up = 0.35 if 6.5 <= hour < 16 else 1.0 if 16 <= hour < 22.8 else 0.05
        watt = idle_w * rng.uniform(0.9, 1.12) + evening_w * up * rng.uniform(0.6, 1.2)
        return watt, -0.3 * watt

    plan.steps(branch, 60, 360, level)


def _hob(plan: DayPlan, begin: float, minutes: float, branch: int, watt: float) -> None:
    """A plate heats up, then its regulator pulses."""
    boil = plan.rng.uniform(4, 9) * 60
    plan.run(begin, boil, branch, watt)
    share = plan.rng.uniform(0.25, 0.6)
    plan.cycle(branch, watt, 0, 40, lambda _: share, begin + boil, max(0, minutes * 60 - boil))


def _cooking(plan: DayPlan, hour: float) -> None:
    rng = plan.rng
    begin = plan.at(hour)
    _hob(plan, begin, rng.uniform(20, 40), 0, 1800)
    if rng.random() < 0.6:
        _hob(plan, begin + rng.uniform(2, 10) * 60, rng.uniform(15, 30), 2, 1400)
    if rng.random() < 0.5:
        length = rng.uniform(35, 70) * 60
        plan.run(begin, 600, 2, 2400)
        plan.cycle(2, 2400, 0, 150, lambda _: 0.4, begin + 600, length - 600)


def _morning(plan: DayPlan, hour: float) -> None:
    rng = plan.rng
    for _ in range(rng.randint(1, 3)):
        plan.run(plan.at(hour + rng.uniform(0, 1)), rng.uniform(90, 200), 1, _KETTLE_W)
    if rng.random() < 0.6:
        plan.run(plan.at(hour + rng.uniform(0, 1)), 170, 0, 900)


def _water_heater(plan: DayPlan, draws: list[tuple[float, float]], loss_s: float) -> None:
    """draws: hour and kWh of hot water. loss_s: heating against standing loss, each 5 hours."""
    busy = plan.at(0) - 3600.0
    for hour, kwh in draws:
        begin = max(busy, plan.at(hour))
        length = kwh * 3600e3 / _TANK_W
        plan.run(begin, length, 1, _TANK_W)
        busy = begin + length
    second = plan.rng.uniform(0, 18000)
    while second < DAY_S:
        if not any(plan.at(h) - loss_s < second < plan.at(h) + 7200 for h, _ in draws):
            plan.run(second, loss_s, 1, _TANK_W)
        second += plan.rng.uniform(15000, 21000)


def _washing(plan: DayPlan, weekend: bool) -> None:
    rng = plan.rng
    if rng.random() < 0.7:
        begin = plan.at(rng.uniform(18, 22))
        plan.run(begin, 900, 0, 2000)
        plan.run(begin, 4200, 0, 60, 35)
        plan.run(begin + 3000, 600, 0, 2000)
    if rng.random() < (0.8 if weekend else 0.35):
        begin = plan.at(rng.uniform(10, 17) if weekend else rng.uniform(16, 20))
        plan.run(begin, 1200, 1, 2100)
        plan.cycle(1, 260, 180, 30, lambda _: 0.6, begin, 4500)
        if rng.random() < 0.6:
            plan.cycle(2, 2300, 0, 420, lambda _: 0.8, begin + 5400, 3600)


def home(plan: DayPlan, weather: Weather, seed: int) -> None:
    """A detached house of a family of four, heat pump in the living room, no car charger."""
    rng = plan.rng
    weekend = weekday(plan.day) >= 5
    plan.cycle(0, 95, 60, 2700, lambda _: 0.38)
    plan.cycle(2, 120, 75, 3600, lambda _: 0.42)
    plan.run(0, DAY_S, 1, 45, 30)
    _electronics(plan, 0, 45, 220)
    _electronics(plan, 1, 30, 120)
    _electronics(plan, 2, 25, 90)

    loss_w = max(0.0, 110 * (18 - weather.temperature(plan.day)))
    night = 0.8

    def heat_pump(second: float) -> tuple[float, float]:
        want = 0.55 * max(0.0, 110 * (18 - weather.temperature(plan.day, second))) / 2.8
        watt = min(1500, want) * rng.uniform(0.8, 1.2)
        return (watt, 0.2 * watt) if watt > 150 else (6, -8)

    plan.steps(1, 60, 240, heat_pump)

    def panels(second: float) -> float:
        share = 0.45 * loss_w / 2750
        return share * (night if plan.hour(second) < 6 else 1.1)

    for branch, watt in ((0, 1000), (1, 1000), (2, 750)):
        plan.cycle(branch, watt, 0, rng.uniform(600, 900), panels)
    plan.cycle(2, 600, 0, 1500, lambda _: 0.2 + min(0.45, loss_w / 9000))

    up = rng.uniform(8, 9.5) if weekend else rng.uniform(6, 7)
    _morning(plan, up)
    _cooking(plan, rng.uniform(15.5, 18) if not weekend else rng.uniform(16.5, 19))
    if weekend and rng.random() < 0.6:
        _cooking(plan, rng.uniform(10, 12))
    plan.run(plan.at(rng.uniform(19, 21)), 180, 1, _KETTLE_W)
    _water_heater(plan, [(up + 0.3, rng.uniform(1, 3)), (19.5, rng.uniform(1.5, 4))], 540)
    _washing(plan, weekend)


def _visit(day: int, seed: int) -> tuple[float, float] | None:
    """Return the hours from arrival to departure when somebody is at the cabin that day."""
    monday = day - weekday(day)
    week_of_year = int(day / 365.2425 % 1 * 52.18)
    if week_of_year in (28, 29):
        return 0, 24
    if rng_of(seed, 2, monday).random() > 0.3:
        return None
    return {4: (17.5, 24.0), 5: (0.0, 24.0), 6: (0.0, 15.5)}.get(weekday(day))


def cabin(plan: DayPlan, weather: Weather, seed: int) -> None:
    """A cabin: standby and frost heating, some weekends and two weeks of July with people."""
    rng = plan.rng
    plan.steps(0, 60, 400, lambda _: (rng.uniform(8, 14), -9))
    cold = weather.temperature(plan.day)
    frost = min(1.0, max(0.0, 70 * (6 - cold) / 1600))
    visit = _visit(plan.day, seed)
    here_from, here_to = (plan.at(hour) for hour in visit) if visit else (DAY_S, DAY_S)

    def duty(second: float) -> float:
        if not here_from <= second < here_to:
            return frost
        if visit and visit[0] > 0 and second < here_from + 5 * 3600:
            return 1.0 if cold < 8 else 0.5  # the walls are cold after a week
        return min(1.0, max(0.0, 95 * (20 - cold) / 3600))

    for branch, watt in ((0, 800), (2, 800)):
        plan.cycle(branch, watt, 0, rng.uniform(700, 1100), duty)
    if cold < 2:
        plan.cycle(1, 120, 0, 1800, lambda _: 0.5)  # heating cable on the water pipe
    if not visit:
        return
    for branch, watt in ((1, 1000), (2, 1000)):
        plan.cycle(branch, watt, 0, 800, duty, here_from, here_to - here_from)
    plan.cycle(0, 90, 55, 2600, lambda _: 0.5, here_from, here_to - here_from)
    plan.steps(1, 30, 200, lambda _: (rng.uniform(90, 260), -50), here_from, here_to - here_from)
    if visit[0] == 0:
        _morning(plan, rng.uniform(8, 10))
    if visit[1] == 24:
        _cooking(plan, rng.uniform(18.5, 20) if visit[0] else rng.uniform(16, 19))
    draws = [(18.0, 6.0)] if visit[0] else [(10.0, rng.uniform(1, 2.5))]
    _water_heater(plan, draws, 420)


PROFILES = {"home": home, "cabin": cabin}
