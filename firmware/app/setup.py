"""The first start, and every start until set-up is through: the dongle's own network with a key
of its own, the names of the networks around, and joining one of them.

    before          scan, since scanning later would drop who is on the own network
    HAN-xxxx        WPA2, key from the hardware's random numbers, shown on the console
    join()          tries the household's network while the own one stays up
    joined          both stay up until set-up is through and a minute has passed, so that the
                    page can say where to find the dongle afterwards

Loaded while this runs, and then let go; what is done once is in setup_open.py and setup_join.py.
Where there is no radio (a computer) the computer's own network is used: `radio` is False, and
joining is left out.
"""

import asyncio

from micropython import const

from app import clock
from app.access import DONE
from app.rare import forget

IDLE = "idle"
TRYING = "trying"
FAILED = "failed"
JOINED = "joined"
ALONE = "alone"  # the owner wants no router: phone and dongle on the own network for good

_POLL = const(50)
_STAY_MS = const(60000)
_TOGETHER_MS = const(600000)  # own network and household's, if nobody ends the set-up


class Setup:
    """A task. `state` as above, `reason` the key of a text when FAILED, `address` when JOINED,
    `networks` [(name, dBm, secured)], best first, `hidden` how many names were no UTF-8."""

    name = "setup"

    def __init__(self, app, board):
        self.beat = 0
        self.app = app
        self.board = board
        self.state = IDLE
        self.reason = self.address = ""
        self.ssid = app.settings["wifi_ssid"]
        self.networks = []
        self.hidden = 0
        self.portal = self.own = None
        self.own_address = ""
        self.radio = app.wifi.wlan is not None
        self.joined_at = 0
        self._wanted = None
        self._opened = False

    async def run(self) -> None:
        """The task; returns when set-up is through."""
        if not self._opened:
            self._open()
            self._opened = True
            if self.radio and self.ssid:  # begun before the power went
                self.join(self.ssid, self.app.settings["wifi_key"])
        while not self._is_over():
            self.beat = clock.ms()
            if self.portal is not None:
                self.portal.poll()
            if self._wanted is not None:
                key = self._wanted
                self._wanted = None
                await self._join(key)
            if self.state == JOINED and self.beat - self.joined_at >= _TOGETHER_MS:
                self.close_own()
            await asyncio.sleep_ms(_POLL)
        if self.portal is not None:
            self.portal.close()
        if self.state == JOINED:
            self.close_own()
        self.app.set_up()

    def _open(self):
        from app import setup_open

        forget("app.setup_open")
        setup_open.begin(self)

    async def _join(self, key):
        from app import setup_join

        forget("app.setup_join")
        await setup_join.join(self, key)

    def ssid_of_own(self) -> str:
        """HAN-xxxx."""
        return "HAN-" + self.board.device_id()

    def is_own(self, peer) -> bool:
        """Whether the request came over the own network, whose key its sender then knows."""
        return self.own is not None and self.board.is_own(self.own, self.app.wifi.wlan, peer)

    def join(self, ssid: str, key: str) -> None:
        """Try a network, from the next round on. A key of "" is an open network."""
        self.ssid = ssid
        self.state = TRYING
        self._wanted = key

    def stay_alone(self) -> None:
        """No router: the own network stays."""
        self.state = ALONE
        self.ssid = ""

    def close_own(self) -> None:
        """The own network goes: the household's is joined, or is to be."""
        if self.own is not None:
            self.own.active(False)
            self.own = None

    def _is_over(self):
        if self.app.access.stage != DONE or self.state == TRYING:
            return False
        return self.state != JOINED or clock.ms() - self.joined_at >= _STAY_MS
