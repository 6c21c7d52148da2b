"""An MQTT broker that goes and comes, asked to look between two moves of the clock (soak.py)."""

import contextlib
import socket

from mqtt_packets import CONNECT, PUBLISH, answer, packet


class Broker:
    """`there`: it answers, else it takes no connection."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.setblocking(False)
        self.port = self.door.getsockname()[1]
        self.there = True
        self.conn = None
        self.buffer = b""
        self.connects = self.published = 0

    def poll(self):
        with contextlib.suppress(BlockingIOError):
            conn = self.door.accept()[0]
            conn.setblocking(False)
            if self.there:
                self.conn, self.buffer = conn, b""
            else:
                conn.close()
        if self.conn is None:
            return
        if not self.there:
            self.conn.close()
            self.conn = None
            return
        try:
            # Else the kernel holds small packets back for 40 ms, half a minute of the firmware's
            self.conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            octets = self.conn.recv(65536)
            if not octets:
                raise ConnectionError
            self.buffer += octets
            self.answer_all()
        except BlockingIOError:
            pass
        except ConnectionError:
            self.conn.close()
            self.conn = None

    def answer_all(self):
        while (first := packet(self.buffer)) is not None:
            length, kind, body = first
            self.buffer = self.buffer[length:]
            self.connects += kind >> 4 == CONNECT
            self.published += kind >> 4 == PUBLISH
            self.conn.sendall(answer(kind, body))
