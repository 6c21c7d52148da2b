"""One connection: its request read within bounds, its answer sent in pieces within time.

Octets are read into a short-lived object and answers are sent from the caller's buffer: nothing
queues up here. What each may take is listed in guard.py, which ends a connection whose `deadline`
has passed.
"""

import asyncio

from micropython import const

from app import clock
from app.reply import error

BODY = const(8192)  # octets
_STRANGERS = const(1024)  # the same for who has not logged in

_HEAD = const(4096)
_KEPT = const(1536)
_PATH = const(128)  # octets; matching a route takes stack for each, and 16 KB is all there is
_CHUNK = const(512)
_HEAD_MS = const(5000)
_BODY_MS = const(10000)
_WRITE_MS = const(10000)
_LEAVE_MS = const(1000)

# The headers that somebody reads; the rest of a head is counted and forgotten.
_USED = (
    " host content-length content-type transfer-encoding cookie authorization if-none-match"
    " origin sec-fetch-site x-han "
)


def _enqueue(sock, to_write):
    queue = asyncio.core._io_queue  # pyright: ignore[reportAttributeAccessIssue]
    yield queue.queue_write(sock) if to_write else queue.queue_read(sock)


async def ready(sock, to_write):
    """Wait until the socket can be read or written, the way asyncio's own streams do."""
    await _enqueue(sock, to_write)  # pyright: ignore[reportGeneralTypeIssues]


def _name(line):
    """The header's name in lower case when it is one that is used, else ""."""
    try:
        name = line.partition(b":")[0].lower().decode()
    except ValueError:
        return ""
    return name if " " + name + " " in _USED and " " not in name else ""


class Conn:
    """One connection: reads the request within bounds, and is the `stream` that a Reply is written
    to. `headers`: the used ones, by name in lower case."""

    def __init__(self, sock, peer, now):
        self.sock = sock
        self.peer = peer
        self.born = now
        self.deadline = now + _HEAD_MS  # clock.ms(); None for a stream that waits for news
        self.silent = True
        self.reading = True  # until the whole request is in
        self.streaming = False
        self.answered = False  # something has been sent
        self.task: asyncio.Task | None = None
        self.method = self.url = ""
        self.headers = {}
        self.length = 0  # of the body
        self.body = b""  # what of it has come with the head, then all of it
        self.who = -1  # a slot of access.py
        self.role = 0
        self.location = "/login"  # where a 302 leads

    async def receive(self) -> bytes:
        """The next octets. EOFError at the end, OSError when the connection broke."""
        while True:
            await ready(self.sock, False)
            data = self.sock.read(_CHUNK)
            if data is not None:
                self.silent = False
                if not data:
                    raise EOFError
                return data

    async def read_head(self, admit) -> int:
        """Read up to the blank line. Returns the status that refuses the request, 0 to go on;
        ValueError for what is no HTTP request. admit(self) -> status has the last word."""
        rest = b""
        size = kept = 0
        while size <= _HEAD and kept + len(rest) <= _KEPT:
            data = await self.receive()
            size += len(data)
            rest += data
            while True:
                line, ended, after = rest.partition(b"\n")
                if not ended:
                    break
                rest = after
                line = line.rstrip(b"\r")
                if line:
                    kept += self._keep(line)
                elif self.url:
                    self.body = rest
                    return self._check(admit)
            if self.url and len(rest) > 64 and not _name(rest):
                rest = rest[:64]
        return 431

    def _keep(self, line):
        """Take a line of the head; returns how much of it is kept."""
        name = _name(line)
        if self.url and not name:
            if b":" not in line:
                raise ValueError
            return 0
        for octet in line:
            if not 32 <= octet < 127:
                raise ValueError
        if self.url:
            if name in self.headers:
                raise ValueError
            self.headers[name] = line[len(name) + 1 :].strip().decode()
        else:
            self.method, self.url, version = line.decode().split(" ")
            if self.url[:1] != "/" or version[:7] != "HTTP/1.":
                raise ValueError
        return len(line)

    def _check(self, admit):
        get = self.headers.get
        length = get("content-length", "0")
        if not length.isdigit() or not get("host"):
            raise ValueError
        if len(self.url.split("?")[0]) > _PATH:
            return 404
        if get("transfer-encoding"):
            return 411
        status = admit(self)
        if status:
            return status
        self.length = int(length) if len(length) < 6 else BODY + 1
        return 413 if self.length > (BODY if self.who >= 0 else _STRANGERS) else 0

    async def read_body(self) -> None:
        """Read the body, all of it. EOFError when it is cut, MemoryError without room."""
        self.deadline = clock.ms() + _BODY_MS
        data = self.body
        body = self.body = bytearray(self.length)
        at = 0
        while True:
            data = data[: self.length - at]
            body[at : at + len(data)] = data
            at += len(data)
            if at == self.length:
                break
            data = await self.receive()
        self.reading = False
        self.deadline = clock.ms() + _WRITE_MS

    async def awrite(self, data) -> None:
        """Send it all, or OSError. A client that takes it too slowly loses the connection."""
        view = memoryview(data)
        at = 0
        self.deadline = clock.ms() + _WRITE_MS
        while at < len(view):
            await ready(self.sock, True)  # others have their turn, however fast the client is
            at += self.sock.write(view[at:]) or 0
            self.answered = True
        if self.streaming:
            self.deadline = None

    async def send_file(self, file, left: int, buffer) -> None:
        """Send `left` octets of the file through a buffer that other connections use as well:
        what the network does not take at once is read again."""
        while left:
            self.deadline = clock.ms() + _WRITE_MS
            await ready(self.sock, True)
            count = file.readinto(buffer if left >= len(buffer) else buffer[:left])
            if not count:
                raise OSError  # shorter than it was: end the answer, the length tells the client
            sent = self.sock.write(buffer[:count]) or 0
            if sent < count:
                file.seek(sent - count, 1)
            left -= sent

    def turn_away(self, status: int) -> None:
        """Send the error if it can be sent at once. What the client has said is read first:
        closing on unread octets makes the network stack throw the answer away."""
        try:
            reply = error(status, self.location)
            for _ in range(_HEAD // _CHUNK):
                if not self.sock.read(_CHUNK):
                    break
            self.sock.write(reply.head(len(reply.body)) + reply.body)
        except (OSError, MemoryError):
            pass  # gone already, or no heap even for that

    async def leave(self) -> None:
        """Read what still comes for a moment, for the same reason. Ends with EOFError mostly."""
        self.deadline = clock.ms() + _LEAVE_MS
        for _ in range(32):
            await self.receive()
