"""UTC to Europe/Oslo and back, in integers, keyed by `hour` = unix // 3600 and `day` = local days
since 1970-01-01 (day 0, a Thursday).

Hours, because a Unix second is too big for a small int on the ESP32 (30 bits) and would take heap.
Summer time runs from the last Sunday of March 01:00Z to the last Sunday of October 01:00Z
(directive 2000/84/EC, articles 2 and 3), so it only ever changes on a whole hour and never at
local midnight. Good for 1996..2099; should the EU end it, summer() is the place to say so.
"""

_year = [0, 0, 0, 0]  # of the UTC year asked for last: its hours, summer's hours; end exclusive


def day_number(year: int, month: int, day: int) -> int:
    """Civil date -> days since 1970-01-01. Counts in years that begin in March, so that the leap
    day comes last."""
    return (
        1461 * (year - 1968 - (month < 3)) // 4 + (153 * ((month + 9) % 12) + 2) // 5 + day - 672
    )


def civil(day: int) -> tuple:
    """Days since 1970-01-01 -> (year, month, day of month)."""
    day += 671  # since 1968-03-01
    year = (4 * day + 3) // 1461
    day -= 1461 * year // 4
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5 - 1
    return (1968 + year + (month > 9), month + 3 if month < 10 else month - 9, day)


def month_days(year: int, month: int) -> int:
    """How many days the month has."""
    after = day_number(year + month // 12, month % 12 + 1, 1)
    return after - day_number(year, month, 1)


def _switch(year: int, month: int) -> int:
    """The hour of 01:00Z on the last Sunday of a month of 31 days."""
    day = day_number(year, month, 31)
    return (day - (day + 4) % 7) * 24 + 1


def summer(hour: int) -> bool:
    """Whether summer time holds in the hour that begins at hour * 3600."""
    if not _year[0] <= hour < _year[1]:
        year = civil(hour // 24)[0]
        _year[0] = day_number(year, 1, 1) * 24
        _year[1] = day_number(year + 1, 1, 1) * 24
        _year[2] = _switch(year, 3)
        _year[3] = _switch(year, 10)
    return _year[2] <= hour < _year[3]


def offset(hour: int) -> int:
    """Hours that local time is ahead of UTC: 1 or 2."""
    return 2 if summer(hour) else 1


def repeated(hour: int) -> int:
    """1 for October's first hour 02 ("sommertid"), 2 for its second ("vintertid"), else 0."""
    summer(hour)
    return 1 if hour + 1 == _year[3] else 2 if hour == _year[3] else 0


def local_day(hour: int) -> int:
    """The local day that the hour belongs to; the hour 23-24 belongs to the day that ends."""
    return (hour + offset(hour)) // 24


def first_hour(day: int) -> int:
    """The hour that begins at local midnight. A day is range(first_hour(d), first_hour(d + 1)):
    23, 24 or 25 hours."""
    return day * 24 - offset(day * 24 - 1)


def local(utc: int) -> tuple:
    """Unix seconds -> local (year, month, day, hour, minute, second)."""
    hour = utc // 3600
    second = utc % 3600
    hour += offset(hour)
    return civil(hour // 24) + (hour % 24, second // 60, second % 60)
