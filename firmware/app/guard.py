"""The door: it listens, and nobody gets to a route who is too many, too slow or too long.

    at most 6 connections, of which 4 event streams: two are left for short requests, and who
    comes while all are taken waits up to a second in the network stack's own queue, then 503
    head: 5 s, 4 KB in all (of which 1.5 KB in the few headers that are used), 408 and 431
    body: 8 KB, 1 KB before a login (413), for all who send one together, 10 s after the head; chunked ones are refused
    (411)
    answer: 10 s for each piece of half a kilobyte, 60 s in all unless it is a stream
    Host: the dongle's own names and addresses, else 421; then access.py, 302, 401 and 403

A connection costs one Conn (conn.py) and what of its head is kept.
"""

import asyncio
import gc

from micropython import const

from app import clock
from app.conn import BODY, Conn, ready
from app.reply import error
from app.router import Request

CONNECTIONS = const(6)
STREAMS = const(4)

_SWEEP = const(500)  # ms: deadlines are kept to this
_READING_MS = const(1500)  # the same for who has not said it all while others wait
_TOTAL_MS = const(60000)
_QUEUE_MS = const(1000)


class Guard:
    """Listens and keeps the house rules. `refused` and `too_slow` count."""

    name = "guard"

    def __init__(self, app, door, admit):
        """`app` the Router; `door` a listening socket; admit(conn) the status that refuses the
        request whose head has been read, 0 to let it in."""
        self.beat = 0
        self.conns = []
        self.refused = self.too_slow = 0
        self._app = app
        self._door = door
        self._admit = admit
        self._waiting = False

    async def run(self) -> None:
        """The task: accepts, and drops who is late."""
        accepting = asyncio.create_task(self._accept())
        try:
            while not accepting.done():
                self.beat = clock.ms()
                self.sweep()
                await asyncio.sleep_ms(_SWEEP)
            await accepting  # what it died of
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
            if conn.reading and self._waiting:
                late = late or now - conn.born > _READING_MS
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
            await ready(self._door, False)
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
                self._take(full, now)
            except (OSError, MemoryError):
                # the client left already, or there is no socket or no heap to spare
                gc.collect()
                await asyncio.sleep_ms(100)

    def _take(self, full, now):
        """A function, so that its names do not hold the last connection until the next one."""
        sock, peer = self._door.accept()
        try:
            sock.setblocking(False)
            conn = Conn(sock, peer, now)
        except BaseException:  # no heap for it: nobody else would close it
            sock.close()
            raise
        if not full:
            self.conns.append(conn)
            conn.task = asyncio.create_task(self._serve(conn))
        else:
            self.refused += 1
            conn.turn_away(503)
            sock.close()

    async def _serve(self, conn):
        reply = None
        try:
            reply = await self._reply(conn)
            await reply.write(conn)
            if conn.reading:
                await conn.leave()
        except asyncio.CancelledError:
            if reply is None and not conn.silent:
                conn.turn_away(408 if conn.reading else 503)
        except (OSError, EOFError):
            pass  # the client left
        except MemoryError:
            reply = None
            self._app.done()
            gc.collect()
            if not conn.answered:
                conn.turn_away(503)
        finally:
            self.conns.remove(conn)
            conn.sock.close()
            self._app.done()
            conn.task = reply = None  # nor does a task that has ended hold what it sent
            # The ESP32's heap grows and takes from Wi-Fi's. What it grew by goes back when it is empty.
            gc.collect()

    async def _reply(self, conn):
        try:
            status = await conn.read_head(self._admit) or self._room_for(conn)
            if not status:
                await conn.read_body()
                return await self._app.dispatch(Request(conn))
        except ValueError:
            status = 400  # a bad escape in the address, too
        self.refused += 1
        return error(status, conn.location)
