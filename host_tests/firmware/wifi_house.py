"""A Wi-Fi task in a house of its own: a board, settings and a meter, and time that only its sleeps pass."""

import asyncio

import pytest
from fakes.wlan import FakeOwn

from app import clock, wifi


class FakeBoard:
    """The part of a board that Wifi uses."""

    def __init__(self, wlan):
        self.wlan = wlan
        self.restarts = 0
        self.hostname = None
        self.owns = []

    def device_id(self):
        return "1f2e"

    def station(self, hostname):
        self.hostname = hostname
        return self.wlan

    def addresses(self, wlan):
        return (wlan.ipconfig("addr4")[0],) if wlan.isconnected() else ()

    def data_folder(self):
        return "nowhere"

    def own_network(self, ssid, key):
        self.owns.append(FakeOwn(ssid, key))
        return self.owns[-1]

    def restart(self):
        self.restarts += 1


class FakeLive:
    reads = True

    def state(self, ms):
        return "live" if self.reads else "no_signal"


class FakeApp:
    tasks = ()

    def __init__(self, settings):
        self.live = FakeLive()
        self.settings = settings


class FakeSettings(dict):
    @property
    def values(self):
        return self._values

    def __init__(self, values):
        super().__init__(values)
        self._values = object()

    def change(self, changes):
        self.update(changes)
        self._values = object()


NONE = {"wifi2_ssid": "", "wifi2_key": "", "address": "", "mqtt": "", "mqtt_password": ""}
HOME = {"wifi_ssid": "hjem", "wifi_key": "hemmelig", "hostname": ""}
HOTSPOT = {"wifi2_ssid": "telefon", "wifi2_key": "deling123"}


class House:
    """A Wifi task whose sleeps are the only time that passes; at(seconds, action) acts in it."""

    def __init__(self, monkeypatch, wlan, **settings):
        self.ms = 0
        self.plan = []
        self.wlan = wlan
        self.board = FakeBoard(wlan)
        self.settings = FakeSettings({**NONE, **HOME, **settings})
        self.app = FakeApp(self.settings)
        self.live = self.app.live
        clock.start(lambda: self.ms)
        monkeypatch.setattr(clock.time, "ticks_diff", lambda a, b: a - b, raising=False)
        monkeypatch.setattr(asyncio, "sleep_ms", self._sleep_ms, raising=False)
        self.wifi = wifi.Wifi(self.board, self.settings, self.app)

    async def _sleep_ms(self, ms):
        self.ms += ms
        if self.wlan is not None:
            self.wlan.tick(ms)
        for plan in [plan for plan in self.plan if plan[0] * 1000 <= self.ms]:
            self.plan.remove(plan)
            plan[1]()
        if self.ms >= self.end:
            raise asyncio.CancelledError

    def at(self, seconds, action):
        self.plan.append((seconds, action))

    def set_at(self, seconds, **values):
        for name, value in values.items():
            self.at(seconds, lambda name=name, value=value: setattr(self.wlan, name, value))

    def run(self, seconds):
        self.end = self.ms + seconds * 1000
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(self.wifi.run())

    def connects(self, ssid=None):
        calls = [call for call in self.wlan.calls if call[0] == "connect"]
        return sum(ssid in (None, call[1]) for call in calls)

    @property
    def own(self):
        return self.wifi.own
