import os
import subprocess
import sys
from pathlib import Path

import pytest

MICROPYTHON = Path(sys.executable).parent / "micropython"
RUNNER = Path(__file__).parents[1] / "mp_runner.py"
GOOD = "def test_one():\n    assert 1 + 1 == 2\n\n\ndef test_two():\n    pass\n\n\ndef helper():\n    1 / 0\n"


def run(folder, **files):
    for name, content in files.items():
        path = folder / "deep" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    done = subprocess.run(
        [MICROPYTHON, RUNNER, folder],
        capture_output=True,
        text=True,
        env=dict(os.environ, MICROPYPATH=".frozen"),
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout.splitlines()


def test_all_tests_of_all_files_are_called(tmp_path):
    code, said = run(tmp_path, test_a=GOOD, test_b=GOOD, no_test="1 / 0", test_c_cpython="1 / 0")
    assert said[-1] == "4 passed, 0 failed"
    assert code == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("def test_x():\n    assert 1 == 2\n", "test_bad.py::test_x"),
        ("def test_x():\n    raise SystemExit(0)\n", "test_bad.py::test_x"),
        ("import nothing_of_this_name\n", "test_bad.py"),
        ("import sys\nsys.exit(0)\n", "test_bad.py"),
        ("def helper():\n    pass\n", "test_bad.py"),
        ("def test_x(:\n", "test_bad.py"),
    ],
)
def test_what_fails_is_named_and_the_others_still_run(tmp_path, content, name):
    code, said = run(tmp_path, test_a=GOOD, test_bad=content, test_z=GOOD)
    assert code == 1
    assert said[-1] == "4 passed, 1 failed"
    assert [line for line in said if line.startswith("FAILED") and name in line]


def test_nothing_found_is_a_failure(tmp_path):
    code, said = run(tmp_path)
    assert code == 1
    assert said[-1] == "0 passed, 0 failed"
