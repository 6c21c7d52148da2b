"""A year of a household and a year of a cabin, lived through by the firmware's own way of the data
under both Pythons, and compared with what the meter sent. Takes a quarter of an hour.

    make prove-year
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]

import years  # noqa: E402
from sim.meter import Meter  # noqa: E402


def household(year: int, days: int, seed: int, first=(1, 1)) -> years.Life:
    """A home: hourly lists lost, late, sent twice or an hour old now and then, power cuts of minutes
    to days, and some days on which every list is heard."""
    draw = random.Random(seed)
    start = years.midnight(year, *first)
    events = []
    for name, times, args in (
        ("list2-lost", days // 6, ""),
        ("list2-lost", days // 40, ":5"),
        ("list2-late", days // 12, ":400"),
        ("list2-twice", days // 6, ""),
        ("list2-stale", days // 12, ""),
    ):
        for _ in range(times):
            events.append(f"+{draw.randrange(3, days * 24)}h:{name}{args}")
    full = {draw.randrange(2, days - 1) for _ in range(max(2, days // 60))}
    # on such a day three lists in a row are lost, so that hours are split
    events += [f"+{day * 24 + draw.randrange(4, 18)}h:list2-lost:3" for day in full]
    off = _absences(draw, days, full, days // 20, (600, 20000))
    meter = Meter("kamstrup-tn", start, seed=seed, events=events, pv_w=4000)
    return years.Life(meter, start, days, seed, full, off)


def cabin(year: int, days: int, seed: int, first=(1, 1)) -> years.Life:
    """A cabin whose owner switches off at the meter and stays away for weeks."""
    draw = random.Random(seed)
    start = years.midnight(year, *first)
    off = _absences(draw, days, set(), days // 12, (100000, 1500000))
    # every second time the dongle has another supply for a while: it sees that all is off
    events = [
        f"+{begin - 7200 * (i % 2)}s:breaker-open:for={end - begin + 14400 * (i % 2)}"
        for i, (begin, end) in enumerate(off)
    ]
    events += [f"+{draw.randrange(3, days * 24)}h:list2-lost" for _ in range(days // 10)]
    meter = Meter("kamstrup-it", start, seed=seed, events=events, profile="cabin")
    return years.Life(meter, start, days, seed, (), off)


def _absences(draw, days, full, count, lengths):
    """Seconds without power at the dongle, apart from each other and from the full days."""
    found = []
    for _ in range(count):
        begin = draw.randrange(86400, max(86401, days * 86400 - lengths[1]))
        end = begin + draw.randrange(*lengths)
        apart = all(end + 7200 < b or begin > e + 7200 for b, e in found)
        if apart and not any(begin // 86400 - 1 <= day <= end // 86400 + 1 for day in full):
            found.append((begin, end))
    return sorted(found)


def prove(name: str, life: years.Life, folder: Path, pythons=(False, True)) -> dict:
    """Live it under the Pythons and check all. Returns figures for the reader."""
    told = {}
    for micropython in pythons:
        begin = time.monotonic()
        told = years.run(life, folder, micropython)
        counts = years.check_hours(life, told["hour"])
        lengths = years.check_days(told["hour"], told["day"])
        months = years.check_months(life, told["hour"], told["month"])
        python = "MicroPython" if micropython else "CPython"
        print(
            f"{name}, {python}: {len(told['hour'])} records, hours by quality {counts}, "
            f"days by length {lengths}, {len(told['month'])} looks at {months} months, "
            f"{told['cuts'][0]} power cuts, {time.monotonic() - begin:.0f} s"
        )
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name, make in (("household", household), ("cabin", cabin)):
        with tempfile.TemporaryDirectory() as folder:
            prove(name, make(2026, arguments.days, arguments.seed), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
