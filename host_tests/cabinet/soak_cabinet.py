"""The firmware in the cabinet of soak.py: its process, what is around it, and its time."""

import json
import os
import select
import socket
import subprocess
from pathlib import Path

from running_firmware import ANSWERS, MICROPYTHON, TOKEN, free_port, set_up
from soak_broker import Broker

import build

ROOT = Path(__file__).resolve().parents[2]
LEAST_MS = 1000  # what the firmware's clock moves at least while nothing goes on
BUSY_MS = 20


class SoakError(AssertionError):
    """What did not hold."""


def search_path() -> str:
    """Where the firmware finds its modules, and what moves its clock."""
    return f":lib:.frozen:{ROOT / 'host_tests/cabinet'}:{ROOT / 'host_tests/radio'}"


def clock_heap() -> int:
    """What soak_clock.py and its modules take of the heap: the dongle has none of them."""
    told = "import gc\ngc.collect()\nn = gc.mem_alloc()\nimport soak_clock\ngc.collect()\nprint(gc.mem_alloc() - n)"
    with socket.create_server(("127.0.0.1", 0)) as door:
        done = subprocess.run(
            [MICROPYTHON, "-c", told],
            env={"MICROPYPATH": search_path(), "CONTROL": str(door.getsockname()[1])},
            capture_output=True,
            check=True,
            text=True,
        )
    return int(done.stdout)


class Cabinet:
    """The firmware, and around it a meter, a broker, pages and the clock that is moved."""

    def __init__(self, folder: Path, heap: int):
        self.broker = Broker()
        self.control_door = socket.create_server(("127.0.0.1", 0))
        self.meter_door = socket.create_server(("127.0.0.1", 0))
        self.port = free_port()
        tree, data = folder / "tree", folder / "data"
        build.write_tree(build.make_tree("unix").files, tree)
        data.mkdir()
        set_up(data, ANSWERS)
        settings = {"wifi_ssid": "hjem", "wifi_key": "hemmelig", "fuse_a": 25}
        settings["mqtt"] = f"mqtt://127.0.0.1:{self.broker.port}"
        (data / "settings.json").write_text(json.dumps(settings))
        self.log = folder / "log"
        environment = {
            "PATH": os.environ["PATH"],
            "MICROPYPATH": search_path(),
            "HAN": f"tcp:127.0.0.1:{self.meter_door.getsockname()[1]}",
            "HTTP": str(self.port),
            "DATA": str(data),
            "RTC": str(folder / "rtc"),
            "CLOCK": "soak_clock",
            "WLAN": "soak_clock",
            "CONTROL": str(self.control_door.getsockname()[1]),
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [MICROPYTHON, "-X", f"heapsize={heap * 1024 + clock_heap()}", "main.py"],
                cwd=tree,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.control_door.settimeout(20)
        self.control = self.control_door.accept()[0]
        self.control.settimeout(30)
        self.meter_door.settimeout(20)
        self.line = None
        self.now = self.heap = 0
        self.wifi = 1
        self.pages: list[socket.socket] = []
        self.requests = self.refused = self.events = self.most = 0
        self.complaint = None  # path and answer of the last request that was refused
        self.told = b""

    # time

    def wait(self):
        """Until the firmware's clock stands."""
        while b"\n" not in self.told:
            try:
                octets = self.control.recv(4096)
            except TimeoutError:
                raise SoakError(f"it hangs at {self.now} ms\n{self.tail()}") from None
            if not octets:
                raise SoakError(f"it ended at {self.now} ms\n{self.tail()}")
            self.told += octets
        line, _, self.told = self.told.partition(b"\n")
        self.now, self.heap = (int(word) for word in line.split())

    def move(self, until: int, least: int = LEAST_MS):
        """Let its time pass up to `until` ms, and stand there."""
        while self.now < until:
            self.broker.poll()
            self.drain()
            self.control.sendall(f"{until} {least} {self.wifi}\n".encode())
            self.wait()

    def drain(self):
        """What the pages are sent."""
        if not self.pages:
            return
        for page in select.select(self.pages, [], [], 0)[0]:
            try:
                octets = page.recv(65536)
            except ConnectionError:  # refused: the places of those that left are held a moment
                octets = b""
            self.events += octets.count(b"data:")
            if not octets:
                self.pages.remove(page)
                page.close()

    # what goes on

    def feed(self, octets: bytes):
        if self.line is None:
            self.line = self.meter_door.accept()[0]
        self.line.sendall(octets)

    def ask(self, path: str) -> bytes:
        """A request, while time goes by in small steps."""
        sock = socket.create_connection(("127.0.0.1", self.port), 5)
        sock.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        sock.setblocking(False)
        answer = b""
        limit = self.now + 60_000
        while self.now < limit:
            self.move(self.now + BUSY_MS, BUSY_MS)
            try:
                octets = sock.recv(65536)
            except BlockingIOError:
                continue
            except ConnectionError:
                break
            if not octets:
                break
            answer += octets
        sock.close()
        self.requests += 1
        self.most = max(self.most, self.heap)
        if answer[:12] != b"HTTP/1.1 200":
            self.refused += 1
            self.complaint = path, answer[:300]
        return answer.partition(b"\r\n\r\n")[2]

    def open_page(self):
        page = socket.create_connection(("127.0.0.1", self.port), 5)
        page.sendall(
            f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        )
        self.pages.append(page)

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self):
        self.process.terminate()
        self.process.wait(5)
