"""MQTT 3.1.1 (OASIS) for home automation, off unless chosen; loaded only then.

    han/ID/status    "online", and by the broker's last will "offline"; retained
    han/ID/state     each list: {"import_w":280,"l1_a":1.2,...}, QoS 0
    han/ID/energy    registers of the hourly list in kWh; retained, QoS 1
    homeassistant/sensor/han_ID/NAME/config   Home Assistant's discovery, mqtt_discovery.py

There is no queue: what is not sent is old, and the latest values are what a new connection begins
with. So a broker that is away for days costs nothing, and QoS 1 needs no memory of its own.

Why not a library, measured on 24 Nov 2026 as make size does: umqtt.simple 1.3.4 (PyPI) takes 4.9 KB without
discovery and reconnecting, and the whole loop stands still for as long as the broker takes to answer: 3.0 s
for one that answered CONNECT after 3 s, and for ever for one that does not. aiomqttc 1.0.7 (PyPI) waits for
nobody and takes 20.9 KB. This takes 3.7, and 1.8 more for a moment. All but the TLS handshake's arithmetic
and a write to flash is done in small steps.
"""

import asyncio
import errno

from micropython import const

from app import clock
from app.conn import ready
from app.rare import forget
from hanport.reading import FIELDS, decimal_text

_LATE = const(20000)  # ms for whatever the broker has to answer
_KEEP_ALIVE = const(60)  # s
_PING = const(30000)
_FIRST = const(5000)  # ms until it tries again; doubles up to
_LONGEST = const(300000)
_MOST = const(1024)  # octets of a packet from the broker; others are read over
_LIVE = const(16)  # FIELDS up to here come with each list, then registers
_LAST_REGISTER = const(19)


