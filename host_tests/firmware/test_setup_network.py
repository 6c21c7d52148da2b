"""The first start and the radio: the dongle's own network, the household's, and none at all."""

import http.client
import json
import socket
import struct
import time

import pytest
from access_support import client, status_of
from first_start import CONSENT, HOME, Phone, past_password, printed_key
from running_firmware import PASSWORD


def test_s02_own_network_has_wpa2_and_the_printed_key(dongle, radio):
    firmware = dongle()
    key = printed_key(firmware)
    Phone(firmware, own=True).get()
    assert ["own", "HAN-0000", key] in radio.log()
    # random numbers are random only while the radio is on: it is, before the key is made
    calls = [call[0] for call in radio.log()]
    assert calls.index("active") < calls.index("scan") < calls.index("own")
    log = firmware.log()
    assert "http://192.168.4.1" in log
    assert "█" in log


def test_the_way_with_a_router(dongle, radio):
    firmware = dongle()
    phone = Phone(firmware, own=True)
    told = phone.get()
    assert told["key"] == printed_key(firmware)
    # the names untouched, best first; the hidden one has none
    assert [(one["ssid"], one["secured"]) for one in told["networks"]] == [
        ("Hjemme", True),
        ("Nabo æøå 🌲", True),
        ("Åpent", False),
    ]
    phone.ask("/consent", CONSENT)
    assert phone.password()[1]["step"] == "wifi"
    assert phone.wifi("Hjemme", "hemmelig nøkkel")[0] == 200
    told = phone.wait("step", "home")
    assert (told["wifi"], told["address"], told["hostname"]) == (
        "joined",
        "192.168.1.57",
        "han-0000",
    )
    phone.ask("/home", HOME)
    own = [call for call in radio.log() if call[0] == "own"]
    assert len(own) == 1  # still up, so that the page can be read
    stored = json.loads((firmware.data / "settings.json").read_text())
    assert (stored["wifi_ssid"], stored["wifi_key"]) == ("Hjemme", "hemmelig nøkkel")


def test_the_own_network_stays_a_minute_and_goes(dongle, radio):
    firmware = dongle(CLOCK_SPEED="30")
    phone = past_password(firmware)
    phone.wifi("Hjemme", "hemmelig nøkkel")
    phone.wait("step", "home")
    time.sleep(75 / 30)  # whoever looks for the fuse has a minute from the answer on, too
    started = time.monotonic()
    phone.ask("/home", HOME)
    while ["own", False] not in radio.log():
        assert time.monotonic() < started + 10
        time.sleep(0.05)
    assert (time.monotonic() - started) * 30 > 45
    assert phone.ask()[0] == 401
    # connect() was called once: a second one would fail while the port keeps the connection
    assert [call[0] for call in radio.log()].count("connect") == 1


@pytest.mark.parametrize(
    ("ssid", "key", "reason"),
    [
        ("Hjemme", "feil nøkkel", "wifi_key_wrong"),
        ("Finnes ikke", "hemmelig nøkkel", "wifi_not_found"),
        ("Stum", "hemmelig nøkkel", "wifi_no_answer"),
    ],
)
def test_a_network_that_is_not_joined_leads_back_with_the_reason(dongle, radio, ssid, key, reason):
    radio(key={**radio.told["key"], "Stum": None})
    firmware = dongle(CLOCK_SPEED="20")
    phone = past_password(firmware)
    phone.wifi(ssid, key)
    told = phone.wait("wifi", "failed")
    assert (told["step"], told["reason"], told["ssid"]) == ("wifi", reason, ssid)
    assert not (firmware.data / "settings.json").exists()
    # The radio looks no further: it would drop the phone from the own network
    assert radio.log()[-1] == ["active", False]
    assert ["config", {"reconnects": 0}] in radio.log()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


@pytest.mark.parametrize("reason", [202, 15, 204])
def test_the_right_key_after_a_wrong_one(dongle, radio, reason):
    """The port goes on telling of the first failure while the second try is under way; and a
    router may just fall silent in the handshake instead of saying that the key is wrong."""
    radio(slow_ms=100, reason=reason)
    phone = past_password(dongle(CLOCK_SPEED="10"))
    phone.wifi("Hjemme", "feil nøkkel")
    assert phone.wait("wifi", "failed")["reason"] == "wifi_key_wrong"
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


