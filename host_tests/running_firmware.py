"""The firmware as a process: fed over TCP as by a meter, asked over HTTP as by a phone.

It has been set up by tools/provision.py, consent given, and asks are made with a token of the
owner's. `answers=None` gives an empty dongle, `auth=None` a request without login.
"""

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import provision
import run_host
from device_sources import sources_for

PASSWORD = "riktig hest batteri"
TOKEN = "00112233445566778899aabbccddeeff"
# For requests written by hand
BEARER = b"Authorization: Bearer " + TOKEN.encode() + b"\r\n"
KEY = "ABCD-EFGH-JKLM"
ANSWERS = {"password": PASSWORD, "consent": True, "secured": "owner"}
MICROPYTHON = Path(sys.executable).parent / "micropython"
_STARTUP_S = 20


def free_port() -> int:
    """A TCP port that nobody has right now, and that no connection of a test beside this one gets
    meanwhile: below those that the system gives away, each process from a place of its own."""
    for port in _PORTS:
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


_PORTS = itertools.cycle(range(10000, 30000))
for _ in range(os.getpid() * 199 % 20000):
    next(_PORTS)


def set_up(data: Path, answers: dict) -> None:
    """What provision.py leaves in the data folder, with TOKEN for the owner."""
    files, _ = provision.files_of(answers, KEY)
    tokens = [{"name": "tests", "role": "owner"}]
    files["access"], _ = provision.access_file(tokens, 0, lambda _: bytes.fromhex(TOKEN))
    for name, content in files.items():
        (data / name).write_bytes(content)


@cache
def in_tree(text: str) -> str:
    """A script that uses the firmware's modules, as it must be written to run on the built tree."""
    return sources_for("unix").as_in_tree(text)


class RunningFirmware:
    """`url`, `port`; feed(), get(), now(), wait_for(), heap(), log(), stop()."""

    def __init__(
        self,
        tree: Path,
        folder: Path,
        heap=run_host.HEAP,
        settings=None,
        environment=None,
        answers=ANSWERS,
    ):
        folder.mkdir(parents=True)
        self.data = folder / "data"
        self.data.mkdir()
        if answers is not None:
            set_up(self.data, answers)
        if settings is not None:
            (self.data / "settings.json").write_text(json.dumps(settings))
        self.may_fail = False  # set by a test that provokes a traceback
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "log"
        self._heap_log = folder / "heap"
        self._meter = socket.create_server(("127.0.0.1", 0))
        self._line = None
        self.environment = {
            "PATH": os.environ["PATH"],
            "MICROPYPATH": ":lib:.frozen",
            "HAN": f"tcp:127.0.0.1:{self._meter.getsockname()[1]}",
            "HTTP": str(self.port),
            "DATA": str(self.data),
            "HEAPLOG": str(self._heap_log),
            **(environment or {}),
        }
        self._command = [MICROPYTHON, "-X", f"heapsize={heap}", "main.py"]
        self._tree = tree
        self.process = self._start()

    def _start(self):
        with self._log.open("ab") as log:
            return subprocess.Popen(
                self._command,
                cwd=self._tree,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_up(self) -> None:
        """Return once it answers; AssertionError with its output when it does not."""
        limit = time.monotonic() + _STARTUP_S
        while time.monotonic() < limit and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the firmware did not start:\n{self.log()}")

    def restart(self) -> None:
        """Cut the power and give it back, with the same data."""
        self.process.kill()
        self.process.wait()
        self.unplug()
        self.process = self._start()
        self.wait_until_up()

    def line(self) -> socket.socket:
        """The connection that the firmware reads the meter from."""
        if self._line is None:
            self._meter.settimeout(10)
            self._line = self._meter.accept()[0]
        return self._line

    def feed(self, octets: bytes) -> float:
        """Octets from the meter; returns time.monotonic() of the last one."""
        self.line().sendall(octets)
        return time.monotonic()

    def unplug(self) -> None:
        """Close the meter's connection; feed() waits for the firmware to come again."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def connect(self, timeout=10.0) -> socket.socket:
        """A connection without a request."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def request(self, method, path, body=None, timeout=10.0, auth=TOKEN, **headers):
        """(status, headers, body) of one request. Header names: if_none_match=..."""
        if auth:
            headers = {"authorization": f"Bearer {auth}", **headers}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        with contextlib.closing(connection):
            names = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, names)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def get(self, path, **headers):
        """(status, headers, body) of GET path."""
        return self.request("GET", path, **headers)

    def now(self) -> dict:
        """What /api/v1/now says."""
        status, _, body = self.get("/api/v1/now")
        assert status == 200, body
        return json.loads(body)

    def wait_for(self, name, value, timeout=10.0) -> dict:
        """Ask until now()[name] == value; returns that answer."""
        limit = time.monotonic() + timeout
        while True:
            now = self.now()
            if now.get(name) == value:
                return now
            assert time.monotonic() < limit, f"{name} is not {value}: {now}\n{self.log()}"
            time.sleep(0.02)

    def heap(self) -> int:
        """Octets in use after a collection, as of half a second ago at most."""
        before = self._heap_log.read_text().count("\n") if self._heap_log.exists() else 0
        limit = time.monotonic() + 10
        while time.monotonic() < limit:
            if self._heap_log.exists():
                lines = self._heap_log.read_text().splitlines(keepends=True)
                # the line that was being written is no whole round later
                if len(lines) >= before + 2 and lines[-1].endswith("\n"):
                    return int(lines[-1].split()[0])
            time.sleep(0.05)
        raise AssertionError(f"the firmware hangs:\n{self.log()}")

    def log(self) -> str:
        """What it has printed."""
        return self._log.read_text(errors="replace")

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.unplug()
        self._meter.close()
        return self.process.returncode
