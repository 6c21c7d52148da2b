"""A month's highest hours, energy and cost: household.month (domain.md 2.4, 2.5, A13, A18)."""

from test_tariff import load, sheet, utc_hour

from household import oslo
from household.month import Month, three_largest
from household.record import MEASURED, SPLIT, SUM_ONLY
from household.tariff import Tariff

NOW = utc_hour(2026, 6, 10, 0)


def new_month(**changes):
    return Month(Tariff(sheet(**changes)))


def test_three_largest():
    assert three_largest([]) == (0, 0, 0)
    assert three_largest([5]) == (5, 0, 0)
    assert three_largest([1, 5, 3, 5, 2]) == (5, 5, 3)


def test_a13_peaks_are_of_three_different_days_and_of_the_right_one():
    month = new_month()
    for when, wh in (
        ((2026, 6, 1, 0), 6000),  # 00-01 of the 1st
        ((2026, 6, 1, 23), 6100),  # 23-24 of the same day
        ((2026, 6, 2, 0), 5000),
        ((2026, 6, 16, 0), 4000),
        ((2026, 6, 30, 23), 3000),
    ):
        month.add(utc_hour(*when), 1, wh, MEASURED)
    assert month.peaks() == [
        (utc_hour(2026, 6, 1, 23), 6100, False),
        (utc_hour(2026, 6, 2, 0), 5000, False),
        (utc_hour(2026, 6, 16, 0), 4000, False),
    ]
    assert month.mean() == (15100, 3)
    assert month.mean(0) == (12000, 3)
    assert list(month.others(1)) == [6100, 4000, 3000]


def test_equal_peaks_keep_the_earlier_hour_and_day():
    month = new_month()
    for day in (1, 2, 3, 4):
        for hour in (8, 9):
            month.add(utc_hour(2026, 6, day, hour), 1, 2000, SPLIT)
    rows = [(utc_hour(2026, 6, day, 8), 2000, True) for day in (1, 2, 3)]
    assert month.peaks() == rows


def test_autumn_day_has_25_hours_and_two_hours_02():
    month = new_month()
    day = oslo.day_number(2027, 10, 31)
    start = oslo.first_hour(day)
    for i in range(25):
        month.add(start + i, 1, 1000 + i, MEASURED)
    assert month.peak_wh[30] == 1024
    assert month.import_wh() == 25 * 1000 + sum(range(25))
    assert month.peaks() == [(start + 24, 1024, False)]
    assert (month.first_day, month.days) == (oslo.day_number(2027, 10, 1), 31)
    assert month.missing_hours(start + 25) == 30 * 24


def test_a_block_of_measured_zeros_is_a_zero_for_every_day():
    month = new_month()
    month.add(utc_hour(2026, 6, 3, 12), 1, 4000, MEASURED)
    month.add(utc_hour(2026, 6, 3, 13), 24 * 10, 0, MEASURED)
    assert list(month.peak_wh[:14]) == [-1, -1, 4000] + [0] * 10 + [-1]
    assert month.mean() == (4000, 3)
    assert month.import_wh() == 4000


def test_weeks_of_zeros_across_the_turn_of_the_month():
    month = new_month()
    month.add(utc_hour(2026, 10, 12, 13), 1, 30000, MEASURED)
    off = utc_hour(2026, 10, 12, 14)
    on = utc_hour(2026, 12, 21, 17)
    month.add(off, on - off, 0, MEASURED)
    assert month.month == 12
    assert month.mean() == (0, 3)
    assert month.last_w == 2000  # November's
    assert month.missing_hours(on) == 0
    assert month.missing_hours(on + 2) == 2
    month = new_month()
    month.add(utc_hour(2026, 10, 12, 13), 1, 30000, MEASURED)
    month.add(off, utc_hour(2026, 11, 2, 17) - off, 0, MEASURED)
    assert month.last_w == -1  # October's: 30 kW and zeros make 10 kW, the top step


