"""Months of households and cabins, lists lost, late and repeated, power cuts, meters changed."""

import sys

from ledger_world import MOST_W, Draw, World, expected, gathered

from household import oslo
from household.ledger import Ledger
from household.record import CLOCK, MEASURED, SPLIT, SUM_ONLY

MARCH = oslo.first_hour(oslo.day_number(2027, 3, 1))  # both with the night that the clocks change
OCTOBER = oslo.first_hour(oslo.day_number(2027, 10, 1))
HOURS = 61 * 24
SEEDS = 4 if sys.implementation.name == "cpython" else 1  # the same code, ten times slower


def truth_of_what_is_said_to_be_measured(world):
    # a register is read `second` s late and in steps
    slack = world.step + 1 + world.second * MOST_W // 3600
    for hour, span, quality, used, given, _, _, _ in world.stored:
        true = [0, 0]
        for h in range(hour, hour + span):
            wh = world.true_wh(h)
            if quality == MEASURED and span > 1:
                assert wh[0] <= slack and used == 0
            true[0] += wh[0]
            true[1] += wh[1]
        if quality != SUM_ONLY:
            most = slack if quality == MEASURED else slack + 100
            assert abs(used - true[0]) <= most, (hour, used, true)
            assert abs(given - true[1]) <= most


def order_and_sums(world):
    end = 0
    for record in world.stored:
        assert record[0] >= end
        end = record[0] + record[1]
    if len(world.meters) == 1:
        last = [r for r in world.stored if r[5] is not None][-1]
        assert sum(r[3] for r in world.stored) == last[5] - world.arrived[0][1]
        assert sum(r[4] for r in world.stored) == last[6] - world.arrived[0][2]


def two_months(first_seed, begin, least, cabin=False, solar=False):
    """Some draws, held against the reference, the truth and the registers."""
    seen = [0, 0, 0, 0]
    for seed in range(first_seed, first_seed + SEEDS):
        world = World(seed, begin, HOURS, cabin, solar)
        assert gathered(world.stored) == expected(world), seed
        truth_of_what_is_said_to_be_measured(world)
        order_and_sums(world)
        for record in world.stored:
            seen[record[2]] += 1
    # the draws must have met every case
    assert seen[MEASURED] > 300 * SEEDS and seen[SPLIT] >= least and seen[SUM_ONLY] > 20 * SEEDS


def test_households_over_the_spring_night():
    two_months(0, MARCH, 20)


def test_cabins_over_the_autumn_night():
    two_months(10, OCTOBER, 10, cabin=True)


def test_households_with_export():
    two_months(20, MARCH, 20, solar=True)


def test_a_clock_that_jumps_about_invents_and_loses_nothing():
    for seed in range(30):
        draw = Draw(1000 + seed)
        ledger = Ledger()
        register = first = 7000000
        shift = 0
        hour = MARCH
        assert list(ledger.on_registers(first, 0, hour * 3600 + 25, "m")) == []
        total = 0
        end = 0
        records = 0
        started_over = 0
        for _ in range(1500):
            hour += 1
            used = draw.below(300) * 10
            register += used
            if draw.chance(1):
                shift += 3600 * (draw.below(7) - 3 if draw.chance(70) else draw.below(200) - 100)
                if draw.chance(70):
                    ledger.clock_jumped()
            utc = hour * 3600 + 25 + shift
            for r in ledger.on_registers(register, 0, utc, "m"):
                total += r.import_wh
                records += 1
                started_over += r.hour < end
                end = r.hour + r.span
                assert r.hour <= utc // 3600 and end <= utc // 3600
                if r.quality == MEASURED and r.span == 1 and not r.flags & CLOCK:
                    assert r.import_wh <= 3000, "a peak that never was"
        assert total + (register - ledger.import_wh) == register - first
        assert register - ledger.import_wh <= 49 * 3000
        assert records > 500 and started_over <= 20
