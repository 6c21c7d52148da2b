"""The firmware from one start to the next in virtual time (world.py), with the chip's resets played:
the objects go, five seconds pass, and it starts as main.py would. For faults.py and boundaries.py,
which say what goes wrong meanwhile. Runs under MicroPython on the sources.

    cabinet   reads a meter, MQTT with a broker that answers (broker.py), Wi-Fi
    trial     the same with an update on trial
    setup     the first start: nobody has chosen a password yet
    safe      safe mode
"""

import os
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE)
sys.path.insert(1, HERE + "/../radio")

import asyncio  # noqa: E402
import errno  # noqa: E402
import socket  # noqa: E402

import boundary  # noqa: E402
import broker  # noqa: E402
import injected  # noqa: E402
import world  # noqa: E402

BOOT_MS = 5000
WATCHDOG_MS = 30000

LISTS, FOLDER = sys.argv[1:3]
os.putenv("DATA", FOLDER)
os.putenv("RTC", FOLDER + ".rtc")
os.putenv("WLAN", "cabin_radio")
boundary.install(FOLDER)

import slots  # noqa: E402
import switch  # noqa: E402

from app import access, boots, clock, conn, rare  # noqa: E402, F401
from app import app as app_module  # noqa: E402
from app import board_unix as board  # noqa: E402


class Reset(BaseException):
    """The chip's."""


class Told:
    """What has come of it."""

    resets = []
    seen = []  # virtual ms of each list taken
    tasks = set()  # App.tasks, by name
    fed = 0
    injected = 0
    app = None
    port = 18000
    trial = None


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


def block(ms=1 << 60):
    """Something takes so long, and nothing else happens meanwhile."""
    while ms > 0:
        world.move(1000)
        ms -= 1000
        if world.passed() - Told.fed > WATCHDOG_MS:
            raise Reset("watchdog")


def knock(request=b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n"):
    """A phone asks for something; its socket, which does not wait."""
    client = socket.socket()
    client.connect(socket.getaddrinfo("127.0.0.1", Told.port)[0][-1])
    client.setblocking(False)
    client.write(request)
    return client


async def h_watch(app, end_ms):
    """Notes when lists are taken, and ends it."""
    seq = app.live.seq
    while world.passed() < end_ms:
        await asyncio.sleep_ms(1000)
        if world.passed() - Told.fed > WATCHDOG_MS:
            raise Reset("watchdog")
        for task in app.tasks:
            Told.tasks.add(task.name)
        if app.live.seq != seq:
            seq = app.live.seq
            Told.seen.append(world.passed())
    raise KeyboardInterrupt


def watched(base, play, end_ms):
    """The class of the App, with play(app) beside it."""

    class Watched(base):
        def __init__(self):
            try:
                base.__init__(self)
            finally:
                boundary.unlock()  # it is made in no task's step

        async def run(self):
            Told.app = self
            self.broker = asyncio.create_task(broker.h_serve())
            self.played = asyncio.create_task(play(self))
            self.ender = asyncio.create_task(h_watch(self, end_ms))
            await base.run(self)

        def begin(self, task):
            injected.next_name = task.name
            base.begin(self, task)

    return Watched


def life(lists, base, play, end_ms):
    """From one start to its end; returns at the end of the time that is played."""
    line = world.Line([one for one in lists if one[0] >= world.passed()])
    board.open_meter = lambda settings: boundary.Source(line)
    board.feed = feed
    board.listen = listen
    board.restart = restart
    board.ticks_ms = world.ticks
    board.button = lambda: False
    board.set_line = lambda *_: boundary.reached("set_line")
    board.indicate = lambda *_: boundary.reached("indicate")
    conn._enqueue = boundary.enqueue
    Told.fed = world.passed()
    asyncio.new_event_loop()
    world.install()
    injected.install(block)
    if Told.trial:
        switch.pick()
    boots.count_start(board)
    clock.start(board.ticks_ms)
    app_module.run(watched(base, play, end_ms))


def on_trial():
    """An update in folder a that has not shown yet that it works."""
    home = FOLDER + "/home"
    for name in ("", "/a"):
        os.mkdir(home + name)
        with open(home + name + "/version.json", "w") as file:
            file.write('{"build":"0123456789ab","version":"9.9.9"}')
    with open(home + "/slots.txt", "w") as file:
        file.write("a . 0 0123456789ab 9.9.9 meter,wifi")
    slots.home = home
    Told.trial = True


def prepare(mode):
    """Once, before the first life. Returns the App's class."""
    app_module.time = type("Time", (), {"sleep_ms": staticmethod(world.move)})
    world.least = 200
    broker.open_door(int(os.getenv("BROKER") or 0))
    if mode == "trial":
        on_trial()
    if mode != "safe":
        return app_module.App
    from app import safe

    return safe.Safe


def after_reset():
    """What the chip's reset takes with it."""
    boundary.calm()
    injected.calm()
    app = Told.app
    if app is not None:
        app.guard._door.close()
        for one in app.guard.conns:
            one.sock.close()
    Told.app = None
    for name in list(sys.modules):  # what was loaded for a moment; the rest is made anew
        if name.startswith("app.") and name not in lasting:
            rare.forget(name)
    world.move(BOOT_MS)


def play(mode, what, end_ms):
    """Lives until the end. `what(app)` is a coroutine beside each of them."""
    lists = world.lists_of(LISTS)
    base = prepare(mode)
    while world.passed() < end_ms:
        try:
            life(lists, base, what, end_ms)
        except Reset as reset:
            Told.resets.append((world.passed(), str(reset)))
            after_reset()


def told():
    """For the line of JSON."""
    record = boots.read(board)
    return {
        "resets": Told.resets,
        "injected": Told.injected,
        "seen": Told.seen,
        "tasks": sorted(Told.tasks),
        "coroutines": sorted(injected.names),
        "counts": boots.counts(record),
        "deaths": boots.deaths(record),
        "slots": switch.read() if Told.trial else None,
        "mqtt": broker.published,
    }


real_listen = board.listen
lasting = set(sys.modules)
