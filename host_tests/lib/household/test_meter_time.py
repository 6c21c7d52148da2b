"""The meter's clock to UTC, by maker; who is trusted; clocks that jump."""

from hanport.reading import Reading
from household import oslo
from household.meter_time import JUMP, RIGHT, WRONG, ZONE, MeterClock

_EARLY = 0x3FFFFFFF - 20000  # 20 s before the ESP32's ticks_ms wraps


def utc_of(year, month, day, hour=0, minute=0, second=0):
    return oslo.day_number(year, month, day) * 86400 + hour * 3600 + minute * 60 + second


def clock_of(maker, utc, ahead_min, deviation=None, status=0):
    """A list whose clock runs `ahead_min` ahead of UTC."""
    reading = Reading()
    reading.maker = maker
    shown = utc + 60 * ahead_min
    reading.year, reading.month, reading.day = oslo.civil(shown // 86400)
    reading.hour = shown % 86400 // 3600
    reading.minute = shown % 3600 // 60
    reading.second = shown % 60
    reading.deviation_min = deviation
    reading.clock_status = status
    return reading


JULY = utc_of(2027, 7, 15, 12, 0, 5)
JANUARY = utc_of(2027, 1, 15, 12, 0, 5)


def test_a11_kamstrups_summer_frame():
    # 0C 07E9 09 09 02 0E 0B 00 FF 8000 00, and what a computer's clock said (amsreader, Bornholm)
    reading = Reading()
    reading.maker = "kamstrup"
    reading.year, reading.month, reading.day = 2025, 9, 9
    reading.hour, reading.minute, reading.second = 14, 11, 0
    reading.clock_status = 0
    clock = MeterClock()
    utc = clock.on_reading(reading, 1000)
    assert oslo.local(utc) == (2025, 9, 9, 15, 11, 0)
    assert oslo.local(utc // 3600 * 3600)[3] == 15
    assert clock.utc(1000) == utc == utc_of(2025, 9, 9, 13, 11)
    assert clock.source == "meter" and clock.meter_ok and not clock.doubtful


def test_every_makers_rule_summer_and_winter():
    # maker, deviation as sent, minutes ahead of UTC in January, in July
    rules = (
        ("kamstrup", None, 60, 60),
        ("aidon", 0, 60, 60),
        ("aidon", None, 60, 60),
        ("aidon", -60, 60, 60),
        ("kaifa", None, 60, 120),
        (None, None, 60, 120),
        ("landisgyr", None, 60, 120),
    )
    for maker, deviation, january, july in rules:
        for utc, ahead in ((JANUARY, january), (JULY, july)):
            clock = MeterClock()
            assert clock.on_reading(clock_of(maker, utc, ahead, deviation), 5) == utc, maker
            assert clock.event == 0
    for ahead in (60, 120, 0, -300):  # a deviation that is given is used
        clock = MeterClock()
        assert clock.on_reading(clock_of("kaifa", JULY, ahead, -ahead), 5) == JULY


def test_time_runs_on_between_lists_and_over_the_wrap_of_ms():
    clock = MeterClock()
    assert clock.utc(_EARLY) is None
    clock.on_reading(clock_of("kamstrup", JULY, 60), _EARLY)
    for seconds in (0, 1, 19, 21, 3600, 86399, 3 * 86400, 8 * 86400, 13 * 86400, 18 * 86400):
        ms = (_EARLY + 1000 * seconds) & 0x3FFFFFFF
        assert clock.utc(ms) == JULY + seconds
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY + 30, 60), 500)
    assert clock.utc(499) == JULY + 30  # a task that looked at the ticks a moment ago


def test_a_list_without_a_clock_gets_the_running_time():
    clock = MeterClock()
    fast = Reading()
    fast.maker = "aidon"
    assert clock.on_reading(fast, 1000) is None
    clock.on_reading(clock_of("aidon", JULY, 60, 0), 2000)
    assert clock.on_reading(fast, 12000) == JULY + 10
    assert clock.source == "meter"


