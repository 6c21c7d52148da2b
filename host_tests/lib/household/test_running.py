"""The hour in progress: hold of 30 s, the hour's edge, coverage, two minutes' mean, forecast."""

from household.running import UNKNOWN, RunningHour

H = 505000
T = H * 3600


def feed(running, first, end, watt, every=10, export=None):
    for second in range(first, end, every):
        running.on_power(watt, export, T + second, second * 1000)


def test_a_power_holds_until_the_next_list():
    running = RunningHour()
    running.on_power(3600, 720, T, 5000)
    running.on_power(7200, 0, T + 10, 15000)
    assert running.so_far(T + 20, 25000) == (10 + 20, 2, 1000)
    assert running.covered_ms == 20000


def test_and_for_30_s_at_most():
    running = RunningHour()
    running.on_power(3600, None, T, 0)
    assert running.so_far(T + 30, 30000) == (30, 0, 1000)
    assert running.so_far(T + 31, 31000) == (30, 0, 967)
    assert running.so_far(T + 600, 600000) == (None, None, 50)
    running.on_power(3600, None, T + 600, 600000)
    assert running.covered_ms == 30000 and running.import_wh == 30


def test_asking_often_changes_nothing():
    asked = RunningHour()
    left = RunningHour()
    for second in range(0, 3000, 10):
        watt = second * 7919 % 9000
        asked.on_power(watt, watt // 3, T + second, second * 1000)
        left.on_power(watt, watt // 3, T + second, second * 1000)
        for ms in range(0, 10000, 700):
            asked.so_far(T + second + ms // 1000, second * 1000 + ms)
            asked.so_far(T + second, second * 1000)  # by a task that took the time before
    assert asked.so_far(T + 3000, 3000000) == left.so_far(T + 3000, 3000000)
    total = sum(second * 7919 % 9000 for second in range(0, 3000, 10))
    assert left.import_wh == total * 10 // 3600  # nothing is lost to rounding


def test_a_power_across_the_full_hour_is_shared():
    running = RunningHour()
    feed(running, 0, 3595, 3600)  # last list at 3590
    running.on_power(3600, None, T + 3604, 3604000)
    assert running.hour == H + 1 and running.import_wh == 4 and running.covered_ms == 4000
    assert running.estimate(H) == 3600
    assert running.so_far(T + 3604, 3604000) == (4, 0, 1000)


def test_coverage_below_95_scales_and_below_60_is_unknown():
    running = RunningHour()
    feed(running, 0, 1000, 3600)
    # the last list, at 990, holds to 1020
    assert running.so_far(T + 1073, 1073000) == (1020, 0, 950)
    assert running.so_far(T + 1080, 1080000) == (1080, 0, 944)
    assert running.so_far(T + 1700, 1700000) == (1700, 0, 600)
    assert running.so_far(T + 1703, 1703000) == (None, None, 598)
    feed(running, 1800, 3600, 1800)
    assert running.so_far(T + 3599, 3599000)[2] == 783


def test_without_the_time_there_is_no_hour():
    running = RunningHour()
    running.on_power(5000, None, None, 0)
    running.on_power(5000, None, None, 10000)
    assert running.so_far(None, 15000) == (None, None, 0)
    assert running.mean_2min() == 5000
    running.on_power(5000, None, T + 1800, 20000)
    assert running.so_far(T + 1800, 20000) == (None, None, 0)


def test_estimates_of_hours_that_ended():
    running = RunningHour()
    assert running.estimate(H) == UNKNOWN
    feed(running, 0, 3600, 1000, export=100)
    assert running.estimate(H) == UNKNOWN  # still running
    feed(running, 3600, 7200 - 150, 2000)  # 120 s not covered
    feed(running, 7200, 10800 - 220, 3000)  # 190 s not covered
    feed(running, 10800, 10820, 3000)
    assert running.estimate(H) == 1000 and running.export_estimate(H) == 100
    assert running.estimate(H + 1) == 2000  # scaled to the full hour
    assert running.estimate(H + 2) == UNKNOWN
    assert running.estimate(H + 3) == running.estimate(H - 1) == UNKNOWN


def test_an_estimate_needs_95_percent_of_the_hour():
    for missing, known in ((180, True), (181, False)):
        running = RunningHour()
        running.on_power(2000, 1001, T, 0)
        # one list a second from there on, but a gap that begins when the power of 1000 s is over
        feed(running, 1, 971, 2000, 1, 1001)
        feed(running, 1000 + missing, 3601, 2000, 1, 1001)
        assert (running.estimate(H) == 2000) is known, missing
        assert not known or running.export_estimate(H) == 1001


def test_a_new_hour_begins_with_nothing():
    running = RunningHour()
    feed(running, 1, 3601, 1799, 1, 1799)  # leaves 1801 Ws, and one second more makes a Wh
    feed(running, 3601, 7200, 0, 1, 0)
    assert running.import_wh == running.export_wh == 0
    assert running.so_far(T + 7199, 7199000) == (0, 0, 1000)


def test_a_power_does_not_reach_over_an_hour_that_was_jumped_over():
    running = RunningHour()
    running.on_power(3600, 0, T + 3590, 0)
    running.on_power(3600, 0, T + 10000, 20000)
    assert running.hour == H + 2 and running.covered_ms == 0


def test_estimates_are_forgotten_in_a_gap_and_after_a_day():
    running = RunningHour()
    feed(running, 0, 3610, 1000)
    feed(running, 23 * 3600, 23 * 3600 + 10, 1000)
    assert running.estimate(H) == 1000
    assert all(running.estimate(H + i) == UNKNOWN for i in range(1, 23))
    feed(running, 25 * 3600, 25 * 3600 + 10, 1000)
    assert running.estimate(H) == running.estimate(H + 24) == UNKNOWN
    feed(running, 100 * 3600, 100 * 3600 + 10, 1000)
    assert all(running.estimate(H + i) == UNKNOWN for i in range(100))


def test_a_late_lists_clock_does_not_bring_the_hour_back():
    running = RunningHour()
    feed(running, 0, 3600, 1000)
    running.so_far(T + 3601, 3601000)  # somebody asks just after the hour
    running.on_power(1000, None, T + 3598, 3602000)
    assert running.hour == H + 1 and running.estimate(H) == 1000
    running.on_power(1000, None, T + 3610, 3614000)
    assert running.covered_ms == 14000


def test_a_clock_set_back_begins_the_hour_anew():
    running = RunningHour()
    feed(running, 0, 3600, 1000)
    running.on_power(1000, None, T - 3600, 3600000)
    assert running.hour == H - 1 and running.so_far(T - 3000, 3600000) == (None, None, 0)
    assert running.estimate(H) == UNKNOWN
    running.on_power(1000, None, T + 3600, 3610000)  # and forward again
    assert running.estimate(H) == UNKNOWN


def test_the_mean_of_two_minutes():
    running = RunningHour()
    assert running.mean_2min() is None
    for i in range(5):
        running.on_power(1000 * i, None, T + 10 * i, 10000 * i)
    assert running.mean_2min() == 2000
    for i in range(5, 100):
        running.on_power(1000 * i, None, T + 10 * i, 10000 * i)
    assert running.mean_2min() == sum(range(88, 100)) * 1000 // 12
    running.so_far(T + 1025, 1025000)
    assert running.mean_2min() is None  # no list for 30 s
    running.on_power(700, None, T + 1030, 1030000)
    assert running.mean_2min() == 700  # and what was before the gap no longer counts


def test_two_minutes_are_two_minutes_for_lists_of_2_5_s_too():
    running = RunningHour()
    for i in range(400):  # 1000 s; the last 120 s at 6000 W
        running.on_power(6000 if i >= 352 else 1000, None, T + i * 5 // 2, i * 2500)
    assert 5500 <= running.mean_2min() <= 6000
    for i in range(400, 424):
        running.on_power(0, None, T + i * 5 // 2, i * 2500)
    assert 2500 <= running.mean_2min() <= 3500


def test_a_list_without_power_only_lets_the_time_go_on():
    running = RunningHour()
    running.on_power(3600, None, T + 3590, 0)
    running.on_power(None, None, T + 3605, 15000)
    assert running.hour == H + 1 and running.import_wh == 5
    assert running.mean_2min() == 3600
