"""A UART that reads a simulated waveform of RX, and how much it had to spare.

RX is inverted, as behind the optocoupler: high is space. A waveform is rows of (s, V bus, V rx,
A LED).
"""

from collections import namedtuple
from itertools import pairwise

from hardware import circuit

# 8E1 is the longest character a Norwegian meter sends. 0x7E is HDLC's flag; 0x00 and 0xFF have
# the longest runs, 0x55 the shortest.
OCTETS = (0x7E, 0x55, 0xFF, 0x00, 0x81, 0x7E)
CLOCK_ERRORS = (-0.02, 0.0, 0.02)  # of the receiver against the sender
# An input switches somewhere between a sure low and a sure high
THRESHOLDS = (circuit.V_IL, circuit.SUPPLY / 2, circuit.V_IH)

# distortion and slack are in bits, low and high in V
Result = namedtuple("Result", "octets_ok distortion slack low high")


def character(octet: int) -> list:
    """Start bit, eight data bits least first, even parity, stop bit. 1 is mark."""
    bits = [octet >> i & 1 for i in range(8)]
    return [0, *bits, sum(bits) & 1, 1]


def edges(rows: list, threshold: float) -> list:
    """(time, high) at each crossing of the RX voltage, interpolated; the first is at time 0."""
    out = [(0.0, rows[0][2] > threshold)]
    for (t0, _, v0, _), (t1, _, v1, _) in pairwise(rows):
        if (v0 > threshold) != (v1 > threshold):
            out.append((t0 + (threshold - v0) / (v1 - v0) * (t1 - t0), v1 > threshold))
    return out


def _level(changes, time):
    level = changes[0][1]
    for at, high in changes:
        if at > time:
            break
        level = high
    return level


def receive(changes: list, baud: int, clock_error: float) -> tuple:
    """Read inverted 8E1 as a UART does: from each start edge, once in the middle of each bit.

    Returns (octets, slack): None for an octet with wrong parity or stop; slack is the least time
    between a sample and an edge, in bits.
    """
    bit = (1 + clock_error) / baud
    octets = []
    slack = 0.5
    free = 0.0
    for at, high in changes:
        if not high or at < free or at == 0.0:
            continue
        bits = []
        for index in range(11):
            moment = at + (index + 0.5) * bit
            bits.append(0 if _level(changes, moment) else 1)
            near = min(abs(moment - edge) for edge, _ in changes[1:])
            slack = min(slack, near * baud)
        octet = sum(one << i for i, one in enumerate(bits[1:9]))
        octets.append(octet if bits == character(octet) else None)
        free = at + 10.5 * bit
    return octets, slack


def _distortion(changes, baud):
    """Largest |high time - its bits| in bits: how much longer or shorter the spaces come out."""
    worst = 0.0
    bounds = changes[1:]
    for (t0, high), (t1, _) in pairwise(bounds):
        if high:
            bits = (t1 - t0) * baud
            worst = max(worst, abs(bits - max(1, round(bits))))
    return worst


def judge(rows: list, baud: int, octets=OCTETS) -> Result:
    """Pass when each threshold and each clock error reads every octet. The levels are those in the
    middle of the bits."""
    passed = True
    distortion = 0.0
    slack = 0.5
    for threshold in THRESHOLDS:
        changes = edges(rows, threshold)
        distortion = max(distortion, _distortion(changes, baud))
        for error in CLOCK_ERRORS:
            got, near = receive(changes, baud, error)
            passed = passed and got == list(octets)
            slack = min(slack, near)
    volts = [row[2] for row in rows]
    return Result(passed, distortion, slack if passed else 0.0, min(volts), max(volts))
