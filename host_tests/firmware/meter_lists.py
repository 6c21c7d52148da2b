"""What a meter sends, for the tests of the firmware: the cases of vectors/ by name, and a simulated one."""

import json
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).parents[2] / "tools"
CASES = {
    case["id"]: case
    for case in json.loads((Path(__file__).parents[1] / "vectors" / "cases.json").read_text())
}
LIST_1 = "spec-kamstrup-ex1"
HOURLY = "spec-kamstrup-ex2"


def frame(name):
    """The octets of a case."""
    return bytes.fromhex(CASES[name]["bytes"])


def simulated(meter, *arguments):
    """The octets that a meter sends."""
    command = [sys.executable, TOOLS / "meter_sim.py", "--meter", meter, *arguments, "--out=-"]
    command.append("--unpaced")
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
