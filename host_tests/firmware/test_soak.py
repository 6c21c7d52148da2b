"""Three quarters of an hour in the meter cabinet, see host_tests/cabinet/soak.py; `make soak` has 30 days."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "cabinet"))

import soak


def test_three_quarters_of_an_hour(tmp_path):
    told = soak.soak(tmp_path, 0.03, seed=3)
    assert told["lists"] > 240
    assert told["events"] > 0
    assert told["mqtt messages"] > 50
    assert told["heap last"] <= told["heap first"] + 1024
