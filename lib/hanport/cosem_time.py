"""The 12-octet date-time of COSEM (Blue Book 4.1.6.1), as sent: no zone is applied here.

    year(2) month day weekday hour minute second hundredths deviation(2) clock_status
Deviation is minutes with UTC = local + deviation; 0x8000 says "not specified" (Kamstrup).
Weekday and hundredths are not looked at: meters fill them freely.
"""

_DAYS = b"\x1f\x1c\x1f\x1e\x1f\x1e\x1f\x1f\x1e\x1f\x1e\x1f"


def valid(buf, at: int) -> bool:
    """True when the date-time at buf[at:at+12] names an existing second."""
    year = buf[at] << 8 | buf[at + 1]
    month = buf[at + 2]
    day = buf[at + 3]
    if not (0 < year < 10000 and 0 < month < 13 and 0 < day):
        return False
    last = _DAYS[month - 1]
    if month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        last = 29
    return day <= last and buf[at + 5] < 24 and buf[at + 6] < 60 and buf[at + 7] < 60


def deviation(buf, at: int):
    """Minutes from octets 9-10 of the date-time at buf[at:], or None when not specified."""
    minutes = buf[at + 9] << 8 | buf[at + 10]
    if minutes == 0x8000:
        return None
    return minutes - 0x10000 if minutes & 0x8000 else minutes


def store(buf, at: int, reading) -> None:
    """The date-time at buf[at:] into the clock of a Reading; `at` 0 is no date-time."""
    if not at:
        reading.year = reading.month = reading.day = None
        reading.hour = reading.minute = reading.second = None
        reading.deviation_min = reading.clock_status = None
        return
    reading.year = buf[at] << 8 | buf[at + 1]
    reading.month = buf[at + 2]
    reading.day = buf[at + 3]
    reading.hour = buf[at + 5]
    reading.minute = buf[at + 6]
    reading.second = buf[at + 7]
    reading.deviation_min = deviation(buf, at)
    reading.clock_status = buf[at + 11]
