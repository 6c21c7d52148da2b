"""The power cut at every single write of an update: littlefs, and MicroPython's own.

Every write is cut once, of the real device tree a few. The full form (every write torn in ten ways,
the real tree cut at every write) is `FULL_UPDATE=1 pytest` here.
"""

import os
import subprocess
from pathlib import Path

import pytest
import switch
import update_bundles
import update_cuts
from fakes.flash_lfs import volume

from app import update, update_files

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FULL = bool(os.environ.get("FULL_UPDATE"))
BLOCKS = 96
# (running folder, others that hold a tree): the first update, the second, and one later on
STATES = ((".", ()), ("a", (".",)), ("b", ("a",)))

OLD = update_bundles.signed(update_bundles.tree("1.0.0"))
NEW = update_bundles.signed(
    update_bundles.tree("1.1.0", salt=9, more={"app/new.mpy": bytes((77, 6, 0, 31)) * 40})
)


Volume = volume(switch, update, update_files, update_cuts)


@pytest.mark.parametrize("running,beside", STATES)
def test_littlefs(running, beside):
    keys = [update_bundles.public(update_bundles.OWNER)]
    dongle = update_cuts.Dongle(OLD, NEW, keys, running, beside)
    tears, every = (range(10), 1) if FULL else ((8,), 1)
    cuts, flash = update_cuts.run_update(Volume, dongle, BLOCKS, tears, 1, every)
    assert cuts > 100
    assert update_cuts.run_trial(Volume, dongle, flash, range(10)) >= 30


def micropython(folder, old, new, *arguments):
    """Run mp_update_cuts.py; (cuts in the update, cuts on trial)."""
    for name, content in (("old", old), ("new", new)):
        (folder / name).write_bytes(content)
    (folder / "keys").write_text(update_bundles.public(update_bundles.OWNER).hex() + " owner\n")
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware", "host_tests"))
    names = [folder / name for name in ("old", "new", "keys")]
    run = subprocess.run(
        [
            *(ROOT / ".venv/bin/micropython", "-X", "heapsize=16M"),
            *(HERE / "mp_update_cuts.py", *names, *arguments),
        ],
        env={"MICROPYPATH": f"{path}:{HERE}:.frozen"},
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    update, trial = (int(line.split()[0]) for line in run.stdout.splitlines())
    return update, trial


@pytest.mark.parametrize("running,beside", STATES)
def test_micropythons_own_littlefs(running, beside, tmp_path):
    tears = "0,1,2,3,4,5,6,7,8,9" if FULL else "5"
    cuts, trial = micropython(tmp_path, OLD, NEW, str(BLOCKS), tears, "1", "1", running, *beside)
    assert cuts > 100
    assert trial >= 30


def test_the_real_tree(tmp_path):
    """The dongle's own tree on its own 2 MB, at every 151st write from the fifth on."""
    import version

    import build

    trees = []
    for number in ("1.0.0", "1.1.0"):
        files = build.make_tree("unix").files
        files["web/note.txt"] = number.encode()
        files[version.NAME] = version.version_json("unix", files, number)
        trees.append(update_bundles.signed(files))
    every = "1" if FULL else "151"
    cuts, trial = micropython(tmp_path, *trees, "512", "5", "5", every, "a", ".")
    assert cuts > (600 if FULL else 5)
    assert trial >= 30
