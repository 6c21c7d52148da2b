"""A dongle on host_tests/chip for test_chip.py: its starts, cuts and prompt, its owner's phone, what is on its flash."""

import json
import re
import shutil
import signal
import socket
import time
from pathlib import Path

import han_client
from first_start import Phone
from littlefs import LittleFS
from meter_lists import LIST_1, frame
from running_firmware import MICROPYTHON, PASSWORD, RunningFirmware, free_port, set_up

CHIP = Path(__file__).resolve().parent.parent / "chip"
KAMSTRUP = [2400, 8, None, 1, 4]  # 8N1, behind an optocoupler
POWER, HARD, WATCHDOG = 1, 2, 3


class Chip(RunningFirmware):
    """A dongle: cut() and power() it, reset() as it does itself. Asked over the household's Wi-Fi."""

    host = "192.168.1.57"

    def __init__(self, tree, folder, answers=None, extra=None, **told):
        folder.mkdir(parents=True)
        self.folder = folder
        self.may_fail = self.was_locked = False
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "log"
        self._meter = socket.create_server(("127.0.0.1", 0))
        self._line = None
        trees = [str(tree)]
        if answers is not None:
            (folder / "answers" / "data").mkdir(parents=True)
            set_up(folder / "answers" / "data", answers)
            trees.append(str(folder / "answers"))
        if extra is not None:
            trees.append(extra)
        self.told = {
            "flash": str(folder / "flash"),
            "rtc": str(folder / "rtc"),
            "tree": trees,
            "http": self.port,
            "dns": free_port(),
            "meter": self._meter.getsockname()[1],
            "line": KAMSTRUP,
            "around": [["Hjemme", -60, True], ["Åpent", -80, False]],
            "keys": {"Hjemme": "hemmelig nøkkel"},
            "join_ms": 300,
            "reset_cause": POWER,
            **told,
        }
        self._command = [MICROPYTHON, "-X", "heapsize=600K", "chip.py"]
        self._tree = CHIP
        self.environment = {"CHIP": str(folder / "chip.json"), "MICROPYPATH": f"{CHIP}:.frozen"}
        self.process = self.power()

    def power(self, cause=POWER):
        """Power-up, or the start after a reset."""
        if cause == POWER:
            (self.folder / "rtc").unlink(missing_ok=True)
        self.told["reset_cause"] = cause
        (self.folder / "chip.json").write_text(json.dumps(self.told))
        self.process = self._start()
        return self.process

    def cut(self):
        self.process.kill()
        self.process.wait()
        self.unplug()

    def ctrl_c(self) -> int:
        """At the prompt. Here it comes at once, also in a collection, where it makes an error of it;
        the ESP32's waits for the next line. Then there is another start, and another try."""
        while True:
            self.process.send_signal(signal.SIGINT)
            code = self.process.wait(10)
            if code == 0 or "heap is locked" not in self.log()[-300:]:
                return code
            self.was_locked = True
            starts = self.log().count("chip: boots") + 1
            self.unplug()
            self.power(HARD)
            self.says("chip: boots", starts)
            time.sleep(2)

    def says(self, text, count=1, timeout=20):
        """Wait until it has printed that."""
        limit = time.monotonic() + timeout
        while self.log().count(text) < count:
            assert time.monotonic() < limit and self.process.poll() is None, self.log()
            time.sleep(0.05)

    def request(self, method, path, body=None, timeout=10.0, **headers):
        return super().request(method, path, body, timeout, **{"host": self.host, **headers})

    def stack(self) -> int:
        return max(int(found) for found in re.findall(r"chip: stack (\d+)", self.log()))


class OwnersPhone(Phone):
    """On the dongle's own network."""

    def __init__(self, dongle):
        super().__init__(dongle, own=True)

    def ask(self, path="", body=None, method=None, **headers):
        return super().ask(path, body, method, Host="192.168.4.1", **headers)


def answers(**settings):
    wifi = {"wifi_ssid": "Hjemme", "wifi_key": "hemmelig nøkkel"}
    return {
        "password": PASSWORD,
        "consent": True,
        "secured": "owner",
        "settings": {**wifi, **settings},
    }


def flash_of(dongle) -> list[str]:
    """The paths of all files on it."""
    image = (dongle.folder / "flash").read_bytes()
    disk = LittleFS(block_size=4096, block_count=len(image) // 4096, mount=False)
    disk.context.buffer[:] = image
    disk.mount()
    return [f"{top.rstrip('/')}/{name}" for top, _, names in disk.walk("/") for name in names]


def slot_of(folder, tree, slot, confirmed=False):
    """What an update has left there, with that folder in use, on trial or no more."""
    if slot == ".":
        return None
    shutil.copytree(tree, folder / "update" / slot)
    info = json.loads((tree / "version.json").read_text())
    words = (slot, "-" if confirmed else ".", 0, info["build"], info["version"], "-")
    (folder / "update" / "slots.txt").write_text(" ".join(map(str, words)))
    return str(folder / "update")


def feed_until_live(dongle):
    for _ in range(3):
        dongle.feed(frame(LIST_1))
        time.sleep(0.2)


class Page(han_client.Client):
    """The owner's phone, logged in over the household's network."""

    def __init__(self, dongle):
        super().__init__(dongle.url)
        self.name = {"Host": dongle.host}
        self.log_in(PASSWORD, "telefon")

    def open(self, method, path, body=None, headers=None):
        return super().open(method, path, body, {**self.name, **(headers or {})})

    def get(self, path):
        return self.json("GET", path)


def wait_for(ask, good, timeout=20):
    limit = time.monotonic() + timeout
    while not good(told := ask()):
        assert time.monotonic() < limit, told
        time.sleep(0.1)
    return told
