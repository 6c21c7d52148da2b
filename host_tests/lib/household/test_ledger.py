"""Every rule of the ledger by itself; months of a household are in test_ledger_world.py."""

import json

from household.ledger import (
    FELL,
    GAP,
    LATE,
    METER_CHANGED,
    REPEATED,
    WENT_BACK,
    Ledger,
)
from household.record import CLOCK, MEASURED, NEW_METER, REGISTER_FELL, SPLIT, SUM_ONLY, HourRecord

H = 505000  # an hour to start from, unix // 3600


def at(hour, second=25):
    return (H + hour) * 3600 + second


def put(ledger, hour, import_wh, export_wh=0, second=25, meter="42", doubtful=False):
    """One list; the records as (hour - H, span, quality, import, export, register, flags)."""
    return [
        (r.hour - H, r.span, r.quality, r.import_wh, r.export_wh, r.import_reg_wh, r.flags)
        for r in ledger.on_registers(import_wh, export_wh, at(hour, second), meter, doubtful)
    ]


def based(register=1000000, hour=0, **rest):
    """A ledger with its base at H + hour and the first record's flag spent."""
    ledger = Ledger()
    assert put(ledger, hour - 1, register, **rest) == []
    assert put(ledger, hour, register, **rest)[0][6] == NEW_METER
    return ledger


def power(ledger, first, end, watt, export=0, every=10):
    """Lists with a power from second `first` to `end` (from H on), ms counting with them."""
    for second in range(first, end, every):
        ledger.on_power(watt, export, H * 3600 + second, second * 1000)


def test_an_hour_is_the_difference_of_its_registers():
    ledger = Ledger()
    assert put(ledger, 0, 1000000, 500) == []
    assert put(ledger, 1, 1001870, 500) == [(0, 1, MEASURED, 1870, 0, 1001870, NEW_METER)]
    assert put(ledger, 2, 1001870, 1700) == [(1, 1, MEASURED, 0, 1200, 1001870, 0)]
    assert put(ledger, 3, 1001890, 1700) == [(2, 1, MEASURED, 20, 0, 1001890, 0)]
    assert ledger.event == 0


def test_a9_a_day_with_the_list_at_any_second():
    for second in (0, 5, 10, 25, 35, 55, 90):
        ledger = Ledger()
        register = 12345670
        put(ledger, 0, register, second=second)
        for hour in range(1, 25):
            used = hour * 370 % 5200 // 10 * 10
            register += used
            got = put(ledger, hour, register, second=second)
            flag = NEW_METER if hour == 1 else 0
            assert got == [(hour - 1, 1, MEASURED, used, 0, register, flag)]


def test_registers_that_come_in_every_list():
    # Swedish Aidon and Kaifa, P1: the first list of the hour is the boundary, whatever comes after
    ledger = Ledger()
    register = 5000000
    records = []
    for second in range(1200, 4 * 3600, 10):  # begins at xx:20
        register += 3
        if 7200 <= second < 7200 + 40:
            continue  # the first lists of hour 2 are lost
        records += put(ledger, 0, register, second=second)
        assert ledger.event & ~LATE == 0
    assert [r[:4] for r in records] == [
        (0, 1, SUM_ONLY, 720),
        (1, 1, MEASURED, 1080 + 12),
        (2, 1, MEASURED, 1080 - 12),
    ]
    assert records[0][6] == NEW_METER


