"""As much of an MQTT broker as the firmware talks to, as a task in its own process. Runs under
MicroPython."""

import asyncio
import socket

from mqtt_packets import PUBLISH, answer, packet

published = 0
_door = None


def open_door(port):
    """Once."""
    global _door
    _door = socket.socket()
    _door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    _door.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    _door.listen(2)
    _door.setblocking(False)


async def h_serve():
    """For ever."""
    global published
    sock = None
    data = b""
    while True:
        await asyncio.sleep_ms(100)
        try:
            sock = _door.accept()[0]
            sock.setblocking(False)
            data = b""
        except OSError:
            pass  # nobody
        if sock is None:
            continue
        try:
            octets = sock.read(4096)
            if octets == b"":
                raise OSError
            data += octets or b""
            while True:
                first = packet(data)
                if first is None:
                    break
                length, kind, body = first
                data = data[length:]
                published += kind >> 4 == PUBLISH
                sock.write(answer(kind, body))
        except OSError:
            sock.close()
            sock = None
