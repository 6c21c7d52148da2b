"""One fault in a dongle that runs for two simulated hours: what became of the readings and of the
journal, as a line of JSON. Runs under MicroPython on the sources, in virtual time (world.py).

    micropython faults.py LISTS FOLDER FAULT

LISTS as in world.lists_of(). FAULT: a function below, with the place it goes to after a colon. It
is called twenty minutes after the start, and again half a minute before and after the full hour.
A reset, by the watchdog or by the firmware, is played: the objects go, five seconds pass, and it
starts as main.py would.
"""

import builtins
import json
import os
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE)
sys.path.insert(1, HERE + "/../radio")

import asyncio  # noqa: E402
import errno  # noqa: E402
import socket  # noqa: E402

import micropython  # noqa: E402
import world  # noqa: E402

LISTS, FOLDER, FAULT = sys.argv[1:4]
BOOT_MS = 5000
WATCHDOG_MS = 30000
END_MS = 7300 * 1000
FIRST_MS = 1200 * 1000
AT_MS = (FIRST_MS, 3570 * 1000, 3630 * 1000)

os.putenv("DATA", FOLDER)
os.putenv("RTC", FOLDER + ".rtc")
os.putenv("WLAN", "cabin_radio")

from app import app as app_module  # noqa: E402
from app import board_unix as board  # noqa: E402
from app import boots, clock  # noqa: E402
from app import guard as guard_module  # noqa: E402
from app.app import App  # noqa: E402


class Reset(BaseException):
    """The chip's."""


class Told:
    """What has come of it."""

    resets = []
    seen = []  # virtual ms of each list taken
    fed = 0
    injected = 0
    app = client = None
    port = 18000


def restart(mark=1):
    data = bytearray(board.memory())
    if data:
        data[0] = mark
        board.memory(data)
    raise Reset(f"restart {mark}")