def test_a_month_without_records_leaves_no_step_behind():
    month = new_month()
    month.add(utc_hour(2026, 10, 12, 13), 1, 3000, MEASURED)
    month.add(utc_hour(2026, 11, 12, 13), 1, 3000, MEASURED)
    assert month.last_w == 5000
    month.add(utc_hour(2027, 1, 12, 13), 1, 3000, MEASURED)
    assert month.last_w == 0


def test_a18_sum_only_is_no_peak_but_is_energy():
    month = new_month()
    start = utc_hour(2026, 6, 10, 8)
    month.add(start, 1, 500, MEASURED)
    month.add(start + 1, 6, 3100, SUM_ONLY)
    month.add(start + 7, 1, 400, MEASURED)
    assert month.mean() == (500, 1)
    assert month.import_wh() == 4000
    assert month.missing_hours(start + 8) == 9 * 24 + 8
    assert month.cost_ore() == (10124, 10124)  # 100 kr and 4 kWh at 31 øre


def test_a_block_that_could_hide_a_higher_step():
    def higher(total, fuse_w=None, span=6):
        month = new_month()
        for day in (1, 2, 3):
            month.add(utc_hour(2026, 6, day, 12), 1, 4000, MEASURED)
        month.add(utc_hour(2026, 6, 4, 8), span, total, SUM_ONLY)
        return month.could_be_higher(fuse_w)

    assert not higher(6900)  # 6.9 + 4 + 4 = 14.9
    assert higher(7000)
    assert not higher(7000, 5000)  # at most 5.0, and 2.0 on another day
    assert higher(20000, 5600)
    assert not higher(20000, 4900)
    assert not new_month().could_be_higher()
    month = new_month()
    month.add(utc_hour(2026, 6, 4, 8), 6, 50000, SUM_ONLY)
    assert not month.could_be_higher()  # no step yet that it could be higher than


def test_nothing_is_taken_twice_and_unknown_energy_counts_nowhere():
    month = new_month()
    hour = utc_hour(2026, 6, 10, 8)
    assert month.add(hour, 1, 500, MEASURED)
    assert not month.add(hour, 1, 900, MEASURED)
    assert not month.add(hour - 5, 5, 900, SUM_ONLY)
    assert month.add(hour + 1, 1, None, MEASURED)
    assert month.import_wh() == 500
    assert month.missing_hours(hour + 2) == 9 * 24 + 9
    assert month.next_hour == hour + 2


def test_before_any_hour():
    month = new_month()
    assert month.step() is None
    assert month.limit_w() == 0
    assert month.peaks() == []
    assert month.cost_ore() is None


