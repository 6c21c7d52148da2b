"""The household's Wi-Fi: whether it is there, and when there is something to do about it. What is
done then is in ladder.py, which is loaded for it."""

import asyncio

from micropython import const

from app import clock
from app.rare import forget

_POLL = const(1000)


class Wifi:
    """`wlan` is the station, None where there is none; `connected` as of the last look, `drops`
    how often it was lost, `since` clock.ms() of the last change. `own` is the dongle's own network
    while that is open. `due`, `known` and `place` are ladder.py's. `app` the App that is being put
    together."""

    name = "wifi"

    def __init__(self, board, settings, app):
        self.beat = self.drops = self.since = self.place = 0
        self.due = 0  # clock.ms() of the next step
        self.values = None  # settings that are in force
        self.connected = False
        self.own = self.known = None
        self.hostname = settings["hostname"] or "han-" + board.device_id()
        self.wlan = board.station(self.hostname)
        self.board = board
        self.settings = settings
        self.app = app

    async def run(self) -> None:
        """The task."""
        while True:
            self.beat = now = clock.ms()
            if self.settings.values is not self.values or (
                self.wlan is not None
                and (now >= self.due or self.wlan.isconnected() != self.connected)
            ):
                try:
                    from app import ladder

                    await ladder.step(self, now)
                finally:
                    forget("app.ladder")
            await asyncio.sleep_ms(_POLL)