def test_a_flash_that_takes_nothing_does_not_keep_the_owner_waiting(dongle):
    firmware = dongle(CLOCK_SPEED="10")
    firmware.may_fail = True
    phone = past_password(firmware)
    (firmware.data / "settings.json.tmp").mkdir()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    phone.wait("wifi", "failed")
    (firmware.data / "settings.json.tmp").rmdir()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


def test_a_right_key_that_is_called_wrong_at_first(dongle, radio):
    radio(lies=1)
    firmware = dongle()
    phone = past_password(firmware)
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


@pytest.mark.parametrize(("ssid", "key"), [("Skjult", "skjult nøkkel"), ("Åpent", "")])
def test_hidden_and_open_networks(dongle, ssid, key):
    phone = past_password(dongle())
    phone.wifi(ssid, key)
    assert phone.wait("step", "home")["ssid"] == ssid


@pytest.mark.parametrize(
    ("ssid", "key", "why"),
    [
        ("", "hemmelig nøkkel", "ssid_not_valid"),
        ("x" * 33, "hemmelig nøkkel", "ssid_not_valid"),
        ("æ" * 17, "hemmelig nøkkel", "ssid_not_valid"),
        (5, "hemmelig nøkkel", "ssid_not_valid"),
        ("Hjemme", "kort", "wifi_key_length"),
        ("Hjemme", "x" * 65, "wifi_key_length"),
    ],
)
def test_s20_names_and_keys_of_networks_are_checked(dongle, ssid, key, why):
    phone = past_password(dongle())
    assert phone.wifi(ssid, key) == (400, {"error": why})


def test_s20_names_that_are_no_utf8_and_too_many(dongle, radio):
    around = [[[0x48, 0xE6, 0xFF], -40, True], *([f"nett {i}", -50 - i, True] for i in range(30))]
    around += [["nett 0", -90, False]]
    radio(around=around)
    told = Phone(dongle(), own=True).get()
    assert told["hidden"] == 1
    assert [one["ssid"] for one in told["networks"]] == [f"nett {i}" for i in range(20)]
    assert told["networks"][0]["dbm"] == -50


def test_s23_without_a_router_for_good(dongle, radio):
    """Phone and dongle alone: the own network stays, after a restart too, and takes a login."""
    firmware = dongle()
    phone = past_password(firmware)
    key = phone.key
    assert phone.ask("/wifi", {"alone": True})[1]["step"] == "home"
    assert phone.ask("/home", HOME)[1]["step"] == "done"
    time.sleep(0.5)
    assert ["own", False] not in radio.log()
    firmware.restart()
    time.sleep(0.5)
    assert radio.log()[-1] == ["own", "HAN-0000", key]
    connection = http.client.HTTPConnection(
        "127.0.0.1", firmware.port, source_address=("127.0.0.2", 0)
    )
    connection.request("GET", "/api/v1/now", headers={"Host": "192.168.4.1"})
    assert connection.getresponse().status == 401
    one = client(firmware)
    one.log_in(PASSWORD)
    assert status_of(one, "GET", "/api/v1/now", headers={"Host": "192.168.4.1"}) == 200


def test_every_name_leads_to_the_page_while_set_up_runs(dongle, radio):
    firmware = dongle()
    Phone(firmware, own=True).get()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(5)
        query = struct.pack(">HHHHHH", 0x1234, 0x0100, 1, 0, 0, 0)
        query += b"\x11connectivitycheck\x07gstatic\x03com\0" + struct.pack(">HH", 1, 1)
        phone.sendto(query, ("127.0.0.1", radio.told["dns"]))
        answer = phone.recv(512)
    assert answer[-4:] == bytes((192, 168, 4, 1))
    for host, path in (
        ("connectivitycheck.gstatic.com", "/generate_204"),
        ("captive.apple.com", "/"),
    ):
        connection = http.client.HTTPConnection(
            "127.0.0.1", firmware.port, source_address=("127.0.0.2", 0)
        )
        connection.request("GET", path, headers={"Host": host})
        got = connection.getresponse()
        assert (got.status, got.headers["Location"]) == (302, "http://192.168.4.1/setup")
    # and from nowhere else: a name that a stranger points here stays foreign
    assert firmware.request("GET", "/", auth=None, host="captive.apple.com")[0] == 421


def test_s09_the_name_server_is_gone_after_set_up(dongle, radio):
    firmware = dongle()
    phone = past_password(firmware)
    phone.ask("/wifi", {"alone": True})
    phone.ask("/home", HOME)
    time.sleep(0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", radio.told["dns"]))  # free again
