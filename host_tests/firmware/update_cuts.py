"""An update with the power cut at every single write: the scenario, for both Pythons.

A dongle is put onto a flash in RAM: an old tree, the household's data, and what slots.txt says.
Then a bundle is taken in, piece by piece as over HTTP, and the power is cut at the first write or
erase, the second, and so on, each torn in several ways. After every cut the file system is mounted
anew and switch.pick() must choose a folder whose every file is as in the old bundle or as in the
new one. Then the update is done again and must succeed; and the start on trial, its confirmation
and its end are cut at every write likewise.

mount(flash, format) -> an object with close(): the way to a file system, different per Python.
"""

import os

import slots
import switch
from fakes.flash import Flash, PowerCut

from app import p256, update
from app.update import Update

HOME = "/cut"
DATA = b"the household's hours" * 100
_KIND = 0x4000


_verified = {}


def verify_once(key, digest, signature, verify=p256.verify):
    """p256.verify(), whose answer is kept: it does not depend on the flash."""
    asked = bytes(key), bytes(digest), bytes(signature)
    if asked not in _verified:
        _verified[asked] = list(verify(*asked))
    return _verified[asked]


def stay(*name):
    """In place of what lets go of a module, so that it need not be loaded for each cut."""


class Implementation:
    """What sys.implementation says on the dongle."""

    version = (1, 29, 0, "")
    _mpy = 6 | 3 << 8


def contents(bundle):
    """{path: content} of a bundle."""
    end = bundle.find(b"\n\n") + 2
    at = bundle.find(b"\n", end) + 1
    found = {}
    for line in bundle[:end].decode().split("\n"):
        words = line.split(" ")
        if len(words) == 3 and len(words[0]) == 64:
            found[words[2]] = bundle[at : at + int(words[1])]
            at += int(words[1])
    assert at == len(bundle)
    return found


def make_folder(path):
    try:
        os.mkdir(path)
    except OSError:
        pass


def write(path, content):
    at = path.find("/", len(HOME) + 1)
    while at > 0:
        make_folder(path[:at])
        at = path.find("/", at + 1)
    with open(path, "wb") as file:
        file.write(content)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def paths_below(folder):
    found = []
    for entry in list(os.ilistdir(folder)):
        if entry[1] & _KIND:
            found += [entry[0] + "/" + path for path in paths_below(folder + "/" + entry[0])]
        else:
            found.append(entry[0])
    return found


class Dongle:
    """`old` and `new` bundles, `keys` that are trusted, `running` folder at first, and which
    folders besides it hold an old tree."""

    def __init__(self, old, new, keys, running=".", beside=()):
        self.old = contents(old)
        self.new = contents(new)
        self.bundle = new
        self.keys = keys
        self.running = running
        self.beside = beside

    def set_up(self):
        """The dongle before the update."""
        slots.home = HOME
        make_folder(HOME + "/data")
        write(HOME + "/data/hours", DATA)
        write(HOME + "/main.py", b"import slots")
        for name in (self.running,) + tuple(self.beside):
            for path in self.old:
                write(slots.path_of(name) + "/" + path, self.old[path])
        if self.running != ".":
            base = switch.info(".")
            build = base["build"] if base else "-"
            switch.write([self.running, "-", 0, build, "1.0.0", "-"])
        assert switch.pick() == self.running

    def start(self):
        """A start after the power came: (folder, whether it is the new tree)."""
        assert read(HOME + "/data/hours") == DATA
        assert read(HOME + "/main.py") == b"import slots"
        name = switch.pick()
        is_new = switch.info(name)["version"] == "1.1.0"
        tree = self.new if is_new else self.old
        folder = slots.path_of(name)
        for path in tree:
            assert read(folder + "/" + path) == tree[path], (name, path)
        if name != ".":
            assert sorted(paths_below(folder)) == sorted(tree), name
        return name, is_new

    def update(self):
        """The whole update. True when it is done, False when the power went."""
        one = None
        kept = p256.verify, update.forget, switch.leave
        p256.verify, update.forget, switch.leave = verify_once, stay, stay
        try:
            one = Update(self.keys, False, Implementation)
            for at in range(0, len(self.bundle), 4096):
                for _ in one.feed(self.bundle[at : at + 4096]):
                    pass
            assert one.version == "1.1.0"
            assert one.received == one.size == len(self.bundle)
            one.end()
            return True
        except (OSError, PowerCut):
            return False
        finally:
            if one:
                try:
                    one.close()
                except (OSError, PowerCut):
                    pass
            p256.verify, update.forget, switch.leave = kept


def cut_everywhere(mount, flash, act, check, tears, first=1, every=1):
    """act() on a copy of `flash` with the power cut at each write; check(act's result) on what
    is left. Returns how many cuts were made."""
    cuts = 0
    operation = first
    while True:
        for tear in tears:
            trial = flash.revive()
            volume = mount(trial, False)
            switch.pick()
            trial.cut_at(operation, tear)
            result = act()
            volume.close()
            if not trial.dead:
                return cuts
            cuts += 1
            volume = mount(trial.revive(), False)
            check(result)
            volume.close()
        operation += every


def run_update(mount, dongle, blocks, tears, first=1, every=1):
    """An update cut at every write. Returns (cuts, the flash after a whole one)."""
    flash = Flash(blocks)
    volume = mount(flash, True)
    dongle.set_up()
    volume.close()

    def check(done):
        name, is_new = dongle.start()
        if not is_new:
            assert name == dongle.running and not slots.on_trial
            assert not done, "the update was reported as done"
            assert dongle.update(), "not accepted after the cut"
            name, is_new = dongle.start()
        assert is_new and slots.on_trial and name != dongle.running
        switch.confirm()
        assert dongle.start() == (name, True) and not slots.on_trial

    cuts = cut_everywhere(mount, flash, dongle.update, check, tears, first, every)
    volume = mount(flash, False)
    switch.pick()
    assert dongle.update()
    volume.close()
    return cuts, flash


def run_trial(mount, dongle, flash, tears):
    """The starts on trial that follow, cut at every write. Returns how many cuts there were."""

    def safely(act):
        def acting():
            try:
                act()
                return True
            except (OSError, PowerCut):
                return False

        return acting

    def still_good(done):
        """It is one or the other, whole; and without a confirmation it ends with the old one."""
        for _ in range(5):
            name, is_new = dongle.start()
        assert (name, is_new) == (dongle.running, False) or not slots.on_trial
        assert not slots.on_trial

    cuts = cut_everywhere(mount, flash, safely(dongle.start), still_good, tears)
    volume = mount(flash, False)
    assert dongle.start()[1]
    volume.close()

    def confirmed(done):
        name, is_new = dongle.start()
        assert is_new
        switch.confirm()
        assert not slots.on_trial and dongle.start() == (name, True)

    cuts += cut_everywhere(mount, flash, safely(switch.confirm), confirmed, tears)

    def given_up(done):
        name, is_new = dongle.start()
        if is_new:
            switch.go_back("time")
            name, is_new = dongle.start()
        assert name == dongle.running
        assert switch.read()[4:] == ["1.1.0", "time"]

    cuts += cut_everywhere(mount, flash, safely(lambda: switch.go_back("time")), given_up, tears)
    return cuts
