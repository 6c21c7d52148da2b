"""What outlives a restart: causes, counts, last words, and when safe mode is due."""

import pytest

from app import boots


class Board:
    def __init__(self):
        self.kept = b""
        self.cause = "power"
        self.held = False
        self.fed = []
        self.restarts = []

    def feed(self, timeout=0):
        self.fed.append(timeout)

    def restart(self, mark=1):
        self.restarts.append(mark)

    def memory(self, data=None):
        if data is not None:
            self.kept = bytes(data)
        return self.kept

    def reset_cause(self):
        return self.cause

    def button(self):
        return self.held

    def mark(self, mark):
        data = bytearray(self.kept)
        data[0] = mark
        self.kept = bytes(data)


@pytest.fixture
def board(monkeypatch):
    one = Board()
    one.now = 1000
    monkeypatch.setattr(boots.time, "time", lambda: one.now)
    return one


def start(board, cause="other", mark=None):
    if mark is not None:
        board.mark(mark)
    board.cause = cause
    return boots.count_start(board)


def counts(board):
    names = boots.CAUSES.split()
    found = zip(names, boots.counts(boots.read(board)), strict=True)
    return {name: count for name, count in found if count}


def test_causes(board):
    start(board, "power")
    start(board, mark=boots.PLANNED)
    start(board, mark=boots.CRASHED)
    start(board, "watchdog")
    start(board)
    start(board, "power")
    assert counts(board) == {"power": 2, "planned": 1, "crash": 1, "watchdog": 1, "unknown": 1}


def test_nothing_known_is_a_first_start_whatever_the_chip_says(board):
    start(board, "watchdog")
    assert counts(board) == {"power": 1}


def test_five_that_were_not_meant_in_ten_minutes(board):
    start(board, "power")
    for _ in range(4):
        board.now += 100
        assert not start(board, "watchdog")
    board.now += 100
    assert start(board)
    assert counts(board)["safe_mode"] == 1
    board.now += 60
    assert not start(board), "the next one gets its chance"


def test_five_in_more_than_ten_minutes_are_none(board):
    start(board, "power")
    for _ in range(30):
        board.now += 151
        assert not start(board, "watchdog")


def test_planned_ones_do_not_count(board):
    start(board, "power")
    for _ in range(20):
        board.now += 5
        assert not start(board, mark=boots.PLANNED)


def test_what_follows_a_prompt_was_meant(board):
    boots.ended(board, KeyboardInterrupt())
    assert board.kept == b"", "nothing there yet"
    start(board, "power")
    for _ in range(20):
        board.fed = []
        boots.ended(board, KeyboardInterrupt())
        assert board.fed == [3600000], "a copy takes minutes, and the watchdog half of one"
        board.now += 5
        assert not start(board)
    assert counts(board) == {"power": 1, "planned": 20}


def test_what_died_has_an_hour_at_the_prompt_too(board, monkeypatch):
    start(board, "power")
    slept = []

    def sleep(ms):
        slept.append((ms, list(board.fed)))

    monkeypatch.setattr(boots.time, "sleep_ms", sleep, raising=False)
    monkeypatch.setattr(
        boots.sys, "print_exception", lambda failure, out=None: None, raising=False
    )
    boots.ended(board, ValueError("gone"))
    assert slept == [(3000, [3600000])]
    assert board.restarts == [boots.CRASHED]
    start(board, mark=board.restarts[0])
    assert counts(board) == {"power": 1, "crash": 1}


def test_power_that_comes_and_goes_does_not_count(board):
    for _ in range(20):
        board.now += 5
        assert not start(board, "power")


def test_button(board):
    board.held = True
    assert start(board, "power")


@pytest.mark.parametrize("kept", [b"x", b"\0" * 200, b"\xff" * 200, b"\0" * 2048])
def test_a_damaged_record_is_a_new_one(board, kept):
    board.kept = kept
    assert not start(board)
    assert counts(board) == {"power": 1}


def test_one_flipped_bit(board):
    start(board, "power")
    data = bytearray(board.kept)
    data[40] ^= 1
    board.kept = bytes(data)
    assert counts(board) == {}


@pytest.mark.parametrize("mark", [3, 5, 97, 255])
def test_a_mark_that_nobody_made_is_an_unknown_cause(board, mark):
    """The mark is outside the CRC, and is a place among the counts."""
    start(board, "power")
    times = boots.read(board)[14:196]
    assert not start(board, "watchdog", mark)
    assert not start(board, mark=mark)
    assert counts(board) == {"power": 1, "watchdog": 1, "unknown": 1}
    data = boots.read(board)
    assert data[22:196] == times[8:], "two starts that were not meant, and nothing else"


def test_last_words(board):
    start(board, "power")
    try:
        raise ValueError("blåbær" * 60)
    except ValueError as error:
        boots.sys.print_exception = lambda failure, out: out.write(
            f"Traceback\n  File x\nValueError: {failure}"
        )
        boots.tell(board, "meter", error)
        boots.tell(board, "meter", error)
    data = boots.read(board)
    assert boots.deaths(data) == 2
    words = boots.last_words(data)
    assert words.startswith("meter: ")
    assert words.endswith("blåbær")
    assert len(words.encode()) <= 160
    assert not start(board, mark=boots.CRASHED)
    assert boots.last_words(boots.read(board)) == words


def test_telling_never_raises(board):
    board.memory = lambda data=None: 1 / 0
    boots.tell(board, "meter", ValueError())


def test_counts_stop_at_their_end(board):
    start(board, "power")
    data = boots.read(board)
    data[2:4] = b"\xff\xff"
    boots.write(board, data)
    start(board, "power")
    assert boots.counts(boots.read(board))[0] == 65535
