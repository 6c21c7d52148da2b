"""What is shown of the month's step: its price and the next one's, what is missing (household.steps)."""

from test_tariff import load, sheet
from test_tariff_budget import DECEMBER, budget_of, month_of

from household.budget import Budget
from household.record import SPLIT, SUM_ONLY
from household.steps import look
from household.tariff import Tariff
from household.validity import EXPIRED, VALID


def test_models_without_peaks_have_no_budget():
    fuse = Tariff(sheet(model="fuse", steps=[[0, 1], [40, 2], [63, 3], [80, 4]]))
    b = budget_of([9000] * 4, [0], 0, fuse)
    assert (b.step_w, b.step_end_w, b.step_ore, b.next_ore) == (63, 80, 3, 1)
    assert (b.mean_w, b.budget_wh, b.limit_w, b.preliminary) == (None, None, None, False)
    assert b.cost_ore == (1119, 1119)  # 36 kWh at 31.00 øre and the 3 øre
    b = budget_of([9000] * 30, [], 5000, fuse)  # the first hour of July
    assert (b.step_w, b.kwh_price) == (63, 2100)
    b = budget_of([9000] * 4, [0], 5000, Tariff(sheet(model="flat", steps=[[0, 1]])))
    assert (b.step_w, b.step_end_w, b.budget_wh) == (0, None, None)


def test_what_the_next_step_costs():
    b = budget_of([3000, 3000, 3000], [0], 0, Tariff(load("area-2")))
    assert (b.step_w, b.step_end_w, b.to_next_w) == (2000, 5000, 2000)
    assert (b.step_ore, b.next_ore, b.kwh_price) == (52700, 5800, 2589)
    b = budget_of([30000, 30000, 30000], [0], 0, Tariff(load("area-2")))
    assert (b.step_w, b.step_end_w, b.to_next_w, b.next_ore) == (25000, None, None, None)


def test_expired_prices_keep_the_step_and_show_no_kroner():
    month, utc = month_of([3000, 3000, 3000], Tariff(load("area-2")), [100], DECEMBER + 31)
    b = Budget()
    look(b, month, utc)
    assert b.validity == EXPIRED
    assert (b.step_w, b.mean_w, b.budget_wh) == (2000, 3000, 5000)
    assert (b.step_ore, b.next_ore, b.kwh_price, b.cost_ore) == (None, None, None, None)
    month, utc = month_of([3000, 3000, 3000], Tariff(load("area-2")), [100], DECEMBER)
    look(b, month, utc)
    assert b.validity == VALID
    assert (b.step_ore, b.kwh_price) == (52700, 2589)


def test_what_is_not_known_of_the_month():
    month, utc = month_of([None, 4900, 4900, 4900], None, [100])
    hour = utc // 3600
    month.add(hour, 4, 8000, SUM_ONLY)
    b = Budget()
    look(b, month, utc + 6 * 3600)
    assert b.missing_hours == 24 + 2
    assert b.import_wh == 3 * 4900 + 100 + 8000
    assert b.higher
    assert b.edge_wh == 0
    look(b, month, utc + 6 * 3600, 0, 4900)
    assert not b.higher
    assert [wh for _, wh, _ in b.peaks] == [4900, 4900, 4900]


def test_a_new_months_first_hours_know_what_is_missing():
    month, utc = month_of([3000] * 30)
    b = Budget()
    look(b, month, utc + 5 * 3600)
    assert (b.missing_hours, b.import_wh, b.peaks, b.step_w) == (5, 0, (), None)


def test_split_hours_count():
    month, utc = month_of([1000, 1000])
    month.add(utc // 3600, 1, 4000, SPLIT)
    b = Budget()
    look(b, month, utc + 3600)
    assert b.mean_w == 2000
