"""Every call that leaves Python (flash, network, UART, module loader) fails in its turn: at the start,
around the full hour, in requests. host_tests/cabinet/boundaries.py plays it; all calls and errors with
`make prove-faults`, every few of them here."""

import os

import cabinet_runs
import pytest

FULL = bool(os.environ.get("FULL_FAULTS"))
ERRORS = ("oserror", "enomem", "memory", "starve") if FULL else ("oserror",)
pytestmark = pytest.mark.timeout(1600)
CALLS = 100  # of the two minutes around a full hour, about


def run(tmp_path, phase, error, seconds, first, step):
    lists = cabinet_runs.write_lists(tmp_path / "lists", seconds)
    words = (phase, error, str(first), str(step))
    return cabinet_runs.run(
        "boundaries.py", lists, tmp_path / "data", "cabinet", *words, timeout=1500
    )[0]


@pytest.mark.parametrize("error", ERRORS)
def test_a_start(tmp_path, error):
    """After it, or after one more start, the meter is read and nothing is open that was closed."""
    step = 1 if FULL else 12
    told = run(tmp_path, "boot", error, 40_000 // step + 3000, 1, step)
    assert sum(told["hits"].values()) >= 100 // step
    assert told["opened"] == [], "a set-up page on a dongle that has an owner"
    assert told["unset"] == []
    assert told["silent"] == []
    assert told["resets"] == []


@pytest.mark.parametrize("error", ERRORS)
def test_a_full_hour(tmp_path, error):
    """Lists go on, and no energy is lost or counted twice."""
    step = 1 if FULL else 25
    hours = CALLS // step + 2
    told = run(tmp_path, "hour", error, hours * 3600 + 300, 1, step)
    assert sum(told["hits"].values()) >= 0.6 * CALLS // step
    assert cabinet_runs.longest_gap(told) <= 60
    rows = cabinet_runs.hours_of(tmp_path / "data")
    ends = [row[0] + row[1] for row in rows]
    assert rows[0][0] == cabinet_runs.START // 3600
    assert [row[0] for row in rows[1:]] == ends[:-1], "no hour missing, none twice"
    assert ends[-1] >= cabinet_runs.START // 3600 + hours - 1
    assert all(row[3] is not None for row in rows)


@pytest.mark.parametrize("error", ERRORS)
def test_requests(tmp_path, error):
    """Each is answered or ended, the next one as ever, and the meter is read meanwhile."""
    told = run(tmp_path, "requests", error, 30_000, 1, 1 if FULL else 17)
    assert len(told["answers"]) > 20
    for name, (_, statuses, after) in told["answers"].items():
        assert set(statuses) <= {"0", "200", "201", "400", "404", "409", "500", "503"}, name
        assert after in (200, 201, 400, 404, 409), name  # 404: no page in the sources' tree
    assert told["unanswered"] == []
    assert cabinet_runs.longest_gap(told) <= 60
    assert all(why != "watchdog" for _, why in told["resets"])
