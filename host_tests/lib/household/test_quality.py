"""Voltage, phases and the state kept: household.quality (domain.md 3, A22-A24). Loads: test_quality_load.py."""

import json

from hanport.reading import Reading
from household import oslo, quality, quality_report
from household.quality import IT, ONE_PHASE, TN, UNKNOWN, Quality
from household.quality_report import day_row, net_of

DAY = 20000
START = DAY * 86400 + 12 * 3600  # noon UTC; the local day is an argument, so any will do


def reading(volts=(230, 230, 230), amps=(1, 1, 1), power=500):
    """A list with volts and amperes (None is not sent) of three phases."""
    r = Reading()
    r.import_w = power
    for name, value in zip(("l1_mv", "l2_mv", "l3_mv"), volts):
        setattr(r, name, None if value is None else int(value * 1000))
    for name, value in zip(("l1_ma", "l2_ma", "l3_ma"), amps):
        setattr(r, name, None if value is None else int(value * 1000))
    return r


def feed(q, r, seconds, start=START, step=10):
    """The same list every `step` s for so long; returns the time of the next one."""
    for t in range(start, start + seconds, step):
        q.sample(r, t, (t - START + 86400) * 1000)
    return start + seconds


def test_net_from_the_meter_type():
    assert net_of("6861111BN242101040") == ONE_PHASE
    assert net_of("6841121BN245101040") == IT
    assert net_of("6841131BN243101040") == TN
    assert net_of("6515") == ONE_PHASE
    assert net_of("6525") == IT
    assert net_of("6534") == TN
    assert net_of("MA304H3E") == IT
    assert net_of("MA304H4") == TN
    assert net_of("MA105H2E") == ONE_PHASE
    for other in (
        None,
        "",
        "000000000000000000",
        "6841191BN243101040",
        "MA304",
        "MA304H",
        "EMBRIQ",
        "7525",
        "65251",
    ):
        assert net_of(other) == UNKNOWN


