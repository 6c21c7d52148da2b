"""Frost guard: household.frost (domain.md 4.3)."""

import json

from household import oslo
from household.frost import Frost

DAY = oslo.day_number(2026, 1, 10)
START = oslo.first_hour(DAY) * 3600


class House:
    def __init__(self):
        self.frost = Frost()
        self.utc = START
        self.changes = []

    def use(self, power, seconds, step=10):
        """`power` in W, or a function of the time, for so long."""
        for _ in range(0, seconds, step):
            w = power if type(power) is int else power(self.utc)
            if self.frost.sample(w, self.utc, (self.utc - START) * 1000):
                self.changes.append((self.frost.alert, self.utc))
            self.utc += step

    def week(self, power, days=7):
        self.use(power, days * 86400, 60)


def thermostat(utc):
    """1 kW on for 6 of 20 minutes and 100 W of others."""
    return 1100 if utc % 1200 < 360 else 100


def test_three_days_are_needed():
    house = House()
    house.week(500, 3)
    assert house.frost.band() is None
    house.use(500, 60)
    assert house.frost.band() == (362, 512)


def test_band_of_a_thermostat():
    house = House()
    house.week(thermostat)
    house.use(100, 10)
    floor, ceiling = house.frost.band()
    assert floor == 91  # means of 100 and of 700 W in turn
    assert ceiling == 724


def test_the_tenth_and_the_edges_of_the_classes():
    """One mean in ten is 23 W, the first of its class; the others 22, the last of the one below."""
    house = House()
    house.week(lambda utc: 22 if utc // 600 % 10 == 0 else 23, 5)  # 72 in 720
    house.use(23, 10)
    assert house.frost.band() == (16, 32)
    house = House()
    house.week(lambda utc: 23 if utc // 600 % 10 == 0 else 22, 5)
    house.use(23, 10)
    assert house.frost.band() == (16, 23)


def test_a_mean_needs_five_minutes_and_four_lists():
    for lists, step, known in ((30, 10, False), (31, 10, True), (4, 100, True), (3, 150, False)):
        house = House()
        for slot in range(4 * 144):
            house.utc = START + slot * 600
            house.use(500, lists * step, step)
        assert (house.frost.band() is not None) is known


def test_low_for_three_hours_of_ten_minute_means():
    house = House()
    house.week(500)
    assert house.changes == []
    fell = house.utc
    house.use(100, 10800 - 60)  # 30 % of 362 is 109
    assert house.frost.alert is None
    house.use(100, 120)
    assert house.frost.alert == "low"
    assert house.frost.alert_utc == fell
    house.use(500, 1300)
    assert house.frost.alert is None
    assert [alert for alert, _ in house.changes] == ["low", None]


def test_just_above_or_not_long_enough_is_no_alert():
    house = House()
    house.week(500)
    house.use(110, 6 * 3600)
    assert house.changes == []
    for _ in range(3):
        house.use(100, 10000)
        house.use(500, 1200)
    assert house.changes == []


def test_zero_for_fifteen_minutes():
    house = House()
    house.use(500, 3600)
    off = house.utc
    house.use(0, 900)
    assert house.frost.alert is None
    house.use(0, 10)
    assert (house.frost.alert, house.frost.alert_utc) == ("zero", off)
    house.use(20, 10)
    assert house.frost.alert is None
    house.use(0, 600)
    house.use(5, 10)
    house.use(0, 600)
    assert house.frost.alert is None


def test_a_gap_is_not_zero():
    house = House()
    house.use(0, 600)
    house.utc += 600
    house.use(0, 600)
    assert house.frost.alert is None


def test_unknown_means_neither_add_nor_reset():
    house = House()
    house.week(500)
    house.use(100, 9 * 600)
    house.utc += 3600  # no lists
    house.use(100, 9 * 600)
    assert house.frost.alert is None
    house.use(100, 20)
    assert house.frost.alert == "low"


def test_the_band_does_not_follow_the_fault():
    house = House()
    house.week(500)
    house.use(60, 5 * 86400, 60)
    assert house.frost.alert == "low"
    assert house.frost.band() == (362, 512)
    assert len(house.changes) == 1


def test_a_milder_week_moves_the_band():
    house = House()
    house.week(2000)
    house.use(1500, 60)
    assert house.frost.band()[0] == 1448
    house.week(700)
    house.use(700, 60)
    assert house.frost.band() == (512, 724)
    assert house.changes == []


def test_half_a_day_is_learnt_and_less_is_not():
    for seen, known in ((43200, True), (42600, False)):
        house = House()
        for i in range(3):
            house.use(500, seen, 20)
            house.utc = START + (i + 1) * 86400
        house.use(500, 60)
        assert (house.frost.band() is not None) is known


def test_heating_that_pauses_has_a_floor_of_zero_and_is_never_low():
    house = House()
    house.week(lambda utc: 2000 if utc % 3600 < 1800 else 5)
    house.use(5, 5 * 3600)
    assert house.frost.band()[0] == 0
    assert house.frost.alert is None


def test_state_survives_and_damage_is_refused():
    house = House()
    house.week(500)
    house.use(500, 60)
    kept = json.loads(json.dumps(house.frost.state()))
    assert len(json.dumps(kept)) < 360
    other = Frost()
    assert other.restore(kept)
    assert other.band() == house.frost.band()
    for bad in (None, [], [1], 5, [2, kept[1]], [1, kept[1][2:]], [1, "xy"], [1, 7]):
        assert not other.restore(bad)
        assert other.band() == house.frost.band()


def test_nothing_without_time_or_power():
    frost = Frost()
    assert not frost.sample(None, START, 0)
    assert not frost.sample(0, None, 0)
    assert frost.band() is None
