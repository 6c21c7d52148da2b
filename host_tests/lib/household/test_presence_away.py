"""Leaving and return: household.away (domain.md 4.3, A18, A19)."""

import json

from household.away import (
    DRAINED,
    FIELDS,
    HEAT_LEFT_ON,
    METER_DARK,
    NEW_METER,
    POWER_LOST,
    SEEN,
    SWITCHED_OFF,
    Away,
    away_wh,
    expected_utc,
    last_alive,
)
from household.ledger import Ledger

OFF = 1791806820  # 12 Oct 2026 14:07 in Oslo
ON = 1797867600  # 21 Dec 2026 16:40 there
REGISTER = 12345670


def restarted(kept, alive=OFF, used=230, register=REGISTER):
    """The object after a start, as the app makes it; through JSON, as on flash."""
    away = Away()
    if kept is not None:
        assert away.restore(json.loads(json.dumps(kept)))
    away.boot(0, alive, register, None if alive is None else OFF - 390, used)
    return away


def row(report):
    """A report by name."""
    return dict(zip(FIELDS, report))


def test_a19_while_you_were_away():
    away = restarted(None)
    assert not away.idle()
    away.meter_clock(True)
    away.power(2000, 5000)
    assert away.clock(ON + 5, 5000)
    assert not away.clock(ON + 15, 15000)
    report = row(away.reports[0])
    assert (report["off_utc"], report["on_utc"]) == (OFF, ON)
    assert (report["before_wh"], report["before_utc"]) == (REGISTER, OFF - 390)
    assert report["after_wh"] is None
    assert away_wh(away.reports[0]) is None
    for ms in range(15000, 1255001, 10000):
        away.power(2000, ms)
    assert away.registers(REGISTER + 940, ON + 1255, 1255000)
    assert not away.registers(REGISTER + 2000, ON + 4855, 4855000)
    report = row(away.reports[0])
    assert (report["after_wh"], report["after_utc"]) == (REGISTER + 940, ON + 1255)
    assert report["before_used_wh"] == 230
    assert report["after_used_wh"] == 694  # 2 kW for 1250 s
    assert away_wh(away.reports[0]) == 16
    assert (report["kind"], report["outages"], report["flags"]) == (POWER_LOST, 1, 0)
    assert away.idle()
    again = restarted(away.state(), ON + 5000)
    assert not again.clock(ON + 5100, 1000)
    assert again.reports == away.reports


def test_measured_zero():
    away = restarted(None, used=0)
    away.clock(ON + 5, 5000)
    away.power(0, 5000)
    away.power(0, 15000)
    away.registers(REGISTER, ON + 1255, 1255000)
    assert away_wh(away.reports[0]) == 0


def test_under_an_hour_is_no_report():
    away = restarted(None)
    assert not away.clock(OFF + 3599 + 20, 20000)
    assert away.reports == []
    assert away.idle()
    away = restarted(None)
    assert away.clock(OFF + 3600 + 20, 20000)


def test_a_first_start_ever_is_no_report():
    away = restarted(None, None, None, None)
    assert not away.clock(ON, 5000)
    assert not away.registers(REGISTER, ON, 5000)
    assert away.idle()


def test_the_time_may_come_long_after_the_start():
    """An Aidon's clock is in the hourly list only; the return is still the start of the dongle."""
    away = restarted(None)
    for ms in range(5000, 1205001, 10000):
        away.power(1000, ms)
    assert away.clock(ON + 1210, 1210000)
    assert away.registers(REGISTER + 600, ON + 1210, 1210000)
    report = row(away.reports[0])
    assert (report["on_utc"], report["after_utc"]) == (ON, ON + 1210)
    assert report["after_used_wh"] == 333


def test_registers_before_the_time_is_known():
    """The meter's clock is lost and the phone tells the time two hours later."""
    away = restarted(None)
    away.meter_clock(None)
    away.meter_clock(False)
    away.meter_clock(True)  # the grid company has set it meanwhile
    away.power(1000, 0)
    away.power(1000, 30000)
    assert not away.registers(REGISTER + 100, None, 1200000)
    assert not away.registers(REGISTER + 900, None, 4800000)
    assert not away.idle()
    assert away.clock(ON + 7200, 7200000)
    report = row(away.reports[0])
    assert (report["on_utc"], report["after_utc"]) == (ON, ON + 1200)
    assert (report["after_wh"], report["after_used_wh"]) == (REGISTER + 100, 8)
    assert report["flags"] == METER_DARK


def test_registers_without_a_time_do_not_end_the_waiting():
    away = restarted(None)
    away.clock(ON + 5, 5000)
    assert not away.registers(REGISTER + 5, None, 60000)
    assert not away.idle()
    assert away.registers(REGISTER + 9, ON + 1255, 1255000)
    assert row(away.reports[0])["after_wh"] == REGISTER + 9


def test_a_plan_goes_into_the_report_and_ends():
    away = Away()
    away.leave(SWITCHED_OFF, OFF - 120, REGISTER, OFF - 390, 200, True)
    away = restarted(away.state())
    assert away.plan[1] == OFF - 120
    away.clock(ON + 5, 5000)
    report = row(away.reports[0])
    assert (report["kind"], report["left_utc"]) == (SWITCHED_OFF, OFF - 120)
    assert report["flags"] == DRAINED
    assert away.plan is None


def test_what_was_told_last_is_later_than_what_was_put_by():
    """The ledger is put by every ten minutes; whoever goes, says so and switches off at once."""
    away = Away()
    away.leave(SWITCHED_OFF, OFF + 300, REGISTER, OFF - 390, 260, False)
    away = restarted(away.state())
    assert away.clock(ON + 5, 5000)
    report = row(away.reports[0])
    assert (report["left_utc"], report["off_utc"]) == (OFF + 300, OFF + 300)
    assert (report["before_wh"], report["before_used_wh"]) == (REGISTER, 260)