def test_a23_a_minute_with_mean_254_gives_a_notice_with_phase_time_and_extreme():
    q = Quality(TN)
    t = feed(q, reading(), 60)
    t = feed(q, reading((230, 254, 230)), 60, t)
    t = feed(q, reading(), 60, t)
    assert [q.minutes_outside(i) for i in range(3)] == [0, 1, 0]
    assert q.alerts(t) == ["voltage_notice"]
    assert day_row(q, 1) == (230000, START // 60, 254000, START // 60 + 1, 1)
    assert day_row(q, 0) == (230000, START // 60, 230000, START // 60, 0)
    assert day_row(q, 1, True) is None


def test_a23_one_sample_of_258_in_a_good_minute_gives_none():
    q = Quality(TN)
    t = feed(q, reading((230, 258, 230)), 10)
    t = feed(q, reading((230, 251, 230)), 50, t)
    t = feed(q, reading(), 60, t)
    assert q.minutes_outside(1) == 0
    assert q.alerts(t) == []
    assert day_row(q, 1)[2] == (258000 + 5 * 251000) // 6


def test_the_limit_itself_is_inside():
    q = Quality(TN)
    t = feed(q, reading((253, 207, 206.9)), 60)
    feed(q, reading(), 10, t)
    assert [q.minutes_outside(i) for i in range(3)] == [0, 0, 1]


def test_a_minute_of_which_too_little_was_seen_is_no_minute():
    q = Quality(TN)
    t = feed(q, reading((258, 258, 258)), 30)  # three samples, then frames are lost
    t = feed(q, reading(), 60, t + 30)
    feed(q, reading(), 10, t)
    assert q.minutes_outside(0) == 0
    assert day_row(q, 0)[2] == 230000


def test_lists_every_two_and_a_half_seconds_make_the_same_minutes():
    q = Quality(TN)
    for i in range(48):  # two minutes
        q.sample(reading((230, 254, 230)), START + i * 5 // 2, i * 2500)
    q.sample(reading(), START + 120, 120000)
    assert q.minutes_outside(1) == 2


def test_fast_lists_without_voltage_do_not_dilute_the_mean():
    q = Quality(TN)
    fast = Reading()
    fast.import_w = 500
    for i in range(60):
        r = reading((254, 230, 230)) if i % 5 == 0 else fast
        q.sample(r, START + i * 2, i * 2000)
    q.sample(fast, START + 120, 120000)
    assert q.minutes_outside(0) == 2


def test_ten_minutes_outside_is_a_warning_and_leaves_after_24_hours():
    q = Quality(TN)
    t = feed(q, reading((230, 200, 230)), 600)
    t = feed(q, reading(), 60, t)
    assert q.minutes_outside(1) == 10
    assert q.alerts(t) == ["voltage_warning"]
    t = feed(q, reading(), 22 * 3600, t, 20)
    assert q.minutes_outside(1) == 10
    t = feed(q, reading(), 2 * 3600, t, 20)
    assert q.alerts(t) == []


def test_today_becomes_yesterday_and_a_day_between_empties_both():
    q = Quality(TN)
    t = feed(q, reading((230, 201, 230)), 840)
    feed(q, reading((230, 230, 230)), 10, t)
    q.sample(reading(), START + 86400, 2 * 86400000)
    assert day_row(q, 1, True)[0] == 201000
    assert day_row(q, 1, True)[4] == 14
    assert day_row(q, 1) is None
    q.sample(reading(), START + 3 * 86400, 4 * 86400000)
    assert day_row(q, 1, True) is None


def test_the_last_minute_before_midnight_belongs_to_its_own_day():
    q = Quality(TN)
    midnight = oslo.first_hour(DAY + 1) * 3600
    t = feed(q, reading((256, 230, 230)), 60, midnight - 60)
    feed(q, reading(), 60, t)
    assert day_row(q, 0, True)[2] == 256000
    assert day_row(q, 0) is None


def test_phase_loss_needs_ten_seconds_and_ends_by_itself():
    q = Quality(TN)
    t = feed(q, reading((230, 12, 230)), 10)
    assert q.lost == 0
    t = feed(q, reading((230, 12, 230)), 10, t)
    assert q.lost == 2
    assert q.alerts(t) == ["phase_loss"]
    t = feed(q, reading(), 10, t)
    assert q.alerts(t) == []


def test_160_v_is_there():
    q = Quality(TN)
    feed(q, reading((160, 160, 159.9)), 20)
    assert q.lost == 4


def test_kaifa_u2_of_zero_on_it_is_not_measured_and_not_lost():
    q = Quality(net_of("MA304H3E"))
    t = feed(q, reading((217, 0, 219), (33.8, 28.1, 18.2)), 3600)
    assert q.lost == 0
    assert q.unmeasured == 2
    assert q.minutes_outside(1) == 0
    assert day_row(q, 1) is None
    assert q.alerts(t) == []
    feed(q, reading((217, 217, 219)), 10, t)  # it does measure it, so from now on 0 is 0
    assert q.unmeasured == 0
    feed(q, reading((217, 0, 219)), 20, t + 10)
    assert q.lost == 2


def test_on_tn_a_zero_from_the_start_is_a_lost_phase():
    q = Quality(TN)
    feed(q, reading((230, 0, 230)), 20)
    assert q.lost == 2
    assert q.unmeasured == 0


def test_it_without_current_in_l2():
    for missing in (None, 0):
        q = Quality(IT, 63)
        feed(q, reading((230, 230, 230), (52, missing, 4)), 10)
        assert q.unmeasured == 16
        assert q.load_pct == 82
        assert q.load_phase == 0


def test_one_phase_has_nothing_unmeasured():
    q = Quality(ONE_PHASE, 63)
    t = feed(q, reading((230, None, None), (64, None, None)), 70)
    assert q.unmeasured == 0
    assert q.alerts(t) == ["fuse_overload"]
    assert day_row(q, 1) is None


def test_a24_neutral_fault_on_tn_only():
    for net, expected in ((TN, ["neutral_fault"]), (IT, [])):
        q = Quality(net)
        t = feed(q, reading((260, 258, 150)), 61)
        assert q.alerts(t) == expected + ["phase_loss", "voltage_notice"]
        assert q.neutral_utc == (START + 60 if net == TN else 0)
    q = Quality(TN)
    t = feed(q, reading((260, 258, 180)), 50)
    assert q.alerts(t) == []
    t = feed(q, reading((260, 258, 200)), 10, t)  # not below 190: starts over
    feed(q, reading((260, 258, 180)), 50, t)
    assert q.neutral_utc == 0
    q = Quality(TN)
    feed(q, reading((260, 230, 180)), 120)  # only one above 253 V
    assert q.neutral_utc == 0


def test_neutral_fault_stays_for_a_day():
    q = Quality(TN)
    t = feed(q, reading((260, 258, 180)), 70)
    feed(q, reading(), 60, t)
    assert q.alerts(t + 3600)[0] == "neutral_fault"
    assert "neutral_fault" not in q.alerts(t + 86400)


def test_before_the_clock_is_known_nothing_is_booked_but_alarms_work():
    q = Quality(TN, 63)
    for i in range(60):
        q.sample(reading((260, 258, 150), (95, 1, 1)), None, i * 10000)
    assert q.alerts(None) == ["neutral_fault", "phase_loss", "fuse_trip"]
    assert day_row(q, 0) is None


def test_state_survives_a_restart():
    q = Quality(IT)
    t = feed(q, reading((230, 230, 200)), 7 * 3600)
    feed(q, reading(), 60, t)
    kept = quality_report.state(q)
    assert all(type(n) is int for n in kept)
    assert len(json.dumps(kept)) < 600
    other = Quality(IT)
    assert quality_report.restore(other, kept)
    assert [other.minutes_outside(i) for i in range(3)] == [0, 0, 420]
    assert day_row(other, 2) == day_row(q, 2)
    assert quality_report.state(other) == kept
    feed(other, reading((230, 0, 230)), 20, t + 60)
    assert other.lost == 2  # it remembers that L2's voltage is measured


def test_a_damaged_state_is_refused_and_changes_nothing():
    q = Quality(TN)
    feed(q, reading((254, 230, 230)), 130)
    good = quality_report.state(q)
    text = good[:]
    text[90] = "1"
    for bad in (None, [], "x", {}, good[:-1], good + [0], [2] + good[1:], text):
        assert not quality_report.restore(q, bad)
        assert quality_report.state(q) == good


def test_a_clock_set_back_raises_nothing():
    q = Quality(TN)
    for turn in range(6):
        for minute in range(61):
            for i in range(6):
                t = START + minute * 60 + i * 10
                q.sample(reading((260, 230, 230)), t, (turn * 4000 + minute * 60 + i * 10) * 1000)
    assert q.minutes_outside(0) > 60


def test_levels_have_names():
    assert (quality.UNKNOWN, quality.ONE_PHASE, quality.IT, quality.TN) == (0, 1, 2, 3)
