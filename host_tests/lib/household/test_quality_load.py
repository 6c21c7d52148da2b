"""Currents: the main fuse, imbalance, what L2 can carry, standby load (domain.md 3, A25)."""

from test_quality import START, feed, reading

from household.quality import IT, ONE_PHASE, TN, UNKNOWN, Quality
from household.quality_report import fuse_w, l2_bounds, standby
from household.running import RunningHour


def test_a25_fuse_of_63_a():
    def after(amps, seconds):
        q = Quality(TN, 63)
        return q.alerts(feed(q, reading(amps=(1, amps, 1)), seconds))

    assert after(64, 60) == []
    assert after(64, 61) == ["fuse_overload"]
    assert after(62, 61) == []
    assert after(95, 1) == ["fuse_trip"]
    assert after(91, 1) == []
    assert after(50, 3600) == []
    assert after(51, 600) == []
    assert after(51, 601) == ["fuse_notice"]
    assert after(72, 301) == ["fuse_trip"]  # 114 %
    assert after(71, 301) == ["fuse_overload"]


def test_a_gap_of_more_than_30_s_starts_the_clock_again():
    q = Quality(TN, 63)
    feed(q, reading(amps=(64, 1, 1)), 50)
    t = feed(q, reading(amps=(64, 1, 1)), 50, START + 90)
    assert q.alerts(t) == []
    assert q.load_pct == 101
    assert q.load_phase == 0


def test_no_fuse_setting_no_load():
    q = Quality(TN)
    feed(q, reading(amps=(200, 1, 1)), 700)
    assert q.load_pct is None
    assert q.fuse_level == 0


def test_l2_bounds():
    assert l2_bounds(5200, 4100) == (1100, 9300)


def test_imbalance_after_an_hour_and_only_on_tn():
    for net, expected in ((TN, True), (IT, False)):
        q = Quality(net)
        t = feed(q, reading(amps=(12, 4, 4)), 3600)
        assert not q.imbalance
        feed(q, reading(amps=(12, 4, 4)), 10, t)
        assert q.imbalance is expected
    q = Quality(TN)
    feed(q, reading(amps=(9, 1, 1)), 3700)  # mean not above 5 A
    assert not q.imbalance
    q = Quality(TN)
    feed(q, reading(amps=(10, 4, 4)), 3700)  # exactly 60 %
    assert not q.imbalance


def run(running, power, hours, hour, export=0):
    """So many hours of one power, a list every 20 s; returns the hour then."""
    for t in range(hour * 3600, (hour + hours) * 3600, 20):
        running.on_power(power, export, t, t * 1000)
    running.advance((hour + hours) * 3600, (hour + hours) * 3600000)
    return hour + hours


def test_standby_is_the_lowest_hour_of_the_last_24():
    running = RunningHour()
    now = run(running, 300, 6, 1000)
    assert standby(running, now) == (300, 6)
    now = run(running, 47, 1, now)
    now = run(running, 900, 8, now)
    assert standby(running, now) == (47, 15)
    now = run(running, 900, 15, now)
    assert standby(running, now) == (47, 24)
    now = run(running, 900, 1, now)
    assert standby(running, now) == (900, 24)


def test_standby_is_unknown_before_six_hours():
    running = RunningHour()
    now = run(running, 300, 5, 1000)
    assert standby(running, now) is None


def test_standby_of_an_hour_with_export_is_unknown():
    running = RunningHour()
    now = run(running, 300, 8, 1000)
    now = run(running, 0, 2, now, 2000)
    now = run(running, 300, 2, now)
    assert standby(running, now) == (300, 10)


def test_a_switched_off_cabin_has_a_standby_of_zero():
    running = RunningHour()
    now = run(running, 0, 8, 1000)
    assert standby(running, now) == (0, 8)


def test_power_at_the_fuse():
    table = ((25, 5750, 9960, 17250), (40, 9200, 15936, 27600), (63, 14490, 25099, 43470))
    for amps, one, it, tn in table:
        assert fuse_w(ONE_PHASE, amps) == one
        assert fuse_w(IT, amps) == it
        assert fuse_w(TN, amps) == tn
    assert fuse_w(UNKNOWN, 63) is None
    assert fuse_w(TN, 0) is None
