"""The meter task with a UART made of a list: pieces, silence, faults, and the line's settings."""

import asyncio

import pytest
from meter_lists import LIST_1, frame

from app import clock, meter
from app.consent import GIVEN
from app.live import Live
from app.settings_file import defaults
from hanport.line_search import CHOICES, setting


class Uart:
    """What comes by time: [(ms, octets)]. The right octets come on the right settings only."""

    def __init__(self, world):
        self.world = world
        self.waiting = b""

    def readinto(self, buffer):
        self.world.receive(self)
        if not self.waiting:
            return None
        piece = self.waiting[: len(buffer)]
        buffer[: len(piece)] = piece
        self.waiting = self.waiting[len(piece) :]
        return len(piece)


class Settings:
    """As app.settings.Settings, in memory."""

    fails = False

    def __init__(self, **values):
        self.values = defaults() | values

    def __getitem__(self, key):
        return self.values[key]

    def change(self, changes):
        if self.fails:
            raise OSError(28)
        self.values = self.values | changes


class Consent:
    """Given."""

    state = GIVEN

    def admits(self, reading, ms):
        return True


class Hours:
    """Counts the lists."""

    def __init__(self):
        self.lists = 0

    def store(self, reading, ms):
        self.lists += 1


class World:
    """Board and time: a list every ten seconds, garbage on the wrong line settings."""

    def __init__(self, monkeypatch, right=0, **settings):
        self.ms = 0
        self.right = setting(right)
        self.line = None
        self.lines = []
        self.next_list = 5000
        self.on = True
        self.settings = Settings(**settings)
        clock.start(lambda: self.ms)
        monkeypatch.setattr(clock.time, "ticks_diff", lambda a, b: a - b, raising=False)
        monkeypatch.setattr(asyncio, "sleep_ms", self._sleep_ms, raising=False)
        self.live = Live(0)
        self.hours = Hours()
        self.meter = meter.Meter(self, self.settings, self.live, Consent(), self.hours)

    def open_meter(self, settings):
        return Uart(self)

    def set_line(self, source, baud, parity, inverted):
        source.waiting = b""  # as the UART's init() does
        self.line = (baud, parity == 0, inverted is not self.settings["inverted"])
        self.lines.append((self.ms, self.line))

    def receive(self, uart):
        if self.ms >= self.next_list:
            self.next_list += 10000
            if self.on:
                good = frame(LIST_1)
                uart.waiting += good if self.line == self.right else bytes(b ^ 0x5A for b in good)

    async def _sleep_ms(self, ms):
        self.ms += ms
        if self.ms >= self.end:
            raise asyncio.CancelledError

    def run(self, seconds):
        self.end = self.ms + seconds * 1000
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(self.meter.run())


@pytest.fixture
def world(monkeypatch):
    return lambda *arguments, **settings: World(monkeypatch, *arguments, **settings)


def test_the_usual_line_is_read_from_the_first_list(world):
    w = world()
    w.run(100)
    assert w.live.seq == 10
    assert w.lines == [(0, (2400, False, False))]
    assert w.settings["line"] is None  # nothing to remember
    assert w.meter.search is None


@pytest.mark.parametrize("right", range(CHOICES))
def test_any_line_is_found_and_remembered(world, right):
    w = world(right)
    w.run(30 + 30 * CHOICES)
    assert w.live.seq > 2
    assert w.line == setting(right)
    assert w.meter.search is None
    assert (w.settings["line"] or 0) == right
    again = world(right, line=w.settings["line"])
    again.run(11)
    assert again.live.seq == 1


def test_a_flash_that_is_full_does_not_stop_the_reading(world):
    w = world(3)
    w.settings.fails = True
    w.run(300)
    assert w.live.seq > 5
    assert w.settings["line"] is None


def test_the_owner_s_word_is_kept(world):
    w = world(1, line=0, line_locked=True)
    w.run(2000)
    assert len(w.lines) == 1
    assert w.live.seq == 0


def test_silence_says_nothing_about_the_line(world):
    w = world()
    w.on = False
    w.run(3600)
    assert len(w.lines) == 1
    assert w.meter.search is None
    w.on = True
    w.run(20)
    assert w.live.seq >= 1


def test_a_known_line_is_not_left_for_a_few_minutes_of_noise(world):
    w = world(2, line=2)
    w.run(60)
    read = w.live.seq
    w.right = None
    w.run(300)
    assert w.live.seq == read
    assert len(w.lines) == 1
    w.right = setting(2)
    w.run(60)
    assert w.live.seq > read


def test_polarity_of_the_board_is_turned_by_the_choice(world):
    for inverted in (True, False):
        for choice in (0, 1):
            w = world(choice, inverted=inverted, line=choice)
            w.run(20)
            assert w.live.seq == 2


def test_a_frame_that_stops_is_given_up_after_a_second_of_silence(world):
    w = world()
    w.on = False
    w.run(5)
    uart = w.meter._source
    uart.waiting = frame(LIST_1)[:150]
    w.run(3)
    assert w.meter.decoder.counters.as_dict()["truncated"] == 1
    uart.waiting = frame(LIST_1)
    w.run(1)
    assert w.live.seq == 1


def test_two_lists_in_one_read_are_both_counted(world):
    w = world()
    w.on = False
    w.run(5)
    w.meter._source.waiting = frame(LIST_1) * 20
    w.run(1)
    assert w.live.seq == 20


def test_a_flood_of_octets_leaves_the_others_their_turn(world, monkeypatch):
    w = world()
    turns = []
    sleep = w._sleep_ms

    async def counted(ms):
        turns.append(ms)
        await sleep(ms)

    monkeypatch.setattr(asyncio, "sleep_ms", counted, raising=False)
    w.on = False
    w.run(1)
    turns.clear()
    w.meter._source.waiting = bytes(100_000)
    w.run(3)
    assert w.meter.decoder.counters.octets == 100_000
    assert len(turns) >= 100_000 // 2048
