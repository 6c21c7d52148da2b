"""How the dongle finds its MQTT broker's address: names asked of a name server that is ours, with
answers as RFC 1035 has them and as nobody should send them."""

import asyncio
import errno
import os
import random
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from running_firmware import MICROPYTHON

from app import mqtt_open

ROOT = Path(__file__).resolve().parents[2]
HOST = "broker.hytta.no"
A, CNAME, AAAA, TXT = 1, 5, 28, 16
POINTER = b"\xc0\x0c"  # to the question's name


def name_of(text):
    return b"".join(bytes([len(part)]) + part.encode() for part in text.split(".")) + b"\0"


def record(kind, data, name=POINTER, group=1):
    return name + bytes((0, kind, 0, group, 0, 0, 0, 60)) + len(data).to_bytes(2, "big") + data


def answer(query, *records, flags=0x8180, question=True, count=None):
    """A reply to `query` as sent."""
    counts = (int(question), len(records) if count is None else count, 0, 0)
    head = query[:2] + flags.to_bytes(2, "big") + b"".join(n.to_bytes(2, "big") for n in counts)
    return head + (query[12:] if question else b"") + b"".join(records)


ADDRESS = record(A, bytes((192, 168, 1, 7)))
ALIAS = record(CNAME, name_of("hus.hytta.no"))
TARGET = record(A, bytes((192, 168, 1, 8)), name_of("hus.hytta.no"))
QUERY = b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + name_of(HOST) + b"\0\1"
SENT = QUERY + b"\0\1"


@pytest.mark.parametrize(
    ("reply", "address"),
    [
        (answer(SENT, ADDRESS), "192.168.1.7"),
        (answer(SENT, record(A, bytes(4), name_of(HOST))), "0.0.0.0"),
        (answer(SENT, ALIAS, TARGET), "192.168.1.8"),
        (
            answer(SENT, record(CNAME, b"\3hus\xc0\x13"), record(A, bytes((10, 0, 0, 1)))),
            "10.0.0.1",
        ),
        (answer(SENT, record(AAAA, bytes(16)), record(TXT, b"\3abc"), ADDRESS), "192.168.1.7"),
        (answer(SENT, ADDRESS).replace(b"broker", b"BrOkEr"), "192.168.1.7"),
        # mDNS: no question, the record has the name
        (answer(SENT, record(A, bytes((10, 0, 0, 2)), name_of(HOST), 0x80), question=False), None),
    ],
)
def test_answers(reply, address):
    if address is None:  # class with the cache-flush bit, as responders send it
        reply = reply.replace(bytes((0, 1, 0, 0x80)), bytes((0, 1, 0x80, 1)))
        address = "10.0.0.2"
    assert mqtt_open.address_in(reply, QUERY) == address


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        SENT,  # a query is no answer
        answer(SENT),
        answer(b"\x12\x35" + SENT[2:], ADDRESS),
        answer(SENT, ADDRESS, flags=0x8183),  # no such name
        answer(SENT, ADDRESS, flags=0x0180),
        answer(SENT[:12] + name_of("broker.annen.no") + b"\0\1\0\1", ADDRESS),
        answer(SENT, record(A, bytes((10, 0, 0, 2)), name_of("annen.no")), question=False),
        answer(SENT, record(A, bytes(3))),
        answer(SENT, record(AAAA, bytes(16))),
        answer(SENT, ALIAS),
        answer(SENT, ADDRESS, count=0),
        answer(SENT, count=65535),
        answer(SENT, record(TXT, b"\0" * 20)[:-5], count=3),
        answer(SENT, b"\x3f" + b"x" * 20, count=1),  # a name that goes on past the end
        answer(SENT, b"\xc0", count=1),
        answer(SENT, POINTER + bytes((0, 1, 0, 1, 0, 0, 0, 60, 0xFF, 0xFF)) + bytes(4), count=2),
    ],
)
def test_what_is_no_answer(reply):
    assert mqtt_open.address_in(reply, QUERY) is None


def test_a_pointer_that_points_at_itself_is_only_passed_over():
    """It is never followed."""
    loop = record(A, bytes((10, 0, 0, 3)), b"\xc0" + bytes([len(SENT)]))
    assert mqtt_open.address_in(answer(SENT, loop), QUERY) == "10.0.0.3"


def test_cut_anywhere_and_any_octets():
    whole = answer(SENT, record(CNAME, b"\3hus\xc0\x13"), ADDRESS)
    for end in range(len(whole)):
        assert mqtt_open.address_in(whole[:end], QUERY) is None
    dice = random.Random(1)
    began = time.monotonic()
    for _ in range(20_000):
        octets = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            octets[dice.randrange(len(octets))] = dice.randrange(256)
        found = mqtt_open.address_in(bytes(octets[: dice.randrange(len(octets) + 1)]), QUERY)
        assert found is None or found.count(".") == 3
    assert time.monotonic() - began < 20


