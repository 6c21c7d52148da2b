"""The wire from the meter and the receiver at its end: what becomes of the octets.

Parity and polarity faults are modelled as bits: the meter's octets become levels of one bit
time each, and a receiver with the wrong settings samples them.
"""

from random import Random

from sim.meter import Meter, Push
from sim.timeline import Timeline
from sim.weather import rng_of

BAUD = 2400
_IDLE_BITS = 24
_IDLE_OCTETS = 14400  # a minute of them: noise before that is forgotten


def levels(octets: bytes, parity: bool) -> list[int]:
    """Return the line levels of octets back to back, idle (1) before and after.

    parity: 8E1 instead of 8N1.
    """
    out = [1] * _IDLE_BITS
    for octet in octets:
        bits = [octet >> k & 1 for k in range(8)]
        out += [0, *bits]
        if parity:
            out.append(sum(bits) & 1)
        out.append(1)
    return out + [1] * _IDLE_BITS


def receive(line: list[int], parity: bool) -> bytes:
    """Return the octets that a UART set to 8E1 (parity) or 8N1 makes of the levels.

    A start bit is a falling edge. Octets with wrong parity or a wrong stop bit are delivered,
    as the ESP32's are; after a wrong stop bit the next falling edge is a start bit.
    """
    out = bytearray()
    size = 10 if parity else 9  # from the start bit to the stop bit
    at = 1
    while at + size < len(line):
        if line[at] or not line[at - 1]:
            at += 1
            continue
        out.append(sum(line[at + 1 + k] << k for k in range(8)))
        at += size
        if not line[at]:
            at += 1  # no stop bit: hunt on from here
    return bytes(out)


class Line:
    """What a receiver hears of each list, by the events of the meter's timeline and a seed."""

    def __init__(self, meter: Meter, noise: float = 0.0) -> None:
        """noise: probability of damage, of loss and of invention for each octet, all the time."""
        self._timeline: Timeline = meter.timeline
        self._bits = meter.maker.OCTET_BITS
        self._rng: Random = rng_of(meter.seed, 4)
        self._noise = noise
        self._losses = self._timeline.named("lost-bytes")
        self._before = float(meter.start)
        self.octet_s = self._bits / BAUD

    def carry(self, push: Push, begin: float) -> bytes:
        """Return the octets that arrive of a list whose first octet leaves at UTC begin.

        Noise of the idle time since the list before comes first. Call in the order of time.
        """
        octets = self._unbroken(push.frame, begin)
        if self._losses and self._losses[0].begin <= begin:
            octets = self._lose(octets, self._losses.pop(0).args["count"])
        receiver_parity = sender_parity = self._bits == 11
        if self._timeline.active(begin, "wrong-parity"):
            receiver_parity = not sender_parity
        inverted = bool(self._timeline.active(begin, "inverted"))
        if inverted or receiver_parity != sender_parity:
            bits = levels(octets, sender_parity)
            octets = receive([1 - b for b in bits] if inverted else bits, receiver_parity)
        rate = self._rate(begin)
        if rate:
            octets = self._idle_noise(begin, rate) + self._damage(octets, rate)
        self._before = begin + len(push.frame) * self.octet_s
        return octets

    def _rate(self, utc: float) -> float:
        active = self._timeline.active(utc, "noise")
        return active[-1].args["rate"] if active else self._noise

    def _unbroken(self, octets: bytes, begin: float) -> bytes:
        """The octets that leave while the meter has supply and the cable is in."""
        cuts = self._timeline.named("unplugged", "supply-lost", "meter-swap")
        end = begin + len(octets) * self.octet_s
        cuts = [(e.begin, e.end) for e in cuts if e.begin < end and begin < e.end]
        if not cuts:
            return octets
        return bytes(
            octet
            for k, octet in enumerate(octets)
            if not any(a <= begin + k * self.octet_s < b for a, b in cuts)
        )

    def _lose(self, octets: bytes, count: int) -> bytes:
        gone = set(self._rng.sample(range(len(octets)), min(count, len(octets))))
        return bytes(octet for k, octet in enumerate(octets) if k not in gone)

    def _idle_noise(self, begin: float, rate: float) -> bytes:
        if self._timeline.active(begin, "unplugged"):
            return b""
        count = min(_IDLE_OCTETS, int(max(0.0, begin - self._before) / self.octet_s))
        return bytes(self._rng.randrange(256) for _ in range(count) if self._rng.random() < rate)

    def _damage(self, octets: bytes, rate: float) -> bytes:
        rng = self._rng
        out = bytearray()
        for octet in octets:
            if rng.random() < rate:
                octet ^= 1 << rng.randrange(8)
            if rng.random() >= rate / 2:
                out.append(octet)
            if rng.random() < rate / 2:
                out.append(rng.randrange(256))
        return bytes(out)