class Mqtt:
    """A task. `connected`, `since` (clock.ms() of the last change), `drops`, `sent` lists, `error`:
    the latest reason."""

    name = "mqtt"

    def __init__(self, app, chosen):
        """`chosen`: the settings that it was started for."""
        self.chosen = chosen
        self.beat = self.drops = self.sent = 0
        self.since = clock.ms()
        self.connected = False
        self.error = None
        self.app = app
        self.topic = "han/" + app.board.device_id() + "/"
        self.told = 0  # a bit for each of FIELDS that Home Assistant knows of
        self.deadline = None  # clock.ms() until which the broker must have answered
        self._sock = None
        self._number = 0
        self._awaited = 0  # kind of packet
        self._pinged_at = 0
        self._broken = False

    async def run(self) -> None:
        """The task."""
        wait = _FIRST
        while True:
            self.deadline = clock.ms() + _LATE
            job = asyncio.create_task(self._session())
            try:
                while not job.done():
                    self.beat = now = clock.ms()
                    if self.deadline is not None and now > self.deadline:
                        self.error = "timeout"
                        self.deadline = None
                        job.cancel()
                    await asyncio.sleep_ms(250)
            finally:
                job.cancel()  # when it is this task that ends
            if self.connected:
                wait = _FIRST
                self.drops += 1
                self.since = clock.ms()
                self.connected = False
            end = clock.ms() + wait
            while clock.ms() < end:
                self.beat = clock.ms()
                await asyncio.sleep_ms(500)
            wait = min(2 * wait, _LONGEST)

    # a connection

    async def _session(self):
        reader = self.error = None
        self._broken = False
        try:
            await self._open()
            reader = asyncio.create_task(self._read())
            await self._greet()
            await self._tell()
        except OSError as error:
            self.error = errno.errorcode.get(error.errno, str(error.errno))
        except (EOFError, ValueError, MemoryError) as error:
            self.error = self.error or str(error) or "closed"
        finally:
            if reader is not None:
                reader.cancel()
            if self._sock is not None:
                self._sock.close()
                self._sock = None

    async def _open(self):
        from app import mqtt_open

        try:
            self._sock, user = await mqtt_open.connect(self.app)
        finally:
            forget("app.mqtt_open")
            forget("app.mqtt_url")
        parts = [_text("MQTT"), b"\4", b"", _KEEP_ALIVE.to_bytes(2, "big")]
        parts.append(_text("han-" + self.app.board.device_id()))
        parts += [_text(self.topic + "status"), _text("offline")]
        flags = 0x26  # clean session; a will, retained
        if user:
            flags |= 0x80
            parts.append(_text(user))
            password = self.app.settings["mqtt_password"]
            if password:
                flags |= 0x40
                parts.append(_text(password))
        parts[2] = bytes([flags])
        await self._send(0x10, *parts)

    async def _greet(self):
        await self._answer(0x20)
        self.connected = True
        self.since = clock.ms()
        self.told = 0
        self._number = 1
        await self._send(0x82, b"\0\1", _text("homeassistant/status"), b"\0")
        await self.publish("status", "online", True)

    async def _tell(self):
        live = self.app.live
        seq = -1
        hour = None
        self._pinged_at = clock.ms()
        while True:
            if self._broken:
                raise EOFError
            if live.seq and (live.seq != seq or not self.told):
                seq = live.seq
                await self._discover()
                await self.publish("state", _values(live, 0, _LIVE))
                self.sent += 1
                if live.hourly_at != hour and live.values[_LIVE] is not None:
                    hour = live.hourly_at
                    await self.publish("energy", _values(live, _LIVE, _LAST_REGISTER + 1), True, 1)
            now = clock.ms()
            if now - self._pinged_at > _PING:
                self._pinged_at = now
                await self._send(0xC0)
                await self._answer(0xD0)
            self.deadline = now + 3 * _LATE
            await live.changed.wait()  # at least once in 15 s, see app.py

    async def _discover(self):
        """Tell Home Assistant of what the meter has sent for the first time."""
        from app import mqtt_discovery

        try:
            await mqtt_discovery.tell(self)
        finally:
            forget("app.mqtt_discovery")
            forget("app.words")

    async def publish(self, name: str, text: str, retain=False, qos=0) -> None:
        """`name` below the dongle's own topic, or with a "/" a whole one."""
        topic = name if "/" in name else self.topic + name
        number = b""
        if qos:
            self._number = self._number % 65535 + 1
            number = self._number.to_bytes(2, "big")
        await self._send(0x30 | qos << 1 | retain, _text(topic), number, text.encode())
        if qos:
            await self._answer(0x40)

    # packets

    async def _send(self, kind, *parts):
        length = 0
        for part in parts:
            length += len(part)
        head = bytearray([kind])
        while True:
            head.append(length & 127 | (128 if length > 127 else 0))
            length >>= 7
            if not length:
                break
        data = bytes(head) + b"".join(parts)
        view = memoryview(data)
        at = 0
        self.deadline = clock.ms() + _LATE
        while at < len(data):
            at += self._sock.write(view[at:]) or 0
            if at < len(data):
                await ready(self._sock, True)
        self.deadline = None

    async def _answer(self, kind):
        """Wait until the broker has sent such a packet; run() sees to the time."""
        self._awaited = kind
        self.deadline = clock.ms() + _LATE
        while self._awaited == kind:
            if self._broken:
                raise EOFError
            await asyncio.sleep_ms(20)
        self.deadline = None

    async def _read(self):
        """What the broker sends, until it ends."""
        try:
            while True:
                kind = (await self._receive(1))[0]
                length = shift = 0
                while True:
                    octet = (await self._receive(1))[0]
                    length |= (octet & 127) << shift
                    shift += 7
                    if octet < 128 or shift > 21:
                        break
                body = await self._receive(min(length, _MOST))
                while length > _MOST:
                    length -= len(await self._receive(min(length - _MOST, _MOST)))
                self._take(kind, body)
        except (OSError, EOFError, IndexError, MemoryError) as error:
            self.error = self.error or str(error) or "closed"
        finally:
            self._broken = True
            self.app.live.wake()

    async def _receive(self, count):
        data = b""
        while len(data) < count:
            piece = self._sock.read(count - len(data))
            if piece is None:
                await ready(self._sock, False)
            elif not piece:
                raise EOFError
            else:
                data += piece
        return data

    def _take(self, kind, body):
        if kind == 0x20 and body[1]:
            self.error = "refused {}".format(body[1])
            raise EOFError(self.error)
        if kind & 0xF0 == 0x30 and body[-6:] == b"online":
            self.told = 0  # Home Assistant has started: it wants to know all again
            self.app.live.wake()
        elif kind == self._awaited:
            self._awaited = 0


def _text(text):
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


def _values(live, first, end):
    parts = []
    for i in range(first, end):
        value = live.known(i)
        if value is not None:
            name = FIELDS[i][1]
            divisor = FIELDS[i][2]
            if first:
                name = name.replace("_wh", "_kwh").replace("_varh", "_kvarh")
                divisor = 1000
            parts.append('"{}":{}'.format(name, decimal_text(value, divisor)))
    return "{" + ",".join(parts) + "}"
