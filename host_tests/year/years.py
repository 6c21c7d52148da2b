"""A year of a simulated meter, what a dongle that is not always there must make of it, and the
comparison. Nothing here is shared with the firmware: hours come from the lists as sent, days and
months from zoneinfo.
"""

import json
import os
import random
import struct
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
OSLO = ZoneInfo("Europe/Oslo")
M, B, S = 1, 2, 3
FRAME, OFF, ON, CUT_AT_TOUCH, TELL = range(5)
LATEST_S = 90  # after the hour; later registers are not of the hour


def midnight(year: int, month: int, day: int) -> int:
    """UTC second of local midnight."""
    return int(datetime(year, month, day, tzinfo=OSLO).timestamp())


def local_date(hour: int) -> date:
    """The local date that an hour (unix // 3600) belongs to."""
    return datetime.fromtimestamp(hour * 3600, OSLO).date()


def hours_of(day: date) -> tuple[int, int]:
    """(first hour, end) of a local day: 23, 24 or 25."""
    after = day + timedelta(days=1)
    return midnight(*day.timetuple()[:3]) // 3600, midnight(*after.timetuple()[:3]) // 3600


class Life:
    """The lists of a meter over some days, and when the dongle was there to hear them."""

    def __init__(self, meter, start: int, days: int, seed: int, full_days=(), off=()):
        """`full_days`: numbers of days with all lists, the others have the hourly ones alone.
        `off`: (second, second) since the start without power at the dongle."""
        self.start = start
        self.random = random.Random(seed)
        self.entries: list[tuple[int, int, bytes]] = []  # ms, kind, frame
        self.boundaries: list[tuple[int, int, int]] = []  # hour, import, export
        self.sampled: dict[int, int] = defaultdict(int)  # lists heard in an hour
        self._off = sorted(off)
        self._last = 0
        for begin, end in self._off:
            self.entries.append((begin * 1000, OFF, b""))
            self.entries.append((end * 1000, ON, b""))
        day = 0
        while day < days:
            full = day in full_days
            count = 1
            while day + count < days and ((day + count) in full_days) == full:
                count += 1
            pushes = meter.pushes(start + day * 86400, count * 86400, per_hour=None if full else 0)
            for push in pushes:
                self._hear(push)
            day += count
        self.entries.sort(key=lambda entry: (entry[0], entry[1]))

    def _hear(self, push):
        at = push.utc + push.delay - self.start
        if any(begin <= at < end + 2 for begin, end in self._off):
            return
        # Kamstrup's clock: UTC+1 all year
        stamp = datetime.fromisoformat(push.values["timestamp"]).replace(tzinfo=UTC)
        utc = int(stamp.timestamp()) - 3600
        if utc // 3600 != push.utc // 3600 and utc != self._last:
            # The list of an hour ago, which was not heard then: its clock is news, and looks like
            # a clock that was set back. Left to disasters.py
            return
        self.entries.append((int(at * 1000), FRAME, push.frame))
        self.sampled[utc // 3600] += 1
        if push.kind != "hourly":
            return
        registers = push.values["import_wh"], push.values.get("export_wh")
        if utc > self._last:
            self._last = utc
            unchanged = self.boundaries and registers == self.boundaries[-1][1:]
            if utc % 3600 <= LATEST_S or unchanged:
                hour = utc // 3600
                if not self.boundaries or hour > self.boundaries[-1][0]:
                    self.boundaries.append((hour, *registers))
        if self.random.random() < 0.1:
            self.entries.append((int(at * 1000) + 1500, TELL, b""))

    def write(self, path: Path) -> None:
        """The file for replay.py."""
        with path.open("wb") as file:
            for ms, kind, frame in self.entries:
                length = len(frame)
                if kind == CUT_AT_TOUCH:
                    length, frame = int.from_bytes(frame, "little"), b""
                file.write(struct.pack("<BQH", kind, ms, length) + frame)

    def expected(self) -> list[tuple]:
        """(hour, span, quality, import, export) of the records that must come of it."""
        found = []
        for (h0, i0, e0), (h1, i1, e1) in pairwise(self.boundaries):
            span = h1 - h0
            same = i0 == i1 and e0 == e1
            if span == 1 or same:
                found.append((h0, span, M, i1 - i0, e1 - e0))
            elif span <= 24 and all(self.sampled[hour] >= 350 for hour in range(h0, h1)):
                found.append((h0, span, B, i1 - i0, e1 - e0))
            else:
                found.append((h0, span, S, i1 - i0, e1 - e0))
        return found


def run(life: Life, folder: Path, micropython: bool, *arguments: str) -> dict[str, list]:
    """Replay it; what replay.py told, by name."""
    lists = folder / "lists"
    life.write(lists)
    data = folder / ("micropython" if micropython else "cpython")
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware"))
    command = [sys.executable]
    environment = {**os.environ, "PYTHONPATH": path}
    if micropython:
        command = [str(ROOT / ".venv/bin/micropython"), "-X", "heapsize=4M"]
        environment = {"MICROPYPATH": path + ":.frozen"}
    done = subprocess.run(
        [*command, str(HERE / "replay.py"), str(lists), str(data), "keep", *arguments],
        env=environment,
        cwd=ROOT / "firmware",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    told = defaultdict(list)
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            for name, value in json.loads(line).items():
                told[name].append(value)
    return told


def check_hours(life: Life, records: list[list]) -> dict[str, int]:
    """Every record is what it must be, and their sum the registers' difference, to the Wh."""
    expected = life.expected()
    at = 0
    counts = defaultdict(int)
    for hour, span, quality, imported, exported in expected:
        if quality != B:
            told = tuple(records[at][:5])
            assert told == (hour, span, quality, imported, exported), (
                told,
                records[at - 1 : at + 2],
            )
            at += 1
            counts["MBS"[quality - 1]] += span if quality == M else 1
            continue
        pieces = records[at : at + span]
        assert [piece[0] for piece in pieces] == list(range(hour, hour + span)), pieces
        assert {piece[1] for piece in pieces} == {1} and {piece[2] for piece in pieces} == {B}
        assert sum(piece[3] for piece in pieces) == imported
        assert sum(piece[4] for piece in pieces) == exported
        at += span
        counts["B"] += span
    assert at == len(records)
    first, last = life.boundaries[0], life.boundaries[-1]
    assert sum(record[3] for record in records) == last[1] - first[1]
    assert sum(record[4] for record in records) == last[2] - first[2]
    return dict(counts)


def by_hour(records: list[list]) -> dict[int, int]:
    """Energy of the hours that are known: measured or split, zeros of a block one by one, also
    where only its export is a sum."""
    known = {}
    for hour, span, quality, imported, *_ in records:
        if quality in (M, B) or not imported:
            for one in range(hour, hour + span):
                known[one] = imported
    return known


def check_days(records: list[list], days: list[list]) -> dict[str, int]:
    """Sums and highest hours of the days that have ended, by zoneinfo."""
    known = by_hour(records)
    lengths = defaultdict(int)
    epoch = date(1970, 1, 1)
    for number, count, flags, imported, most, at, _ in days:
        begin, end = hours_of(epoch + timedelta(days=number))
        lengths[end - begin] += 1
        hours = {hour: known[hour] for hour in range(begin, end) if hour in known}
        assert count == len(hours), (number, count, len(hours))
        if not hours:
            assert most is None
            continue
        assert most == max(hours.values())
        assert hours[at] == most and at == min(h for h in hours if hours[h] == most)
        whole = [
            record
            for record in records
            if record[2] == S and begin <= record[0] and record[0] + record[1] <= end
        ]
        total = sum(hours.values()) + sum(record[3] for record in whole)
        assert imported == total
        sums = {one for r in records if r[2] == S for one in range(r[0], r[0] + r[1])}
        covered = len(hours.keys() - sums) + sum(record[1] for record in whole)
        assert (flags & 1 == 0) == (covered == end - begin)
    return dict(lengths)


def month_of(hour: int, records: list[list]) -> dict:
    """The month that `hour` is in, of the records before it: an independent reference."""
    today = local_date(hour)
    begin = midnight(today.year, today.month, 1) // 3600
    best: dict[date, tuple[int, int]] = {}
    total = edge = covered = 0
    told_at = 0
    for i in range(len(records)):
        first, span, quality, imported, _, register, *_ = records[i]
        end = first + span
        if told_at < end:  # hours are split when the list after the last of them has come
            told_at = end
            last = i
            while quality == B and register is None:
                last += 1
                told_at, register = records[last][0] + 1, records[last][5]
        if end <= begin or told_at > hour:
            continue  # of another month, or told later than this
        inside = end - max(first, begin)
        covered += inside
        if quality in (M, B) or not imported:
            for one in range(max(first, begin), end):
                day = local_date(one)
                if day not in best or imported > best[day][0]:
                    best[day] = imported, one
            total += imported
        elif first >= begin:
            total += imported
        else:
            edge += imported
    top = sorted(best.values(), key=lambda row: (-row[0], row[1]))[:3]
    elapsed = hour - begin
    return {
        "mean": sum(row[0] for row in top) // len(top) if top else None,
        "peaks": [[row[1], row[0]] for row in top],
        "import_wh": total,
        "edge_wh": edge,
        "missing": elapsed - covered,
    }


def check_months(life: Life, records: list[list], told: list[list]) -> int:
    """Every look at the month against the reference. Returns how many months had a look."""
    seen = set()
    for utc, mean, peaks, import_wh, edge_wh, missing, *_ in told:
        hour = utc // 3600
        reference = month_of(hour, records)
        assert mean == reference["mean"], (utc, mean, reference)
        assert [peak[:2] for peak in peaks] == reference["peaks"]
        assert import_wh == reference["import_wh"]
        assert edge_wh == reference["edge_wh"]
        assert missing == reference["missing"]
        day = local_date(hour)
        seen.add((day.year, day.month))
    return len(seen)
