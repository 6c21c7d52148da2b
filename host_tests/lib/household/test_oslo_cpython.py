"""Europe/Oslo against zoneinfo: every quarter of an hour from 2020 to the end of 2050."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from household import oslo

OSLO = ZoneInfo("Europe/Oslo")
FIRST = int(datetime(2020, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp())
END = int(datetime(2051, 1, 1, tzinfo=ZoneInfo("UTC")).timestamp())


def test_every_quarter_of_an_hour_of_31_years():
    for utc in range(FIRST, END, 900):
        expected = datetime.fromtimestamp(utc, OSLO)
        year, month, day, hour, minute, second = oslo.local(utc)
        assert hour == expected.hour and minute == expected.minute and second == 0, utc
        assert day == expected.day and month == expected.month and year == expected.year, utc


def test_offset_day_and_repetition_of_every_hour():
    epoch = date(1970, 1, 1)
    for hour in range(FIRST // 3600, END // 3600):
        expected = datetime.fromtimestamp(hour * 3600, OSLO)
        assert oslo.offset(hour) * 3600 == expected.utcoffset().total_seconds()
        assert oslo.local_day(hour) == (expected.date() - epoch).days
        twin = expected.replace(fold=1 - expected.fold)
        ambiguous = twin.utcoffset() != expected.utcoffset() and expected.hour == 2
        assert oslo.repeated(hour) == (1 + expected.fold if ambiguous else 0), expected


def test_midnights_and_months():
    epoch = date(1970, 1, 1)
    day = date(2020, 1, 1)
    while day.year < 2051:
        midnight = datetime(day.year, day.month, day.day, tzinfo=OSLO)
        number = (day - epoch).days
        assert oslo.first_hour(number) * 3600 == midnight.timestamp()
        if day.day == 1:
            after = (day + timedelta(31)).replace(day=1)
            end = datetime(after.year, after.month, 1, tzinfo=OSLO)
            after = number + oslo.month_days(day.year, day.month)
            assert oslo.first_hour(after) * 3600 == end.timestamp()
        day += timedelta(1)
