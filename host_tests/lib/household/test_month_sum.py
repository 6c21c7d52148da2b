"""Days folded into months: household.month_sum."""

from test_days import Kept, whole_day

from household import oslo
from household.month_sum import UNKNOWN, MonthSum
from household.record import MEASURED, NEW_METER, REGISTER_FELL, SUM_ONLY


def month_of(kept, year, month, registers=(None, None)):
    total = MonthSum()
    total.begin(year, month, registers[0], registers[1])
    for day in kept.days:
        total.add(day)
    return total


def test_a_month_by_its_registers_is_exact_over_a_gap():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    register = start = 700000
    for day in range(first, first + 9):
        register = whole_day(kept, day, (100, 200), register)
    away = oslo.first_hour(first + 9)
    kept.add(away, 24 * 4 + 7, SUM_ONLY, 4321, 0, register + 4321, 0)
    register += 4321
    for hour in range(away + 24 * 4 + 7, oslo.first_hour(first + 14)):
        register += 50
        kept.add(hour, 1, MEASURED, 50, 0, register, 0)
    for day in range(first + 14, first + 28):
        register = whole_day(kept, day, (100, 200), register)
    end = first + 28
    assert month_of(kept, 2027, 2, (start, 0)).import_total(end) == (register - start, False)
    assert month_of(kept, 2027, 2, (start, 0)).export_total(end) == (0, False)
    # the first midnight's register is not known, but the gap lies between two that are
    assert month_of(kept, 2027, 2).import_total(end) == (register - start, False)


def test_a_month_without_registers_is_the_sum_of_what_is_known():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    for day in range(first, first + 28):
        if day != first + 10:
            whole_day(kept, day, (100,))
    total = month_of(kept, 2027, 2)
    assert total.import_total(first + 28) == (27 * 2400, True)
    assert total.export_total(first + 28) == (0, True)
    assert total.maxima[10] == UNKNOWN and total.maxima[9] == 100 and total.maxima[27] == 100
    assert total.maxima[28] == UNKNOWN


def test_a_day_that_only_has_a_register_is_a_hole():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    whole_day(kept, first, (100,))
    kept.add(oslo.first_hour(first + 1), 47, SUM_ONLY, 9000)
    kept.add(oslo.first_hour(first + 3) - 1, 1, MEASURED, 100, 0, 50000, 0)
    total = month_of(kept, 2027, 2)
    assert total.import_total(first + 3) == (2500, True)
    whole_day(kept, first + 3, (100,), 50000)
    total = month_of(kept, 2027, 2)
    assert total.import_total(first + 4) == (4900, True)
    kept = Kept().add(oslo.first_hour(first), 24, SUM_ONLY, 0, None, 50000)
    total = month_of(kept, 2027, 2)
    assert total.import_total(first + 1) == (0, False)
    assert total.export_total(first + 1) == (None, True)


def test_a_running_month_and_an_empty_one():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    for day in range(first, first + 5):
        whole_day(kept, day, (100,))
    total = month_of(kept, 2027, 2)
    assert total.import_total(first + 5) == (5 * 2400, False)
    assert total.import_total(first + 6) == (5 * 2400, True)
    assert month_of(kept, 2027, 3).import_total(first + 40) == (None, True)
    assert month_of(kept, 2027, 1).import_total(first) == (None, True)
    total.begin(2027, 3)
    assert total.import_total(first + 40) == (None, True) and total.maxima[0] == UNKNOWN


def test_the_month_of_a_changed_meter():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    register = whole_day(kept, first, (100,), 800000)
    begin = oslo.first_hour(first + 1)
    for hour in range(begin, begin + 10):
        register += 100
        kept.add(hour, 1, MEASURED, 100, 0, register, 0)
    register = 900000  # a used meter, with more on it; one hour is missing
    for hour in range(begin + 11, begin + 24):
        register += 100
        flags = NEW_METER if hour == begin + 11 else 0
        kept.add(hour, 1, MEASURED, 100, 0, register, 0, flags)
    whole_day(kept, first + 2, (100,), register)
    total = month_of(kept, 2027, 2, (800000, 0))
    assert total.import_total(first + 3) == (2400 + 2300 + 2400, True)


def test_a_fall_over_midnight_without_a_register_breaks_the_series_too():
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    begin = oslo.first_hour(first)
    for hour in range(begin, begin + 23):
        flags = REGISTER_FELL if hour == begin + 5 else 0
        kept.add(hour, 1, MEASURED, 100, 0, 900000, 0, flags)
    whole_day(kept, first + 1, (100,), 900100)
    assert month_of(kept, 2027, 2, (800000, 0)).import_total(first + 2) == (4700, True)
    assert month_of(kept, 2027, 2, (999999, 0)).import_total(first + 2) == (4700, True)


def test_days_measured_as_nothing_have_a_maximum_of_0():
    # the cabin vector: 6.20 and 5.00 kWh, the rest measured 0.00
    first = oslo.day_number(2027, 2, 1)
    kept = Kept()
    begin, end = oslo.first_hour(first), oslo.first_hour(first + 28)
    kept.add(begin, 24 * 3 + 5, MEASURED, 0)
    kept.add(begin + 77, 1, MEASURED, 6200)
    kept.add(begin + 78, 200, MEASURED, 0)
    kept.add(begin + 278, 1, MEASURED, 5000)
    kept.add(begin + 279, end - begin - 279, MEASURED, 0)
    total = month_of(kept, 2027, 2)
    top = sorted(total.maxima[i] for i in range(28))[-3:]
    assert top == [0, 5000, 6200] and sum(top) // 3 == 3733
    i = list(total.maxima).index(6200)
    assert total.hour_of(i) == begin + 77 and oslo.local_day(begin + 77) == first + i
    assert total.import_total(first + 28) == (11200, False)