def test_before_the_first_clock_a_phone_tells():
    clock = MeterClock()
    clock.on_reference(JULY, 0)
    assert clock.source == "phone" and clock.utc(7000) == JULY + 7
    clock.on_reference(JULY + 10, 7000)
    assert clock.source == "phone" and clock.utc(8000) == JULY + 11
    clock.on_reading(clock_of("aidon", JULY + 13, 60, 0), 9000)
    assert clock.source == "meter" and clock.utc(9000) == JULY + 13
    assert clock.event == 0 and clock.difference_s == 1


def test_an_invalid_clock_is_not_believed():
    for year_2000, status in ((True, 0), (True, 1), (False, 1), (False, 0x81)):
        clock = MeterClock()
        utc = utc_of(2000, 1, 1, 3) if year_2000 else JULY
        assert clock.on_reading(clock_of("kamstrup", utc, 60, None, status), 0) is None
        assert clock.utc(0) is None and clock.meter_ok is False
        clock.on_reference(JANUARY, 100)
        reading = clock_of("kamstrup", utc + 10, 60, None, status)
        assert clock.on_reading(reading, 10100) == JANUARY + 10
        assert clock.source == "phone" and not clock.doubtful
        clock.on_reading(clock_of("kamstrup", JANUARY + 20, 60), 20100)
        assert clock.source == "meter" and clock.meter_ok and not clock.event


def test_the_first_year_that_can_be():
    for year, good in ((2023, False), (2024, True), (2099, True), (2100, False)):
        utc = utc_of(year, 2, 3, 4) if year < 2100 else utc_of(2099, 12, 31, 23, 30)
        clock = MeterClock()
        assert clock.on_reading(clock_of("kamstrup", utc, 60), 0) == (utc if good else None)


def test_the_events_are_bits():
    assert (JUMP, ZONE, WRONG, RIGHT) == (1, 2, 4, 8)


def test_a_clock_that_was_good_is_held_until_a_better_one_comes():
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY, 60), 0)
    clock.on_reading(clock_of("kamstrup", utc_of(2000, 1, 1), 60, None, 1), 10000)
    assert clock.utc(60000) == JULY + 60 and clock.meter_ok is False
    clock.on_reference(JULY + 70, 60000)
    assert clock.source == "phone" and clock.utc(60000) == JULY + 70 and not clock.event


def test_the_dst_bit_of_the_status_is_no_correction():
    for maker, utc in (("kamstrup", JULY), ("kaifa", JANUARY)):
        assert MeterClock().on_reading(clock_of(maker, utc, 60, None, 0x80), 0) == utc


