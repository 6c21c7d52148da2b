"""Bundles that are taken and bundles that are refused, on a folder of this computer."""

import os

import pytest
import slots
import switch
from update_bundles import OWNER, STRANGER, public, signed, tree
from update_cuts import contents, paths_below
from update_refused import NEW, REFUSED

from app.update import Refused, Update


class Implementation:
    """What sys.implementation says on the dongle."""

    version = (1, 29, 0, "")
    _mpy = 6 | 3 << 8 | 10 << 10


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A dongle that runs version 1.0.0 from the tree beside slots.py."""
    monkeypatch.setattr(slots, "home", str(tmp_path))
    monkeypatch.setattr(slots, "use", ".")
    monkeypatch.setattr(slots, "on_trial", False)
    monkeypatch.setattr(switch, "leave", lambda: None)  # the tests' module, not another one
    if not hasattr(os, "ilistdir"):
        monkeypatch.setattr(os, "ilistdir", ilistdir, raising=False)
    put(tmp_path, tree("1.0.0"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "hours").write_bytes(b"hours")
    assert switch.pick() == "."
    return tmp_path


def ilistdir(path):
    with os.scandir(path) as entries:
        for entry in entries:
            yield entry.name, 0x4000 if entry.is_dir() else 0x8000, 0


def put(folder, files):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def files_in(folder):
    return {path: (folder / path).read_bytes() for path in paths_below(str(folder))}


def take(data, keys=None, older=False, piece=4096, implementation=Implementation):
    """Take a bundle in, as api_update does; Refused when it is not taken."""
    update = Update([public(OWNER)] if keys is None else keys, older, implementation)
    try:
        for at in range(0, len(data), piece):
            for _ in update.feed(data[at : at + piece]):
                pass
        update.end()
    finally:
        update.close()
    return update


@pytest.mark.parametrize("name", REFUSED)
def test_s11_refused(home, name):
    data, code = REFUSED[name]
    before = files_in(home)
    with pytest.raises(Refused) as refusal:
        take(data)
    assert refusal.value.args == (code,)
    assert switch.pick() == "." and not slots.on_trial
    after = files_in(home)
    assert {path: after.get(path) for path in before} == before
    assert switch.info("a") is None, "a folder that was not taken must not count"
    # until the signature was looked at nothing may have been touched at all
    if code not in ("update_altered", "update_truncated", "update_too_long"):
        assert after == before


@pytest.mark.parametrize("name", ["not a bundle", "no signature", "a stranger's", "older"])
def test_refused_with_its_first_piece(home, name):
    update = Update([public(OWNER)], False, Implementation)
    with pytest.raises(Refused):
        list(update.feed(REFUSED[name][0][:4096]))
    update.close()


@pytest.mark.parametrize("piece", [1, 7, 100, 4096, 1 << 20])
def test_taken(home, piece):
    update = take(NEW, piece=piece)
    assert (update.version, update.received, update.size) == ("1.1.0", len(NEW), len(NEW))
    assert files_in(home / "a") == contents(NEW)
    assert not (home / "update.tmp").exists()
    assert switch.pick() == "a" and slots.on_trial
    switch.confirm()
    assert switch.pick() == "a" and not slots.on_trial
    assert (home / "data" / "hours").read_bytes() == b"hours"


def test_folders_take_turns(home):
    seen = []
    for patch in range(1, 6):
        take(signed(tree(f"1.0.{patch}", salt=patch)))
        seen.append(switch.pick())
        switch.confirm()
        assert switch.info(slots.use)["version"] == f"1.0.{patch}"
        # what ran before stays as the way back; what is older makes room
        others = [name for name in (".", "a", "b") if switch.info(name)]
        assert len(others) == 2
    assert seen == ["a", "b", "a", "b", "a"]
    assert not (home / "app").exists()
    assert (home / "data" / "hours").exists()


def test_other_peoples_files_stay(home):
    put(home, {"lib/umqtt.mpy": b"mine", "notes.txt": b"mine", "b/old.txt": b"an update's"})
    take(NEW)
    switch.pick()
    switch.confirm()
    take(signed(tree("1.2.0")))
    assert (home / "lib/umqtt.mpy").exists() and (home / "notes.txt").exists()
    assert not (home / "b/old.txt").exists()


def test_the_same_version_again(home):
    take(signed(tree("1.0.0", salt=8)))
    assert switch.pick() == "a"


def test_an_older_version_when_asked_for(home):
    take(signed(tree("0.9.9")), older=True)
    assert switch.pick() == "a" and switch.info("a")["version"] == "0.9.9"


def test_versions_are_numbers(home):
    put(home, tree("1.9.0"))
    take(signed(tree("1.10.0")))
    assert switch.pick() == "a"


def test_no_keys(home):
    with pytest.raises(Refused, match="update_no_keys"):
        take(NEW, keys=[])


def test_any_of_several_keys(home):
    take(NEW, keys=[public(STRANGER), public(OWNER)])
    assert switch.pick() == "a"


@pytest.mark.parametrize("minor", [26, 27, 28, 29])
def test_each_micropython_it_is_for(home, minor):
    class Own(Implementation):
        version = (1, minor, 0, "")

    take(NEW, implementation=Own)
    assert switch.pick() == "a"


@pytest.mark.parametrize("minor", [25, 30])
def test_no_other_micropython(home, minor):
    class Own(Implementation):
        version = (1, minor, 0, "")

    with pytest.raises(Refused, match="update_wrong_micropython"):
        take(NEW, implementation=Own)


def test_not_while_on_trial(home):
    take(NEW)
    assert switch.pick() == "a" and slots.on_trial
    with pytest.raises(Refused, match="update_on_trial"):
        take(NEW)
    assert switch.info(".") is not None, "the way back must stay"


def test_a_full_flash_does_not_switch(home, monkeypatch):
    import errno

    from app import update_files

    def no_room(base, path):
        if path == "lib/microdot.mpy":
            raise OSError(errno.ENOSPC, path)
        return open_within(base, path)

    open_within = update_files.open_within
    monkeypatch.setattr(update_files, "open_within", no_room)
    with pytest.raises(OSError):
        take(NEW)
    assert switch.pick() == "."
    update = Update([public(OWNER)], False, Implementation)
    with pytest.raises(OSError):
        list(update.feed(NEW))
    update.close()
    with pytest.raises(Refused, match="update_truncated"):
        update.end()


@pytest.mark.parametrize("steps", range(0, 200, 9))
def test_dropped_anywhere_and_taken_up(home, steps):
    """A request that ends in the middle of a piece: the next one begins at `received`."""
    update = Update([public(OWNER)], False, Implementation)
    one = update.feed(NEW[:9000])
    for _ in range(steps):
        if next(one, one) is one:
            break
    one.close()
    while update.received < len(NEW):
        list(update.feed(NEW[update.received : update.received + 3000]))
    update.end()
    assert switch.pick() == "a"
    assert files_in(home / "a") == contents(NEW)


def test_given_up_by_starts(home):
    take(NEW)
    for _ in range(3):
        assert switch.pick() == "a" and slots.on_trial
    assert switch.pick() == "." and not slots.on_trial
    assert switch.read()[4:] == ["1.1.0", "starts"]
    assert switch.pick() == "."
    take(NEW)
    assert switch.pick() == "a"