def test_a_short_power_cut_leaves_the_plan():
    away = Away()
    away.leave(SWITCHED_OFF, OFF - 120, REGISTER, OFF - 390, 200, False)
    away = restarted(away.state())
    assert not away.clock(OFF + 60, 5000)
    assert away.plan is not None


def test_heat_left_on_and_a_power_cut_meanwhile():
    away = Away()
    away.leave(HEAT_LEFT_ON, OFF - 86400, REGISTER - 5000, OFF - 86900, 100, None)
    away = restarted(away.state())
    assert away.clock(OFF + 7200, 5000)
    assert row(away.reports[0])["kind"] == POWER_LOST
    assert away.registers(REGISTER + 500, OFF + 7300, 105000)
    assert away.plan is not None
    assert away.back(ON, 500000)
    assert away.plan is None
    assert row(away.reports[0])["after_wh"] is None
    away.power(600, 510000)
    away.power(600, 540000)
    assert away.registers(REGISTER + 90000, ON + 500, 1000000)
    report = row(away.reports[0])
    assert (report["kind"], report["left_utc"], report["on_utc"]) == (
        HEAT_LEFT_ON,
        OFF - 86400,
        ON,
    )
    assert (report["before_wh"], report["after_wh"]) == (REGISTER - 5000, REGISTER + 90000)
    assert report["before_used_wh"] == 100
    assert report["after_used_wh"] == 5
    assert report["outages"] == 0
    assert len(away.reports) == 2


def test_back_without_a_plan_is_nothing():
    away = Away()
    assert not away.back(ON, 0)
    assert away.reports == []


def test_a_restart_while_waiting_keeps_the_report_and_forgets_what_was_used():
    away = restarted(None)
    away.clock(ON + 5, 5000)
    away.power(3000, 5000)
    away = restarted(away.state(), ON + 600, 300, REGISTER)
    assert not away.clock(ON + 700, 10000)
    away.power(3000, 10000)
    away.power(3000, 20000)
    assert away.registers(REGISTER + 900, ON + 1255, 600000)
    report = row(away.reports[0])
    assert (report["off_utc"], report["before_wh"]) == (OFF, REGISTER)
    assert report["after_used_wh"] is None
    assert away_wh(away.reports[0]) is None
    assert report["outages"] == 1


def test_power_lost_again_before_the_first_hourly_list():
    away = restarted(None)
    away.clock(ON + 5, 5000)
    away = restarted(away.state(), ON + 600)
    assert away.clock(ON + 90005, 5000)
    away.registers(REGISTER + 900, ON + 90900, 900000)
    report = row(away.reports[0])
    assert len(away.reports) == 1
    assert (report["off_utc"], report["on_utc"], report["outages"]) == (OFF, ON + 90000, 2)
    assert report["after_wh"] == REGISTER + 900


def test_another_meter_makes_no_difference_of_registers():
    for change in (True, False):
        away = restarted(None)
        away.clock(ON + 5, 5000)
        away.registers(REGISTER + 10 if change else 40, ON + 1255, 1255000, change)
        assert row(away.reports[0])["flags"] == NEW_METER
        assert away_wh(away.reports[0]) is None


def test_four_reports_are_kept():
    away = Away()
    for i in range(6):
        away = restarted(away.state(), OFF + i * 10000000)
        away.clock(OFF + i * 10000000 + 8000000, 0)
        away.registers(REGISTER, OFF + i * 10000000 + 8001000, 1000000)
    assert [row(r)["off_utc"] for r in away.reports] == [OFF + i * 10000000 for i in (5, 4, 3, 2)]
    away.leave(HEAT_LEFT_ON, ON, REGISTER, ON, 1000, True)
    assert len(json.dumps(away.state())) < 700


def test_a_report_can_be_put_away():
    away = restarted(None)
    away.clock(ON + 5, 5000)
    away.registers(REGISTER, ON + 1255, 1255000)
    away.reports[0][FIELDS.index("flags")] |= SEEN
    assert row(restarted(away.state()).reports[0])["flags"] == SEEN


def test_a_damaged_state_is_refused():
    away = Away()
    for bad in (None, [], {}, [1, None], [2, None, []], [1, None, [[1, 2]]], [1, [0, 1], []]):
        assert not away.restore(bad)
    assert not away.restore([1, 7, []])
    assert not away.restore([1, None, [5]])
    assert away.plan is None and away.reports == []


def test_when_the_register_can_be_expected():
    hour = 497185 * 3600
    assert expected_utc(hour + 2400) == hour + 3660
    assert expected_utc(hour + 20) == hour + 60  # this hour's list is still to come
    assert expected_utc(hour + 89) == hour + 60
    assert expected_utc(hour + 91) == hour + 3660


def test_last_sign_of_life_from_the_ledger():
    ledger = Ledger()
    assert last_alive(ledger)[0] is None
    hour = OFF // 3600
    start = hour * 3600
    ledger.on_registers(REGISTER - 500, None, start - 3600 + 55, "1")
    for t in range(start - 3600, start + 430, 10):
        ledger.on_power(1000, 0, t, t * 1000)
        if t == start + 60:
            for _ in ledger.on_registers(REGISTER, None, start + 55, "1"):
                pass
    kept = json.loads(json.dumps(ledger.state()))
    again = Ledger()
    again.restore(kept)
    alive, wh, at, used = last_alive(again)
    assert start + 410 <= alive <= start + 430
    assert (wh, at) == (REGISTER, start + 55)
    assert 110 <= used <= 120
    ledger.running.hour = None
    assert last_alive(ledger) == (start + 55, REGISTER, start + 55, None)
