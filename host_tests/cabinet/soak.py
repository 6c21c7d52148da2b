#!/usr/bin/env python3
"""Weeks in the meter cabinet in minutes: the built firmware in the heap of the dongle, with a clock
that this program moves (soak_clock.py).

    python host_tests/cabinet/soak.py --days 30

A list every ten seconds and an hourly one at their moments, noise on the line, four pages that come
and go, CSV downloads, MQTT, a broker and a Wi-Fi that go and come. Fails when the firmware starts
anew, a whole list is not counted, or the live heap at the end is 1 KB above that of the first day.
"""

import argparse
import contextlib
import json
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for part in ("tools", "lib", "host_tests", "host_tests/fakes"):
    sys.path.append(str(ROOT / part))

from running_firmware import ANSWERS, MICROPYTHON, TOKEN, free_port, set_up  # noqa: E402
from sim.meter import Meter  # noqa: E402

import build  # noqa: E402

START = 1767225600
DAY_MS = 86_400_000
LEAST_MS = 1000  # what the firmware's clock moves at least while nothing goes on
BUSY_MS = 20
HEAP_KB = 150  # the dongle's 104 on 64-bit words; what moves the clock comes on top
ROUTES = ("/api/v1/now", "/api/v1/days", "/api/v1/diagnosis", "/metrics", "/", "/api/v1/line")
DOWNLOADS = ("/api/v1/hours.csv", "/api/v1/days.csv", "/api/v1/peaks.csv")


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


class SoakError(AssertionError):
    """What did not hold."""


class Broker:
    """As much of an MQTT broker as the firmware talks to."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.setblocking(False)
        self.port = self.door.getsockname()[1]
        self.there = True
        self.conn = None
        self.buffer = b""
        self.connects = self.published = 0

    def poll(self):
        with contextlib.suppress(BlockingIOError):
            conn = self.door.accept()[0]
            conn.setblocking(False)
            if self.there:
                self.conn, self.buffer = conn, b""
            else:
                conn.close()
        if self.conn is None:
            return
        if not self.there:
            self.conn.close()
            self.conn = None
            return
        try:
            # Else the kernel holds small packets back for 40 ms, half a minute of the firmware's
            self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            octets = self.conn.recv(65536)
            if not octets:
                raise ConnectionError
            self.buffer += octets
            self.answer()
        except BlockingIOError:
            pass
        except ConnectionError:
            self.conn.close()
            self.conn = None

    def answer(self):
        while len(self.buffer) >= 2:
            length = shift = 0
            at = 1
            while at < len(self.buffer):
                octet = self.buffer[at]
                length |= (octet & 127) << shift
                shift += 7
                at += 1
                if octet < 128:
                    break
            if len(self.buffer) < at + length:
                return
            kind, body = self.buffer[0], self.buffer[at : at + length]
            self.buffer = self.buffer[at + length :]
            if kind >> 4 == 1:
                self.connects += 1
                self.conn.sendall(b"\x20\2\0\0")
            elif kind >> 4 == 8:
                self.conn.sendall(b"\x90\3" + body[:2] + b"\0")
            elif kind >> 4 == 3:
                self.published += 1
                if kind & 6:
                    topic = int.from_bytes(body[:2], "big")
                    self.conn.sendall(b"\x40\2" + body[2 + topic : 4 + topic])
            elif kind >> 4 == 12:
                self.conn.sendall(b"\xd0\0")


class Soak:
    def __init__(self, folder: Path, seed: int, heap: int):
        self.random = random.Random(seed)
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
        self.sent = self.damaged = self.requests = self.refused = self.events = self.most = 0
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

    def life(self):
        """Now and then something of what a household does."""
        dice = self.random.random
        if dice() < 0.02 and len(self.pages) < 4:
            self.open_page()
        if self.pages and dice() < 0.02:
            self.pages.pop(self.random.randrange(len(self.pages))).close()
        if dice() < 0.01:
            self.ask(self.random.choice(ROUTES))
        if dice() < 0.001:
            self.ask(self.random.choice(DOWNLOADS))
        if dice() < 0.001:
            self.broker.there = not self.broker.there
        if dice() < 0.0008:
            self.wifi = 1 - self.wifi
        if dice() < 0.01:
            self.feed(self.random.randbytes(self.random.randrange(1, 60)))

    def run(self, days: float):
        end = int(days * DAY_MS)
        baseline = None
        day = 0
        self.wait()
        self.move(5000)
        # Names stay in the heap for ever once they are loaded: all routes once before it counts
        for path in ROUTES + DOWNLOADS:
            self.ask(path)
        for push in Meter("kamstrup-tn", START).pushes(START, days * 86400):
            at = int((push.utc + push.delay - START) * 1000) + 2000
            if at >= end:
                break
            self.life()
            self.move(max(at, self.now))
            frame = push.frame
            if self.random.random() < 0.003:
                place = self.random.randrange(20, len(frame) - 3)
                frame = frame[:place] + bytes([frame[place] ^ 0x10]) + frame[place + 1 :]
                self.damaged += 1
            else:
                self.sent += 1
            self.feed(frame)
            if at // DAY_MS != day or (baseline is None and at > min(end // 2, DAY_MS)):
                day = at // DAY_MS
                heap = self.at_rest()
                baseline = baseline or heap
                print(f"day {day}: heap {heap} B, {self.sent} lists", flush=True)
        self.move(self.now + 5000)
        return baseline, self.at_rest()

    def at_rest(self) -> int:
        """The live heap with nobody there, and no list lost so far."""
        for page in self.pages:
            page.close()
        self.pages = []
        self.move(self.now + 4000)
        answer = self.ask("/api/v1/diagnosis")
        if not answer.startswith(b'{"version"'):
            raise SoakError(f"{self.complaint}\n{self.tail()}")
        told = json.loads(answer)
        counters = told["line"]["counters"]
        if counters["readings"] != self.sent:
            raise SoakError(f"{self.sent} lists sent, {counters['readings']} read: {counters}")
        if sum(told["starts"][name] for name in ("planned", "crash", "watchdog", "unknown")):
            raise SoakError(f"it started anew: {told['starts']}")
        if told["starts"]["deaths"]:
            raise SoakError(f"a task died: {told['starts']['last_words']}")
        self.mqtt = told.get("mqtt")
        self.move(self.now + 3000)
        return self.heap

    def tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


def soak(folder: Path, days: float, seed: int = 1, heap: int = HEAP_KB) -> dict:
    """The figures; SoakError when something did not hold."""
    began = time.monotonic()
    one = Soak(folder, seed, heap)
    try:
        first, last = one.run(days)
        if last > first + 1024:
            raise SoakError(f"the heap grew from {first} to {last} B")
        if "Traceback" in one.log.read_text(errors="replace"):
            raise SoakError(one.tail())
    finally:
        one.stop()
    return {
        "days": days,
        "lists": one.sent,
        "damaged": one.damaged,
        "requests": one.requests,
        "refused": one.refused,
        "events": one.events,
        "mqtt": one.mqtt,
        "mqtt connects": one.broker.connects,
        "mqtt messages": one.broker.published,
        "heap most": one.most,
        "heap first": first,
        "heap last": last,
        "seconds": round(time.monotonic() - began),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heap", type=int, default=HEAP_KB, help="KB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            told = soak(Path(folder), arguments.days, arguments.seed, arguments.heap)
        except SoakError as error:
            print(f"soak: {error}", file=sys.stderr)
            return 1
    for name, figure in told.items():
        print(f"{name:14} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