def test_cost_by_season_and_hour():
    month = Month(Tariff(load("area-2")))
    for hour, wh in ((5, 1000), (6, 2000), (21, 3000), (22, 4000)):
        month.add(utc_hour(2026, 1, 20, hour), 1, wh, MEASURED)
    # mean 4.00 kW of one day: step 2-5, 527 kr; 26.89 and 29.89 øre and 1.00 to Enova
    exact = 52700 * 100000 + 5000 * 2789 + 5000 * 3089
    assert month.cost_ore() == ((exact + 50000) // 100000, (exact + 50000) // 100000)
    assert month.cost_ore() == (52994, 52994)


def test_cost_of_a_block_across_two_prices_is_a_range():
    month = Month(Tariff(load("area-2")))
    month.add(utc_hour(2026, 1, 20, 3), 1, 1000, MEASURED)
    month.add(utc_hour(2026, 1, 20, 4), 6, 10000, SUM_ONLY)
    low = 39000 * 100000 + 11000 * 2789
    assert month.cost_ore() == (round_ore(low), round_ore(low + 10000 * 300))
    month = Month(Tariff(load("area-2")))
    month.add(utc_hour(2026, 1, 20, 3), 1, 1000, MEASURED)
    month.add(utc_hour(2026, 1, 20, 8), 6, 10000, SUM_ONLY)  # all in the day's price
    cost = round_ore(39000 * 100000 + 1000 * 2789 + 10000 * 3089)
    assert month.cost_ore() == (cost, cost)


def round_ore(n):
    return (n + 50000) // 100000


def test_a_block_across_the_turn_of_the_month_belongs_to_neither_sum():
    month = Month(Tariff(load("area-2")))
    month.add(utc_hour(2026, 5, 31, 20), 1, 1000, MEASURED)
    month.add(utc_hour(2026, 5, 31, 21), 10, 8000, SUM_ONLY)
    month.add(utc_hour(2026, 6, 1, 7), 1, 500, MEASURED)
    assert month.import_wh() == 500
    assert month.edge_wh == 8000
    assert month.missing_hours(utc_hour(2026, 6, 1, 8)) == 0
    base = 39000 * 100000 + 500 * 2789
    assert month.cost_ore() == (round_ore(base), round_ore(base + 8000 * 2789))


def test_a_block_from_the_months_first_hour_is_the_months():
    month = new_month()
    month.add(utc_hour(2026, 5, 31, 23), 1, 1000, MEASURED)
    month.add(utc_hour(2026, 6, 1, 0), 3, 800, SUM_ONLY)
    assert (month.import_wh(), month.edge_wh) == (800, 0)


def test_a_measured_zero_in_a_block_with_energy_is_no_such_thing():
    month = new_month()
    month.add(utc_hour(2026, 6, 1, 0), 3, 800, MEASURED)  # no ledger writes this
    assert month.mean() == (0, 0)
    assert month.import_wh() == 800


def test_no_kroner_when_the_prices_do_not_hold():
    month = Month(Tariff(load("area-2")))
    month.add(utc_hour(2027, 1, 1, 7), 1, 500, MEASURED)
    assert month.step() == 0
    assert month.cost_ore() is None
    assert month.mean() == (500, 1)


def test_cost_by_fuse_and_flat():
    month = Month(Tariff(sheet(model="fuse", steps=[[0, 100], [40, 200], [63, 300]])), 40)
    assert month.step() == 1
    month.add(utc_hour(2026, 1, 1, 7), 1, 1000, MEASURED)
    assert month.cost_ore() == (231, 231)
    assert month.peaks() == []
    assert not month.could_be_higher()


def test_state_and_the_journal_again():
    tariff = Tariff(load("area-1"))
    month = Month(tariff)
    start = utc_hour(2026, 5, 30, 0)
    hours = [(start + i, 1, 500 + i * 37 % 4100, MEASURED) for i in range(200)]
    hours[60] = (start + 60, 1, 9000, SPLIT)
    for record in hours[:120]:
        month.add(*record)
    kept = month.state()
    again = Month(tariff)
    assert again.restore(kept, NOW)
    assert again.state() == kept
    for record in hours[120:]:
        month.add(*record)
    for record in hours:
        again.add(*record)
    assert again.state() == month.state()
    assert again.peaks() == month.peaks()
    assert again.cost_ore() == month.cost_ore()
    assert again.last_w == month.last_w == 2000


def test_a_state_of_other_prices_or_damaged_is_refused():
    month = Month(Tariff(load("area-1")))
    month.add(utc_hour(2026, 6, 1, 7), 1, 500, MEASURED)
    kept = month.state()
    other = load("area-1")
    other["energy"][0][4] += 1
    assert not Month(Tariff(other)).restore(kept, NOW)
    assert not Month(Tariff(load("area-2"))).restore(kept, NOW)
    fresh = Month(Tariff(load("area-1")))
    before = fresh.state()
    text = kept[:]
    text[20] = "1"
    for bad in (None, {}, [], kept[:-1], [2] + kept[1:], text):
        assert not fresh.restore(bad, NOW)
        assert fresh.state() == before
    seven = utc_hour(2026, 6, 1, 7)
    assert not fresh.restore(kept, seven - 1)  # it knows of an hour to come: the clock was wrong
    assert fresh.restore(kept, seven)
