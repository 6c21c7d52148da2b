"""The zone of a meter that keeps another than its maker's rule says, learnt from a better clock."""

from test_meter_time import JANUARY, JULY, clock_of

from household.meter_time import JUMP, LOCAL, RIGHT, WRONG, ZONE, MeterClock


def hear(clock, utc, ms, ahead, maker="kamstrup"):
    """A list and then a better clock at the same moment; returns the events of both."""
    clock.on_reading(clock_of(maker, utc, ahead), ms)
    event = clock.event
    clock.on_reference(utc, ms)
    return event | clock.event


def test_a_meter_with_a_summer_time_table_is_learnt_at_the_third_time():
    clock = MeterClock()
    assert hear(clock, JULY, 0, 120) & WRONG
    assert clock.zone is None and clock.utc(0) == JULY + 3600 and clock.doubtful
    hear(clock, JULY + 60, 60000, 120)  # the same sitting: does not count
    hear(clock, JULY + 86400, 86400000, 120)
    assert clock.zone is None
    event = hear(clock, JULY + 2 * 86400, 2 * 86400000, 120)
    assert event == ZONE | JUMP | RIGHT and clock.jump_s == -3600
    assert clock.zone == LOCAL and not clock.doubtful and clock.difference_s == 0
    assert clock.utc(2 * 86400000) == JULY + 2 * 86400
    clock.on_reading(clock_of("kamstrup", JULY + 2 * 86400 + 10, 120), 2 * 86400000 + 10000)
    assert clock.event == 0
    # in winter it is still right, and so is a clock that starts with the zone from the settings
    later = MeterClock(clock.zone)
    assert later.on_reading(clock_of("kamstrup", JANUARY, 60), 0) == JANUARY
    later = MeterClock(clock.zone)
    assert later.on_reading(clock_of("kamstrup", JULY, 120), 0) == JULY


def test_a_kaifa_on_standard_time_is_learnt_and_unlearnt():
    clock = MeterClock()
    for day in range(3):
        hear(clock, JULY + day * 86400, day * 86400000, 60, "kaifa")
    assert clock.zone == 60 and not clock.doubtful
    for day in range(3, 6):
        hear(clock, JULY + day * 86400, day * 86400000, 120, "kaifa")
        assert day == 5 or clock.zone == 60  # two days do not undo it
    assert clock.zone is None and not clock.doubtful


def test_ten_minutes_apart_is_another_time():
    for apart, learnt in ((599, False), (600, True)):
        clock = MeterClock()
        for i in range(3):
            hear(clock, JULY + i * apart, i * apart * 1000, 120)
        assert (clock.zone == LOCAL) is learnt


def test_a_meter_on_utc_is_learnt_in_winter():
    clock = MeterClock()
    for day in range(3):
        hear(clock, JANUARY + day * 86400, day * 86400000, 0)
    assert clock.zone == 0 and clock.utc(2 * 86400000) == JANUARY + 2 * 86400
    assert MeterClock(clock.zone).on_reading(clock_of("kamstrup", JULY, 0), 0) == JULY


def test_only_one_hour_three_times_in_a_row_is_a_zone():
    for errors in (
        (3600, 3600, 3661),
        (3600, 3600, -3600),
        (3600, 0, 3600, 3600),
        (3539, 3539, 3539, 3539),
        (7200, 7200, 7200, 7200),
        (-3600, 3600, -3600, 3600),
    ):
        clock = MeterClock()
        for day in range(len(errors)):
            ms = day * 86400000
            utc = JULY + day * 86400
            clock.on_reading(clock_of("kamstrup", utc + errors[day], 60), ms)
            clock.on_reference(utc, ms)
        assert clock.zone is None, errors
    for error in (3660, 3540, -3540, -3660):
        clock = MeterClock()
        for day in range(3):
            ms = day * 86400000
            utc = JULY + day * 86400
            clock.on_reading(clock_of("kamstrup", utc + error, 60), ms)
            clock.on_reference(utc, ms)
        assert clock.zone == (LOCAL if error > 0 else 0)
        assert abs(clock.difference_s) == 60
