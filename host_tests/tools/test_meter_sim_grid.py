"""The simulator's nets against circuits that can be solved by hand."""

import math

import pytest
from sim.grid import Plant, branch_voltages, currents, drawn, with_extra

TEN_AMPERE = 2300  # W at 230 V
SOUND = Plant()


def measured(net, loads, plant=SOUND):
    """Voltages over the branches, currents of the lines and drawn powers."""
    volts = branch_voltages(net, loads, plant)
    power = drawn(net, loads, plant)
    return [abs(u) for u in volts], currents(net, power, volts), power


def test_it_line_currents_are_sums_of_branch_currents():
    even = (TEN_AMPERE, 0) * 3
    volts, amps, _ = measured("it", even)
    assert volts == pytest.approx([230] * 3)
    assert amps == pytest.approx([10 * math.sqrt(3)] * 3)
    for branch, lines in enumerate(((0, 1), (0, 2), (1, 2))):
        loads = [0] * 6
        loads[2 * branch] = TEN_AMPERE
        expected = [10 if line in lines else 0 for line in range(3)]
        assert measured("it", tuple(loads))[1] == pytest.approx(expected, abs=1e-9)
    # a coil makes current without power
    assert measured("it", (0, TEN_AMPERE, 0, 0, 0, 0))[1] == pytest.approx([10, 10, 0], abs=1e-9)


def test_tn_currents_have_the_direction_of_the_power():
    _, amps, _ = measured("tn", (TEN_AMPERE, 0, -TEN_AMPERE, 0, 0, 0))
    assert amps == pytest.approx([10, -10, 0])
    _, amps, _ = measured("tn", (3 * 230, 4 * 230, 0, 0, 0, 0))
    assert amps[0] == pytest.approx(5)


def test_it_without_l2_halves_two_voltages_and_quarters_their_power():
    volts, amps, power = measured("it", (TEN_AMPERE, 0) * 3, Plant(lost=1))
    assert volts == pytest.approx([115, 230, 115])
    assert power == (575, 0, 2300, 0, 575, 0)
    # L1 and L3 carry the whole branch and the two in series
    assert amps == pytest.approx([15, 0, 15], abs=1e-9)


def test_it_without_l2_and_unequal_loads_divides_like_resistors():
    loads = (2 * TEN_AMPERE, 0, 0, 0, TEN_AMPERE, 0)
    volts, _, power = measured("it", loads, Plant(lost=1))
    assert volts == pytest.approx([230 / 3, 230, 230 * 2 / 3])
    assert power == (round(4600 / 9), 0, 0, 0, round(2300 * 4 / 9), 0)


def test_tn_without_a_phase_loses_what_hangs_on_it():
    volts, amps, power = measured("tn", (TEN_AMPERE, 100) * 3, Plant(lost=2))
    assert volts == pytest.approx([230, 230, 0])
    assert amps[2] == 0 and power == (2300, 100, 2300, 100, 0, 0)


def test_an_even_load_hides_a_broken_neutral():
    volts, _, power = measured("tn", (TEN_AMPERE, 0) * 3, Plant(broken_neutral=True))
    assert volts == pytest.approx([230] * 3)
    assert power == (2300, 0) * 3


def test_a_broken_neutral_by_millman():
    # 10 A on L1 alone is 1/23 S, the earth electrode 1/30 S: the star point stands at
    # 230 * (1/23) / (1/23 + 1/30) = 130.19 V towards L1
    volts, _, power = measured("tn", (TEN_AMPERE, 0, 0, 0, 0, 0), Plant(broken_neutral=True))
    star = 230 / 23 / (1 / 23 + 1 / 30)
    far = math.hypot(115 + star, 230 * math.sqrt(3) / 2)
    assert volts == pytest.approx([230 - star, far, far])
    assert power == (round(2300 * ((230 - star) / 230) ** 2), 0, 0, 0, 0, 0)


def test_the_extra_load_is_spread_and_nothing_is_drawn_unfed():
    assert with_extra("tn", (1, 2, 3, 4, 5, 6), Plant(extra_w=10)) == (5, 2, 6, 4, 8, 6)
    assert with_extra("1p", (1, 2, 0, 0, 0, 0), Plant(extra_w=10)) == (11, 2, 0, 0, 0, 0)
    assert drawn("it", (1, 2, 3, 4, 5, 6), Plant(fed=False, extra_w=10)) == (0,) * 6
