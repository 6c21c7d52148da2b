"""The door against those who are too many or too slow."""

import json
import random
import socket
import time

import pytest
from door_support import HOST, answer, ask, assert_works, send
from meter_lists import LIST_1, frame


@pytest.mark.parametrize("start", [b"G", b"GET / HTTP/1.1\r\nHost: loc"])
def test_a_slow_head_gets_408_after_five_seconds(firmware, start):
    with firmware.connect() as connection:
        began = time.monotonic()
        for octet in start:
            connection.sendall(bytes([octet]))
            time.sleep(0.05)
        status, body = answer(connection)
        assert 4.5 < time.monotonic() - began < 7
    assert status == 408
    assert json.loads(body)["error"]


def test_a_slow_body_gets_408(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="10")
    head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n"
    with firmware.connect() as connection:
        connection.sendall(head + b"1")
        status, _ = answer(connection)
    assert status == 408


def test_a_connection_without_a_word_is_closed(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="10")
    with firmware.connect() as connection:
        assert answer(connection) == (None, b"")


def test_bodies_share_the_room_of_one(firmware):
    head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5000\r\n\r\n"
    with firmware.connect() as first:
        first.sendall(head + bytes(100))
        time.sleep(0.2)
        assert ask(firmware, head + bytes(5000))[0] == 503
        assert firmware.now()["seq"] == 0
        first.sendall(bytes(4900))
        assert answer(first)[0] == 405
    assert ask(firmware, head + bytes(5000))[0] == 405


def slow_reader(firmware):
    """A connection that has asked for a file, and takes none of it in: its window is shut."""
    page = firmware.get("/")[2].decode()
    name = page.partition('src="')[2].partition('"')[0].encode().lstrip(b"/")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
    slow.settimeout(10)
    slow.connect(("127.0.0.1", firmware.port))
    slow.sendall(b"GET /" + name + b" HTTP/1.1\r\n" + HOST + b"\r\n")
    return slow


def test_the_seventh_connection_gets_503_and_then_a_place(firmware):
    held = [slow_reader(firmware) for _ in range(6)]
    for one in held:
        one.recv(1)  # its answer is under way, for up to ten seconds
    try:
        began = time.monotonic()
        status, _, body = firmware.get("/api/v1/now")
        assert status == 503
        assert 0.9 < time.monotonic() - began < 2.5
        assert json.loads(body)["error"]
        firmware.feed(frame(LIST_1))  # metering goes on
    finally:
        for one in held:
            one.close()
    firmware.wait_for("seq", 1)


def test_who_waits_a_moment_gets_the_place_that_becomes_free(firmware):
    held = [firmware.connect() for _ in range(6)]
    for connection in held:
        connection.sendall(b"GET / HTTP/1.1\r\n")
    with firmware.connect() as seventh:
        seventh.sendall(b"GET /api/v1/now HTTP/1.1\r\n" + HOST + b"\r\n")
        time.sleep(0.3)
        held.pop().close()
        assert answer(seventh)[0] == 200
    for connection in held:
        connection.close()


def test_silent_connections_give_way_to_those_who_wait(firmware):
    held = [firmware.connect() for _ in range(6)]
    time.sleep(2.2)
    try:
        statuses = []
        for _ in range(3):
            try:
                statuses.append(firmware.get("/api/v1/now")[0])
            except ConnectionError:
                statuses.append(None)
        assert 200 in statuses
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\n" + HOST])
def test_half_a_request_gives_way_to_those_who_wait(firmware, start):
    if start[:4] == b"POST":
        start += b"Content-Length: 100\r\n\r\nx"
    held = [firmware.connect() for _ in range(6)]
    for connection in held:
        connection.sendall(start)
    began = time.monotonic()
    while firmware.get("/api/v1/now")[0] != 200:
        assert time.monotonic() - began < 4
    assert time.monotonic() - began < 4
    for connection in held:
        connection.close()


def test_half_open_connections_end_with_the_head_s_time(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="10")
    held = [firmware.connect() for _ in range(6)]
    for connection in held:
        connection.sendall(b"GET / HTTP/1.1\r\n")
    time.sleep(1.5)  # fifteen seconds for the firmware; the clients still hold their ends
    assert firmware.now()["state"] in ("starting", "no_signal")
    for connection in held:
        connection.close()


def test_a_slow_reader_of_a_file_is_dropped(start_firmware):
    """Its window is shut: the piece that does not go out takes longer than ten seconds."""
    firmware = start_firmware(CLOCK_SPEED="10")
    assert_works(firmware)
    before = firmware.heap()
    with slow_reader(firmware) as slow:
        head = slow.recv(400)
        length = int(head.partition(b"Content-Length: ")[2].split()[0])
        time.sleep(2.5)
        received = len(head)
        try:
            while data := slow.recv(4096):
                received += len(data)
        except ConnectionResetError:
            pass
        assert received < length
    assert_works(firmware)
    assert firmware.heap() - before < 2048


def test_a_flood_of_connections(firmware):
    """A hundred a second for five seconds, all kinds at once; lists are read meanwhile and the
    page is back within five seconds."""
    assert_works(firmware)
    before = firmware.heap()
    rng = random.Random(2)
    kinds = (
        b"",
        b"GET / HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/now HTTP/1.1\r\n" + HOST + b"\r\n",
        b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 8000\r\n\r\n" + bytes(3000),
        b"GET /" + b"a" * 6000,
        rng.randbytes(500),
    )
    held = []
    fed = 1
    end = time.monotonic() + 5
    while time.monotonic() < end:
        connection = socket.socket()
        connection.settimeout(1)
        try:
            connection.connect(("127.0.0.1", firmware.port))
            send(connection, rng.choice(kinds))
        except TimeoutError:
            pass
        held.append(connection)
        if len(held) > 30:
            held.pop(0).close()
        if time.monotonic() - (end - 5) > fed * 0.2:
            firmware.feed(frame(LIST_1))
            fed += 1
        time.sleep(0.01)
    began = time.monotonic()
    while True:
        try:
            status = firmware.get("/api/v1/now", timeout=5)[0]
            if status == 200:
                break
        except OSError:
            pass
        assert time.monotonic() - began < 8, firmware.log()
    assert time.monotonic() - began < 5.5
    for connection in held:
        connection.close()
    assert firmware.wait_for("seq", fed)["state"] == "live"
    time.sleep(1)
    assert firmware.heap() - before < 2048
    assert firmware.log() == ""
