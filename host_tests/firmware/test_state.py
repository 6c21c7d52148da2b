"""A state outlives a restart and a cut, ten minutes apart, and prefers what is newest."""

import pytest
from fakes.flash import PowerCut
from fakes.plain_fs import PlainOs

from app import state as module
from app.state import State

MINUTE = 60000
TYPICAL = [12345670, 0, 505000, 1818000005, "6840000000001234", 505000, 3, 505000, 1870, 0, 3599]


class Memory:
    """The board's RTC memory: octets that survive a reset, not a power cut."""

    def __init__(self):
        self.octets = b"\xa5" * 64  # what is there after power-on

    def read(self):
        return self.octets

    def write(self, octets):
        self.octets = bytes(octets)


def test_nothing_saved_is_none():
    with PlainOs().on(module):
        assert State("/d", "hour").load() is None


def test_the_last_state_comes_back_however_often_it_was_saved():
    with PlainOs().on(module):
        state = State("/d", "hour")
        for i in range(600):  # the serial goes round twice
            assert state.save([i], i, now=True)
            assert State("/d", "hour").load() == [i]


def test_flash_is_written_every_ten_minutes_at_most():
    with PlainOs().on(module) as files:
        state = State("/d", "hour")
        assert state.save([0], 5)
        assert not state.save([1], 5 + 10 * MINUTE - 1)
        assert State("/d", "hour").load() == [0]
        assert state.save([2], 5 + 10 * MINUTE)
        assert not state.save([3], 6 + 10 * MINUTE)
        assert state.save([4], 7 + 10 * MINUTE, now=True)
        assert State("/d", "hour").load() == [4]
        assert sorted(files.files) == ["/d/hour.0", "/d/hour.1"]


def test_a_ledgers_state_fits_littlefs_metadata():
    with PlainOs().on(module) as files:
        State("/d", "hour").save(TYPICAL, 0)
        assert max(len(octets) for octets in files.files.values()) <= 128


def test_a_state_too_big_to_save_often_is_an_error_unless_daily():
    with PlainOs().on(module):
        with pytest.raises(ValueError, match="too big"):
            State("/d", "hour").save(["x" * 120], 0)
        big = list(range(131))
        daily = State("/d", "quality", daily=True)
        assert daily.save(big, 0)
        assert not daily.save([], 24 * 60 * MINUTE - 1)
        assert State("/d", "quality", daily=True).load() == big
        with pytest.raises(ValueError, match="too big"):
            daily.save(["x" * 2041], 0)


def test_a_cut_leaves_the_state_before():
    for tear in range(9):
        for change in (1, 2, 3, 4):
            files = PlainOs()
            with files.on(module):
                assert State("/d", "hour").save(TYPICAL, 0)
                assert State("/d", "hour").save(TYPICAL + [1], 0)
                files.cut_at(change, tear)
                saved = TYPICAL + [1]
                try:
                    state = State("/d", "hour")
                    if state.save([2], 0):
                        saved = [2]
                    state.save([3], 0, now=True)
                except PowerCut:
                    pass
            with files.revive().on(module):
                assert State("/d", "hour").load() in (saved, [3] if saved == [2] else [2])


def test_damaged_and_foreign_files_are_no_state():
    with PlainOs().on(module) as files:
        State("/d", "hour").save([1], 0)
        State("/d", "hour").save([2], 0)
        files.files["/d/hour.0"][1] ^= 4
        assert State("/d", "hour").load() == [1]
        files.files["/d/hour.1"][:] = b"not a state at all"
        assert State("/d", "hour").load() is None
        files.files["/d/hour.1"][:] = b""
        assert State("/d", "hour").load() is None
        data = bytearray(b"{no json\x01....")
        module.seal(data, 0, len(data))
        files.files["/d/hour.1"][:] = data
        assert State("/d", "hour").load() is None


def test_memory_is_newer_between_the_saves_and_older_after_a_power_cut():
    memory = Memory()
    with PlainOs().on(module) as files:
        state = State("/d", "hour", memory)
        assert state.load() is None  # rubbish in it is no state
        state.save([1], 0)
        assert State("/d", "hour", memory).load() == [1]
        state.save([2], MINUTE)
        assert State("/d", "hour", memory).load() == [2]  # a reset
        again = State("/d", "hour", memory)
        again.load()
        again.save([3], 0)
        again.save([4], MINUTE)
        assert State("/d", "hour", memory).load() == [4]
        assert State("/d", "hour").load() == [3]  # a power cut
        assert len(files.files) == 2
        memory.write(b"")
        assert State("/d", "hour", memory).load() == [3]
        again.forget()
        assert memory.octets == b""


def test_a_stale_memory_loses_to_a_newer_file():
    memory = Memory()
    with PlainOs().on(module):
        State("/d", "hour", memory).save([1], 0)
        for i in range(5):
            State("/d", "hour").save([10 + i], 0)
        assert State("/d", "hour", memory).load() == [14]


def test_a_failing_disk_is_reported_and_the_old_state_stays():
    with PlainOs().on(module) as files:
        state = State("/d", "hour")
        state.save([1], 0)

        def full(path, mode):
            raise OSError(28, "ENOSPC")

        module.open = full
        assert not state.save([2], 0, now=True)
        assert state.error == 28
        module.open = files.open
        assert state.save([3], 0, now=True)
        assert state.error == 0
        assert State("/d", "hour").load() == [3]
