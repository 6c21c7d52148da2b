"""A running firmware with thirteen months of history on its flash and a meter that goes on from there.

The history is that of fakes/household.py, which knows the answers without the firmware's help.
"""

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from fakes import household as model
from running_firmware import RunningFirmware
from sim.meter import Meter

from household.record import MEASURED, SPLIT, SUM_ONLY, HourRecord

HOUR = 3600
# The clock of the meter when it is first heard; the hour under way then ends two minutes later
HEARD = model.AT // HOUR * HOUR + HOUR - 120
# and when the answers are asked for
NOW = HEARD + 200
SETTINGS = {"v": 1, "name": "Hytta", "grid": "area-1", "fuse_a": 40, "net": "tn"}
_QUALITY = {"M": MEASURED, "B": SPLIT, "S": SUM_ONLY}
# More than the dongle's 146 KB (of 64-bit words): these tests ask one thing after the other without a
# breath, and at once. How it goes on the dongle's own heap is asked by test_history_heap.py
HEAP = "220K"
_FIRST_REGISTER = 12_345_670


def reference() -> model.Household:
    """What is to be answered at NOW."""
    return model.Household(at=NOW)


def write_history(folder: Path) -> int:
    """The hour records up to HEARD as the journal files them; the last register, in Wh."""
    known = model.Household()
    register = _FIRST_REGISTER
    record = HourRecord()
    data = bytearray(record.SIZE)
    months: dict[Path, bytearray] = {}
    for start in range(known.first // HOUR * HOUR, HEARD // HOUR * HOUR, HOUR):
        row = known.record(start)
        if row is None:
            continue
        register += row["import_wh"]
        last = datetime.fromtimestamp(start + (row["span"] - 1) * HOUR, UTC)
        fields = (start // HOUR, row["span"], _QUALITY[row["quality"]], row["import_wh"], 0)
        record.set(*fields, register, 0).pack(data, 0)
        path = folder / str(last.year) / f"h{last.month:02d}"
        months.setdefault(path, bytearray()).extend(data)
    for path, octets in months.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    return register


def meter_after(register: int, **more) -> Meter:
    """A meter whose hour before NOW has used what the model says."""
    used = model.Household().wh(HEARD // HOUR * HOUR)
    end = HEARD // HOUR * HOUR + HOUR
    zero = Meter("kamstrup-tn", HEARD, register_wh=0, **more)
    start = register + used + 5 - zero.register_wh(end)
    return Meter("kamstrup-tn", HEARD, register_wh=start, **more)


def seeded(tree: Path, folder: Path, settings=None, heap=HEAP, **environment) -> RunningFirmware:
    """The firmware, its history read and its meter live, an hour just ended."""
    settings = {**SETTINGS, **(settings or {})}
    one = RunningFirmware(tree, folder / "seeded", heap, settings, environment)
    one.wait_until_up()
    one.line()  # or the next to ask for it would get the one that is over
    register = write_history(one.data / "hours")
    one.restart()
    sequence = count(1)
    seq = 0
    for _, frame in meter_after(register).lists(HEARD, NOW - HEARD):
        one.feed(frame)
        seq = next(sequence)
    one.wait_for("seq", seq, timeout=30)
    one.wait_for("last_hour_start", HEARD // HOUR * HOUR, timeout=30)
    wait_until(one, lambda now: "month" in now and now["today"]["hours"] > 0)
    return one


def wait_until(one: RunningFirmware, holds, timeout=60) -> dict:
    """now() once it is as wanted."""
    import time

    limit = time.monotonic() + timeout
    while True:
        status, _, body = one.get("/api/v1/now")
        if status == 200 and holds(json.loads(body)):
            return json.loads(body)
        assert status in (200, 503), body  # busy with the hour, on a small heap
        assert time.monotonic() < limit, f"{body}\n{one.log()}"
        time.sleep(0.1)
