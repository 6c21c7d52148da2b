"""Fixtures: the real firmware, built and running under the MicroPython Unix port.

    def test_power(firmware):
        firmware.feed(frame)                     # octets from the meter
        firmware.wait_for("seq", 1)
        assert firmware.now()["import_w"] == 280

`firmware` is one process per test with the defaults; `start_firmware(CLOCK_SPEED="20", ...)`
starts one with other environment variables (see firmware/app/board_unix.py) or heap.
"""

import collections
import contextlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
if "micropython" not in sys.modules:
    sys.path.append(str(ROOT / "host_tests" / "fakes"))

import run_host  # noqa: E402
from running_firmware import ANSWERS, RunningFirmware  # noqa: E402

# Files whose tests take longer than most: tests run side by side, a file at a time, and such a one
# that is begun last is waited for
LONGEST_FIRST = """
lib_elsewhere page_axe faults hours page_firmware page_access erase_all update_cuts release page_firmware_link
boundaries page_day access_login page_answers update_firmware page_household now chip page_history
guard_limits page_live flood mqtt page_settings api_household hanctl events meter_sim_cli page_meter
no_packets adversary_cpython app wifi
""".split()


def pytest_collection_modifyitems(items):
    """Long files first, then those with many tests."""
    count = collections.Counter(item.path for item in items)

    def rank(item):
        name = item.path.stem.removeprefix("test_")
        long = LONGEST_FIRST.index(name) if name in LONGEST_FIRST else len(LONGEST_FIRST)
        return long, -count[item.path], item.path

    items.sort(key=rank)


@pytest.fixture(scope="session")
def firmware_tree(tmp_path_factory):
    """The device tree of this checkout for the Unix port, as tools/build.py makes it."""
    import build

    out = tmp_path_factory.mktemp("tree")
    build.write_tree(build.make_tree("unix").files, out)
    return out


@contextlib.contextmanager
def _firmwares(tree, folder):
    started = []

    def start(heap=run_host.HEAP, settings=None, answers=ANSWERS, **environment):
        place = folder / f"firmware{len(started)}"
        one = RunningFirmware(tree, place, heap, settings, environment, answers)
        started.append(one)
        one.wait_until_up()
        return one

    yield start
    for one in started:
        assert "Traceback" not in one.log() or one.may_fail, one.log()
        one.stop()
    for one in started:
        # The Unix port's Ctrl-C may come in the midst of a collection, and leaves the heap locked
        log = one.log()
        assert "Traceback" not in log or one.may_fail or log.endswith("heap is locked\n"), log


@pytest.fixture
def start_firmware(firmware_tree, tmp_path):
    """start_firmware(heap="165K", settings={...}, answers={...}, **environment) ->
    RunningFirmware, ended with the test. A test fails that leaves a traceback in the firmware's output."""
    with _firmwares(firmware_tree, tmp_path) as start:
        yield start


@pytest.fixture(scope="module")
def shared_firmware(firmware_tree, tmp_path_factory):
    """One firmware for all the tests of a file that ask and change nothing: to start one for each
    takes half a second."""
    with _firmwares(firmware_tree, tmp_path_factory.mktemp("shared")) as start:
        yield start()


@pytest.fixture
def firmware(start_firmware):
    """One firmware with the defaults, no list read yet, for a test that leaves its marks."""
    return start_firmware()
