"""Which folder runs, whatever slots.txt and the folders hold."""

import errno
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest
import slots
import switch

ROOT = Path(__file__).resolve().parents[2]
WORDS = ROOT / "firmware" / "web" / "strings-update.json"


class Place:
    """A dongle's root folder in the making."""

    def __init__(self, path):
        self.path = path

    def complete(self, name, number="1.0.0", build=None):
        folder = self.path if name == "." else self.path / name
        folder.mkdir(exist_ok=True)
        info = {"version": number, "build": build or f"build{name}", "board": "unix"}
        (folder / "version.json").write_text(json.dumps(info))

    def table(self, text):
        (self.path / "slots.txt").write_text(text)


@pytest.fixture
def place(tmp_path, monkeypatch):
    for name, value in (("home", str(tmp_path)), ("use", "."), ("on_trial", False)):
        monkeypatch.setattr(slots, name, value)
    return Place(tmp_path)


def test_fresh_from_usb(place):
    place.complete(".")
    assert switch.pick() == "." and not slots.on_trial
    assert not (place.path / "slots.txt").exists()


def test_nothing_complete_at_all(place):
    """Sources that were copied by hand: no version.json, and they run."""
    assert switch.pick() == "."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "c - 0 build. 1.1.0 -",
        "a - x build. 1.1.0 -",
        "a - 0 build. 1.1.0 - -",
        "../x - 0 build. 1.1.0 -",
        "\x00\x00\x00",
    ],
)
def test_a_table_that_says_nothing(place, text):
    place.complete(".")
    place.complete("a")
    place.table(text)
    assert switch.pick() == "."


def test_octets_that_are_no_text(place):
    place.complete(".")
    (place.path / "slots.txt").write_bytes(b"\xff\xfe a - 0 build. 1 -")
    assert switch.pick() == "."


def test_confirmed(place):
    place.complete(".")
    place.complete("a")
    place.table("a - 0 build. 1.1.0 -")
    for _ in range(9):
        assert switch.pick() == "a" and not slots.on_trial


def test_three_starts_on_trial(place):
    place.complete(".")
    place.complete("a")
    place.table("a . 0 build. 1.1.0 meter")
    for start in (1, 2, 3):
        assert switch.pick() == "a" and slots.on_trial
        assert switch.read()[2] == str(start)
    assert switch.pick() == "." and not slots.on_trial
    assert switch.read() == [".", "-", "0", "build.", "1.1.0", "starts"]


def test_confirmed_in_the_third(place):
    place.complete(".")
    place.complete("a")
    place.table("a . 2 build. 1.1.0 meter")
    assert switch.pick() == "a"
    switch.confirm()
    assert switch.read() == ["a", "-", "0", "build.", "1.1.0", "-"]
    assert switch.pick() == "a" and not slots.on_trial


def test_confirm_means_the_trial_only(place):
    place.complete(".")
    place.table(". - 0 build. 1.1.0 time")
    switch.pick()
    switch.confirm()
    assert switch.read()[5] == "time"


@pytest.mark.parametrize("info", ["", "{}", "[]", "null", '{"version": "1"}', "\x00" * 40])
def test_a_folder_that_is_not_whole(place, info):
    place.complete(".")
    (place.path / "a").mkdir()
    (place.path / "a" / "version.json").write_text(info)
    place.table("a . 0 build. 1.1.0 -")
    assert switch.pick() == "." and not slots.on_trial
    assert switch.read()[5] == "files"
    place.table("a - 0 build. 1.1.0 -")
    assert switch.pick() == ".", "confirmed, and lost since"


def test_the_way_back_is_gone_too(place):
    place.complete("b")
    place.table("a . 3 - 1.1.0 -")
    assert switch.pick() == "b"


def test_another_tree_over_usb(place):
    place.complete("a")
    place.complete(".", build="other")
    place.table("a - 0 build. 1.1.0 -")
    assert switch.pick() == "."
    # what was there is not lost: the tree beside main.py makes room for updates
    (place.path / "version.json").unlink()
    assert switch.pick() == "a"


def test_starts_that_cannot_be_counted(place, monkeypatch):
    place.complete(".")
    place.complete("a")
    place.table("a . 0 build. 1.1.0 -")

    def full(*_):
        raise OSError(errno.ENOSPC)

    monkeypatch.setattr(os, "rename", full)
    assert switch.pick() == "." and not slots.on_trial


