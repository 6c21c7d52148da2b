"""The journal under MicroPython: on a full disk, and what it takes in time, heap and erases.

FULL_JOURNAL=1 counts the erases of ten years one by one (some minutes); otherwise of three months.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FULL = bool(os.environ.get("FULL_JOURNAL"))


def micropython(script, *arguments, heap="32M"):
    """Run a script of this folder; its output."""
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware", "host_tests"))
    run = subprocess.run(
        [ROOT / ".venv/bin/micropython", "-X", f"heapsize={heap}", HERE / script, *arguments],
        env={"MICROPYPATH": f"{path}:{HERE}:.frozen"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def scale(tmp_path_factory):
    """What mp_journal_scale.py measured."""
    folder = str(tmp_path_factory.mktemp("scale"))
    return json.loads(micropython("mp_journal_scale.py", folder, heap="300K"))


def test_a_full_disk():
    assert micropython("mp_journal_full.py") == "ok\n"


def test_boot_does_not_grow_with_age(scale):
    young_ms, young = scale["boot_young"]
    old_ms, old = scale["boot_old"]
    assert old_ms <= 300
    assert young_ms > 0
    assert 0 < young["heap"] == old["heap"] <= 2048


def test_thirteen_months_as_csv(scale):
    csv = scale["csv"]
    assert csv["rows"] == 13 * 731 + 1
    assert csv["first_ms"] <= 200
    assert 2048 < scale["csv_heap"] <= 4096
    size, free = scale["csv_tight"]
    assert size == csv["size"] > 500_000
    assert free < 6400


def test_thirteen_months_summed(scale):
    ms, result = scale["months"]
    assert ms <= 50
    assert result["wh"] == 395 * 24 * 1870


def test_wear_in_ten_years():
    """At most 200 erases of any block, counted: 191 in ten years of 45,203 erases in all.

    The short form cannot see the most worn block of the tenth year. It holds what that count rests
    on: how many erases a quarter makes (of them 275 of the 460 free blocks bear the most, the
    others hold the 36 months), and that no block is used again and again.
    """
    if FULL:
        wear = json.loads(micropython("mp_journal_wear.py", "10"))
        assert wear["erases"] > 40_000
        assert wear["most"] <= 200, wear
        return
    wear = json.loads(micropython("mp_journal_wear.py", "0.25"))
    assert 1000 < wear["erases"] <= 1200, wear
    assert wear["most"] <= 20, wear
