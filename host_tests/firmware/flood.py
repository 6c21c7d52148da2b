"""The flood of test_flood.py: what one hostile host on the household's network can do, mixed.

    flood = Flood(firmware); flood.run(seconds, rate); flood.close()

After run() nothing new comes, but what is open stays half-open until close().

`tried` counts the connections asked for, `opened` those that came into being and were used, `lists`
the meter's lists fed meanwhile.
"""

import contextlib
import errno
import random
import socket
import threading
import time

from meter_lists import LIST_1, frame
from running_firmware import BEARER

HOST = b"Host: localhost\r\n"
_SLOW = 8  # readers and writers that stay as long as they may
_HELD = 60  # half-open ones: closed only when so many others have come
_LIST_S = 0.5


def _kinds(rng) -> list[bytes]:
    guess = rng.randbytes(16).hex().encode()
    login = b'{"nonce":"%s","client":"%s","proof":"%s"}' % (guess, guess, guess * 2)
    return [
        b"",  # says nothing
        b"GET / HTTP/1.1\r\n",  # half a head
        b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 6000,  # endless line
        b"GET /" + b"a" * 6000,  # endless address
        b"GET / HTTP/1.1\r\n" + HOST + b"X-Y: 1\r\n" * 700,  # endless head
        b"POST /api/v1/login HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n" + bytes(500),
        b"POST / HTTP/1.1\r\n" + HOST + BEARER + b"Content-Length: 8000\r\n\r\n" + bytes(3000),
        b"POST /api/v1/login HTTP/1.1\r\nX-HAN: 1\r\n%sContent-Length: %d\r\n\r\n%s"
        % (HOST, len(login), login),
        b"GET /api/v1/login HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /login HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /api/v1/now HTTP/1.1\r\n" + HOST + b"Cookie: han=" + guess + b"\r\n\r\n",
        b"GET /api/v1/now HTTP/1.1\r\n" + HOST + BEARER + b"\r\n",
        b"GET /api/v1/events HTTP/1.1\r\n" + HOST + BEARER + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        rng.randbytes(rng.randrange(1, 3000)),
        b"GET / HTTP/1.1\r\n" + HOST + rng.randbytes(rng.randrange(1, 900)) + b"\r\n\r\n",
    ]


class Flood:
    def __init__(self, firmware, seed=5):
        self.firmware = firmware
        self.tried = self.opened = self.lists = 0
        self._rng = random.Random(seed)
        self._held: list[socket.socket] = []
        self._pending: list[tuple[socket.socket, bytes]] = []  # in the queue of a full door
        self._over = threading.Event()
        self._slow = [
            threading.Thread(target=self._crawl, args=(i,), daemon=True) for i in range(_SLOW)
        ]

    def run(self, seconds: float, rate: float) -> None:
        """So many connections a second, and a list of the meter's twice a second."""
        for thread in self._slow:
            thread.start()
        began = time.monotonic()
        started = 0
        while (passed := time.monotonic() - began) < seconds:
            if passed > self.lists * _LIST_S:
                self.firmware.feed(frame(LIST_1))
                self.lists += 1
            if started > passed * rate:
                time.sleep(0.002)
                continue
            started += 1
            self._open(self._rng.choice(_kinds(self._rng)))
        self._over.set()
        for thread in self._slow:
            thread.join(5)

    def _open(self, octets):
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            one.connect(("127.0.0.1", self.firmware.port))
        self.tried += 1
        self._pending.append((one, octets))
        if self.tried % 5 == 0:
            self._pending = [waiting for waiting in self._pending if not self._say(*waiting)]
        self._held.append(one)
        if len(self._held) > _HELD:
            self._held.pop(0).close()

    def _say(self, one, octets) -> bool:
        """Whether it is done with: said, or closed meanwhile."""
        if one.fileno() < 0:
            return True
        try:
            one.send(octets)
        except BlockingIOError:
            return False
        except OSError as error:
            return error.errno != errno.ENOTCONN
        self.opened += 1
        return True

    def _crawl(self, i):
        """An octet now and then: a slow head, a slow body, or a reader who hardly reads."""
        head = b"GET /history HTTP/1.1\r\n" + HOST + BEARER
        starts = (b"G", head, b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 900\r\n\r\n")
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                one = self.firmware.connect(2)
                self._held.append(one)
                one.sendall(starts[i % 3] + (b"\r\n" if i % 3 == 1 else b""))
                while not self._over.wait(0.5):
                    if i % 3 == 1:
                        if not one.recv(1):
                            break
                    else:
                        one.sendall(b"a")
            self._over.wait(0.05)

    def close(self) -> None:
        """Leave, everything at once."""
        for one in self._held:
            one.close()
