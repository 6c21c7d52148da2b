"""/api/v1/events: one event per list, the latest value only, soon, and for four pages at once."""

import json
import re
import socket
import threading
import time

import pytest
from meter_lists import CASES, HOURLY, LIST_1, frame, simulated
from running_firmware import BEARER

TEN_SECOND = frame(LIST_1)


class Page:
    """An open event stream as a phone has it."""

    def __init__(self, firmware, timeout=20.0):
        self.socket = firmware.connect(timeout)
        self.socket.sendall(
            b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + BEARER + b"\r\n"
        )
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        for line in iter(self.file.readline, b"\r\n"):
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()
        if self.status == 200:
            assert self.file.readline() == b"retry: 3000\n"
            assert self.file.readline() == b"\n"

    def event(self):
        """(id, data, octets, time.monotonic()) of the next event; skips heartbeats."""
        octets = b""
        for line in self.file:
            if line == b"\n":
                got = time.monotonic()
                if octets.startswith(b":"):
                    octets = b""
                    continue
                found = re.fullmatch(rb"id: (\d+)\ndata: (.*)\n", octets)
                return int(found[1]), json.loads(found[2]), octets + line, got
            octets += line
        raise EOFError

    def close(self):
        self.file.close()
        self.socket.close()


@pytest.fixture
def open_page():
    pages = []

    def opened(firmware, **options):
        pages.append(Page(firmware, **options))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


def test_an_event_has_the_list_in_short(firmware, open_page):
    page = open_page(firmware)
    assert page.headers["content-type"] == "text/event-stream"
    assert page.headers["cache-control"] == "no-store"
    firmware.feed(TEN_SECOND)
    number, data, octets, _ = page.event()
    values = CASES[LIST_1]["values"]
    names = ("import_w", "export_w", "l1_a", "l2_a", "l3_a", "l1_v", "l2_v", "l3_v")
    told = {name: values[name] for name in names if name in values}
    assert number == 1
    assert data == {"seq": 1, "age_s": 0, "state": "live", "presence": "in_use", "rev": 0, **told}
    assert len(octets) < 300


@pytest.mark.parametrize("meter", ["kamstrup-tn", "aidon-it", "kaifa-tn"])
def test_an_hourly_event_has_the_register_and_stays_short(firmware, open_page, meter):
    truth = firmware.data / "truth"
    arguments = ("--start=2026-01-01T00:59:50Z", "--duration=45", "--pv=90000")
    octets = simulated(meter, *arguments, f"--truth={truth}")
    lists = [json.loads(line) for line in truth.read_text().splitlines()]
    page = open_page(firmware)
    hourly = 0
    at = 0
    for seq, sent in enumerate(lists, 1):
        end = octets.index(b"~", at + sent["octets"] - 1) + 1
        firmware.feed(octets[at:end])
        at = end
        number, data, text, _ = page.event()
        assert number == seq
        assert len(text) < 300
        assert data.get("import_wh") == sent["values"].get("import_wh")
        hourly += "import_wh" in data
    assert hourly == 1


def test_a_page_that_opens_later_has_the_latest_list_at_once(firmware, open_page):
    firmware.feed(TEN_SECOND)
    firmware.feed(frame(HOURLY))
    firmware.wait_for("seq", 2)
    page = open_page(firmware)
    number, data, _, _ = page.event()
    assert number == 2
    assert "import_wh" in data


def test_four_pages_and_short_requests_beside_them(firmware, open_page):
    pages = [open_page(firmware) for _ in range(4)]
    assert [page.status for page in pages] == [200] * 4
    fifth = open_page(firmware)
    assert fifth.status == 503
    assert fifth.headers["retry-after"] == "10"
    assert json.loads(fifth.file.read())["error"]
    for seq in range(1, 4):
        firmware.feed(TEN_SECOND)
        assert [page.event()[0] for page in pages] == [seq] * 4
        assert firmware.now()["seq"] == seq
        assert firmware.get("/")[0] == 200


def test_four_phones_load_the_page_at_the_same_moment(firmware, open_page):
    """Each asks for its two files and the values at once, as a browser does, while four streams
    are open: who finds the house full waits a moment in the queue."""
    page = firmware.get("/")[2].decode()
    names = re.findall(r'(?:href|src)="/?(app\.[0-9a-f]{8}\.(?:css|js))"', page)
    streams = [open_page(firmware) for _ in range(4)]
    answers = []

    def ask(path):
        answers.append(firmware.get(path)[0])

    paths = ["/", *("/" + name for name in names), "/api/v1/now"] * 2
    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(15)
    assert answers == [200] * len(paths)
    firmware.feed(TEN_SECOND)
    assert [stream.event()[0] for stream in streams] == [1] * 4


def test_a_reloaded_page_finds_its_place(firmware, open_page):
    pages = [open_page(firmware) for _ in range(4)]
    for _ in range(6):
        pages.pop(0).close()
        pages.append(open_page(firmware))
        assert pages[-1].status == 200


def test_heartbeat_keeps_a_silent_line_open(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="30")  # fifteen seconds are half a second
    with firmware.connect() as page:
        page.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + BEARER + b"\r\n")
        octets = b""
        while octets.count(b":\n\n") < 3:
            data = page.recv(1000)
            assert data
            octets += data
    assert b"\ndata:" not in octets


def test_a_slow_page_skips_lists_and_is_dropped_when_it_stops(start_firmware, open_page):
    """It stops reading: its lists are not kept for it, and when nothing fits into the network any
    more it loses its place. The other page misses nothing meanwhile."""
    firmware = start_firmware(CLOCK_SPEED="10")  # ten seconds' patience are one
    firmware.feed(TEN_SECOND)
    firmware.wait_for("seq", 1)
    before = firmware.heap()
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
    slow.connect(("127.0.0.1", firmware.port))
    slow.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + BEARER + b"\r\n")
    other = open_page(firmware)
    assert other.event()[0] == 1
    highest = 0
    for seq in range(2, 160):
        firmware.feed(TEN_SECOND)
        assert other.event()[0] == seq
        if seq % 40 == 0:
            highest = max(highest, firmware.heap())
    # less than one kept event per skipped list
    assert highest - before < 6000
    time.sleep(2)
    other.close()
    slow.settimeout(5)
    received = b""
    with slow:
        while True:
            try:
                data = slow.recv(4096)
            except ConnectionResetError:
                break
            if not data:
                break
            received += data
    events = [int(number) for number in re.findall(rb"id: (\d+)\n", received)]
    assert events
    assert events == sorted(events)
    assert events[-1] < 159
    time.sleep(0.6)
    assert firmware.heap() - before < 2048


def test_latency_from_the_last_octet_to_the_event(firmware, open_page):
    pages = [open_page(firmware) for _ in range(4)]
    delays = []
    for round_ in range(60):
        # the pause walks through the polling interval
        time.sleep(0.061 + round_ % 10 * 0.005)
        firmware.feed(TEN_SECOND[:-1])
        sent = firmware.feed(TEN_SECOND[-1:])
        delays += [(page.event()[3] - sent) * 1000 for page in pages]
    delays.sort()
    p95 = delays[len(delays) * 95 // 100]
    print(
        f"frame to event, ms: p50 {delays[len(delays) // 2]:.0f}  p95 {p95:.0f}  max {delays[-1]:.0f}"
    )
    assert p95 <= 150