def test_rescue(place, monkeypatch):
    def ended(code):
        raise SystemExit(code)

    monkeypatch.setattr(sys, "exit", ended)
    monkeypatch.setattr(sys, "print_exception", lambda error: None, raising=False)
    place.complete(".")
    place.complete("a", "1.1.0")
    place.table("a . 0 build. 1.1.0 -")
    switch.pick()
    with pytest.raises(SystemExit):
        switch.rescue(ImportError("app"))
    assert switch.pick() == "." and switch.read()[5] == "start"
    # confirmed and damaged since: another complete folder
    place.table("a - 0 build. 1.1.0 -")
    switch.pick()
    with pytest.raises(SystemExit):
        switch.rescue(ImportError("app"))
    assert switch.pick() == "." and switch.read()[4:] == ["1.1.0", "start"]
    (place.path / "a" / "version.json").unlink()
    with pytest.raises(ImportError):
        switch.rescue(ImportError("app"))


def test_the_timer_behind_the_apps_own_watch(place, monkeypatch):
    """On the chip: eleven minutes after a start on trial, unless it was confirmed."""
    started = []

    class Timer:
        ONE_SHOT = 0

        def __init__(self, number):
            started.append(number)

        def init(self, **arguments):
            self.arguments = arguments
            started.append(self)

    def reset():
        raise SystemExit(0)

    machine = types.SimpleNamespace(Timer=Timer, reset=reset)
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.setattr(sys, "platform", "esp32")
    monkeypatch.setattr(os, "chdir", lambda path: None)
    monkeypatch.setattr(os, "getcwd", lambda: str(place.path))
    monkeypatch.setattr(sys, "path", list(sys.path))
    place.complete(".")
    place.complete("a")
    place.table("a . 0 build. 1.1.0 -")
    switch.choose()
    assert sys.path == ["", "lib", ".frozen", str(place.path)]
    assert started[0] == 0 and started[1].arguments["period"] == 660_000
    with pytest.raises(SystemExit):
        started[1].arguments["callback"](started[1])
    assert switch.pick() == "." and switch.read()[5] == "time"
    place.table("a . 0 build. 1.1.0 -")
    switch.choose()
    switch.confirm()
    started[-1].arguments["callback"](started[-1])
    assert switch.pick() == "a"


def test_modules_come_from_the_folder_alone(tmp_path):
    """Under MicroPython: neither app/ nor lib/ beside main.py lends anything to a/."""
    for name, number in (("", 0), ("a/", 1)):
        for path in ("app/it.py", "lib/other/it.py"):
            file = tmp_path / (name + path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"number = {number}")
        (tmp_path / name / "lib" / f"only{number}.py").write_text("")
        (tmp_path / name / "page.txt").write_text(str(number))
        info = {"version": "1", "build": f"b{number}", "board": "unix"}
        (tmp_path / name / "version.json").write_text(json.dumps(info))
    (tmp_path / "slots.txt").write_text("a - 0 b0 1 -")
    for name in ("slots.py", "switch.py"):
        (tmp_path / name).write_text((ROOT / "firmware" / name).read_text())
    (tmp_path / "main.py").write_text("""
import switch
switch.choose()
switch.leave()
import os
from app import it
import other.it
print(it.number, other.it.number, open("page.txt").read(), os.getenv("DATA"))
try:
    import only0
except ImportError:
    print("alone")
import switch, slots
print(slots.use, switch.read()[0])
""")
    run = subprocess.run(
        [ROOT / ".venv/bin/micropython", "main.py"],
        cwd=tmp_path,
        env={"MICROPYPATH": ":lib:.frozen", "DATA": "./data"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.split("\n")[:3] == [f"1 1 1 {tmp_path}/./data", "alone", "a a"]


def test_every_reason_has_words():
    texts = json.loads(WORDS.read_text())["texts"]
    code = ""
    for path in ("update.py", "api_update.py"):
        code += (ROOT / "firmware" / "app" / path).read_text()
    reasons = set(re.findall(r"update_[a-z_]+", code)) - {"update_files"}
    assert len(reasons) == 16
    assert reasons <= set(texts), reasons - set(texts)
    for why in ("starts", "time", "start", "files"):
        assert "{version}" in texts["update_why_" + why][0]
    for both in texts.values():
        assert len(both) == 2 and all(both)
        assert both[0] != both[1] or both[0] == "over USB"
        assert set(re.findall(r"{\w+}", both[0])) == set(re.findall(r"{\w+}", both[1]))
