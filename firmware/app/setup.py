"""The first start, and every start until set-up is through: the dongle's own network with a key
of its own, the names of the networks around, and joining one of them.

    before          scan, since scanning later would drop who is on the own network
    HAN-xxxx        WPA2, key from the hardware's random numbers, shown on the console
    join()          tries the household's network while the own one stays up
    joined          both stay up until set-up is through and a minute has passed, so that the
                    page can say where to find the dongle afterwards

Loaded while this runs, and then let go. Where there is no radio (a computer) the computer's own
network is used: `radio` is False, and joining is left out.
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
_NETWORKS = const(20)
_TRY_MS = const(20000)
_TRIES = const(2)
_STAY_MS = const(60000)
_TOGETHER_MS = const(600000)  # own network and household's, if nobody ends the set-up
_NOT_FOUND = const(201)  # network.STAT_NO_AP_FOUND
_WRONG_KEY = const(202)  # network.STAT_WRONG_PASSWORD


class Setup:
    """A task. `state` as above, `reason` the key of a text when FAILED, `address` when JOINED,
    `networks` [(name, dBm, secured)], best first."""

    name = "setup"

    def __init__(self, app, board):
        self.beat = 0
        self.app = app
        self.board = board
        self.state = IDLE
        self.reason = self.address = ""
        self.ssid = app.settings["wifi_ssid"]
        self.networks = []
        self.hidden = 0  # networks whose names are no UTF-8 and cannot be shown
        self.portal = self.own = None
        self.own_address = ""
        self.radio = app.wifi.wlan is not None
        self._wanted = None
        self._joined_at = 0
        self._key_shown = False

    async def run(self) -> None:
        """The task; returns when set-up is through."""
        if self.radio and self.own is None:
            self.app.wifi.wlan.active(True)  # the radio makes the random numbers random
            await self._scan()
        self._show_key()
        if self.radio and self.own is None:
            self._open()
            if self.ssid:  # begun before the power went
                self.join(self.ssid, self.app.settings["wifi_key"])
        while not self._is_over():
            self.beat = clock.ms()
            if self.portal is not None:
                self.portal.poll()
            if self._wanted is not None:
                await self._join()
            if self.state == JOINED and self.beat - self._joined_at >= _TOGETHER_MS:
                self.close_own()
            await asyncio.sleep_ms(_POLL)
        if self.portal is not None:
            self.portal.close()
        if self.state == JOINED:
            self.close_own()
        self.app.set_up()

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
        return self.state != JOINED or clock.ms() - self._joined_at >= _STAY_MS

    def _show_key(self):
        from app import password, security

        owner = password.read(self.app.access.folder)
        if owner is None:
            if self.app.access.stage == DONE:
                return  # damaged: hold the button
            owner = password.create(self.app.access.folder)
            security.add(self.app.access, security.STARTED)
        if self._key_shown:
            return
        self._key_shown = True
        from app import console

        console.show(self.ssid_of_own(), password.setup_key(owner), self.board, self.radio)
        for name in ("console", "qr", "password", "scram", "security", "log"):
            forget("app." + name)

    async def _scan(self):
        found = {}
        try:
            for ssid, _, _, rssi, security_mode, _ in self.app.wifi.wlan.scan():
                try:
                    name = bytes(ssid).rstrip(b"\0").decode()
                except UnicodeError:
                    self.hidden += 1
                    continue
                if name and (name not in found or found[name][1] < rssi):
                    found[name] = (name, rssi, security_mode != 0)
        except OSError as error:
            print("setup: scan:", error)  # the name can be typed
        self.networks = sorted(found.values(), key=lambda one: -one[1])[:_NETWORKS]
        self.beat = clock.ms()

    def _open(self):
        from app import password
        from app.portal import Portal

        owner = password.read(self.app.access.folder)
        self.app.wifi.wlan.active(False)
        self.own = self.board.own_network(self.ssid_of_own(), password.setup_key(owner))
        self.own_address = self.board.own_address(self.own)
        sock = self.board.listen_dns()
        if sock is not None:
            self.portal = Portal(sock, self.own_address)

    async def _join(self):
        key = self._wanted
        self._wanted = None
        wlan = self.app.wifi.wlan
        status = 0
        for _ in range(_TRIES):  # a right key can be called wrong the first time
            status = await self._try(wlan, key)
            if status is None:
                return self._joined(wlan, key)
        self.reason = {_NOT_FOUND: "wifi_not_found", _WRONG_KEY: "wifi_key_wrong"}.get(
            status, "wifi_no_answer"
        )
        self.state = FAILED
        # While it goes on looking for a network the radio drops who is on the own one
        wlan.active(False)
        return None

    async def _try(self, wlan, key):
        """None once connected, else the last status."""
        status = 0
        try:
            wlan.active(False)
            wlan.active(True)
            wlan.config(reconnects=0)
            wlan.connect(self.ssid, key)
        except OSError as error:
            print("setup: connect:", error)
        started = clock.ms()
        while clock.ms() - started < _TRY_MS:
            self.beat = clock.ms()
            if wlan.isconnected():
                return None
            if self.portal is not None:
                self.portal.poll()
            now = wlan.status()
            if now in (_NOT_FOUND, _WRONG_KEY):
                status = now
                break
            await asyncio.sleep_ms(_POLL)
        return status

    def _joined(self, wlan, key):
        wlan.config(reconnects=-1)
        self.address = self.board.addresses(wlan)[0]
        self._joined_at = clock.ms()
        self.app.settings.change({"wifi_ssid": self.ssid, "wifi_key": key})
        from app import security

        security.add(self.app.access, security.WIFI)
        self.state = JOINED
