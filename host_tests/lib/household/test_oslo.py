"""Europe/Oslo against facts that can be looked up; zoneinfo is asked in test_oslo_cpython.py."""

from household import oslo

# last Sundays of March and October, from a printed calendar
SWITCHES = (
    (2020, 29, 25),
    (2021, 28, 31),
    (2024, 31, 27),
    (2026, 29, 25),
    (2027, 28, 31),
    (2028, 26, 29),
    (2032, 28, 31),
    (2050, 27, 30),
)


def hour_of(year, month, day, hour):
    return oslo.day_number(year, month, day) * 24 + hour


def test_day_numbers_count_every_day_of_130_years():
    number = 0
    for year in range(1970, 2100):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
        for month in range(1, 13):
            assert oslo.month_days(year, month) == lengths[month - 1]
            for day in range(1, lengths[month - 1] + 1):
                assert oslo.day_number(year, month, day) == number
                assert oslo.civil(number) == (year, month, day)
                number += 1


def test_the_clocks_change_at_one_utc():
    for year, march, october in SWITCHES:
        for month, day, before in ((3, march, False), (10, october, True)):
            hour = hour_of(year, month, day, 1)
            assert oslo.summer(hour - 1) is before
            assert oslo.summer(hour) is not before
            assert oslo.offset(hour - 1) == 1 + before
            assert oslo.offset(hour) == 2 - before
    assert oslo.offset(hour_of(2026, 12, 31, 23)) == 1
    assert oslo.offset(hour_of(2027, 7, 1, 0)) == 2


def test_days_of_23_24_and_25_hours():
    lengths = {23: [], 25: []}
    for day in range(oslo.day_number(2027, 1, 1), oslo.day_number(2029, 1, 1)):
        length = oslo.first_hour(day + 1) - oslo.first_hour(day)
        if length != 24:
            lengths[length].append(oslo.civil(day))
        assert oslo.local_day(oslo.first_hour(day)) == day
        assert oslo.local_day(oslo.first_hour(day) - 1) == day - 1
        assert oslo.local(oslo.first_hour(day) * 3600) == oslo.civil(day) + (0, 0, 0)
    assert lengths == {
        23: [(2027, 3, 28), (2028, 3, 26)],
        25: [(2027, 10, 31), (2028, 10, 29)],
    }


def labels(day):
    marks = ("", " sommertid", " vintertid")
    return [
        "%02d" % oslo.local(hour * 3600)[3] + marks[oslo.repeated(hour)]
        for hour in range(oslo.first_hour(day), oslo.first_hour(day + 1))
    ]


def test_a12_the_hours_of_the_two_odd_days():
    autumn = labels(oslo.day_number(2027, 10, 31))
    assert autumn[:5] == ["00", "01", "02 sommertid", "02 vintertid", "03"]
    assert len(autumn) == 25
    spring = labels(oslo.day_number(2027, 3, 28))
    assert spring[:4] == ["00", "01", "03", "04"]
    assert len(spring) == 23
    assert labels(oslo.day_number(2027, 10, 30)) == ["%02d" % i for i in range(24)]


def month_hours(year, month):
    day = oslo.day_number(year, month, 1)
    return oslo.first_hour(day), oslo.first_hour(day + oslo.month_days(year, month))


def test_months_begin_at_local_midnight():
    assert month_hours(2027, 1) == (hour_of(2026, 12, 31, 23), hour_of(2027, 1, 31, 23))
    assert month_hours(2027, 3) == (hour_of(2027, 2, 28, 23), hour_of(2027, 3, 31, 22))
    assert month_hours(2027, 10) == (hour_of(2027, 9, 30, 22), hour_of(2027, 10, 31, 23))
    assert month_hours(2027, 12) == (hour_of(2027, 11, 30, 23), hour_of(2027, 12, 31, 23))
    hours = 0
    for month in range(1, 13):
        first, end = month_hours(2028, month)
        hours += end - first
    assert hours == 366 * 24


def test_local_time_to_the_second():
    assert oslo.local(1757423471) == (2025, 9, 9, 15, 11, 11)
    assert oslo.local(1800000000) == (2027, 1, 15, 9, 0, 0)
    assert oslo.local(0) == (1970, 1, 1, 1, 0, 0)


def test_the_answer_does_not_depend_on_the_question_before():
    hours = [hour_of(year, month, 15, 12) for year in (2020, 2035, 2050) for month in (1, 7)]
    expected = [1, 2] * 3
    for first in range(6):
        for second in range(6):
            oslo.summer(hours[first])
            assert oslo.offset(hours[second]) == expected[second]
