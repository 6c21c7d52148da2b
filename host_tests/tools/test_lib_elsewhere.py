"""The tests of lib/ where the dongle's Python is: `make test-mp`, and on 32-bit words `make test-words`.
Here so that they run beside all else."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("target", ["test-mp", "test-words"])
def test_lib(target):
    done = subprocess.run(
        ["make", target], cwd=ROOT, capture_output=True, text=True, timeout=590, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert " passed, 0 failed" in done.stdout
