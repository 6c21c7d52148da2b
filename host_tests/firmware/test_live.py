"""Live: states, the ten minutes, what is still known, the last hour."""

import asyncio
import itertools

import pytest

from app import clock
from app.live import GAP, POINTS, Live
from hanport.reading import Reading


def reading(**values):
    one = Reading()
    for name, value in values.items():
        assert hasattr(one, name)
        setattr(one, name, value)
    return one


def points(live, ms):
    return [None if watts == GAP else watts for watts in live.points(ms)]


def test_power_that_flows_out_is_negative_in_the_ring():
    live = Live(0)
    live.store(reading(import_w=0, export_w=1), 10000)
    live.store(reading(import_w=0, export_w=1200), 20000)
    live.store(reading(import_w=0, export_w=0), 30000)
    live.store(reading(import_w=300, export_w=0), 40000)
    assert points(live, 40000)[-4:] == [-1, -1200, 0, 300]


def test_states_by_age():
    live = Live(5000)
    assert live.state(5000) == live.state(35000) == "starting"
    assert live.state(35001) == live.state(10**9) == "no_signal"
    assert live.age_s(10**6) is None
    live.store(reading(import_w=0), 100000)
    assert live.state(100000) == live.state(130000) == "live"
    assert live.state(130001) == live.state(220000) == "old"
    assert live.state(220001) == "no_signal"
    assert live.age_s(100999) == 0
    assert live.age_s(101000) == 1


def test_a_list_every_ten_seconds_fills_every_point():
    live = Live(0)
    for i in range(100):
        live.store(reading(import_w=i), 3000 + i * 10000)
    assert points(live, 3000 + 99 * 10000) == list(range(40, 100))


@pytest.mark.parametrize("drift", [-3, 3, 40])
def test_a_drifting_clock_makes_no_gap(drift):
    """40 ms a list is four thousand ppm; a meter's crystal has twenty."""
    live = Live(0)
    ms = 0
    for i in range(3000):
        ms += 10000 + drift + (i * 7919) % 101 - 50  # and the jitter of polling
        live.store(reading(import_w=i), ms)
        if i > POINTS:
            assert points(live, ms) == list(range(i - 59, i + 1))


@pytest.mark.parametrize("period", [2000, 2500])
def test_frequent_lists_share_a_point(period):
    live = Live(0)
    for i in range(1000):
        live.store(reading(import_w=i * period // 1000), 4321 + i * period)
    got = points(live, 4321 + 999 * period)
    assert None not in got
    steps = [after - before for before, after in itertools.pairwise(got)]
    assert all(4 <= step <= 16 for step in steps)
    assert 580 <= got[-1] - got[0] <= 600


def test_missing_lists_are_gaps_and_a_long_pause_clears_all():
    live = Live(0)
    live.store(reading(import_w=1), 1000)
    live.store(reading(import_w=2), 31000)
    assert points(live, 31000)[-4:] == [1, None, None, 2]
    assert points(live, 45900)[-5:] == [1, None, None, 2, None]
    assert points(live, 45900 + 590000) == [None] * 60
    live.store(reading(import_w=3), 31000 + 3600_000)
    assert points(live, 31000 + 3600_000) == [None] * 59 + [3]


def test_an_early_second_list_takes_the_point():
    live = Live(0)
    live.store(reading(import_w=1), 10000)
    live.store(reading(import_w=2), 12000)
    assert points(live, 12000)[-2:] == [None, 2]


def test_zero_watts_is_a_value_and_no_power_is_none():
    live = Live(0)
    live.store(reading(l1_mv=230000), 10000)
    assert points(live, 10000) == [None] * 60
    assert live.known(0) is None
    live.store(reading(import_w=0), 20000)
    assert points(live, 20000)[-1] == 0
    assert live.known(0) == 0


def test_a_value_is_known_for_half_a_minute_beyond_its_list():
    live = Live(0)
    live.store(reading(import_w=1, l1_mv=230000, import_wh=5), 10000)
    for second in range(12, 41, 2):
        live.store(reading(import_w=1), second * 1000)
    assert live.known(7) == 230000
    live.store(reading(import_w=1), 42000)
    assert live.known(7) is None
    assert live.known(16) == 5  # a register holds until the next hourly list
    assert live.known(17) is None


def test_texts_and_clock_stay_or_go():
    live = Live(0)
    first = reading(list_id="AIDON_V0001", meter_id="42", year=2026, month=1, day=2)
    first.hour = first.minute = first.second = 3
    live.store(first, 1000)
    live.store(reading(import_w=1), 3000)
    assert live.texts == ["AIDON_V0001", "42", None]
    assert live.timestamp is None


def test_a_page_that_waits_is_woken_once_and_sees_the_latest():
    async def run():
        live = Live(0)
        seen = []

        async def page():
            while len(seen) < 3:
                await live.changed.wait()
                seen.append(live.seq)
                await asyncio.sleep(0)

        task = asyncio.create_task(page())
        await asyncio.sleep(0)
        for burst in (1, 5, 1):
            for _ in range(burst):
                live.store(reading(import_w=1), 0)
            for _ in range(4):
                await asyncio.sleep(0)
        await asyncio.wait_for(task, 1)
        assert seen == [1, 6, 7]

    asyncio.run(run())


def test_clock_never_wraps(monkeypatch):
    """ticks_ms wraps at 2**30 on the ESP32."""
    period = 1 << 30
    now = [period - 500]

    def ticks_diff(a, b):
        return (a - b + period // 2) % period - period // 2

    monkeypatch.setattr(clock.time, "ticks_diff", ticks_diff, raising=False)
    clock.start(lambda: now[0])
    assert clock.ms() == 0
    total = 0
    for _ in range(50):
        now[0] = (now[0] + 400_000_000) % period  # 4.6 days
        total += 400_000_000
        assert clock.ms() == total
