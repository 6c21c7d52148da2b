"""`make run` as a person uses it: started, looked at, ended. It must leave nothing behind."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import han_client
import pytest
from running_firmware import ANSWERS, PASSWORD, TOKEN, free_port, set_up

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """`make run` with a tree, data and port of its own; everything it starts carries `mark`."""

    def __init__(
        self, folder, sim="kamstrup-tn", speed=60, http=None, arguments="", answers=ANSWERS
    ):
        if answers is not None:
            (folder / "data").mkdir()
            set_up(folder / "data", answers)
        self.mark = str(folder)
        self.http = http or free_port()
        self.truth = folder / "truth"
        self.log = folder / "log"
        own = f"--tree {folder}/tree --data {folder}/data --truth {self.truth} {arguments}"
        command = ["make", "run", f"SIM={sim}", f"SPEED={speed}", f"HTTP={self.http}"]
        # Not the variables of the `make test` that this runs under.
        environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, f"ARGS={own}"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def url(self):
        return f"http://localhost:{self.http}/"

    def text(self):
        return self.log.read_text(errors="replace")

    def wait_for_link(self):
        limit = time.monotonic() + 40
        while self.url not in self.text() or "Ctrl-C ends it" not in self.text():
            assert self.process.poll() is None and time.monotonic() < limit, self.text()
            time.sleep(0.1)

    def get(self, path=""):
        with urllib.request.urlopen(self.request(path), timeout=10) as answer:
            return answer.read()

    def request(self, path):
        """With the token of the owner."""
        return urllib.request.Request(
            self.url + path, headers={"Authorization": f"Bearer {TOKEN}"}
        )

    def now(self):
        return json.loads(self.get("api/v1/now"))

    def wait(self, seconds=20):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.text()}") from None

    def children(self):
        """Processes of this run that are alive, make itself left out: their command lines."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                about = command + (folder / "environ").read_bytes().decode(errors="replace")
                if self.mark in about and int(folder.name) != self.process.pid:
                    found[int(folder.name)] = command
        return found

    def end(self):
        for pid in [*self.children(), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def run(tmp_path):
    started = []

    def start(**options):
        folder = tmp_path / f"run{len(started)}"
        folder.mkdir()
        started.append(Run(folder, **options))
        return started[-1]

    yield start
    for one in started:
        one.end()


def nothing_left(one, seconds=10):
    limit = time.monotonic() + seconds
    while one.children():
        assert time.monotonic() < limit, f"left behind: {one.children()}"
        time.sleep(0.1)


def test_a_meter_can_be_watched_and_ctrl_c_ends_it_all(run):
    one = run(sim="aidon-it")
    one.wait_for_link()
    limit = time.monotonic() + 20
    while one.now()["seq"] < 5 or "import_w" not in one.now() or "l1_a" not in one.now():
        assert time.monotonic() < limit, one.now()
        time.sleep(0.1)
    now = one.now()
    assert now["state"] == "live"
    assert now["list_id"] == "AIDON_V0001"
    assert {"l1_v", "l2_v", "l3_v"} <= set(now)
    sent = [json.loads(line) for line in one.truth.read_text().splitlines()]
    powers = {values["import_w"] for values in find_all(sent, "import_w")}  # pyright: ignore
    assert now["import_w"] in powers, "the page shows a power that the meter never sent"
    assert b'lang="nb"' in one.get()
    assert len(one.children()) >= 3, "run_host.py, the meter and the firmware"
    os.killpg(one.process.pid, signal.SIGINT)  # as a terminal does
    one.wait()
    nothing_left(one)
    assert "Traceback" not in one.text()


def find_all(value, key):
    """The objects that have the key, at any depth."""
    if isinstance(value, dict):
        if key in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from find_all(item, key)


def test_an_empty_one_prints_the_link_to_set_it_up_and_starts_again_after_a_reset(run):
    one = run(answers=None)
    one.wait_for_link()
    (link,) = re.findall(rf"  {one.url}(setup#[\w-]+) ", one.text())
    key = link.partition("#")[2]
    client = han_client.Client(one.url)
    setup = {"Authorization": f"Setup {key}"}
    told = client.json("GET", "/api/v1/setup", headers=setup)
    assert told["step"] == "consent"
    one.end()

    one = run()
    one.wait_for_link()
    time.sleep(2)  # what ends sooner is not started again
    client = han_client.Client(one.url)
    body = {"what": "all", "word": "RESET"}
    client.token = TOKEN
    client.proved(PASSWORD, "POST", "/api/v1/erase", body)
    limit = time.monotonic() + 20
    while "The firmware starts again" not in one.text() or one.text().count("/setup#") < 1:
        assert time.monotonic() < limit, one.text()
        time.sleep(0.1)
    (key,) = re.findall(r"set-up: \S+/setup#([\w-]+)", one.text())
    client = han_client.Client(one.url)
    assert client.json("GET", "/api/v1/setup", headers={"Authorization": f"Setup {key}"})


def test_events_come_as_they_are_sent(run):
    one = run()
    one.wait_for_link()
    numbers = []
    with urllib.request.urlopen(one.request("api/v1/events"), timeout=10) as stream:
        while len(numbers) < 5:
            line = stream.readline().decode()
            if line.startswith("id: "):
                numbers.append(int(line.removeprefix("id: ")))
    assert numbers == sorted(set(numbers))


def test_a_port_in_use_is_said_in_one_line(run):
    with socket.create_server(("0.0.0.0", 0)) as other:
        one = run(http=other.getsockname()[1])
        assert one.wait() != 0
        said = [line for line in one.text().splitlines() if line.startswith("run: ")]
        assert said == [
            f"run: port {one.http} is taken by another program: make run HTTP={one.http + 1}"
        ]
    nothing_left(one)


def test_an_unknown_meter_is_said_and_nothing_is_left(run):
    one = run(sim="landis")
    assert one.wait() != 0
    assert "kamstrup-tn" in one.text(), "the meters that there are"
    assert "run: the simulated meter did not start (see above)" in one.text()
    nothing_left(one)


@pytest.mark.parametrize("victim", ["meter_sim.py", "main.py"])
def test_when_one_of_the_two_dies_so_does_the_other(run, victim):
    one = run()
    one.wait_for_link()
    pid = next(pid for pid, command in one.children().items() if victim in command)
    os.kill(pid, signal.SIGKILL)
    assert one.wait() != 0
    assert "ended with code -9" in one.text()
    nothing_left(one)


def test_killed_outright_it_still_leaves_nothing(run):
    one = run()
    one.wait_for_link()
    pid = next(pid for pid, command in one.children().items() if "run_host.py" in command)
    os.kill(pid, signal.SIGKILL)
    one.wait()
    nothing_left(one)
