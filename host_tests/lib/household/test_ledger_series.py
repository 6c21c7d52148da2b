"""Meters changed, registers that fell, clocks that jump, restarts."""

import json

from ledger_lists import H, at, based, power, put, reborn

from household.ledger import FELL, METER_CHANGED, REPEATED, WENT_BACK, Ledger
from household.record import CLOCK, MEASURED, NEW_METER, REGISTER_FELL, SPLIT, SUM_ONLY, HourRecord


def record(hour, span, register, export=0, flags=0, quality=MEASURED):
    return HourRecord().set(H + hour, span, quality, 7, 0, register, export, flags)


def test_another_meter_begins_another_series():
    ledger = based(1000000)
    assert put(ledger, 1, 5000, meter="43") == []
    assert ledger.event == METER_CHANGED and ledger.meter_id == "43"
    assert put(ledger, 2, 5600, meter="43") == [(1, 1, MEASURED, 600, 0, 5600, NEW_METER)]
    # also when its register is the higher one
    ledger = based(1000000)
    assert put(ledger, 1, 90000000, meter="43") == []
    assert put(ledger, 2, 90000100, meter="43")[0][:4] == (1, 1, MEASURED, 100)


def test_a_list_without_meter_id_is_no_other_meter():
    ledger = based()
    assert put(ledger, 1, 1000100, meter=None)[0][3] == 100
    assert put(ledger, 2, 1000300, meter="42")[0][3] == 200
    assert put(ledger, 3, 1000300, meter="x" * 30 + "42") == []
    assert put(ledger, 4, 1000400, meter="x" * 30 + "42")[0][3] == 100


def test_a_register_that_fell_gives_no_negative_energy():
    for import_wh, export_wh in ((400, 7000), (1000000, 10)):
        ledger = based(1000000, export_wh=7000)
        assert put(ledger, 1, import_wh, export_wh) == []
        assert ledger.event == FELL
        got = put(ledger, 2, import_wh + 50, export_wh + 20)
        assert got == [(1, 1, MEASURED, 50, 20, import_wh + 50, REGISTER_FELL)]


def test_one_wrong_list_is_not_a_fall():
    ledger = based()
    put(ledger, 1, 1001000)
    assert put(ledger, 2, 0) == []
    assert ledger.event == FELL
    # back where it was: 1001 kWh in one hour would be a peak that never was
    assert put(ledger, 3, 1003000) == [(1, 2, SUM_ONLY, 2000, 0, 1003000, 0)]
    assert put(ledger, 4, 1003500) == [(3, 1, MEASURED, 500, 0, 1003500, 0)]


def test_hours_with_a_doubtful_clock_are_marked_at_both_ends():
    ledger = based()
    assert put(ledger, 1, 1000100, doubtful=True)[0][6] == CLOCK
    assert put(ledger, 2, 1000200)[0][6] == CLOCK
    assert put(ledger, 3, 1000300)[0][6] == 0


def test_a_clock_that_jumps_within_the_hour_leaves_a_sum():
    ledger = based()
    power(ledger, 0, 3600 + 30, 1000)
    ledger.clock_jumped()
    assert put(ledger, 1, 1000400) == [(0, 1, SUM_ONLY, 400, 0, 1000400, CLOCK)]
    assert put(ledger, 2, 1000900) == [(1, 1, MEASURED, 500, 0, 1000900, 0)]


def test_a_clock_set_forward_three_days():
    ledger = based()
    ledger.clock_jumped()
    assert put(ledger, 73, 1000500) == [(0, 73, SUM_ONLY, 500, 0, 1000500, CLOCK)]


def test_a_clock_set_back_one_hour_makes_no_double_hour():
    ledger = based(hour=10)
    put(ledger, 11, 1001000)
    ledger.clock_jumped()  # 12 is 11 now
    assert put(ledger, 11, 1002000) == []
    assert put(ledger, 12, 1003000) == [(11, 1, SUM_ONLY, 2000, 0, 1003000, CLOCK)]
    assert put(ledger, 13, 1004000) == [(12, 1, MEASURED, 1000, 0, 1004000, 0)]


def test_a_clock_set_back_a_day_waits_and_loses_nothing():
    for told in (True, False):  # it may have been set while the dongle was off
        ledger = based(hour=100)
        if told:
            ledger.clock_jumped()
        register = 1000000
        for hour in range(77, 101):
            register += 1000
            assert put(ledger, hour, register) == []
            assert ledger.event == (WENT_BACK if hour < 100 else 0)
        assert put(ledger, 101, register + 1000) == [
            (100, 1, SUM_ONLY, 25000, 0, register + 1000, CLOCK)
        ]
        assert put(ledger, 102, register + 1500)[0][:4] == (101, 1, MEASURED, 500)


def test_a_clock_set_back_a_year_begins_again():
    ledger = based(hour=10000)
    assert put(ledger, 10, 1001000) == []
    assert ledger.event == WENT_BACK
    assert put(ledger, 11, 1002000) == [(10, 1, SUM_ONLY, 2000, 0, 1002000, CLOCK)]
    assert put(ledger, 12, 1003000) == [(11, 1, MEASURED, 1000, 0, 1003000, 0)]


def test_a_new_meter_whose_clock_is_behind_writes_over_no_hour():
    ledger = based(hour=100)
    assert put(ledger, 90, 5000, meter="43") == []
    for hour in range(91, 101):
        assert put(ledger, hour, 5000 + hour, meter="43") == []
    got = put(ledger, 101, 6000, meter="43")
    assert got == [(100, 1, SUM_ONLY, 1000, 0, 6000, NEW_METER | CLOCK)]


