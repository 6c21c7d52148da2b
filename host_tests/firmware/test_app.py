"""Start, end, states in fast time, and a task that dies."""

import shutil
import signal
import socket
import subprocess
import time

import pytest
from meter_lists import HOURLY, LIST_1, frame
from running_firmware import BEARER, MICROPYTHON, RunningFirmware, free_port, in_tree


def test_states_of_a_meter_that_falls_silent(start_firmware):
    """30 s and 120 s, twenty times as fast."""
    firmware = start_firmware(CLOCK_SPEED="20")
    assert firmware.now()["state"] == "starting"
    firmware.feed(frame(LIST_1))
    began = time.monotonic()
    seen = {}
    while time.monotonic() - began < 7.5:
        now = firmware.now()
        seen.setdefault(now["state"], []).append(now["age_s"])
        if now["state"] == "no_signal":
            # the last value stays, with its age: the page says since when
            assert now["list_id"] == "Kamstrup_V0001"
            assert now["power"][-1] is None
        time.sleep(0.05)
    seen.pop("starting", None)
    assert list(seen) == ["live", "old", "no_signal"]
    assert max(seen["live"]) <= 30
    assert min(seen["old"]) >= 30
    assert max(seen["old"]) <= 120
    assert min(seen["no_signal"]) >= 120
    page = firmware.get("/")[2].decode()
    assert 'data-state="no_signal"' in page
    assert "–<span" in page
    firmware.feed(frame(LIST_1))
    firmware.wait_for("state", "live")


def test_no_list_at_all_is_no_signal_after_half_a_minute(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="30")
    firmware.wait_for("state", "starting", timeout=0.9)
    now = firmware.wait_for("state", "no_signal", timeout=3)
    assert now["age_s"] is None
    assert now["seq"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once(firmware, number):
    stream = firmware.connect()
    stream.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + BEARER + b"\r\n")
    stream.recv(100)
    firmware.process.send_signal(number)
    code = firmware.process.wait(3)
    assert code == (0 if number == signal.SIGINT else -signal.SIGTERM)
    stream.close()
    # the port is free again at once
    with socket.create_server(("127.0.0.1", firmware.port)):
        pass


def test_a_taken_port_is_said_and_ends_it(firmware_tree, tmp_path):
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = str(other.getsockname()[1])
        second = RunningFirmware(firmware_tree, tmp_path / "second", environment={"HTTP": port})
        assert second.process.wait(10) == 1
    assert second.log() == f"port {port} is taken: HTTP=8081 chooses another\n"
    second.stop()


def test_what_cannot_start_is_said_and_started_again(firmware_tree, tmp_path):
    firmware = RunningFirmware(firmware_tree, tmp_path / "one", environment={"HTTP": "many"})
    assert firmware.process.wait(10) == 3  # the board's restart() on a computer
    assert "ValueError: invalid syntax for integer" in firmware.log()
    firmware.stop()


def test_without_a_folder_for_hours_the_meter_is_read(start_firmware):
    firmware = start_firmware()
    firmware.line()
    shutil.rmtree(firmware.data / "hours")
    (firmware.data / "hours").write_text("in the way")
    firmware.restart()
    firmware.feed(frame(HOURLY))
    assert "journal_full" in firmware.wait_for("seq", 1)["warnings"]


def test_settings_that_cannot_be_read_do_not_stop_it(start_firmware):
    firmware = start_firmware(settings={"v": 1, "rx": "four", "name": "Hytta"})
    assert "settings: rx must be a whole number" in firmware.log()
    assert firmware.now()["name"] == "Hytta"
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)


def test_after_a_power_cut_it_starts_again(firmware):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    firmware.restart()
    assert firmware.now()["seq"] == 0
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)


def test_live_heap_after_use_stays(firmware):
    """Pages, files and lists for a while: no octet more than after two rounds, when all that is
    loaded once has been."""

    def round_():
        for _ in range(15):
            firmware.feed(frame(LIST_1))
            firmware.get("/")
            firmware.now()
            firmware.get("/nope")
            time.sleep(0.05)

    round_()
    round_()
    before = firmware.heap()
    for _ in range(4):
        round_()
    assert firmware.heap() - before < 512
    assert firmware.log() == ""


DYING = """
import asyncio
from app import clock
from app.app import App, board
clock.start(board.ticks_ms)
app = App()
class Bad:
    name = "bad"
    runs = 0
    async def run(self):
        self.runs += 1
        if self.runs < 3:
            raise [ValueError("x"), MemoryError()][self.runs - 1]
        await asyncio.sleep(10)
bad = Bad()
app.tasks += (bad,)
async def main():
    task = asyncio.create_task(app.run())
    await asyncio.sleep(4)
    app.tasks = app.tasks[:-1]
    print("failures", app.failures, "runs", bad.runs)
    print("others", [clock.ms() - task.beat < 1500 for task in app.tasks[:3]])
asyncio.run(main())
"""


def test_a_task_that_dies_is_started_again_and_takes_none_along(firmware_tree, tmp_path):
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=250K", "-c", in_tree(DYING)],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=firmware_tree,
        env={
            "MICROPYPATH": ":lib:.frozen",
            "HTTP": str(free_port()),
            "DATA": str(tmp_path / "data"),
        },
    )
    assert "failures 2 runs 3\nothers [True, True, True]\n" in done.stdout, done.stdout
    assert done.stdout.count("task bad") == 2
