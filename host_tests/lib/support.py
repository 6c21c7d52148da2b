"""What the decoder's tests share: cases, frames and streams. Runs on CPython and MicroPython."""

import json

from hanport.decoder import MeterDecoder
from hanport.octets import fcs16
from hanport.reading import FIELDS, TEXTS

_VECTORS = __file__.rsplit("/", 1)[0] + "/../vectors/"


def unhex(text: str) -> bytes:
    """Octets from hex text with any white space."""
    text = "".join(text.split())
    return bytes(int(text[i : i + 2], 16) for i in range(0, len(text), 2))


def cases() -> list:
    """The cases of host_tests/vectors/cases.json; "bytes" decoded."""
    with open(_VECTORS + "cases.json") as file:
        loaded = json.load(file)
    for case in loaded:
        case["bytes"] = unhex(case["bytes"])
    return loaded


def case(name: str) -> dict:
    """One case by its id."""
    return next(one for one in cases() if one["id"] == name)


def expected(values: dict) -> dict:
    """The canonical values of a case in a Reading's terms: integers in base units."""
    divisors = {name: divisor for _, name, divisor in FIELDS}
    return {
        name: int(value * divisors[name] + 0.5) if name in divisors else value
        for name, value in values.items()
    }


def as_dict(reading) -> dict:
    """What a Reading holds, under the canonical names, integers in base units."""
    found = {}
    if reading.timestamp_text() is not None:
        found["timestamp"] = reading.timestamp_text()
    if reading.deviation_min is not None:
        found["deviation_min"] = reading.deviation_min
    for name in TEXTS:
        if getattr(reading, name) is not None:
            found[name] = getattr(reading, name)
    for attribute, name, _ in FIELDS:
        if getattr(reading, attribute) is not None:
            found[name] = getattr(reading, attribute)
    return found


def pieces(stream: bytes, chunk: int = 0, random=None):
    """`stream` whole, in chunks of `chunk`, or of random sizes."""
    at = 0
    while at < len(stream):
        size = random.below(40) + 1 if random else chunk or len(stream)
        yield stream[at : at + size]
        at += size


def frames_of(deframer, stream: bytes, chunk: int = 0, random=None) -> list:
    """The frames that a deframer finds in `stream`, fed as by decode()."""
    found = []

    def take():
        while deframer.next_frame():
            found.append(bytes(deframer.buf[deframer.start : deframer.end]))

    for piece in pieces(stream, chunk, random):
        while piece:
            piece = piece[deframer.feed(piece) :]
            take()
    deframer.flush()
    take()
    return found


def decode(stream: bytes, decoder=None, chunk: int = 0, random=None, flush: bool = True) -> list:
    """Every reading of `stream` as dicts: fed whole, in chunks of `chunk`, or of random sizes."""
    if decoder is None:
        decoder = MeterDecoder()
    found = []
    for piece in pieces(stream, chunk, random):
        while piece:
            piece = piece[decoder.feed(piece) :]
            drain(decoder, found)
    if flush:
        decoder.flush()
        drain(decoder, found)
    return found


def drain(decoder, found: list) -> None:
    """Append what next_reading() has to give."""
    while True:
        reading = decoder.next_reading()
        if reading is None:
            return
        found.append(as_dict(reading))


class Random:
    """A small seeded generator that gives the same on both Pythons (xorshift, 32 bits)."""

    def __init__(self, seed: int):
        self.state = (seed * 2654435761 + 1) & 0xFFFFFFFF or 1

    def below(self, limit: int) -> int:
        """An integer in 0..limit-1."""
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self.state = x
        return x % limit

    def octets(self, count: int) -> bytes:
        """`count` octets of noise."""
        return bytes(self.below(256) for _ in range(count))


def hdlc_frame(information: bytes, address: bytes = b"\x2b\x21", control: int = 0x13, form=0xA000):
    """A good HDLC frame with both flags around `information`."""
    size = 2 + len(address) + 1 + 2 + len(information) + 2
    head = bytes(((form | size) >> 8, (form | size) & 0xFF)) + address + bytes((control,))
    head += _low_first(fcs16(head, 0, len(head)))
    body = head + information
    return b"\x7e" + body + _low_first(fcs16(body, 0, len(body))) + b"\x7e"


def _low_first(fcs: int) -> bytes:
    return bytes((fcs & 0xFF, fcs >> 8))