def test_the_time_is_waited_for_two_days():
    for back, starts_over in ((48, False), (49, True)):
        ledger = based(hour=100)
        assert put(ledger, 100 - back, 1000100) == []
        got = put(ledger, 101 - back, 1000300)
        assert (got != []) is starts_over
        if starts_over:
            assert got == [(100 - back, 1, SUM_ONLY, 300, 0, 1000300, CLOCK)]


def test_a_standing_register_and_a_clock_set_back_a_year():
    ledger = based(hour=10000)
    ledger.clock_jumped()
    assert put(ledger, 10, 1000000) == [] and ledger.event == WENT_BACK
    assert put(ledger, 12, 1000000) == [(11, 1, MEASURED, 0, 0, 1000000, CLOCK)]


def test_the_same_second_with_more_on_the_register_is_no_repetition():
    # set back by an hour while the dongle was off: no jump was seen
    ledger = based(hour=10)
    assert put(ledger, 10, 1001000) == []
    assert ledger.event == WENT_BACK
    assert put(ledger, 11, 1002000) == [(10, 1, SUM_ONLY, 2000, 0, 1002000, CLOCK)]


def test_a_doubtful_first_list_marks_the_hour_after_it():
    ledger = Ledger()
    put(ledger, 0, 1000000, doubtful=True)
    assert put(ledger, 1, 1000100)[0][6] == CLOCK | NEW_METER
    ledger = based()
    ledger.state()
    ledger.clock_jumped()
    assert ledger.changed


def test_a_restart_within_the_hour_loses_nothing_and_invents_nothing():
    ledger = based()
    put(ledger, 1, 1001000, doubtful=True)
    assert ledger.changed
    after = reborn(ledger)
    assert not ledger.changed
    assert put(after, 1, 1001000) == [] and after.event == REPEATED
    assert put(after, 2, 1002500) == [(1, 1, MEASURED, 1500, 0, 1002500, CLOCK)]
    after = reborn(ledger)
    assert put(after, 2, 5, meter="43") == [] and after.event == METER_CHANGED
    after = reborn(reborn(ledger))
    assert put(after, 5, 1004000)[0][:4] == (1, 4, SUM_ONLY, 3000)


def test_a_restart_before_anything_was_heard():
    ledger = reborn(Ledger())
    assert put(ledger, 0, 1000) == [] and put(ledger, 1, 1010)[0][6] == NEW_METER


def test_the_state_fits_where_it_is_kept():
    ledger = based(0xFFFFFFF0, export_wh=0xFFFFFFF0, meter="5" * 40)
    power(ledger, 0, 3590, 500000, 500000)
    assert len(json.dumps(ledger.state())) < 120


def test_the_running_hour_survives_a_restart():
    ledger = based()
    power(ledger, 3600, 3600 + 1810, 2000, 400)
    after = reborn(ledger)
    utc = at(1, 1810)
    assert after.running.so_far(utc, 7) == (1000, 200, 994)
    assert after.running.so_far(at(1, 3000), 8) == (1000 * 3000 // 1800, 333, 600)
    assert after.running.so_far(at(1, 3010), 8) == (None, None, 598)
    assert after.running.so_far(at(2, 0), 9) == (0, 0, 1000)


def test_power_lost_between_the_record_and_the_state():
    ledger = based()
    old = ledger.state()
    put(ledger, 6, 1003000)
    for state in (old, None):
        after = Ledger()
        after.restore(state, record(0, 6, 1003000, quality=SUM_ONLY))
        assert put(after, 6, 1003000, second=55) == []  # that list once more
        assert put(after, 7, 1003400) == [(6, 1, MEASURED, 400, 0, 1003400, 0)]
    # the away weeks: the register is the same, only the time tells
    after = Ledger()
    after.restore(old, record(0, 600, 1000000))
    assert put(after, 601, 1000400)[0][:4] == (600, 1, MEASURED, 400)
    # half of a shared gap: no register was read there, so the gap is told again from its start
    after = Ledger()
    after.restore(old, record(0, 1, None, None, 0, SPLIT))
    assert put(after, 3, 1000400)[0][:4] == (0, 3, SUM_ONLY, 400)


def test_an_old_record_does_not_win_over_the_state():
    ledger = based()
    put(ledger, 1, 1001000)
    after = reborn(ledger, record(0, 1, 1001000))
    assert put(after, 2, 1001100)[0][:4] == (1, 1, MEASURED, 100)
    # the last record is the old meter's
    ledger = based()
    put(ledger, 1, 20, meter="43")
    after = reborn(ledger, record(-1, 1, 1000000))
    assert put(after, 2, 120, meter="43") == [(1, 1, MEASURED, 100, 0, 120, NEW_METER)]
    # and here the first of the new one, written just before the power went
    after = reborn(ledger, record(1, 1, 120, flags=NEW_METER))
    assert put(after, 3, 220, meter="43") == [(2, 1, MEASURED, 100, 0, 220, 0)]
    # a clock a year ahead left a record in the future
    ledger = based(hour=10000)
    put(ledger, 10, 1001000)
    after = reborn(ledger, record(9999, 1, 1000000))
    assert put(after, 11, 1002000)[0][:4] == (10, 1, SUM_ONLY, 2000)
