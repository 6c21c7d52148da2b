"""Safe mode: after five starts in ten minutes that nobody meant, or when the button is held at
power-up. The dongle's own network, the login, diagnosis, and one page that takes an update; no
meter, no history, no MQTT, and nothing of theirs is opened. After an hour without a request it
starts again as usual: whatever it was may have passed, and nobody may be near.
"""

import asyncio
import errno
import sys

from micropython import const

from app import app, clock
from app.access import DONE, Access
from app.api import Api
from app.guard import Guard
from app.ladder import open_own
from app.live import Live
from app.rare import forget, keep
from app.reply import Reply, error
from app.router import Router
from app.settings import Settings
from app.wifi import Wifi

_TICK = const(500)
_QUIET_MS = const(3600000)
_ALLOWED = " login session keys password security settings diagnosis update erase "


class _NoClock:
    """Of the meter's."""

    def utc(self, ms):
        return None


class _NoHours:
    """Nothing of the history is loaded, so that nobody is at it."""

    users = 0
    turning = False
    erasing = None  # there is no task that would

    def drop(self):
        pass


class _Alone(Wifi):
    """The own network and nothing else; and the way back once it is quiet for an hour."""

    async def run(self) -> None:
        if self.wlan is not None and self.own is None:
            self.wlan.active(False)
            open_own(self)
        self.asked_at = clock.ms()
        while True:
            self.beat = now = clock.ms()
            if now - self.asked_at > _QUIET_MS:
                self.board.restart()
            await asyncio.sleep_ms(_TICK)


class _Router(Router):
    """Only what is part of it, and the page of safe_page.py."""

    async def dispatch(self, request) -> Reply:
        self.app.wifi.asked_at = clock.ms()
        path = request.path
        name = path[8:].split("/")[0]
        if path[:5] == "/api/" and " " + name + " " not in _ALLOWED:
            return error(503)
        if path in ("/", "/service.js"):
            from app import safe_page

            reply = safe_page.get(path) or error(404)
            reply.is_head = request.method == "HEAD"
            return reply
        return await Router.dispatch(self, request)


class Safe(app.App):
    """An App with two tasks."""

    def __init__(self):
        board = app.board
        self.failures = 0
        self.update = self.setup = self.meter = None
        self.hours = _NoHours()
        self.board = board
        folder = board.data_folder()
        self.settings = Settings(folder)
        self.live = Live(clock.ms())
        self.access = Access(folder, _NoClock(), self.settings["idle_days"])
        self.wifi = _Alone(board, self.settings, self)
        try:
            door = board.listen(board.http_port())
        except OSError as failure:
            if failure.errno != errno.EADDRINUSE:
                raise
            print("the port is taken")
            sys.exit(1)
        self.guard = Guard(_Router(self, Api(self), {}), door, self.admit)
        self.tasks = (self.guard, self.wifi)
        forget("app.first_read")
        keep()

    def admit(self, conn) -> int:
        """As ever, but that there is no set-up to go to."""
        if self.access.stage != DONE:
            return 503
        return app.App.admit(self, conn)

    def knows_host(self, host: str) -> bool:
        """The own network's address as well."""
        own = self.wifi.own
        if own is not None and host.split(":")[0] == self.board.own_address(own):
            return True
        return app.App.knows_host(self, host)


def main() -> None:
    """Run until Ctrl-C."""
    print("safe mode")
    clock.start(app.board.ticks_ms)
    app.run(Safe)
