"""The power cut at every single write of the journal: littlefs, MicroPython's own, and the host's.

The full form (every write of the whole run, torn in ten ways) is `FULL_JOURNAL=1 pytest` here.
"""

import os
import subprocess
from pathlib import Path

import journal_cuts
from fakes.flash_lfs import volume
from fakes.plain_fs import PlainOs
from journal_world import MODULES

ROOT = Path(__file__).resolve().parents[2]
FULL = bool(os.environ.get("FULL_JOURNAL"))


Volume = volume(*MODULES)


class Plain(Volume):
    """A file system that promises nothing."""

    def __init__(self, files, format):
        self._on = files.on(*MODULES)
        self._on.__enter__()


def test_littlefs_with_every_step_cut_at_every_write():
    steps, cuts = journal_cuts.run(Volume, range(10) if FULL else (0, 4, 9))
    assert steps > 90
    assert cuts > 500


def test_littlefs_cut_in_a_run_without_restarts():
    plan = journal_cuts.plan()
    cuts = journal_cuts.run_through(Volume, plan, (3, 0, 8, 9, 5), 1 if FULL else 4)
    assert cuts > 40


def test_a_file_system_that_promises_nothing():
    steps, cuts = journal_cuts.run(Plain, range(9) if FULL else (0, 3, 7), PlainOs, strict=False)
    assert steps > 90
    assert cuts > 400
    plan = journal_cuts.plan()
    assert (
        journal_cuts.run_through(
            Plain, plan, (3, 0, 8, 5), 1 if FULL else 3, PlainOs, strict=False
        )
        > 50
    )


def test_micropythons_own_littlefs():
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware", "host_tests"))
    here = Path(__file__).parent
    script = [str(here / "mp_journal_cuts.py")] + (["full"] if FULL else [])
    run = subprocess.run(
        [str(ROOT / ".venv" / "bin" / "micropython"), "-X", "heapsize=8M", *script],
        env={"MICROPYPATH": f"{path}:{here}:.frozen"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.split()
    assert int(lines[0]) > 90
    assert int(lines[2]) > (1900 if FULL else 350)
