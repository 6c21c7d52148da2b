"""A state outlives a restart and a cut, and the newest whole one is found."""

import pytest
from fakes.flash import PowerCut
from fakes.plain_fs import PlainOs

from app import state as module
from app.state import State

TYPICAL = [12345670, 0, 505000, 1818000005, "6840000000001234", 505000, 3, 505000, 1870, 0, 3599]


def test_nothing_saved_is_none():
    with PlainOs().on(module):
        assert State("/d", "hour").load() is None


def test_the_last_state_comes_back_however_often_it_was_saved():
    with PlainOs().on(module):
        state = State("/d", "hour")
        for i in range(600):  # the serial goes round twice
            assert state.save([i])
            assert State("/d", "hour").load() == [i]


def test_two_files_in_turn():
    with PlainOs().on(module) as files:
        State("/d", "hour").save([0])
        assert sorted(files.files) == ["/d/hour.1"]
        State("/d", "hour").save([1])
        assert sorted(files.files) == ["/d/hour.0", "/d/hour.1"]
        kept = bytes(files.files["/d/hour.0"])
        State("/d", "hour").save([2])
        assert bytes(files.files["/d/hour.0"]) == kept and State("/d", "hour").load() == [2]


def test_a_ledgers_state_fits_littlefs_metadata():
    with PlainOs().on(module) as files:
        State("/d", "hour").save(TYPICAL)
        assert max(len(octets) for octets in files.files.values()) <= 128


def test_a_state_too_big_to_save_often_is_an_error_unless_daily():
    with PlainOs().on(module):
        with pytest.raises(ValueError, match="too big"):
            State("/d", "hour").save(["x" * 120])
        big = list(range(131))
        daily = State("/d", "quality", daily=True)
        assert daily.save(big)
        assert State("/d", "quality", daily=True).load() == big
        with pytest.raises(ValueError, match="too big"):
            daily.save(["x" * 2041])


def test_a_cut_leaves_the_state_before():
    for tear in range(9):
        for change in (1, 2, 3, 4):
            files = PlainOs()
            with files.on(module):
                assert State("/d", "hour").save(TYPICAL)
                assert State("/d", "hour").save(TYPICAL + [1])
                files.cut_at(change, tear)
                saved = TYPICAL + [1]
                try:
                    state = State("/d", "hour")
                    if state.save([2]):
                        saved = [2]
                    state.save([3])
                except PowerCut:
                    pass
            with files.revive().on(module):
                assert State("/d", "hour").load() in (saved, [3] if saved == [2] else [2])


def test_damaged_and_foreign_files_are_no_state():
    with PlainOs().on(module) as files:
        State("/d", "hour").save([1])
        State("/d", "hour").save([2])
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


def test_a_failing_disk_is_reported_and_the_old_state_stays():
    with PlainOs().on(module) as files:
        state = State("/d", "hour")
        state.save([1])

        def full(path, mode):
            raise OSError(28, "ENOSPC")

        module.open = full
        assert not state.save([2])
        assert state.error == 28
        module.open = files.open
        assert state.save([3])
        assert state.error == 0
        assert State("/d", "hour").load() == [3]