def test_registers_in_every_list_but_none_near_the_hour():
    ledger = based()
    late = 0
    register = 1000000
    records = []
    for second in range(40, 3 * 3600, 10):
        register += 5
        if not 3600 <= second < 3600 + 100:
            records += put(ledger, 0, register, second=second)
            late += ledger.event == LATE
    assert [r[:4] for r in records] == [(0, 2, SUM_ONLY, (7200 - 30) // 10 * 5)]
    assert late == 1  # said once, not every ten seconds


def test_a17_the_lists_of_amsreader_1119():
    # Aidon: clock 16, 17, 17, 19; registers +1.768, +0, +8.056
    ledger = based(hour=16)
    power(ledger, 17 * 3600, 18 * 3600, 3000)
    assert put(ledger, 17, 1001768, second=0) == [(16, 1, MEASURED, 1768, 0, 1001768, 0)]
    power(ledger, 18 * 3600, 19 * 3600 + 10, 5000)
    assert put(ledger, 17, 1001768, second=0) == []
    assert ledger.event == REPEATED and ledger.hour == H + 17
    got = put(ledger, 19, 1009824, second=0)
    assert ledger.event == GAP
    assert [r[:3] for r in got] == [(17, 1, SPLIT), (18, 1, SPLIT)]
    assert [r[3] for r in got] == [3021, 5035]  # 8056 as 3 : 5
    assert [r[5] for r in got] == [None, 1009824]  # no register was read at 18
    # without power in between, one sum
    ledger = based(hour=16)
    put(ledger, 17, 1001768, second=0)
    put(ledger, 17, 1001768, second=0)
    assert put(ledger, 19, 1009824, second=0) == [(17, 2, SUM_ONLY, 8056, 0, 1009824, 0)]


def test_a18_six_hours_without_power():
    ledger = based()
    assert put(ledger, 6, 1003100) == [(0, 6, SUM_ONLY, 3100, 0, 1003100, 0)]
    ledger = based()
    assert put(ledger, 6, 1000000) == [(0, 6, MEASURED, 0, 0, 1000000, 0)]


def test_the_switched_off_cabin_for_70_days():
    ledger = based()
    assert put(ledger, 70 * 24, 1000000) == [(0, 70 * 24, MEASURED, 0, 0, 1000000, 0)]
    assert put(ledger, 70 * 24 + 1, 1000010)[0][:4] == (70 * 24, 1, MEASURED, 10)


def test_import_stood_still_but_export_did_not():
    ledger = based()
    assert put(ledger, 6, 1000000, 900) == [(0, 6, SUM_ONLY, 0, 900, 1000000, 0)]


def test_a_meter_without_export_registers():
    ledger = based(export_wh=None)
    assert put(ledger, 1, 1000100, None) == [(0, 1, MEASURED, 100, None, 1000100, 0)]
    assert put(ledger, 5, 1000100, None) == [(1, 4, MEASURED, 0, None, 1000100, 0)]
    assert put(ledger, 6, 1000200, 70) == [(5, 1, MEASURED, 100, None, 1000200, 0)]
    assert put(ledger, 7, 1000200, 90) == [(6, 1, MEASURED, 0, 20, 1000200, 0)]


def test_more_than_90_s_past_the_hour_is_no_boundary():
    ledger = based()
    assert put(ledger, 1, 1002000, second=90)[0][3] == 2000
    ledger = based()
    assert put(ledger, 1, 1002000, second=91) == []
    assert ledger.event == LATE
    # the energy is not lost and not put into an hour of 58 minutes
    assert put(ledger, 2, 1003000) == [(0, 2, SUM_ONLY, 3000, 0, 1003000, 0)]
    assert put(ledger, 3, 1003500)[0][:4] == (2, 1, MEASURED, 500)


def test_a_late_list_with_an_unchanged_register_is_one():
    # what it reads at xx:20 it read at xx:00 too
    ledger = based()
    assert put(ledger, 26 * 24, 1000000, second=1200)[0][:4] == (0, 26 * 24, MEASURED, 0)
    assert put(ledger, 26 * 24 + 1, 1000400)[0][:4] == (26 * 24, 1, MEASURED, 400)


def test_the_first_list_ever_is_late():
    ledger = Ledger()
    assert put(ledger, 0, 1000000, second=1200) == []
    assert put(ledger, 1, 1000400) == [(0, 1, SUM_ONLY, 400, 0, 1000400, NEW_METER)]
    assert put(ledger, 2, 1000900) == [(1, 1, MEASURED, 500, 0, 1000900, 0)]
    # nothing used: the first 20 minutes are still not known to be nothing
    ledger = Ledger()
    put(ledger, 0, 1000000, second=1200)
    assert put(ledger, 1, 1000000) == []
    assert put(ledger, 2, 1000000) == [(1, 1, MEASURED, 0, 0, 1000000, NEW_METER)]
    ledger = Ledger()
    put(ledger, 0, 1000000, second=1200)
    assert put(ledger, 5, 1000000) == [(1, 4, MEASURED, 0, 0, 1000000, NEW_METER)]


def test_a_list_of_an_earlier_hour_is_a_repetition():
    ledger = based()
    put(ledger, 1, 1001000)
    put(ledger, 2, 1002000)
    for hour, register in ((2, 1002000), (1, 1001000), (0, 1000000)):
        assert put(ledger, hour, register) == []
        assert ledger.event == REPEATED
    assert put(ledger, 3, 1003000) == [(2, 1, MEASURED, 1000, 0, 1003000, 0)]


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


def test_registers_that_cannot_be_are_left_out():
    ledger = based()
    for import_wh, export_wh in ((None, 0), (-1, 0), (0xFFFFFFFF, 0), (1000100, 0xFFFFFFFF)):
        assert put(ledger, 1, import_wh, export_wh) == []
    assert list(ledger.on_registers(1000100, 0, None, "42")) == []  # no time, no hour
    assert put(ledger, 1, 1000100)[0][:4] == (0, 1, MEASURED, 100)


def test_a_gap_is_shared_out_to_the_wh():
    for total in (10, 70, 8050, 12345, 99990):
        ledger = based()
        for hour in range(5):
            power(ledger, hour * 3600, (hour + 1) * 3600, 700 + 611 * hour, 13 * hour)
        power(ledger, 5 * 3600, 5 * 3600 + 30, 100)
        got = put(ledger, 5, 1000000 + total, 130)
        assert [(r[0], r[1], r[2]) for r in got] == [(i, 1, SPLIT) for i in range(5)]
        assert sum(r[3] for r in got) == total and sum(r[4] for r in got) == 130
        for i in range(5):
            assert abs(got[i][3] - total * (700 + 611 * i) / 9610) < 1.01
            assert abs(got[i][4] - i * 13) <= 1.01


def test_a_gap_of_24_hours_is_shared_out_and_one_of_25_is_not():
    for hours, quality in ((24, SPLIT), (25, SUM_ONLY)):
        ledger = based()
        power(ledger, 0, hours * 3600 + 30, 1200, every=30)
        got = put(ledger, hours, 1000000 + 30000)
        assert got[0][2] == quality
        assert sum(r[3] for r in got) == 30000 and sum(r[1] for r in got) == hours


def test_95_percent_of_every_hour_must_be_covered():
    for missing, quality in ((175, SPLIT), (185, SUM_ONLY)):
        ledger = based()
        power(ledger, 0, 5000, 1000)
        # the hold of 30 s after the last list is covered as well
        power(ledger, 5000 + 20 + missing, 7200 + 30, 1000)
        got = put(ledger, 2, 1002000)
        assert got[0][2] == quality, missing
        assert sum(r[3] for r in got) == 2000


def test_a_gap_without_any_power_cannot_be_shared_out():
    ledger = based()
    power(ledger, 0, 2 * 3600 + 30, 0)
    assert put(ledger, 2, 1000010)[0][:4] == (0, 2, SUM_ONLY, 10)
    ledger = based()
    power(ledger, 0, 2 * 3600 + 30, 500)  # export went by unseen
    assert put(ledger, 2, 1001000, 600)[0][:5] == (0, 2, SUM_ONLY, 1000, 600)


def test_the_flag_of_a_new_meter_stands_on_the_first_part_only():
    ledger = Ledger()
    put(ledger, 0, 1000000)
    power(ledger, 0, 2 * 3600 + 30, 1000)
    got = put(ledger, 2, 1002000, doubtful=True)
    assert [r[6] for r in got] == [NEW_METER | CLOCK, CLOCK]


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


def test_more_hours_than_a_record_can_span():
    ledger = based()
    assert put(ledger, 65536, 1000500) == []
    assert put(ledger, 65537, 1000900)[0][:4] == (65536, 1, MEASURED, 400)
    ledger = based()
    assert put(ledger, 65535, 1000500)[0][:4] == (0, 65535, SUM_ONLY, 500)


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


def test_the_events_are_bits():
    assert (METER_CHANGED, FELL, LATE, REPEATED, GAP, WENT_BACK) == (1, 2, 4, 8, 16, 32)


def test_a_doubtful_first_list_marks_the_hour_after_it():
    ledger = Ledger()
    put(ledger, 0, 1000000, doubtful=True)
    assert put(ledger, 1, 1000100)[0][6] == CLOCK | NEW_METER
    ledger = based()
    ledger.state()
    ledger.clock_jumped()
    assert ledger.changed


def test_exported_registers_that_are_not_latched():
    ledger = Ledger(False)
    power(ledger, 0, 60, 0, 3600)
    put(ledger, 0, 5000, 90000)  # at :25, what was sent since the full hour is not of it
    assert ledger.export_wh == 90000 - 50
    assert ledger.import_wh == 5000
    power(ledger, 60, 3630, 0, 3600)
    assert put(ledger, 1, 5000, None)[0][4] is None
    ledger = Ledger(False)
    power(ledger, 0, 60, 0, 3600)
    put(ledger, 0, 5000, 20)
    assert ledger.export_wh == 0


def test_registers_that_are_not_latched_at_the_hour():
    for latched in (True, False):
        ledger = Ledger(latched)
        power(ledger, 0, 60, 1000, every=5)
        put(ledger, 0, 1000000, second=55)
        power(ledger, 60, 3600, 1000)
        power(ledger, 3600, 3655, 10000)  # a kettle from the full hour on
        register = 1000000 + (3545 * 1000 + 55 * 10000) // 3600
        ledger.on_power(10000, 0, at(1, 55), 3655000)
        first = put(ledger, 1, register, second=55)[0]
        power(ledger, 3660, 7200, 1000)
        power(ledger, 7200, 7255, 1000)
        register += (5 * 10000 + 3595 * 1000) // 3600
        ledger.on_power(1000, 0, at(2, 55), 7255000)
        second = put(ledger, 2, register, second=55)[0]
        if latched:
            assert (first[3], second[3]) == (1137, 1012)
        else:
            assert abs(first[3] - 1000) <= 2 and abs(second[3] - 1150) <= 2
            assert second[5] == 1000000 - 15 + first[3] + second[3]
    ledger = Ledger(False)  # the correction never makes a register fall
    put(ledger, 0, 1000000, second=0)
    power(ledger, 0, 3660, 5000)
    assert put(ledger, 1, 1000010, second=55)[0][3] == 0


def test_the_integrated_hour_is_held_against_the_measured_one():
    ledger = based()
    power(ledger, 0, 3630, 1000)
    put(ledger, 1, 1000990)
    assert ledger.error_wh == 10
    put(ledger, 2, 1001990)
    assert ledger.error_wh is None  # no power was seen


def reborn(ledger, last=None):
    """The ledger after a restart, its state through JSON as on flash."""
    text = json.dumps(ledger.state())
    assert len(text) < 120
    after = Ledger()
    after.restore(json.loads(text), last)
    return after


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


def record(hour, span, register, export=0, flags=0, quality=MEASURED):
    return HourRecord().set(H + hour, span, quality, 7, 0, register, export, flags)


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
