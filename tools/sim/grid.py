"""Voltages and currents of a load on the three kinds of nets, sound and broken.

Three nodes L1, L2, L3 (and the neutral N on TN) and three branches between them:

    tn  L1-N, L2-N, L3-N                       measured voltages: the same
    it  L1-L2, L1-L3, L2-L3                    measured voltages: the same, in this order
    1p  L1-N only

Branch powers are what the loads draw at the nominal 230 V. With a fault the loads become
admittances, the node that floats finds its own potential, and the powers follow the voltages.
"""

import cmath
import math
from typing import NamedTuple

NOMINAL_V = 230.0
_FAR = 3  # the index of the neutral among the nodes
# A broken neutral still has the house's earth electrode: some 30 ohm.
_EARTH_S = 1 / 30
_BRANCHES = {
    "tn": ((0, _FAR), (1, _FAR), (2, _FAR)),
    "1p": ((0, _FAR), (1, _FAR), (2, _FAR)),
    "it": ((0, 1), (0, 2), (1, 2)),
}

Powers = tuple[int, ...]  # six: P and Q of the three branches


class Plant(NamedTuple):
    """The state of the installation."""

    fed: bool = True  # the meter has supply and its breaker is closed
    lost: int | None = None  # index of a phase that has gone
    broken_neutral: bool = False
    extra_w: int = 0  # one more load, spread over the branches


def _nodes(net: str) -> list[complex]:
    reach = NOMINAL_V if net != "it" else NOMINAL_V / math.sqrt(3)
    return [cmath.rect(reach, -2 * math.pi * k / 3) for k in range(3)] + [0j]


def branch_voltages(net: str, loads: Powers, plant: Plant) -> list[complex]:
    """Return the phasors over the three branches at nominal supply, in V."""
    nodes = _nodes(net)
    branches = _BRANCHES[net]
    if plant.lost is not None and net != "it":
        nodes[plant.lost] = nodes[_FAR]
    elif plant.lost is not None:
        nodes[plant.lost] = _floating(nodes, branches, loads, plant.lost, 0)
    elif plant.broken_neutral:
        nodes[_FAR] = _floating(nodes, branches, loads, _FAR, _EARTH_S)
    return [nodes[a] - nodes[b] for a, b in branches]


def _floating(
    nodes: list[complex],
    branches: tuple[tuple[int, int], ...],
    loads: Powers,
    node: int,
    earth_s: float,
) -> complex:
    """Return the potential of a node that only the loads hold (Millman's theorem)."""
    admittance, current = complex(earth_s), 0j
    others = []
    for k, (a, b) in enumerate(branches):
        if node in (a, b):
            other = nodes[b if a == node else a]
            y = complex(loads[2 * k], -loads[2 * k + 1]) / NOMINAL_V**2
            admittance += y
            current += y * other
            others.append(other)
    if abs(admittance) < 1e-9:  # nothing is switched on: anything is as right as the middle
        return sum(others) / len(others)
    return current / admittance


def with_extra(net: str, loads: Powers, plant: Plant) -> Powers:
    """Return the loads and the extra one, at nominal voltage."""
    if not plant.extra_w:
        return loads
    if net == "1p":
        return (loads[0] + plant.extra_w, *loads[1:])
    share, rest = divmod(plant.extra_w, 3)
    p1, q1, p2, q2, p3, q3 = loads
    return (p1 + share + rest, q1, p2 + share, q2, p3 + share, q3)


def drawn(net: str, loads: Powers, plant: Plant) -> Powers:
    """Return the power the branches really draw, in whole W and var."""
    if not plant.fed:
        return (0, 0, 0, 0, 0, 0)
    loads = with_extra(net, loads, plant)
    if plant.lost is None and not plant.broken_neutral:
        return loads
    factors = [abs(u / NOMINAL_V) ** 2 for u in branch_voltages(net, loads, plant)]
    p1, q1, p2, q2, p3, q3 = (round(x * factors[k // 2]) for k, x in enumerate(loads))
    return (p1, q1, p2, q2, p3, q3)


def currents(net: str, power: Powers, volts: list[complex]) -> list[float]:
    """Return the RMS currents of L1, L2 and L3 in A; negative where the phase feeds out.

    power: what the branches draw; volts: the phasors over them, as they are now. On an IT net
    the line currents are sums of two branch currents, and have no direction of their own.
    """
    branch = []
    for k, u in enumerate(volts):
        s = complex(power[2 * k], power[2 * k + 1])
        branch.append((s / u).conjugate() if abs(u) > 1 else 0j)
    if net == "it":
        i12, i13, i23 = branch
        return [abs(i12 + i13), abs(i23 - i12), abs(i13 + i23)]
    return [math.copysign(abs(i), power[2 * k]) if i else 0.0 for k, i in enumerate(branch)]
