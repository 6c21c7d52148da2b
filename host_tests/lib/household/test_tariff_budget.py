"""Step, target and budget of the running hour: household.budget, household.steps (domain.md 2.4, A14-A16)."""

from test_tariff import load, sheet

from household import oslo
from household.budget import Budget
from household.month import Month
from household.record import MEASURED
from household.steps import look
from household.tariff import Tariff

JUNE = oslo.day_number(2026, 6, 1)
DECEMBER = oslo.day_number(2026, 12, 1)


def month_of(days, tariff=None, today=(), first=JUNE, hour=15):
    """A month whose finished days, from its first, have these maxima (None: no data) at `hour`,
    and today these hours from midnight. Returns the month and the UTC second of now."""
    month = Month(tariff or Tariff(sheet()), 63)
    day = first
    for wh in days:
        if wh is not None:
            start = oslo.first_hour(day)
            month.add(start, hour, 0, MEASURED)
            month.add(start + hour, 1, wh, MEASURED)
            end = oslo.first_hour(day + 1)
            if end > start + hour + 1:
                month.add(start + hour + 1, end - start - hour - 1, 0, MEASURED)
        day += 1
    now = oslo.first_hour(day)
    for wh in today:
        month.add(now, 1, wh, MEASURED)
        now += 1
    return month, now * 3600


def budget_of(days, today=(), target_w=5000, tariff=None):
    month, utc = month_of(days, tariff, today)
    budget = Budget()
    look(budget, month, utc, target_w)
    return budget


def test_a16_v1_ordinary():
    b = budget_of([4810, 3900, 4220], [2200])
    assert (b.alone_wh, b.budget_wh) == (5970, 5000)
    b.forecast(1900, 0, 1800)
    assert b.allow_w == 6200


def test_a16_v2_tight():
    b = budget_of([2000, 6200, 5400], [1000])
    assert (b.alone_wh, b.budget_wh) == (3400, 3400)
    b.forecast(1900, 0, 1800)
    assert b.allow_w == 3000


def test_a16_v3_today_is_already_above():
    b = budget_of([1500, 1800, 2000], [6100])
    assert (b.alone_wh, b.budget_wh) == (11200, 6100)
    b.forecast(1900, 0, 1800)
    assert b.allow_w == 8400


def test_a16_v4_two_days_into_the_month():
    b = budget_of([2000], [500])
    assert (b.alone_wh, b.budget_wh) == (None, 5000)
    assert b.preliminary
    b.forecast(1900, 0, 1800)
    assert b.allow_w == 6200


def test_a14_the_cabin():
    b = budget_of([6200, 0, 0, 5000] + [0] * 20, [0], 0, Tariff(load("area-cabin")))
    assert b.mean_w == 3733
    assert (b.step_w, b.step_end_w, b.step_ore, b.next_ore) == (2000, 5000, 66700, 6400)
    assert (b.to_next_w, b.limit_w) == (1267, 5000)
    assert not b.preliminary


def test_a_day_without_data_does_not_count():
    b = budget_of([6200, None, 5000, None], [], 0)
    assert b.mean_w == 5600
    assert b.preliminary
    b = budget_of([6200, None, 5000, None], [0], 0)
    assert b.mean_w == 3733
    assert not b.preliminary


def test_a15_exactly_at_the_limit():
    for last, step, mean in ((5000, 5000, 5000), (4970, 2000, 4990), (5240, 5000, 5080)):
        b = budget_of([5000, 5000, last, 10], [0], 0)
        assert (b.step_w, b.mean_w, b.at_limit) == (step, mean, True)
    for last, step in ((5300, 5000), (4700, 2000)):
        b = budget_of([5000, 5000, last], [0], 0)
        assert (b.step_w, b.at_limit) == (step, False)


def test_a_third_of_a_watt_below_the_limit_is_below():
    b = budget_of([5000, 5000, 4999], [0], 0)
    assert (b.step_w, b.mean_w) == (2000, 4999)


