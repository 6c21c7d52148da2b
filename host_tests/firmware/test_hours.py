"""The hours from the list to the flash: host_tests/year/, in short. `make prove-year` has a year of all of it
under both Pythons."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
YEAR = ROOT / "host_tests" / "year"
sys.path.append(str(YEAR))

import disasters  # noqa: E402
import prove_year  # noqa: E402
import years  # noqa: E402

CASES = [
    (file, node.name)
    for file in ("cases.py", "cases_kept.py")
    for node in ast.parse((YEAR / file).read_text()).body
    if isinstance(node, ast.FunctionDef) and [arg.arg for arg in node.args.args] == ["folder"]
    if node.name != "house"
]
PYTHONS = ["cpython", "micropython"]
DAYS = ("a9_", "a12", "a13")


@pytest.mark.parametrize(
    ("file", "name", "python"),
    # Days at the pace of lists take CPython half a minute; it has the cabin's weeks
    [
        (file, name, python)
        for file, name in CASES
        for python in PYTHONS
        if python != "cpython" or name[:3] not in DAYS
    ],
)
def test_case(file, name, python, tmp_path):
    path = ":".join(str(ROOT / part) for part in ("lib", "firmware"))
    command = [sys.executable]
    environment = {**os.environ, "PYTHONPATH": path}
    if python == "micropython":
        command = [str(ROOT / ".venv/bin/micropython"), "-X", "heapsize=2M"]
        environment = {"MICROPYPATH": path + ":.frozen"}
    done = subprocess.run(
        [*command, str(YEAR / file), str(tmp_path), name],
        env=environment,
        cwd=ROOT / "firmware",
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith('"ok"\n')


@pytest.mark.parametrize("python", ["micropython"])
def test_weeks_of_a_household_with_the_end_of_summer_time(python, tmp_path):
    life = prove_year.household(2026, 18, 4, (10, 12))
    told = prove_year.prove("household", life, tmp_path, (python == "micropython",))
    assert {row[0] for row in told["day"]} >= set(range(20739, 20753))
    assert years.check_days(told["hour"], told["day"])[25] == 1
    assert {row[2] for row in told["hour"]} == {years.M, years.B, years.S}


@pytest.mark.parametrize("python", PYTHONS)
def test_weeks_of_a_cabin_with_the_begin_of_summer_time(python, tmp_path):
    life = prove_year.cabin(2026, 30, 2, (3, 18))
    told = prove_year.prove("cabin", life, tmp_path, (python == "micropython",))
    assert years.check_days(told["hour"], told["day"])[23] == 1
    zeros = [row for row in told["hour"] if row[1] > 24 and row[2] == years.M]
    assert zeros and all(row[3] == 0 for row in zeros)


@pytest.mark.parametrize("seed", [4, 9])
def test_disaster(seed, tmp_path):
    disaster = disasters.Disaster(seed, 45)
    figures = disasters.check(disaster, years.run(disaster, tmp_path, True))
    assert figures["M"] > 300 and figures["S"] > 10
    assert figures["in a write"] > 5
