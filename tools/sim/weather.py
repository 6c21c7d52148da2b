"""Clocks and weather of a place in Finnmark: summer time, outdoor temperature, sun.

Model days follow standard time (UTC+1) all year: day n begins at n * 86400 - 3600 UTC.
"""

import calendar
import math
import time
from random import Random

STANDARD_S = 3600
DAY_S = 86400
_LATITUDE = math.radians(70.0)
_LONGITUDE_H = 25.0 / 15.0  # hours of sun time ahead of UTC


def mix(*numbers: int) -> float:
    """Return a number in [0, 1) that depends on all bits of the numbers and nothing else."""
    x = 0x9E3779B97F4A7C15
    for number in numbers:
        x = ((x ^ number) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        x = ((x ^ x >> 29) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        x ^= x >> 32
    return (x >> 11) / (1 << 53)


def _last_sunday(year: int, month: int) -> int:
    """UTC seconds of 01:00 UTC on the last Sunday of a month of 31 days."""
    last = calendar.timegm((year, month, 31, 1, 0, 0))
    return last - (last // DAY_S + 4) % 7 * DAY_S


def summer_time_s(utc: float) -> int:
    """Return 3600 while Norway has summer time, else 0 (EU rule, directive 2000/84/EC)."""
    year = time.gmtime(utc).tm_year
    return 3600 if _last_sunday(year, 3) <= utc < _last_sunday(year, 10) else 0


def weekday(day: int) -> int:
    """Return the weekday of a model day: 0 is Monday."""
    return (day + 3) % 7


def year_angle(day: int) -> float:
    """Return how far the day is into the year, in radians, within a day or so."""
    return 2 * math.pi * ((day - 0.5) / 365.2425 % 1)


class Weather:
    """Weather of one seed. Every value depends on the seed and the time alone."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._mean: tuple[int, float, float] = (-1, 0.0, 0.0)  # day, its mean, half its swing

    def temperature(self, day: int, second: float = DAY_S / 2) -> float:
        """Return the outdoor temperature in degrees Celsius."""
        if self._mean[0] != day:
            season = 1.5 - 11.5 * math.cos(year_angle(day) - 0.45)
            # A front stays for some days: the mean of five random days, some +-9 degrees.
            front = sum(mix(self._seed, 11, day + k) for k in range(5)) / 5 - 0.5
            self._mean = (day, season + 36 * front, 1 - math.cos(year_angle(day)))
        _, mean, swing = self._mean
        return mean - swing * math.cos(2 * math.pi * (second / DAY_S - 0.1))

    def sun(self, day: int, second: float) -> float:
        """Return the sine of the sun's elevation, 0 below the horizon."""
        declination = math.radians(-23.44) * math.cos(year_angle(day) + 0.172)
        hours = (second - STANDARD_S) / 3600 + _LONGITUDE_H
        angle = 2 * math.pi * (hours / 24 - 0.5)
        return max(
            0.0,
            math.sin(_LATITUDE) * math.sin(declination)
            + math.cos(_LATITUDE) * math.cos(declination) * math.cos(angle),
        )

    def clearness(self, day: int, second: int) -> float:
        """Return how much of the sun comes through the clouds: 0.1 to 1, new each minute."""
        sky = 0.1 + 0.9 * mix(self._seed, 12, day)
        passing = 0.5 * mix(self._seed, 13, day, second // 600) + 0.5 * mix(
            self._seed, 14, day, second // 60
        )
        return min(1.0, sky * (0.55 + 0.6 * passing))


def rng_of(seed: int, *numbers: int) -> Random:
    """Return the random numbers of a seed and a purpose, the same in every run."""
    return Random(":".join(str(number) for number in (seed, *numbers)))
