"""Every rule that makes hours of registers; months of a household are in test_ledger_world.py."""

from ledger_lists import H, at, based, power, put

from household.ledger import FELL, GAP, LATE, METER_CHANGED, REPEATED, WENT_BACK, Ledger
from household.record import CLOCK, MEASURED, NEW_METER, SPLIT, SUM_ONLY


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


def test_more_hours_than_a_record_can_span():
    ledger = based()
    assert put(ledger, 65536, 1000500) == []
    assert put(ledger, 65537, 1000900)[0][:4] == (65536, 1, MEASURED, 400)
    ledger = based()
    assert put(ledger, 65535, 1000500)[0][:4] == (0, 65535, SUM_ONLY, 500)


def test_the_events_are_bits():
    assert (METER_CHANGED, FELL, LATE, REPEATED, GAP, WENT_BACK) == (1, 2, 4, 8, 16, 32)


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
