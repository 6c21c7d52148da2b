"""Seeded bad luck: the power cut at random moments, in the middle of a write too, hourly lists lost,
late, old or sent twice, the meter swapped, its clock wrong, weeks away. What must hold whatever
happens:

- what is recorded adds up to the rise of the meter's registers, for each meter, to the Wh;
- an hour that is told as measured is the difference of two registers that were heard, an hour apart
  by the meter's clock; it is never more than any true hour near it;
- a block that was split adds up, a sum stays a sum;
- what was confirmed once is still there at the end.

    python host_tests/year/disasters.py --seeds 10
"""

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]

import years  # noqa: E402
from sim.meter import Meter  # noqa: E402
from years import CUT_AT_TOUCH, FRAME, OFF, ON, B, M, S  # noqa: E402

NEW_METER = 2


class Disaster:
    """`entries` for years.Life.write; `heard` the hourly lists: (second since the start, UTC by the
    meter's clock, meter, import, export); `wrong` [(begin, end)] with the clock wrong."""

    def __init__(self, seed: int, days: int):
        draw = random.Random(seed)
        self.start = years.midnight(2026, *draw.choice([(3, 5), (10, 1), (12, 10), (6, 20)]))
        self.days = days
        self.wrong = []
        self.entries = []
        self.heard = []
        cabin = seed % 2 == 1
        away = []
        if cabin or draw.random() < 0.3:
            begin = draw.randrange(2 * 86400, (days - 28) * 86400)
            away = [(begin, begin + 26 * 86400)]
        events = self._events(draw, days, away)
        meter = Meter(
            draw.choice(("kamstrup-tn", "kamstrup-it", "kamstrup-1p")),
            self.start,
            seed=seed,
            events=events,
            profile="cabin" if cabin else "home",
            list2_second=draw.choice((5, 25, 35, 55)),
        )
        self.off = sorted(away + self._cuts(draw, days))
        full = draw.randrange(2, days - 1)
        for begin, count, per_hour in (
            (0, full, 0),
            (full, 1, None),
            (full + 1, days - full - 1, 0),
        ):
            if count:
                for push in meter.pushes(self.start + begin * 86400, count * 86400, per_hour):
                    self._hear(push)
        for begin, end in self.off:
            self.entries.append((begin * 1000, OFF, b""))
            self.entries.append((end * 1000, ON, b""))
        for _ in range(days):
            at = draw.randrange(3600, days * 86400)
            touch = draw.randrange(0, 14).to_bytes(2, "little")
            self.entries.append((at * 1000, CUT_AT_TOUCH, touch))
            self.entries.append(((at + draw.randrange(3700, 9000)) * 1000, ON, b""))
        self.entries.sort(key=lambda entry: (entry[0], entry[1]))

    def _events(self, draw, days, away):
        def some(times, text):
            return [f"+{draw.randrange(2, days * 24)}h:{text}" for _ in range(times)]

        events = some(days // 4, "list2-lost") + some(days // 15, "list2-lost:4")
        events += some(days // 6, "list2-twice") + some(days // 6, "list2-stale")
        events += some(days // 6, "list2-late:400")
        for begin, end in away:
            events.append(f"+{begin}s:supply-lost:for={end - begin}")
        if draw.random() < 0.6:
            at = draw.randrange(3, days - 2)
            wh = draw.randrange(0, 90000000)
            events.append(f"+{at * 24 + 7}h:meter-swap:wh={wh},for={draw.randrange(300, 20000)}")
        if draw.random() < 0.6:
            begin = draw.randrange(2, days - 6) * 86400 + draw.randrange(86400)
            length = draw.randrange(3600, 3 * 86400)
            seconds = draw.choice((-7200, -1800, -600, 600, 5400, 90000))
            events.append(f"+{begin}s:clock-offset:{seconds},for={length}")
            self.wrong.append((begin, begin + length))
        return events

    def _cuts(self, draw, days):
        found = []
        for _ in range(days // 3):
            begin = draw.randrange(3600, days * 86400 - 40000)
            found.append((begin, begin + draw.randrange(5, 30000)))
        return found

    def _hear(self, push):
        at = push.utc + push.delay - self.start
        self.entries.append((int(at * 1000), FRAME, push.frame))
        if push.kind == "hourly":
            stamp = datetime.fromisoformat(push.values["timestamp"]).replace(tzinfo=UTC)
            values = push.values
            self.heard.append(
                (
                    at,
                    int(stamp.timestamp()) - 3600,
                    values["meter_id"],
                    values["import_wh"],
                    values.get("export_wh"),
                )
            )

    write = years.Life.write

    def is_wrong(self, second: float) -> bool:
        """Whether the clock was wrong about then."""
        return any(begin - 7200 <= second < end + 50 * 3600 for begin, end in self.wrong)


def check(disaster: Disaster, told: dict) -> dict:
    """What must hold. Returns figures for the reader."""
    records = told["hour"]
    assert records, "nothing was recorded"
    for one, other in pairwise(records):
        assert one[0] + one[1] <= other[0], (one, other)
    _check_sums(disaster, records)
    _check_measured(disaster, records)
    lost = 0
    kept = {(record[0], record[1], "-MBS"[record[2]], record[3]) for record in records}
    for ms, (hour, span, imported, _, quality, _) in told["confirmed"]:
        if (hour, span, quality, imported) not in kept:
            assert disaster.is_wrong(ms / 1000), f"lost: {hour} {span} {quality} {imported}"
            lost += 1
    counts = defaultdict(int)
    for record in records:
        counts["MBS"[record[2] - 1]] += 1
    return {
        **counts,
        "cuts": told["cuts"][0],
        "in a write": told["torn"][0],
        "confirmed": len(told["confirmed"]),
        "doubtful": lost,
    }


def _check_sums(disaster, records):
    """Each meter's records add up to the rise of its registers."""
    series = []
    for record in records:
        if record[7] & NEW_METER:
            series.append([])
        series[-1].append(record)
    firsts: dict[str, int] = {}
    for _, _, number, imported, _ in disaster.heard:
        firsts.setdefault(number, imported)
    if disaster.wrong:
        return  # records under a wrong clock may be hidden behind right ones
    bases = {base for _, _, _, base, _ in disaster.heard}
    for part in series:
        ends = [record[5] for record in part if record[5] is not None]
        base = ends[-1] - sum(record[3] for record in part)
        assert base in bases, (part[0], base)
    assert len(series) <= len(firsts)


def _check_measured(disaster, records):
    """Nothing is invented: a measured hour is the difference of two registers heard."""
    heard = defaultdict(set)
    for _, utc, number, imported, exported in disaster.heard:
        heard[utc // 3600].add((number, imported, exported))
    i = 0
    while i < len(records):
        hour, span, quality, imported, _, register, _, _ = records[i]
        group = 1
        if quality == B:
            while records[i + group - 1][5] is None:
                group += 1
            part = records[i : i + group]
            imported = sum(record[3] for record in part)
            register = part[-1][5]
            span = sum(record[1] for record in part)
        ends = {number for number, value, _ in heard[hour + span] if value == register}
        starts = {number for number, value, _ in heard[hour] if value == register - imported}
        if quality != S and imported:
            assert ends & starts, (records[i], heard[hour], heard[hour + span])
        if quality == M and span > 1:
            assert imported == 0
        i += group


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--days", type=int, default=60)
    arguments = parser.parse_args()
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        disaster = Disaster(seed, arguments.days)
        for micropython in (False, True):
            begin = time.monotonic()
            with tempfile.TemporaryDirectory() as folder:
                figures = check(disaster, years.run(disaster, Path(folder), micropython))
            python = "MicroPython" if micropython else "CPython"
            print(
                f"seed {seed}, {python}: {figures}, {time.monotonic() - begin:.0f} s", flush=True
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