def test_kaifas_repeated_hour_is_told_apart_by_the_time_that_ran():
    night = utc_of(2027, 10, 30, 23, 0, 0)
    for every in (2, 10, 3600):
        clock = MeterClock()
        for seconds in range(0, 4 * 3600, every):
            utc = night + seconds
            ahead = 60 * oslo.offset(utc // 3600)
            got = clock.on_reading(clock_of("kaifa", utc, ahead), 1000 * seconds)
            assert got == utc and clock.event == 0, seconds
            assert clock.utc(1000 * seconds) == utc


def test_kaifas_spring_night():
    night = utc_of(2027, 3, 28, 0, 0, 0)
    clock = MeterClock()
    for seconds in range(0, 3 * 3600, 10):
        utc = night + seconds
        ahead = 60 * oslo.offset(utc // 3600)
        assert clock.on_reading(clock_of("kaifa", utc, ahead), 1000 * seconds) == utc
    assert clock.event == 0


def test_a_start_in_the_repeated_hour_guesses_nothing():
    second = utc_of(2027, 10, 31, 1, 30)
    clock = MeterClock()
    assert clock.on_reading(clock_of("kaifa", second, 60), 0) is None
    assert clock.utc(0) is None
    clock.floor = utc_of(2027, 10, 31, 1, 0, 10)  # the last hourly list before the restart
    assert clock.on_reading(clock_of("kaifa", second, 60), 0) == second
    clock = MeterClock()
    clock.floor = utc_of(2027, 10, 31, 0, 0, 10)  # either could be
    assert clock.on_reading(clock_of("kaifa", second, 60), 0) is None
    first = second - 3600
    assert clock.on_reading(clock_of("kaifa", first, 120, None, 0x80), 0) == first
    clock = MeterClock()
    clock.on_reference(second + 40, 0)
    assert clock.on_reading(clock_of("kaifa", second, 60), 0) == second


def test_an_aidon_list_sent_twice_does_not_set_the_time_back():
    clock = MeterClock()
    hour = utc_of(2027, 2, 1, 16)
    clock.on_reading(clock_of("aidon", hour, 60, 0), 0)
    clock.on_reading(clock_of("aidon", hour + 3600, 60, 0), 3600000)
    again = clock_of("aidon", hour + 3600, 60, 0)
    assert clock.on_reading(again, 7200000) == hour + 3600  # its own time, for the ledger
    assert clock.event == 0 and clock.utc(7200000) == hour + 7200
    clock.on_reading(clock_of("aidon", hour + 3 * 3600, 60, 0), 3 * 3600000)
    assert clock.event == 0


def test_a_jump_is_told_with_its_size():
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY, 60), 0)
    clock.on_reading(clock_of("kamstrup", JULY + 130, 60), 10000)
    assert clock.event == 0  # 120 s: not more than
    # one list may be damaged: it is the second that is believed
    assert clock.on_reading(clock_of("kamstrup", JULY + 261, 60), 20000) is None
    assert clock.event == 0 and clock.utc(20000) == JULY + 140
    clock.on_reading(clock_of("kamstrup", JULY + 271, 60), 30000)
    assert clock.event == JUMP and clock.jump_s == 121
    clock.on_reading(clock_of("kamstrup", JULY + 281, 60), 40000)
    assert clock.event == 0
    for seconds in (50, 60):
        clock.on_reading(clock_of("kamstrup", JULY + 241 + seconds - 86400, 60), seconds * 1000)
    assert clock.event == JUMP and clock.jump_s == -86400
    assert clock.utc(60000) == JULY + 301 - 86400


def test_one_list_with_another_time_is_not_believed():
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY, 60), 0)
    for i, wrong in enumerate((86400, -3600, 4000)):  # nor are three that differ
        reading = clock_of("kamstrup", JULY + wrong, 60)
        assert clock.on_reading(reading, 10000 * (i + 1)) is None
        assert clock.event == 0
    assert clock.on_reading(clock_of("kamstrup", JULY + 40, 60), 40000) == JULY + 40
    assert clock.event == 0 and clock.utc(40000) == JULY + 40
    # and after a good one it begins anew
    assert clock.on_reading(clock_of("kamstrup", JULY + 4050, 60), 50000) is None
    # where clocks are rare, each is believed
    assert clock.on_reading(clock_of("kamstrup", JULY + 8000, 60), 140000) == JULY + 8000
    assert clock.event == JUMP


def test_a_wrong_clock_is_said_to_be_wrong_and_right_again():
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY + 121, 60), 0)
    clock.on_reference(JULY, 0)
    assert clock.event == WRONG and clock.doubtful and clock.difference_s == 121
    assert clock.source == "meter" and clock.utc(0) == JULY + 121
    clock.on_reading(clock_of("kamstrup", JULY + 131, 60), 10000)
    assert clock.event == 0 and clock.doubtful
    clock.on_reading(clock_of("kamstrup", JULY + 140, 60), 20000)
    assert clock.event == RIGHT and not clock.doubtful and clock.difference_s == 120


def test_an_old_reference_is_not_held_against_the_meter():
    clock = MeterClock()
    clock.on_reading(clock_of("kamstrup", JULY, 60), 0)
    clock.on_reference(JULY, 0)
    for day in range(1, 10):
        utc = JULY + day * 86400 + 125  # the phone's time seems 125 s off
        clock.on_reading(clock_of("kamstrup", utc, 60), day * 86400000)
        assert clock.doubtful, day
        if day == 7:
            break
    assert clock.on_reading(clock_of("kamstrup", JULY + 9 * 86400, 60), 9 * 86400000)
    assert clock.difference_s == 125  # not compared again
