"""Fixtures: an empty dongle with a radio that a file tells what to find (host_tests/radio)."""

import json
import socket
from pathlib import Path

import pytest

import build

RADIO = Path(__file__).resolve().parent.parent / "radio"


@pytest.fixture
def radio(tmp_path):
    """A file that the fake radio goes by; radio(change=...) rewrites it, radio.log what was asked."""

    class File:
        path = tmp_path / "radio.json"
        told = {
            "around": [["Hjemme", -60, True], ["Nabo æøå 🌲", -70, True], ["Åpent", -80, False]],
            "key": {"Hjemme": "hemmelig nøkkel", "Åpent": "", "Skjult": "skjult nøkkel"},
            "lies": 0,
            "dns": 0,
        }

        def __call__(self, **change):
            self.told = {**self.told, **change}
            self.path.write_text(json.dumps(self.told, ensure_ascii=False))

        def log(self):
            text = Path(str(self.path) + ".log").read_text()
            return [json.loads(line) for line in text.splitlines()]

    file = File()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file(dns=port)
    return file


@pytest.fixture
def dongle(start_firmware, radio, tmp_path):
    """dongle(**environment): an empty one with a radio."""
    # compiled, as all of the firmware is: compiling it there would take more heap than set-up
    text = (RADIO / "fake_radio.py").read_text()
    (tmp_path / "fake_radio.mpy").write_bytes(build.compile_mpy(text, "fake_radio", "unix", 3))

    def start(**environment):
        environment.setdefault("CLOCK_SPEED", "1")
        return start_firmware(
            answers=None,
            WLAN="fake_radio",
            RADIO=str(radio.path),
            MICROPYPATH=f":lib:.frozen:{tmp_path}",
            HOSTS="192.168.4.1,192.168.1.57",
            **environment,
        )

    return start
