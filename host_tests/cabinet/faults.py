"""One fault in a dongle that runs for two simulated hours: what became of the readings and of the
journal, as a line of JSON.

    micropython faults.py LISTS FOLDER MODE FAULT

LISTS as in world.lists_of(), MODE as in lives.py. FAULT: a function below, with the place it goes to
after a colon. It is called twenty minutes after the start, and again half a minute before and after
the full hour; with an update on trial half a minute after the start.
"""

import builtins
import json
import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

import asyncio

import boundary
import injected
import lives
import world
from injected import ERRORS
from lives import Told, board

from app import guard as guard_module

MODE, FAULT = sys.argv[3:5]
END_MS = 7300 * 1000
AT_MS = (1200 * 1000, 3570 * 1000, 3630 * 1000)
TRIAL_MS = (30 * 1000,)
EVENTS = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n"

_open = builtins.open
_import = builtins.__import__


def task(app, name, kind):
    """The task dies three times in a row, hangs, blocks or starves; see injected.py."""
    injected.order(name, kind, 1 if kind in ("hang", "block") else 3)
    if name in ("_accept", "_serve"):
        app.knocked = lives.knock()


def stream(app, _, kind):
    """The connection of a page that is open."""
    app.knocked = lives.knock(EVENTS % sys.argv[5].encode())

    async def h_later():
        await asyncio.sleep_ms(3000)
        injected.order("_serve", kind)
        app.live.wake()

    app.later = asyncio.create_task(h_later())


def replaced_once(owner, name, other):
    """The next call of owner.name goes to `other`, the ones after to what was there."""
    before = getattr(owner, name)
    bound = name in owner.__dict__ if hasattr(owner, "__dict__") else True

    def once(*values, **more):
        if bound:
            setattr(owner, name, before)
        else:
            delattr(owner, name)
        Told.injected += 1
        return other(before, *values, **more)

    setattr(owner, name, once)


PLACES = {
    "readinto": lambda app: (app.meter._source, "readinto"),
    "open_meter": lambda app: (board, "open_meter"),
    "isconnected": lambda app: (app.wifi.wlan, "isconnected"),
    "conn": lambda app: (guard_module, "Conn"),
    "dispatch": lambda app: (app.guard._app, "dispatch"),
    "indicate": lambda app: (board, "indicate"),
    "button": lambda app: (board, "button"),
    "sweep": lambda app: (app.guard, "sweep"),
    "store": lambda app: (app.hours, "store"),
    "live": lambda app: (app.live, "store"),
    "clock": lambda app: (app.hours.clock, "on_reading"),
    "quality": lambda app: (app.hours.quality, "sample"),
    "feed": lambda app: (app.meter.decoder, "feed"),
}


def call(app, place, kind):
    """The next call of a function fails."""
    if place == "open_meter":
        app.meter._source = None
    owner, name = PLACES[place](app)

    def fail(before, *values, **more):
        raise ERRORS[kind]()

    replaced_once(owner, name, fail)
    if place in ("conn", "dispatch"):
        app.knocked = lives.knock()


def heap(app, place, _):
    """There is no heap for anything in the next call of a function."""
    owner, name = PLACES[place](app)

    def starve(before, *values, **more):
        boundary.lock()
        try:
            return before(*values, **more)
        finally:
            boundary.unlock()

    replaced_once(owner, name, starve)


def flash(app, what, kind):
    """For a minute and a half no file can be opened: `what` "write" or "all"."""
    if builtins.open is not _open:
        return
    until = world.passed() + 90000
    Told.injected += 1

    def opened(path, mode="r", *rest, **more):
        if world.passed() >= until:
            builtins.open = _open
        elif (
            lives.FOLDER in path
            and not path.endswith(".rtc")
            and (what == "all" or "r" not in mode or "+" in mode)
        ):
            raise ERRORS[kind]()
        return _open(path, mode, *rest, **more)

    builtins.open = opened


def imports(app, _, kind):
    """For half a minute nothing can be loaded."""
    if builtins.__import__ is not _import:
        return
    until = world.passed() + 30000
    Told.injected += 1

    def bring(name, *rest):
        if world.passed() >= until:
            builtins.__import__ = _import
        elif name.split(".")[0] in ("app", "household", "hanport"):
            raise ERRORS[kind]()
        return _import(name, *rest)

    builtins.__import__ = bring


def blocked(app, place, _):
    """A call never comes back."""
    owner, name = PLACES[place](app)
    replaced_once(owner, name, lambda before, *values, **more: lives.block())


def radio(app, _, kind):
    """Every call of the radio's fails for five minutes, and the network is gone."""
    import cabin_radio

    cabin_radio.fails_until = world.passed() + 300000
    cabin_radio.error = ERRORS[kind]
    Told.injected += 1


def none(app, *_):
    """For comparison."""
    Told.injected += 1


async def h_inject(app):
    builtins.open = _open
    builtins.__import__ = _import
    what, _, rest = FAULT.partition(":")
    place, _, kind = rest.partition(":")
    for at in TRIAL_MS if MODE == "trial" else AT_MS:
        if at < world.passed():
            continue
        await asyncio.sleep_ms(at - world.passed())
        globals()[what](app, place, kind)


lives.play(MODE, h_inject, END_MS)
found = lives.told()
found["injected"] += injected.done
print("\n" + json.dumps(found))
