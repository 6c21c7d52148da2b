"""A name server that knows one answer, so that a phone on the dongle's own network finds the page
by itself: every A query gets the dongle's address (RFC 1035). Only while set-up runs.

asyncio has no UDP: poll() is called some twenty times a second and never waits. Whether a phone
opens its window of its own accord is the phone's affair; the address is printed as the sure way.
"""

import struct

from micropython import const

_MOST = const(300)  # octets of a query; a name has 255 at most
_AT_ONCE = const(8)
_A = const(1)
_IN = const(1)
_TTL = const(10)  # s: the phone must not believe it any longer once it is back home


class Portal:
    """Answers on what `listen()` gives, a non-blocking UDP socket, with `address` ("192.168.4.1")."""

    def __init__(self, listen, address: str):
        self._listen = listen
        self._sock = listen()
        self._address = bytes([int(part) for part in address.split(".")])

    def poll(self) -> None:
        """Answer what has come in, a few at most."""
        for _ in range(_AT_ONCE):
            try:
                query, peer = self._sock.recvfrom(_MOST + 1)
                if not query:
                    # The ESP32's port takes it for the end, and gives nothing else from then on
                    self._sock.close()
                    self._sock = self._listen()
                reply = answer(query, self._address)
                if reply:
                    self._sock.sendto(reply, peer)
            except OSError:
                return  # nothing there, or the network is full: it will ask again

    def close(self) -> None:
        """Give the port back."""
        self._sock.close()


def answer(query: bytes, address: bytes):
    """The answer to a DNS message, None for what is no simple query. Other types than A have no
    answer, which is not the same as an unknown name: the phone then asks no more for AAAA."""
    if not 17 <= len(query) <= _MOST:
        return None
    number, flags, questions = struct.unpack_from(">HHH", query, 0)
    if flags & 0xF800 or questions != 1:
        return None  # an answer, an unusual operation, or more than one question
    end = 12
    while query[end]:
        if query[end] > 63:
            return None  # a pointer: no question has one
        end += 1 + query[end]
        if end + 5 > len(query):
            return None
    end += 5
    kind, group = struct.unpack_from(">HH", query, end - 4)
    known = kind == _A and group == _IN
    reply = struct.pack(">HHHHHH", number, 0x8400 | flags & 0x100, 1, known, 0, 0)
    reply += query[12:end]
    if known:
        reply += struct.pack(">HHHIH", 0xC00C, _A, _IN, _TTL, 4) + address
    return reply
