"""The door against real sockets: too many, too slow, too long, not meant for us, or plain noise."""

import json
import random
import socket
import time

import pytest
from running_firmware import BEARER
from test_now import LIST_1, frame

HOST = b"Host: localhost\r\n" + BEARER


def answer(connection):
    """(status, body) until the end; (None, b"") when it was closed without a word."""
    octets = b""
    while True:
        try:
            data = connection.recv(4096)
        except ConnectionResetError:
            break
        if not data:
            break
        octets += data
    if not octets:
        return None, b""
    head, _, body = octets.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def send(connection, octets):
    """False when the other end has closed."""
    try:
        connection.sendall(octets)
    except (BrokenPipeError, ConnectionResetError):
        return False
    return True


def ask(firmware, octets):
    """(status, body) for these octets."""
    with firmware.connect() as connection:
        send(connection, octets)
        return answer(connection)


def assert_works(firmware):
    """A short request is answered, and a list is read."""
    seq = firmware.now()["seq"]
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", seq + 1)


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
        (b"GET /\r\n" + HOST + b"\r\n", 400),
        (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 400),
        (b"GET http://localhost/ HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n" + HOST + b"\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: \r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nCookie: a\x00b\r\n" + HOST + b"\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 8193\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\n12345", 405),
        (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 8192\r\n\r\n" + bytes(8192), 405),
        (b"GET /" + b"a" * 1400 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"GET /" + b"a" * 127 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 404),
        (b"\r\n\r\nGET /api/v1/now HTTP/1.1\r\n" + HOST + b"\r\n", 200),
        (b"GET /api/v1/now HTTP/1.0\n" + HOST + b"\n", 200),
        (b"GET /api/v1/now HTTP/1.1\r\nhOsT:   LocalHost:8080  \r\n" + BEARER + b"\r\n", 200),
        (b"GET /api/v1/now HTTP/1.1\r\nhost content-length: 1\r\n" + HOST + b"\r\n", 200),
        (
            b"GET /api/v1/now HTTP/1.1\r\nX-Pad: "
            + bytes([120]) * 3800
            + b"\r\n"
            + HOST
            + b"\r\n",
            200,
        ),
        (b"GET /api/v1/now?" + b"a" * 1400 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    ],
)
def test_a_request(firmware, octets, status):
    got, body = ask(firmware, octets)
    assert got == status
    if status != 200:
        assert json.loads(body)["error"]
    assert firmware.log() == ""


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "192.0.2.99",
        "[::2]",
        "localhost:80:80",
        "han",
        ".",
    ],
)
def test_a_foreign_host_is_refused(firmware, host):
    for path in ("/", "/api/v1/now", "/api/v1/events", "/nope"):
        status, _, body = firmware.get(path, host=host)
        assert status == 421
        assert "state" not in body.decode()


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "[::1]:80", "han-0000", "han-0000.local"],
)
def test_own_names_and_addresses_are_known(firmware, host):
    assert firmware.get("/api/v1/now", host=host)[0] == 200


def test_a_chosen_hostname_and_a_named_address_are_known(start_firmware):
    firmware = start_firmware(settings={"hostname": "hytta"}, HOSTS="192.0.2.7")
    assert firmware.get("/api/v1/now", host="hytta.local")[0] == 200
    assert firmware.get("/api/v1/now", host="192.0.2.7")[0] == 200
    assert firmware.get("/api/v1/now", host="han-0000")[0] == 421


def endless(firmware, start, piece):
    """Send `piece` again and again after `start`; (status, octets sent) when it is cut."""
    with firmware.connect() as connection:
        send(connection, start)
        sent = len(start)
        while sent < 200_000 and send(connection, piece):
            sent += len(piece)
            time.sleep(0.002)
        return answer(connection)[0], sent


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"GET /", b"a" * 100),
        (b"GET / HTTP/1.1\r\n" + HOST, b"X-Header: 1\r\n" * 8),
        (b"GET / HTTP/1.1\r\n" + HOST + b"X-Header: ", b"a" * 100),
        (b"GET / HTTP/1.1\r\n" + HOST + b"Cookie: ", b"a" * 100),
        (b"GET / HTTP/1.1\r\n" + HOST, b"a" * 100),
        (b"", b"\r\n" * 50),
    ],
)
def test_an_endless_head_is_cut(firmware, start, piece):
    firmware.now()
    before = firmware.heap()
    status, sent = endless(firmware, start, piece)
    assert status in (431, None)  # None: the answer was lost in the rush
    assert sent < 100_000
    status, _ = ask(firmware, start + piece * (4700 // len(piece)) + b"\r\n\r\n")
    assert status == 431
    assert_works(firmware)
    assert firmware.heap() - before < 2048


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


def test_a_body_that_is_cut_leaves_nothing_behind(firmware):
    head = b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\n"
    with firmware.connect() as connection:
        connection.sendall(head + b"1")
        connection.shutdown(socket.SHUT_WR)
        answer(connection)
    assert_works(firmware)
    assert firmware.log() == ""


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


def test_the_seventh_connection_gets_503_and_then_a_place(firmware):
    held = [firmware.connect() for _ in range(6)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        status, _, body = firmware.get("/api/v1/now")
        assert status == 503
        assert time.monotonic() - began < 2.5
        assert json.loads(body)["error"]
        firmware.feed(frame(LIST_1))  # metering goes on
    finally:
        for connection in held:
            connection.close()
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
    assert firmware.now()["state"] == "starting"
    for connection in held:
        connection.close()


def test_a_slow_reader_of_a_file_is_dropped(start_firmware):
    """Its window is shut: the piece that does not go out takes longer than ten seconds."""
    firmware = start_firmware(CLOCK_SPEED="10")
    assert_works(firmware)
    before = firmware.heap()
    page = firmware.get("/")[2].decode()
    name = page.partition('src="')[2].partition('"')[0].encode().lstrip(b"/")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        slow.settimeout(10)
        slow.connect(("127.0.0.1", firmware.port))
        slow.sendall(b"GET /" + name + b" HTTP/1.1\r\n" + HOST + b"\r\n")
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


def test_random_octets(firmware):
    before = firmware.heap()
    rng = random.Random(1)
    for i in range(150):
        octets = rng.randbytes(rng.randrange(1, 3000))
        if i % 3 == 0:
            octets = b"GET / HTTP/1.1\r\n" + HOST + octets + b"\r\n\r\n"
        with firmware.connect() as connection:
            send(connection, octets)
            if i % 2:
                continue  # gone without waiting
            connection.shutdown(socket.SHUT_WR)
            status, _ = answer(connection)
            assert status in (200, 400, 411, 413, 421, 431, None)
    assert_works(firmware)
    assert firmware.log() == ""
    time.sleep(0.6)
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