class NameServer:
    """`reply(query, number)` gives what the number-th query is answered with, a list of octets."""

    def __init__(self, reply):
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]
        self.queries = []
        self.reply = reply
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, self.peer = self.sock.recvfrom(512)
            except OSError:
                return
            self.queries.append(query)
            for octets in self.reply(query, len(self.queries)):
                self.sock.sendto(octets, self.peer)

    def ask(self, host=HOST, **more):
        return asyncio.run(mqtt_open.ask(("127.0.0.1", self.port), host, **more))


@pytest.fixture
def server(monkeypatch):
    """server(reply), in a time that runs ten times as fast."""
    monkeypatch.setattr(asyncio, "sleep_ms", lambda ms: asyncio.sleep(ms / 10_000), raising=False)
    made = []

    def make(reply):
        made.append(NameServer(reply))
        return made[-1]

    yield make
    for one in made:
        one.sock.close()


def test_a_name_server_is_asked(server):
    one = server(lambda query, _: [answer(query, ADDRESS)])
    assert one.ask() == "192.168.1.7"
    (query,) = one.queries
    assert query[2:] == SENT[2:]


def test_queries_have_numbers_that_nobody_guesses(server):
    one = server(lambda query, _: [answer(query, ADDRESS)])
    for _ in range(8):
        one.ask()
    assert len({query[:2] for query in one.queries}) > 4


def test_multicast_asks_for_an_answer_to_this_port_alone(server):
    one = server(lambda query, _: [answer(query, ADDRESS)])
    assert one.ask("han.local", multicast=True) == "192.168.1.7"
    assert one.queries[0][:2] == b"\0\0"
    assert one.queries[0][-4:] == b"\0\1\x80\1"


def test_it_asks_again_and_gives_up_after_five_times(server):
    one = server(lambda query, number: [answer(query, ADDRESS)] if number == 3 else [])
    assert one.ask() == "192.168.1.7"
    assert len(one.queries) == 3
    silent = server(lambda query, number: [])
    with pytest.raises(OSError, match=str(errno.EHOSTUNREACH)):
        silent.ask()
    assert len(silent.queries) == 5


def test_rubbish_does_not_keep_the_answer_away(server):
    def reply(query, _):
        other = bytes([query[0] ^ 1]) + query[1:]
        rubbish = [os.urandom(40), b"", answer(other, record(A, bytes((6, 6, 6, 6)))), query]
        return [*rubbish, answer(query, ADDRESS)]

    assert server(reply).ask() == "192.168.1.7"


def test_an_answer_from_somebody_else_is_not_heard(server):
    """Even with the right number."""
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stranger.bind(("127.0.0.1", 0))

    def reply(query, _):
        stranger.sendto(answer(query, record(A, bytes((6, 6, 6, 6)))), one.peer)
        time.sleep(0.02)
        return [answer(query, ADDRESS)]

    one = server(reply)
    assert one.ask() == "192.168.1.7"
    stranger.close()


@pytest.mark.parametrize("host", ["a..b", ".a", "x" * 64 + ".no", "å" * 32 + ".no"])
def test_names_that_cannot_be_asked_for(server, host):
    one = server(lambda query, _: [])
    with pytest.raises(OSError, match=str(errno.EINVAL)):
        one.ask(host)
    assert one.queries == []


def test_no_name_server_there():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(OSError):
        asyncio.run(_ask_fast(port))


async def _ask_fast(port):
    before = getattr(asyncio, "sleep_ms", None)
    asyncio.sleep_ms = lambda ms: asyncio.sleep(ms / 10_000)
    try:
        return await mqtt_open.ask(("127.0.0.1", port), HOST)
    finally:
        if before is None:
            del asyncio.sleep_ms


SCRIPT = """
import asyncio, sys, time
from app import mqtt_open

async def ticker():
    global longest
    last = time.ticks_ms()
    while True:
        await asyncio.sleep_ms(5)
        now = time.ticks_ms()
        longest = max(longest, time.ticks_diff(now, last))
        last = now

async def main():
    asyncio.create_task(ticker())
    try:
        print(await mqtt_open.ask(("127.0.0.1", {port}), "broker.hytta.no"))
    except OSError as error:
        print(error.errno)
    print(longest)

longest = 0
asyncio.run(main())
"""


@pytest.mark.parametrize("heard", [True, False])
def test_under_micropython_nothing_stands_still_meanwhile(heard):
    one = NameServer(
        lambda query, number: [answer(query, ADDRESS)] if heard and number == 2 else []
    )
    done = subprocess.run(
        [MICROPYTHON, "-c", SCRIPT.format(port=one.port)],
        env={**os.environ, "MICROPYPATH": f"{ROOT}/lib:{ROOT}/firmware:.frozen"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    one.sock.close()
    found, longest = done.stdout.split()
    assert found == ("192.168.1.7" if heard else str(errno.EHOSTUNREACH))
    assert len(one.queries) == (2 if heard else 5)
    assert int(longest) < 250  # ms; 5 s pass, a getaddrinfo() would take them all
