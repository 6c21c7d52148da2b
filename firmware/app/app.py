"""Puts the objects together and starts the tasks."""

import asyncio
import errno
import gc
import sys

from micropython import const

from app import clock
from app.api import Api
from app.guard import BODY, Guard
from app.live import Live
from app.meter import Meter
from app.reply import make_app
from app.settings import Settings
from app.web import Web
from app.wifi import Wifi

if sys.platform == "esp32":
    from app import board_esp32 as board
else:
    from app import board_unix as board

_GC_AFTER = const(16384)  # octets: collect before the heap thinks of growing
_TICK = const(500)
_HEARTBEAT = const(15000)
_AGAIN = const(1000)


class Indicator:
    """The board's sign of life, and the heartbeat of the event streams."""

    name = "indicator"

    def __init__(self, live):
        self.beat = 0
        self._live = live

    async def run(self) -> None:
        """The task."""
        on = False
        woken_at = clock.ms()
        while True:
            self.beat = now = clock.ms()
            on = not on
            board.indicate(self._live.state(now), on)
            if now - woken_at >= _HEARTBEAT:
                woken_at = now
                self._live.wake()
            await asyncio.sleep_ms(_TICK)


class App:
    """The objects by name. `tasks` have a name, a run() that never returns, and `beat`: clock.ms()
    of their latest round. `failures` counts what ended one of them."""

    def __init__(self):
        """OSError with EADDRINUSE when another program has the port (on Unix)."""
        folder = board.data_folder()
        board.make_folder(folder)
        self.settings = Settings(folder)
        for problem in self.settings.problems:
            print("settings:", problem)
        self.live = Live(clock.ms())
        self.meter = Meter(board, self.settings, self.live)
        self.wifi = Wifi(board, self.settings, self.live)
        microdot = make_app(BODY)
        self.guard = Guard(microdot, board.listen(board.http_port()), self.knows_host)
        self.api = Api(microdot, self.live, self.settings, self.guard)
        self.web = Web(microdot, "web", self.api.values)
        self.tasks = (self.meter, self.guard, self.wifi, Indicator(self.live))
        self.failures = 0

    def knows_host(self, name: str) -> bool:
        """Whether the page may be asked for under this Host, in lower case and with its port: a
        name that a stranger points at the dongle's address is none of its own."""
        colon = name.rfind(":")
        if colon > name.rfind("]"):
            name = name[:colon]
        own = self.wifi.hostname
        return name in (own, own + ".local") or name in board.addresses(self.wifi.wlan)

    async def run(self) -> None:
        """Start all tasks and watch over them for ever."""
        await asyncio.gather(*[self._keep(task) for task in self.tasks])

    async def _keep(self, task):
        while True:
            try:
                await task.run()
            except Exception as error:  # noqa: BLE001  a task's death must not take the others along
                self.failures += 1
                print("task", task.name)
                sys.print_exception(error)
            await asyncio.sleep_ms(_AGAIN)


def main() -> None:
    """Run until Ctrl-C."""
    clock.start(board.ticks_ms)
    gc.threshold(_GC_AFTER)
    try:
        app = App()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print("port {} is taken: HTTP=8081 chooses another".format(board.http_port()))
        sys.exit(1)
    gc.collect()
    try:
        asyncio.run(app.run())
    except KeyboardInterrupt:
        print("stopped")
