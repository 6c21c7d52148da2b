"""The Wi-Fi ladder against a station that behaves as the ESP32's, in fast time."""

import asyncio

import pytest
from fakes.wlan import FakeWlan

from app import clock, wifi


class FakeBoard:
    """The part of a board that Wifi uses."""

    def __init__(self, wlan):
        self.wlan = wlan
        self.restarts = 0
        self.hostname = None

    def device_id(self):
        return "1f2e"

    def station(self, hostname):
        self.hostname = hostname
        return self.wlan

    def addresses(self, wlan):
        return (wlan.ipconfig("addr4")[0],) if wlan.isconnected() else ()

    def restart(self):
        self.restarts += 1


class FakeLive:
    reads = True

    def state(self, ms):
        return "live" if self.reads else "no_signal"


class House:
    """A Wifi task whose sleeps are the only time that passes; at(seconds, action) acts in it."""

    def __init__(self, monkeypatch, wlan, **settings):
        self.ms = 0
        self.plan = []
        self.wlan = wlan
        self.board = FakeBoard(wlan)
        self.live = FakeLive()
        values = {"wifi_ssid": "hjem", "wifi_key": "hemmelig", "hostname": "", **settings}
        clock.start(lambda: self.ms)
        monkeypatch.setattr(clock.time, "ticks_diff", lambda a, b: a - b, raising=False)
        monkeypatch.setattr(asyncio, "sleep_ms", self._sleep_ms, raising=False)
        self.wifi = wifi.Wifi(self.board, values, self.live)

    async def _sleep_ms(self, ms):
        self.ms += ms
        if self.wlan is not None:
            self.wlan.tick()
        for plan in [plan for plan in self.plan if plan[0] * 1000 <= self.ms]:
            self.plan.remove(plan)
            plan[1]()
        if self.ms >= self.end:
            raise asyncio.CancelledError

    def at(self, seconds, action):
        self.plan.append((seconds, action))

    def run(self, seconds):
        self.end = self.ms + seconds * 1000
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(self.wifi.run())

    def connects(self):
        return sum(call[0] == "connect" for call in self.wlan.calls)


@pytest.fixture
def house(monkeypatch):
    def make(wlan=None, **settings):
        return House(monkeypatch, wlan or FakeWlan(), **settings)

    return make


def test_connects_once_and_answers_at_once(house):
    h = house()
    h.run(3600)
    assert h.wifi.connected
    assert h.wlan.calls == [
        ("active", True),
        ("config", {"pm": FakeWlan.PM_NONE}),
        ("connect", "hjem", "hemmelig"),
    ]
    assert h.board.hostname == "han-1f2e"
    assert h.wifi.beat >= 3599_000


def test_chosen_hostname(house):
    assert house(hostname="hytta").board.hostname == "hytta"


def test_without_a_network_the_radio_stays_off(house):
    h = house(wifi_ssid="")
    h.run(7200)
    assert h.wlan.calls == []
    assert h.board.restarts == 0


def test_no_station_at_all(monkeypatch):
    h = House(monkeypatch, None)
    h.run(7200)
    assert h.wifi.wlan is None
    assert not h.wifi.connected


def test_a_connection_from_before_a_soft_reset_is_kept(house):
    wlan = FakeWlan()
    wlan.active(True)
    wlan.connect("hjem", "hemmelig")
    wlan.tick()
    wlan.calls.clear()
    h = house(wlan)
    h.run(100)
    assert h.wifi.connected
    assert wlan.calls == []


def test_a_router_away_for_four_minutes_is_the_port_s_affair(house):
    h = house()
    h.at(60, lambda: setattr(h.wlan, "in_range", False))
    h.at(300, lambda: setattr(h.wlan, "in_range", True))
    h.run(400)
    assert h.wifi.connected
    assert h.connects() == 1


def test_after_five_minutes_the_radio_is_switched_off_and_on(house):
    h = house()
    h.at(60, lambda: setattr(h.wlan, "stuck", True))
    h.run(500)
    assert h.wifi.connected
    assert h.wlan.calls[3:] == [
        ("disconnect",),
        ("active", False),
        ("active", True),
        ("config", {"pm": FakeWlan.PM_NONE}),
        ("connect", "hjem", "hemmelig"),
    ]


def test_no_restart_while_lists_arrive(house):
    """A router that is gone for a week is no reason to lose a list."""
    h = house()
    h.wlan.in_range = False
    h.run(7 * 86400)
    assert h.board.restarts == 0
    assert 7 * 86400 // 310 <= h.connects() <= 7 * 86400 // 300 + 1


def test_restart_after_half_an_hour_without_lists_and_network(house):
    h = house()
    h.live.reads = False
    h.wlan.in_range = False
    h.run(1790)
    assert h.board.restarts == 0
    h.run(1810)
    assert h.board.restarts > 0


def test_connect_that_fails_goes_up_the_ladder(house):
    h = house()
    h.wlan.active(True)
    h.wlan.connect("hjem", "hemmelig")  # under way already: the next one is an error
    h.wlan.stuck = True
    h.run(500)
    assert h.wifi.connected
