"""S19: the firmware speaks to nobody but who asks it. A day of it in a network namespace."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDERS = ("lib", "firmware", "tools", "host_tests", "host_tests/firmware", "host_tests/fakes")


def namespace() -> list[str]:
    """The command that gives a namespace: as root, or as a user where the kernel allows it."""
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        try:
            if subprocess.run([*command, "ip", "link"], capture_output=True).returncode == 0:
                return command
        except OSError:
            break
    pytest.skip(
        "no network namespaces here: needs util-linux, iproute2, and root or user namespaces"
    )


def test_s19_no_packet_leaves_for_anywhere(firmware_tree, tmp_path):
    done = subprocess.run(
        [*namespace(), sys.executable, HERE / "packets_of_a_day.py", firmware_tree, tmp_path],
        env={**os.environ, "PYTHONPATH": ":".join(str(ROOT / folder) for folder in FOLDERS)},
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["control"] >= 1  # what is sent is seen
    assert (told["before"], told["day"], told["use"]) == (0, 0, 0)