def listen(port):
    """On any port that is free."""
    while True:
        Told.port += 1
        try:
            return real_listen(Told.port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise


def feed(timeout=0):
    Told.fed = world.passed()


def block(ms):
    """Something takes so long, and nothing else happens meanwhile."""
    while ms > 0:
        world.move(1000)
        ms -= 1000
        if world.passed() - Told.fed > WATCHDOG_MS:
            raise Reset("watchdog")


# faults

ERRORS = {
    "value": lambda: ValueError("injected"),
    "oserror": lambda: OSError(errno.EIO),
    "enomem": lambda: OSError(errno.ENOMEM),
    "memory": lambda: MemoryError("injected"),
}


def task_of(app, name):
    for task in app.tasks:
        if task.name == name:
            return task
    raise ValueError(name)


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


def dies(app, name, kind):
    """The task's run() raises, three times in a row."""
    task = task_of(app, name)

    async def bad(before):
        if bad_left:
            bad_left.pop()
            task.run = lambda: bad(None)
        else:
            del task.run
        raise ERRORS[kind]()

    bad_left = [1, 2]
    Told.injected += 1
    task.run = lambda: bad(None)
    task.job.cancel()


def hangs(app, name, _):
    """The task waits for ever for what never comes."""
    task = task_of(app, name)

    async def stuck():
        del task.run
        Told.injected += 1
        await asyncio.Event().wait()

    task.run = stuck
    task.job.cancel()


def blocks(app, name, _):
    """The task keeps the processor for itself."""
    task = task_of(app, name)

    async def stuck():
        del task.run
        Told.injected += 1
        block(1 << 60)

    task.run = stuck
    task.job.cancel()


PLACES = {
    "readinto": lambda app: (app.meter._source, "readinto"),
    "open_meter": lambda app: (board, "open_meter"),
    "set_line": lambda app: (board, "set_line"),
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
    owner, name = PLACES[place](app)

    def fail(before, *values, **more):
        raise ERRORS[kind]()

    replaced_once(owner, name, fail)
    if place in ("conn", "dispatch"):
        Told.client = knock()


def knock():
    """A phone asks for something."""
    client = socket.socket()
    client.connect(socket.getaddrinfo("127.0.0.1", Told.port)[0][-1])
    client.send(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return client


def heap(app, place, _):
    """There is no heap for anything in the next call of a function."""
    owner, name = PLACES[place](app)

    def starve(before, *values, **more):
        micropython.heap_lock()
        try:
            return before(*values, **more)
        finally:
            micropython.heap_unlock()

    replaced_once(owner, name, starve)


def flash(app, what, kind):
    """For a minute and a half no file can be opened: `what` "write" or "all"."""
    if builtins.open is not real_open:
        return
    until = world.passed() + 90000
    Told.injected += 1

    def opened(path, mode="r", *rest, **more):
        if world.passed() >= until:
            builtins.open = real_open
        elif (
            FOLDER in path
            and not path.endswith(".rtc")
            and (what == "all" or "r" not in mode or "+" in mode)
        ):
            raise ERRORS[kind]()
        return real_open(path, mode, *rest, **more)

    builtins.open = opened


def imports(app, _, kind):
    """For half a minute nothing can be loaded."""
    if builtins.__import__ is not real_import:
        return
    until = world.passed() + 30000
    Told.injected += 1

    def bring(name, *rest):
        if world.passed() >= until:
            builtins.__import__ = real_import
        elif name.split(".")[0] in ("app", "household", "hanport"):
            raise ERRORS[kind]()
        return real_import(name, *rest)

    builtins.__import__ = bring


def blocked(app, place, _):
    """A call never comes back."""
    owner, name = PLACES[place](app)
    replaced_once(owner, name, lambda before, *values, **more: block(1 << 60))


def radio(app, _, kind):
    """Every call of the radio's fails for five minutes, and the network is gone."""
    import cabin_radio

    cabin_radio.fails_until = world.passed() + 300000
    cabin_radio.error = ERRORS[kind]
    Told.injected += 1


def none(app, *_):
    """For comparison."""
    Told.injected += 1


real_listen = board.listen
real_open = builtins.open
real_import = builtins.__import__


async def inject(app):
    what, _, rest = FAULT.partition(":")
    place, _, kind = rest.partition(":")
    for at in AT_MS:
        if at < world.passed():
            continue
        await asyncio.sleep_ms(at - world.passed())
        globals()[what](app, place, kind)


async def watch(app):
    """Ends it."""
    seq = app.live.seq
    while world.passed() < END_MS:
        await asyncio.sleep_ms(1000)
        if app.live.seq != seq:
            seq = app.live.seq
            Told.seen.append(world.passed())
    raise KeyboardInterrupt


class Watched(App):
    """With the fault in it. What becomes of it is noticed by main() as on a dongle."""

    async def run(self):
        Told.app = self
        self.fault = asyncio.create_task(inject(self))
        self.ender = asyncio.create_task(watch(self))
        await App.run(self)


def life(lists):
    """From one start to its end. True at the end of the two hours."""
    line = world.Line([one for one in lists if one[0] >= world.passed()])
    board.open_meter = lambda settings: line
    board.set_line = lambda *_: None
    board.feed = feed
    board.listen = listen
    board.restart = restart
    board.ticks_ms = world.ticks
    board.button = lambda: False
    Told.fed = world.passed()
    asyncio.new_event_loop()
    world.install()
    boots.count_start(board)
    clock.start(board.ticks_ms)
    app_module.run(Watched)


def main():
    lists = world.lists_of(LISTS)
    app_module.time = type("Time", (), {"sleep_ms": staticmethod(world.move)})
    world.least = 200
    while world.passed() < END_MS:
        try:
            life(lists)
        except Reset as reset:
            Told.resets.append((world.passed(), str(reset)))
            builtins.open = real_open
            builtins.__import__ = real_import
            # what the chip's reset takes with it
            Told.app.guard._door.close()
            for conn in Told.app.guard.conns:
                conn.sock.close()
            world.move(BOOT_MS)
    told = {"resets": Told.resets, "injected": Told.injected, "seen": Told.seen}
    told["counts"] = boots.counts(boots.read(board))
    told["deaths"] = boots.deaths(boots.read(board))
    print("\n" + json.dumps(told))


main()
