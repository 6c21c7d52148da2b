"""Runs of host_tests/cabinet's scripts: the data folder as provision.py leaves it, the meter's lists,
and what came of it."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from running_firmware import ANSWERS, MICROPYTHON, TOKEN, free_port, set_up

ROOT = Path(__file__).resolve().parents[2]
CABINET = ROOT / "host_tests" / "cabinet"
START = 1767225600
NEW = {"consent": True, "secured": "owner"}  # a meter that is read before there is a password
# The meter's lists of all that time are in it: days in the long forms, which a short one need not clear
HEAP = "40M" if os.environ.get("FULL_FAULTS") else "4M"
_PATH = ":".join(str(ROOT / part) for part in ("lib", "firmware")) + ":.frozen"


def write_lists(path: Path, seconds: int) -> Path:
    """A Kamstrup's lists from START on, as world.lists_of() reads them."""
    sys.path.append(str(ROOT / "tools"))
    from sim.meter import Meter

    with path.open("wb") as file:
        for push in Meter("kamstrup-tn", START).pushes(START, seconds):
            ms = int((push.utc + push.delay - START) * 1000) + 1000
            file.write(ms.to_bytes(4, "little") + len(push.frame).to_bytes(2, "little"))
            file.write(push.frame)
    return path


def run(script: str, lists: Path, data: Path, mode: str, *words: str, timeout=120):
    """(what it tells in its last line, all that it printed)."""
    data.mkdir()
    set_up(data, NEW if mode == "setup" else ANSWERS)
    port = free_port()
    settings = {"wifi_ssid": "hjem", "wifi_key": "hemmelig", "mqtt": f"mqtt://127.0.0.1:{port}"}
    (data / "settings.json").write_text("{}" if mode == "setup" else json.dumps(settings))
    done = subprocess.run(
        [
            MICROPYTHON,
            "-X",
            "heapsize=" + HEAP,
            CABINET / script,
            lists,
            data,
            mode,
            *words,
            TOKEN,
        ],
        env={**os.environ, "MICROPYPATH": _PATH, "BROKER": str(port)},
        cwd=ROOT / "firmware",
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stdout


def longest_gap(told) -> float:
    """Seconds between two lists that were taken."""
    return max(b - a for a, b in itertools.pairwise(told["seen"])) / 1000


def hours_of(data: Path) -> list:
    """The journal's hours as its own reader has them: [[hour, span, quality, Wh]]."""
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=2M", CABINET / "rows.py", data / "hours"],
        env={**os.environ, "MICROPYPATH": _PATH},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def check_journal(data: Path, hours: int, energy_wh: int) -> None:
    """All hours, each once, with all of their energy; which of them is measured is the fault's."""
    rows = hours_of(data)
    assert rows[0][0] == START // 3600
    places = [row[0] + row[1] for row in rows]
    assert all(row[0] >= end for row, end in zip(rows[1:], places, strict=False)), rows
    assert sum(row[1] for row in rows) == hours, rows
    assert sum(row[3] for row in rows) == energy_wh, rows
