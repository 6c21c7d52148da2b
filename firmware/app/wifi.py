"""The household's Wi-Fi. The port reconnects by itself for ever, so connect() is called once; what
is done here is for the cases in which that is known to get stuck.

    5 minutes without    radio off and on, connect again
    30 minutes without   restart, but never while lists arrive: metering comes first
"""

import asyncio

from micropython import const

from app import clock
from app.rare import forget

_POLL = const(1000)
_RADIO_OFF = const(1000)
_AGAIN = const(300000)
_RESTART = const(1800000)


class Wifi:
    """`wlan` is the station, None where there is none; `connected` as of the last look."""

    name = "wifi"

    def __init__(self, board, settings, live):
        """`settings["wifi_ssid"]` empty: the dongle's own network is all there is."""
        self.beat = 0
        self.connected = False
        self.hostname = settings["hostname"] or "han-" + board.device_id()
        self.wlan = board.station(self.hostname)
        self._board = board
        self._settings = settings
        self._live = live
        self._lost_at = 0
        self._tried_at = 0

    async def run(self) -> None:
        """The task."""
        if self.wlan is not None and self._settings["wifi_ssid"]:
            # The connection outlives a soft reset, and a second connect() would fail.
            if not self.wlan.isconnected():
                self._connect()
        elif self.wlan is not None:
            self._open_own()
        self._lost_at = self._tried_at = clock.ms()
        while True:
            self.beat = now = clock.ms()
            if self.wlan is not None and self._settings["wifi_ssid"]:
                await self._look(now)
            await asyncio.sleep_ms(_POLL)

    def _open_own(self):
        """No router: phone and dongle alone, with the key of the card."""
        from app import password

        folder = self._board.data_folder()
        self._board.own_network("HAN-" + self._board.device_id(), password.wifi_key(folder))
        for name in ("password", "scram"):
            forget("app." + name)

    def _connect(self):
        self.wlan.active(True)
        self.wlan.config(pm=self.wlan.PM_NONE)  # on USB power: answer at once
        try:
            self.wlan.connect(self._settings["wifi_ssid"], self._settings["wifi_key"])
        except OSError as error:
            # "Wifi Internal Error" while the port is trying already: the ladder goes on
            print("wifi: connect:", error)

    async def _look(self, now):
        connected = self.wlan.isconnected()
        if connected != self.connected:
            self.connected = connected
            self._lost_at = self._tried_at = now
            print("wifi:", self._board.addresses(self.wlan) if connected else "lost")
        if connected:
            return
        # status() is no help: it tells of a wrong password while the right one is being tried
        if now - self._lost_at >= _RESTART and self._live.state(now) != "live":
            self._board.restart()
        if now - self._tried_at >= _AGAIN:
            self._tried_at = now
            self.wlan.disconnect()
            self.wlan.active(False)
            await asyncio.sleep_ms(_RADIO_OFF)
            self._connect()
