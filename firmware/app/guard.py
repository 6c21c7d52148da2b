"""The door: it listens, and nobody gets to Microdot who is too many, too slow or too long.

    at most 6 connections, of which 4 event streams: two are left for short requests, and who
    comes while all are taken waits up to a second in the network stack's own queue, then 503
    head: 5 s, 4 KB in all (of which 1.5 KB in the few headers that are used), 408 and 431
    body: 8 KB (413) for all who send one together, 10 s after the head; chunked ones are refused
    (411)
    answer: 10 s for each piece of at most 1 KB, 60 s in all unless it is a stream
    Host: the dongle's own names and addresses, else 421

A connection costs one Conn and what of its head is kept. Octets are read into a short-lived
object and answers are sent from the caller's buffer: nothing queues up here.
"""

import asyncio
import gc

from micropython import const

from app import clock
from app.reply import error

CONNECTIONS = const(6)
STREAMS = const(4)
BODY = const(8192)  # octets

_HEAD = const(4096)
_KEPT = const(1536)
_PATH = const(128)  # octets; matching a route takes stack for each, and 16 KB is all there is
_CHUNK = const(512)
_SWEEP = const(500)  # ms: deadlines are kept to this
_HEAD_MS = const(5000)
_SILENT_MS = const(2000)  # the same for who has said nothing while others wait
_BODY_MS = const(10000)
_WRITE_MS = const(10000)
_TOTAL_MS = const(60000)
_QUEUE_MS = const(1000)
_LEAVE_MS = const(1000)

# The headers that somebody reads; the rest of a head is counted and forgotten.
_USED = b" host content-length content-type transfer-encoding cookie authorization if-none-match "


def _enqueue(sock, to_write):
    queue = asyncio.core._io_queue  # pyright: ignore[reportAttributeAccessIssue]
    yield queue.queue_write(sock) if to_write else queue.queue_read(sock)


async def _ready(sock, to_write):
    """Wait until the socket can be read or written, the way asyncio's own streams do."""
    await _enqueue(sock, to_write)  # pyright: ignore[reportGeneralTypeIssues]


def _name(line):
    """The header's name in lower case when it is one that is used, else b""."""
    colon = line.find(b":")
    name = line[: max(colon, 0)].lower()
    return name if b" " not in name and b" " + name + b" " in _USED else b""