def test_no_limit_between_steps_of_one_price():
    b = budget_of([20000, 20000, 20000], [0], 0, Tariff(load("area-cabin")))
    assert not b.at_limit
    assert (b.step_w, b.limit_w, b.to_next_w, b.budget_wh) == (20000, None, None, None)
    b.forecast(1000, 1000, 1800)
    assert (b.expected_wh, b.allow_w, b.level) == (1500, None, None)


def test_default_target_is_the_step_of_the_mean():
    b = budget_of([6000, 6000, 6000], [0], 0)
    assert (b.limit_w, b.lost_w) == (10000, 0)
    b = budget_of([1000, 1000, 1000], [0], 0)
    assert (b.limit_w, b.budget_wh, b.alone_wh) == (2000, 2000, 4000)


def test_nothing_known_nothing_said():
    b = budget_of([], [], 0)
    assert (b.mean_w, b.step_w, b.limit_w, b.budget_wh) == (None, None, None, None)
    b.forecast(100, 500, 600)
    assert (b.expected_wh, b.allow_w, b.level, b.top_hour) == (516, None, None, False)


def test_a_target_of_the_owner_counts_from_the_first_hour():
    b = budget_of([], [], 5000)
    assert (b.limit_w, b.budget_wh, b.alone_wh) == (5000, 5000, None)


def test_last_months_step_is_the_target_of_the_first_two_days():
    month, utc = month_of([6000, 6000, 6000] + [0] * 27)
    b = Budget()
    july = oslo.first_hour(oslo.day_number(2026, 7, 1))
    assert utc == july * 3600
    look(b, month, utc)  # the new month's first hour: nothing of it is in yet
    assert (b.mean_w, b.limit_w, b.budget_wh, b.preliminary) == (None, 10000, 10000, True)
    month.add(july, 1, 1200, MEASURED)
    look(b, month, utc + 3600)
    assert (b.mean_w, b.step_w, b.limit_w) == (1200, 0, 10000)
    assert month.last_w == 10000
    month.add(july + 1, 22, 0, MEASURED)
    month.add(july + 24, 1, 1200, MEASURED)
    look(b, month, utc + 25 * 3600)
    assert (b.limit_w, b.preliminary) == (10000, True)
    month.add(july + 25, 24, 0, MEASURED)
    look(b, month, utc + 50 * 3600)
    assert (b.mean_w, b.limit_w, b.preliminary) == (800, 2000, False)


