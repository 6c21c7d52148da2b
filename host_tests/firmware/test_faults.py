"""A fault in every task and at every boundary in turn: readings resume within a minute, the journal
stays whole, and what happened can be seen. The scenario is host_tests/cabinet/faults.py."""

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running_firmware import ANSWERS, MICROPYTHON, set_up

ROOT = Path(__file__).resolve().parents[2]
CABINET = ROOT / "host_tests" / "cabinet"
START = 1767225600
TASKS = ("meter", "hours", "guard", "wifi", "mqtt")
ENERGY_WH = 4750  # of the two hours
BLOCKED_S = 30 + 5 + 10 + 6  # the watchdog, the start, the next list, and what finds it out

DEATHS = [f"dies:{task}:{kind}" for task in TASKS for kind in ("value", "enomem", "memory")]
HANGS = [f"hangs:{task}" for task in TASKS]
BLOCKS = [f"blocks:{task}" for task in TASKS]
BLOCKED = [f"blocked:{place}" for place in ("readinto", "sweep", "isconnected", "indicate")]
CALLS = [
    f"call:{place}:{kind}"
    for place in (
        *("readinto", "isconnected", "conn", "dispatch", "indicate", "sweep"),
        *("store", "live", "clock", "quality", "feed"),
    )
    for kind in ("oserror", "memory")
]
HEAP = [f"heap:{place}" for place in ("readinto", "sweep", "store", "live", "quality", "feed")]
WIDE = ["flash:write:oserror", "flash:all:oserror", "flash:write:enomem", "flash:all:memory"]
WIDE += ["imports::memory", "imports::oserror", "radio::oserror", "radio::memory"]


@pytest.fixture(scope="session")
def lists(tmp_path_factory):
    """A little more than two hours of a Kamstrup, as world.lists_of() reads them."""
    sys.path.append(str(ROOT / "tools"))
    from sim.meter import Meter

    path = tmp_path_factory.mktemp("lists") / "lists"
    with path.open("wb") as file:
        for push in Meter("kamstrup-tn", START).pushes(START, 7400):
            ms = int((push.utc + push.delay - START) * 1000) + 1000
            file.write(ms.to_bytes(4, "little") + len(push.frame).to_bytes(2, "little"))
            file.write(push.frame)
    return path


@pytest.fixture
def run(lists, tmp_path):
    """run(fault) -> (what faults.py tells, what it printed)."""

    def run_one(fault):
        data = tmp_path / "data"
        data.mkdir()
        set_up(data, ANSWERS)
        settings = {"wifi_ssid": "hjem", "wifi_key": "hemmelig"}
        settings["mqtt"] = "mqtt://127.0.0.1:1"  # nobody there
        (data / "settings.json").write_text(json.dumps(settings))
        path = ":".join(str(ROOT / part) for part in ("lib", "firmware"))
        done = subprocess.run(
            [MICROPYTHON, "-X", "heapsize=6M", CABINET / "faults.py", lists, data, fault],
            env={**os.environ, "MICROPYPATH": path + ":.frozen"},
            cwd=ROOT / "firmware",
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        return json.loads(done.stdout.splitlines()[-1]), done.stdout, data

    return run_one


def longest_gap(told):
    seen = told["seen"]
    return max(b - a for a, b in itertools.pairwise(seen)) / 1000


def hours_of(data):
    """The journal's hours as its own reader has them."""
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware"))
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=2M", CABINET / "rows.py", data / "hours"],
        env={**os.environ, "MICROPYPATH": path + ":.frozen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def check(told, data, deaths):
    """Readings to the end, the two whole hours in the journal, and the fault noticed."""
    assert told["injected"], "the fault was never met"
    assert longest_gap(told) <= 60
    assert told["seen"][-1] > 7280_000
    rows = hours_of(data)
    # Both hours, each once, with all of their energy; which of them is measured is the fault's
    assert rows[0][0] == START // 3600
    assert sum(row[1] for row in rows) == 2, rows
    assert sum(row[3] for row in rows) == ENERGY_WH, rows
    assert told["deaths"] >= deaths


def test_without_a_fault(run):
    told, _, data = run("none")
    check(told, data, 0)
    assert told["resets"] == []
    assert told["deaths"] == 0
    assert longest_gap(told) <= 12


@pytest.mark.parametrize("fault", DEATHS + HANGS)
def test_a_task_that_dies_or_hangs_is_started_again(run, fault):
    told, printed, data = run(fault)
    check(told, data, 1)
    assert told["resets"] == [], "no reset as a remedy while lists arrive"
    assert printed.count("task " + fault.split(":")[1]) >= 1


@pytest.mark.parametrize("fault", BLOCKS + BLOCKED)
def test_what_keeps_the_processor_is_ended_by_the_watchdog(run, fault):
    told, _, data = run(fault)
    assert told["resets"]
    assert {why for _, why in told["resets"]} == {"watchdog"}
    assert longest_gap(told) <= BLOCKED_S
    check(told, data, 0)


@pytest.mark.parametrize("fault", CALLS + HEAP + WIDE)
def test_a_call_that_fails(run, fault):
    told, _, data = run(fault)
    check(told, data, 0)
    assert all(why != "watchdog" for _, why in told["resets"])