class Conn:
    """One connection, and the bounded reader and writer that Microdot gets."""

    def __init__(self, sock, peer, now):
        self.sock = sock
        self.peer = peer
        self.born = now
        self.deadline = now + _HEAD_MS  # clock.ms(); None for a stream that waits for news
        self.silent = True
        self.reading = True  # until the whole request is in
        self.streaming = False
        self.task: asyncio.Task | None = None
        self.length = 0  # of the body
        self._lines = []
        self._rest = self._body = b""

    async def receive(self) -> bytes:
        """The next octets, b"" at the end. OSError when the connection broke."""
        while True:
            await _ready(self.sock, False)
            data = self.sock.read(_CHUNK)
            if data is not None:
                self.silent = False
                return data

    async def read_head(self, knows_host) -> int:
        """Read up to the blank line. Returns the status that refuses the request, 0 to go on.
        EOFError when the client left."""
        lines = self._lines
        rest = b""
        size = kept = 0
        while size <= _HEAD and kept + len(rest) <= _KEPT:
            data = await self.receive()
            if not data:
                raise EOFError
            size += len(data)
            rest += data
            while True:
                end = rest.find(b"\n")
                if end < 0:
                    break
                line = rest[:end].rstrip(b"\r")
                rest = rest[end + 1 :]
                if not line:
                    if lines:
                        self._rest = rest
                        return self._check(knows_host)
                elif not lines or _name(line):
                    lines.append(line)
                    kept += len(line)
                elif b":" not in line:
                    return 400
            if lines and len(rest) > 64 and not _name(rest):
                rest = rest[:64]
        return 431

    def _check(self, knows_host):
        for line in self._lines:
            for octet in line:
                if not 32 <= octet < 127:
                    return 400
        parts = self._lines[0].split(b" ")
        if len(parts) != 3 or parts[1][:1] != b"/" or parts[2][:7] != b"HTTP/1.":
            return 400
        if len(parts[1].split(b"?")[0]) > _PATH:
            return 404
        host = length = None
        for line in self._lines[1:]:
            name = _name(line)
            value = line[len(name) + 1 :].strip()
            if name == b"host":
                if host is not None:
                    return 400
                host = value
            elif name == b"content-length":
                if length is not None or not value.isdigit():
                    return 400
                length = int(value) if len(value) < 6 else BODY + 1
            elif name == b"transfer-encoding":
                return 411
        if not host:
            return 400
        if not knows_host(host.decode().lower()):
            return 421
        if length and length > BODY:
            return 413
        self.length = length or 0
        return 0

    async def read_body(self) -> None:
        """The request's body, all of it. EOFError when it is cut, MemoryError without room."""
        self.deadline = clock.ms() + _BODY_MS
        body = self._body = bytearray(self.length)
        at = 0
        data = self._rest
        self._rest = b""
        while at < self.length:
            data = data[: self.length - at]
            body[at : at + len(data)] = data
            at += len(data)
            if at < self.length:
                data = await self.receive()
                if not data:
                    raise EOFError
        self.reading = False
        self.deadline = clock.ms() + _WRITE_MS

    async def readline(self) -> bytes:
        """The next line of the head, b"" after the last."""
        return self._lines.pop(0) if self._lines else b""

    async def readexactly(self, count: int):
        """The body, a bytearray that has been read."""
        return self._body

    async def awrite(self, data) -> None:
        """Send it all, or OSError. A client that takes it too slowly loses the connection."""
        view = memoryview(data)
        at = 0
        self.deadline = clock.ms() + _WRITE_MS
        while True:
            at += self.sock.write(view[at:]) or 0
            if at == len(view):
                break
            await _ready(self.sock, True)
        if self.streaming:
            self.deadline = None

    async def send_file(self, file, left: int, buffer) -> None:
        """Send `left` octets of the file through a buffer that other connections use as well:
        what the network does not take at once is read again."""
        while left:
            self.deadline = clock.ms() + _WRITE_MS
            await _ready(self.sock, True)
            count = file.readinto(buffer if left >= len(buffer) else buffer[:left])
            if not count:
                raise OSError  # shorter than it was: end the answer, the length tells the client
            sent = self.sock.write(buffer[:count]) or 0
            if sent < count:
                file.seek(sent - count, 1)
            left -= sent

    async def aclose(self) -> None:
        """Nothing: the guard closes, whatever happens."""

    def get_extra_info(self, name: str):
        """The client's address, which is all that Microdot asks for."""
        return self.peer

    def turn_away(self, status: int) -> None:
        """Send the error if it can be sent at once. What the client has said is read first:
        closing on unread octets makes the network stack throw the answer away."""
        reply = error(status)
        try:
            for _ in range(_HEAD // _CHUNK):
                if not self.sock.read(_CHUNK):
                    break
            self.sock.write(reply.head(len(reply.body)) + reply.body)
        except OSError:
            pass  # gone already

    async def leave(self) -> None:
        """Read what still comes for a moment, for the same reason."""
        self.reading = False
        self.deadline = clock.ms() + _LEAVE_MS
        for _ in range(32):
            if not await self.receive():
                return


class Guard:
    """Listens and keeps the house rules. `refused` and `too_slow` count."""

    name = "guard"

    def __init__(self, app, door, knows_host):
        """`app` Microdot; `door` a listening socket; knows_host(name) whether the dongle is it."""
        self.beat = 0
        self.conns = []
        self.refused = self.too_slow = 0
        self._app = app
        self._door = door
        self._knows_host = knows_host
        self._waiting = False

    async def run(self) -> None:
        """The task: accepts, and drops who is late."""
        accepting = asyncio.create_task(self._accept())
        try:
            while not accepting.done():
                self.beat = clock.ms()
                self.sweep()
                await asyncio.sleep_ms(_SWEEP)
        finally:
            accepting.cancel()

    def streams(self) -> int:
        """How many event streams are open."""
        count = 0
        for conn in self.conns:
            count += conn.streaming
        return count

    def sweep(self) -> None:
        """End the connections whose time is up, and the streams whose client has left."""
        now = clock.ms()
        for conn in self.conns:
            if conn.streaming:
                late = self._has_left(conn)
            else:
                late = now - conn.born > _TOTAL_MS
            if conn.silent and self._waiting:
                late = late or now - conn.born > _SILENT_MS
            if late or (conn.deadline is not None and now > conn.deadline):
                conn.deadline = now + _TOTAL_MS  # the end takes a moment; once is enough
                self.too_slow += not conn.streaming
                if conn.task:
                    conn.task.cancel()

    def _room_for(self, conn):
        """All bodies together may be as long as one: 503 when this one has to wait, else 0."""
        total = 0
        for other in self.conns:
            total += other.length
        return 503 if conn.length and total > BODY else 0

    def _has_left(self, conn):
        try:
            return conn.sock.read(16) == b""
        except OSError:
            return True

    async def _accept(self):
        full_at = None
        while True:
            await _ready(self._door, False)
            now = clock.ms()
            full = self._waiting = len(self.conns) >= CONNECTIONS
            if not full:
                full_at = None
            elif full_at is None:
                full_at = now
            if full and now - full_at < _QUEUE_MS:
                await asyncio.sleep_ms(20)
                continue
            try:
                sock, peer = self._door.accept()
            except OSError:
                # the client left already, or the network stack has no socket to spare
                await asyncio.sleep_ms(100)
                continue
            sock.setblocking(False)
            conn = Conn(sock, peer, now)
            if not full:
                self.conns.append(conn)
                conn.task = asyncio.create_task(self._serve(conn))
            else:
                self.refused += 1
                conn.turn_away(503)
                sock.close()

    async def _serve(self, conn):
        try:
            status = await conn.read_head(self._knows_host) or self._room_for(conn)
            if status:
                self.refused += 1
                conn.turn_away(status)
                await conn.leave()
            else:
                await conn.read_body()
                await self._app.handle_request(conn, conn)
        except asyncio.CancelledError:
            if conn.reading and not conn.silent:
                conn.turn_away(408)
        except (OSError, EOFError):
            pass  # the client left
        except MemoryError:
            gc.collect()
            if conn.reading:
                conn.turn_away(503)
        finally:
            conn.sock.close()
            self.conns.remove(conn)
