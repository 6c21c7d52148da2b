"""The Wi-Fi ladder against a station that behaves as the ESP32's, in fast time."""

import asyncio

import pytest
from fakes.wlan import FakeWlan
from wifi_house import HOTSPOT, House

from app import ladder


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
        ("config", {"pm": FakeWlan.PM_NONE, "reconnects": -1}),
        ("connect", "hjem", "hemmelig"),
    ]
    assert h.board.hostname == "han-1f2e"
    assert h.wifi.beat >= 3599_000
    assert h.wifi.drops == 0
    assert h.wlan.address is None  # the router gives one


def test_chosen_hostname(house):
    assert house(hostname="hytta").board.hostname == "hytta"


def test_fixed_address_with_its_name_server(house):
    h = house(address="192.168.1.57 255.255.255.0 192.168.1.1 192.168.1.2")
    h.run(60)
    assert h.wlan.address == ("192.168.1.57", "255.255.255.0", "192.168.1.1", "192.168.1.2")


def test_another_address_is_taken_at_once_and_given_back(house):
    h = house()
    h.run(60)
    h.settings.change({"address": "192.168.1.57 255.255.255.0 192.168.1.1 192.168.1.2"})
    h.run(10)
    assert h.wifi.connected
    assert h.wlan.address == ("192.168.1.57", "255.255.255.0", "192.168.1.1", "192.168.1.2")
    assert h.connects() == 2
    h.settings.change({"address": ""})
    h.run(10)
    assert h.wifi.connected
    assert h.wlan.address is None, "the router gives one again"


def test_an_error_that_the_port_has_no_name_for(house):
    h = house()
    connect = h.wlan.connect

    def fails(ssid, key):
        h.wlan.connect = connect
        raise RuntimeError("Wifi Unknown Error 0x0101")

    h.wlan.connect = fails
    h.run(700)
    assert h.wifi.connected


def test_without_a_network_the_own_one_is_all_there_is(house):
    h = house(wifi_ssid="")
    h.run(7200)
    assert h.wlan.calls == []
    assert h.board.restarts == 0
    assert [own.ssid for own in h.board.owns] == ["HAN-1f2e"]
    assert h.own.on


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
    h.set_at(60, in_range=False)
    h.set_at(300, in_range=True)
    h.run(400)
    assert h.wifi.connected
    assert h.connects() == 1
    assert h.wifi.drops == 1


def test_after_five_minutes_the_radio_is_switched_off_and_on_with_a_pause(house):
    h = house()
    h.set_at(60, stuck=True)
    h.run(500)
    assert h.wifi.connected  # without the pause the fake stays jammed
    assert h.wlan.calls[3:] == [
        ("disconnect",),
        ("active", False),
        ("active", True),
        ("config", {"pm": FakeWlan.PM_NONE, "reconnects": -1}),
        ("connect", "hjem", "hemmelig"),
    ]
    assert not h.board.owns


def test_the_other_known_network_is_tried_after_a_minute(house):
    h = house(**HOTSPOT)
    h.wlan.routers = {"telefon": "deling123"}
    h.run(90)
    assert h.wifi.connected
    assert [call[1] for call in h.wlan.calls if call[0] == "connect"] == ["hjem", "telefon"]
    # and back, once the hotspot has gone
    h.wlan.routers = {"hjem": "hemmelig"}
    h.run(150)
    assert h.wifi.connected
    assert h.connects() == 3


def test_own_network_after_ten_minutes_while_it_goes_on_looking(house):
    h = house()
    h.wlan.in_range = False
    h.run(590)
    assert not h.board.owns
    h.run(40)
    assert h.own is not None
    assert h.own.ssid == "HAN-1f2e"
    before = h.connects()
    h.run(3600)
    assert 10 <= h.connects() - before <= 14  # half a minute in five
    assert len(h.board.owns) == 1
    h.wlan.in_range = True
    h.run(310)
    assert h.wifi.connected
    assert h.own is None
    assert not h.board.owns[0].on


def test_it_does_not_look_while_a_phone_is_there_but_not_for_ever(house):
    h = house()
    h.wlan.in_range = False
    h.run(620)
    h.own.phones = ["phone"]
    before = h.connects()
    h.run(1100)
    assert h.connects() == before
    h.run(3600)
    assert h.connects() > before


def test_no_restart_while_lists_arrive(house):
    """A router that is gone for a week is no reason to lose a list."""
    h = house()
    h.run(60)
    h.wlan.in_range = False
    h.run(7 * 86400)
    assert h.board.restarts == 0
    assert h.own is not None


def test_restart_after_half_an_hour_without_lists_and_network(house):
    h = house()
    h.run(60)
    h.live.reads = False
    h.wlan.in_range = False
    h.run(1790)
    assert h.board.restarts == 0
    h.run(400)
    assert h.board.restarts > 0


def test_a_network_that_was_never_there_is_no_reason_to_restart(house):
    h = house()
    h.live.reads = False
    h.wlan.in_range = False
    h.run(86400)
    assert h.board.restarts == 0


def test_connect_that_fails_goes_up_the_ladder(house):
    h = house()
    h.wlan.active(True)
    h.wlan.connect("hjem", "hemmelig")  # under way already: the next one is an error
    h.wlan.stuck = True
    h.run(500)
    assert h.wifi.connected


def test_errors_of_the_radio_end_no_later_than_the_radio_s_trouble(house):
    """The task dies of some of them; it is started again, see test_faults.py."""
    h = house()
    h.run(60)
    h.wlan.error = OSError("Wifi Internal Error")
    with pytest.raises(OSError):
        asyncio.run(h.wifi.run())
    h.wlan.error = None
    h.run(60)
    assert h.wifi.connected


def test_another_network_chosen_is_joined_at_once(house):
    h = house()
    h.run(60)
    h.wlan.routers["hytta"] = "sommer2026"
    h.settings.change({"wifi_ssid": "hytta", "wifi_key": "sommer2026"})
    h.run(10)
    assert h.wifi.connected
    assert h.wlan.calls[-1] == ("connect", "hytta", "sommer2026")


def test_other_settings_leave_the_connection_alone(house):
    h = house()
    h.run(60)
    calls = len(h.wlan.calls)
    h.settings.change({"hostname": "annet"})
    h.run(600)
    assert len(h.wlan.calls) == calls


def test_status_is_no_help(house):
    """202, wrong password, while the right one is being tried."""
    h = house()
    h.wlan.in_range = False
    h.run(100)
    assert h.wlan.status() == 202
    h.wlan.in_range = True
    h.run(10)
    assert h.wifi.connected
    assert h.connects() == 1


def test_phones_of_a_radio_that_does_not_tell(house):
    h = house(wifi_ssid="")
    h.run(10)

    def no_status(name):
        raise ValueError("unknown status param")

    h.own.status = no_status
    assert ladder.phones(h.wifi) == 0
