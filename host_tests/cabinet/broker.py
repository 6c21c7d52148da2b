"""As much of an MQTT broker as the firmware talks to, as a task in its own process. Runs under
MicroPython."""

import asyncio
import socket

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


def _packet(data):
    """(octets, kind, body) of the first packet, None while it is not whole."""
    length = shift = 0
    at = 1
    while at < len(data):
        octet = data[at]
        length |= (octet & 127) << shift
        shift += 7
        at += 1
        if octet < 128:
            break
    else:
        return None
    if len(data) < at + length:
        return None
    return at + length, data[0], data[at : at + length]


def _answer(sock, kind, body):
    global published
    if kind >> 4 == 1:
        sock.write(b"\x20\2\0\0")
    elif kind >> 4 == 8:
        sock.write(b"\x90\3" + body[:2] + b"\0")
    elif kind >> 4 == 3:
        published += 1
        if kind & 6:
            topic = int.from_bytes(body[:2], "big")
            sock.write(b"\x40\2" + body[2 + topic : 4 + topic])
    elif kind >> 4 == 12:
        sock.write(b"\xd0\0")


async def h_serve():
    """For ever."""
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
                packet = _packet(data)
                if packet is None:
                    break
                data = data[packet[0] :]
                _answer(sock, packet[1], packet[2])
        except OSError:
            sock.close()
            sock = None