def test_a_month_in_the_top_step_leaves_no_limit_for_the_first_days():
    month, utc = month_of([16000] * 30)
    b = Budget()
    look(b, month, utc)
    assert b.limit_w is None
    month.add(utc // 3600, 1, 800, MEASURED)
    look(b, month, utc + 3600)
    assert (b.limit_w, b.lost_w) == (None, 0)


def test_a_lost_target_is_told_once_and_moves_up():
    month, utc = month_of([7000, 7000], today=[900])
    b = Budget()
    assert not look(b, month, utc, 5000)
    assert (b.limit_w, b.lost_w) == (5000, 0)
    assert (b.budget_wh, b.alone_wh) == (1000, 1000)  # 15 - 14
    month.add(utc // 3600, 1, 1000, MEASURED)  # now 15.0 even with zeros for the rest
    assert look(b, month, utc + 3600, 5000)
    assert (b.limit_w, b.lost_w, b.step_w) == (10000, 5000, 5000)
    assert not look(b, month, utc + 3700, 5000)
    assert b.lost_w == 5000
    again = Budget()
    again.goal = b.goal
    assert not look(again, month, utc + 3800, 5000)  # a restart does not tell it again


def test_the_default_target_lost_is_told_too():
    month, utc = month_of([4900, 4900, 4900])
    b = Budget()
    assert not look(b, month, utc)
    month.add(utc // 3600, 1, 5300, MEASURED)
    assert look(b, month, utc + 3600)
    assert (b.limit_w, b.lost_w) == (10000, 0)
    assert not look(b, month, utc + 7200)


def test_two_steps_lost_in_one_hour():
    month, utc = month_of([4900, 4900, 4900])
    b = Budget()
    look(b, month, utc, 5000)
    month.add(utc // 3600, 1, 40000, MEASURED)
    assert look(b, month, utc + 3600, 5000)
    assert (b.limit_w, b.lost_w) == (None, 5000)
    assert b.budget_wh is None
    assert not look(b, month, utc + 3600, 5000)


def test_a_new_month_starts_without_loss():
    month, utc = month_of([7000, 7000, 7000] + [0] * 27)
    b = Budget()
    look(b, month, utc - 3600, 5000)
    assert b.lost_w == 5000
    assert not look(b, month, utc, 5000)
    assert (b.lost_w, b.limit_w) == (0, 5000)


def test_in_a_month_of_few_days_fewer_peaks_decide():
    month = Month(Tariff(sheet()))
    last = oslo.first_hour(oslo.day_number(2026, 6, 30))  # the dongle was put in on the last day
    month.add(last, 1, 5100, MEASURED)
    b = Budget()
    look(b, month, (last + 1) * 3600, 5000)
    assert (b.lost_w, b.limit_w) == (5000, 10000)


def test_a_target_that_is_no_limit_of_the_tariff():
    assert budget_of([1000], [0], 4000).limit_w == 5000
    assert budget_of([1000], [0], 60000).limit_w is None


def test_levels():
    b = budget_of([4000, 4000, 4000], [0])
    assert b.budget_wh == 5000
    for expected, second, level in (
        (4499, 1800, "ok"),
        (4500, 1800, "near"),
        (5000, 1800, "near"),
        (5001, 1800, "over"),
        (9000, 599, "near"),
        (9000, 600, "over"),
    ):
        b.forecast(expected, 0, second)
        assert (b.expected_wh, b.level) == (expected, level)


def test_allowed_power():
    b = budget_of([4000, 4000, 4000], [0])
    b.forecast(4000, 2000, 3540)
    assert (b.allow_w, b.expected_wh) == (60000, 4033)
    b.forecast(4000, 2000, 3541)
    assert b.allow_w is None
    b.forecast(5200, 2000, 3000)
    assert b.allow_w == 0
    b.forecast(None, 2000, 3000)
    assert (b.allow_w, b.expected_wh, b.level) == (None, None, None)
    b.forecast(1000, None, 1800)
    assert (b.allow_w, b.expected_wh, b.level) == (8000, None, None)


def test_this_hour_will_be_one_of_the_three():
    b = budget_of([4000, 3000, 2000], [1000])
    for expected, top in ((1900, False), (2000, False), (2001, True)):
        b.forecast(expected, 0, 3000)
        assert b.top_hour is top
    b = budget_of([4000, 3000, 2000], [2500])
    b.forecast(2400, 0, 3000)
    assert not b.top_hour


def test_highest_hour_model():
    tariff = Tariff(sheet(model="highest_hour"))
    b = budget_of([4000, 6000], [1000], 0, tariff)
    assert (b.mean_w, b.step_w, b.limit_w) == (6000, 5000, 10000)
    assert (b.budget_wh, b.alone_wh) == (10000, 10000)
    b = budget_of([4000, 6000], [1000], 5000, tariff)
    assert (b.lost_w, b.limit_w) == (5000, 10000)
    b = budget_of([], [], 5000, tariff)
    assert (b.budget_wh, b.preliminary) == (5000, True)


def test_highest_hour_model_top_hour():
    b = budget_of([4000, 6000, 5000], [1000], 0, Tariff(sheet(model="highest_hour")))
    b.forecast(5900, 0, 3000)
    assert not b.top_hour
    b.forecast(6001, 0, 3000)
    assert b.top_hour
