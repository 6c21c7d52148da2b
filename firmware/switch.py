"""Chooses the folder that runs: the tree beside this file, which came over USB, or a/ or b/, which
updates fill in turn. Each has app/ lib/ web/ tariffs/ and, once it is complete, version.json.

slots.txt, one line, is changed by renaming only:

    USE WAS STARTS BASE VERSION NOTE

    USE      "." beside this file, "a" or "b"
    WAS      on trial: the folder to go back to, else "-"
    STARTS   on trial: starts so far
    BASE     build of the tree beside this file at that time. When another one has come over USB
             since, that one runs
    VERSION  version in USE, or the one that was given up
    NOTE     on trial: what was there before and must be again, "meter,wifi"; else "-", or why
             VERSION was given up: starts, time, start, files

What an update has put in USE is on trial until confirm(). The app goes back by itself after ten
minutes without (app/trial.py); a third start without is the last one, and should the new app hang
without its own watch, a timer here ends it. boot.py, main.py, slots.py and this file come over USB
only: no update can break them. What they and an app of any version agree on are slots.py, the
functions of this module and slots.txt.
"""

import json
import os
import sys
import time

import slots
from micropython import const

_STARTS = const(3)
_PROMPT_S = const(10)  # for a Ctrl-C
_LATE_MS = const(660000)  # a minute after app/trial.py

_timer = None


def info(name: str):
    """version.json of a folder as a dict, None when the folder is not complete."""
    try:
        with open(slots.path_of(name) + "/version.json", "rb") as file:
            found = json.loads(file.read())
        return found if found["build"] and found["version"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def read():
    """slots.txt as a list of its six words, None when there is none or it does not count."""
    try:
        with open(slots.home + "/slots.txt", "rb") as file:
            words = file.read().decode().split()
        if len(words) != 6 or words[0] not in (".", "a", "b") or not words[2].isdigit():
            return None
    except (OSError, ValueError):
        return None
    base = info(".")
    return words if base is None or base["build"] == words[3] else None


def write(words) -> None:
    """Replace slots.txt. OSError when the flash is full or gone, and the old one stands."""
    name = slots.home + "/slots.txt"
    with open(name + ".tmp", "wb") as file:
        file.write(" ".join([str(word) for word in words]).encode())
    os.rename(name + ".tmp", name)


def pick() -> str:
    """Count a start on trial and say which folder to run. Sets slots.use and .on_trial."""
    slots.on_trial = False
    words = read()
    if words is None:
        slots.use = "."
    else:
        slots.use = words[0]
        if words[1] in (".", "a", "b"):
            slots.on_trial = True
            if int(words[2]) >= _STARTS or info(slots.use) is None:
                go_back("files" if info(slots.use) is None else "starts")
            else:
                words[2] = int(words[2]) + 1
                try:
                    write(words)
                except OSError:  # starts that cannot be counted might go on for ever
                    slots.use = words[1]
                    slots.on_trial = False
    if info(slots.use) is None:
        for other in (".", "a", "b"):
            if info(other) is not None:
                slots.use = other
                break
    return slots.use


def go_back(why: str) -> None:
    """Give up the folder on trial: the one before is run from the next start on."""
    words = read()
    if words is not None and words[1] != "-":
        slots.use = words[1]
        words[0], words[1], words[2], words[5] = words[1], "-", 0, why
        try:
            write(words)
        except OSError:
            pass  # the starts are counted all the same
    slots.on_trial = False


def confirm() -> None:
    """The folder on trial is well: it stays. OSError when that could not be written."""
    words = read()
    if slots.on_trial and words is not None:
        words[1], words[2], words[5] = "-", 0, "-"
        write(words)
    slots.on_trial = False


def rescue(error) -> None:
    """The app of slots.use cannot even be loaded: restart with another complete folder. Raises
    `error` when there is none; the ESP32 tries again after ten seconds."""
    sys.print_exception(error)
    if slots.on_trial:
        go_back("start")
        _restart()
    broken = info(slots.use)
    for other in (".", "a", "b"):
        if other != slots.use and info(other) is not None:
            base = info(".")
            version = broken["version"] if broken else "?"
            write([other, "-", 0, base["build"] if base else "-", version, "start"])
            _restart()
    if sys.platform == "esp32":  # at the prompt it would stay for ever
        time.sleep(_PROMPT_S)
        _restart()
    raise error


def choose() -> None:
    """Called by main.py before anything else: modules and relative paths are the folder's."""
    slots.home = os.getcwd().rstrip("/")
    pick()
    if slots.use != ".":
        data = os.getenv("DATA") if hasattr(os, "getenv") else "/"  # of the Unix port only
        if not (data or ".").startswith("/"):
            os.putenv("DATA", slots.home + "/" + (data or "data"))
        os.chdir(slots.path_of(slots.use))
        # The first two follow the folder, the last is for this file. /lib must not lend modules
        sys.path[:] = ["", "lib", ".frozen", slots.home or "/"]
    if slots.on_trial and sys.platform == "esp32":
        _set_timer()


def _set_timer():
    global _timer
    import machine

    _timer = machine.Timer(0)
    _timer.init(mode=machine.Timer.ONE_SHOT, period=_LATE_MS, callback=_late)


def _late(timer):
    if slots.on_trial:
        go_back("time")
        _restart()


def _restart():
    if sys.platform == "esp32":
        import machine

        machine.reset()
    sys.exit(3)  # as board_unix.restart()


def leave() -> None:
    """Give the heap back; who needs this module imports it again."""
    sys.modules.pop("switch", None)
