"""The first start, as a phone goes through it: on a computer with the key, and over the dongle's own
network with a fake radio (host_tests/radio)."""

import hashlib
import http.client
import json
import secrets
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest
from access_support import client, status_of
from running_firmware import ANSWERS, MICROPYTHON, PASSWORD, free_port, in_tree, set_up
from test_now import CASES, LIST_1, frame

import build
from app import scram

RADIO = Path(__file__).resolve().parent.parent / "radio"
HOME = {"profile": "cabin", "fuse_a": 25, "grid": "area-cabin", "name": "Hytta på fjellet"}
CONSENT = {"secured": "owner", "version": 1}


class Phone:
    """The page of setup.js: one step at a time, sealed with the key."""

    def __init__(self, firmware, key="", own=False):
        self.firmware = firmware
        self.key = key
        self.source = ("127.0.0.2", 0) if own else None

    def ask(self, path="", body=None, method=None, **headers):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.firmware.port, timeout=20, source_address=self.source
        )
        headers = {"X-HAN": "1", **headers}
        if self.key and not self.source:
            headers["Authorization"] = "Setup " + self.key
        text = None if body is None else json.dumps(body)
        connection.request(
            method or ("POST" if body is not None else "GET"),
            "/api/v1/setup" + path,
            text,
            headers,
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def get(self) -> dict:
        status, answer = self.ask()
        assert status == 200, answer
        self.key = answer.get("key", self.key)
        return answer

    def password(self, password=PASSWORD):
        told = self.get()
        salt = secrets.token_bytes(16)
        count = told["iterations"]
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, count)
        sealed = scram.seal(self.key.encode(), told["nonce"].encode(), salted + password.encode())
        body = {"nonce": told["nonce"], "salt": salt.hex(), "iterations": count}
        return self.ask("/password", {**body, "sealed": sealed.hex()})

    def wifi(self, ssid, key):
        nonce = self.get()["nonce"]
        sealed = scram.seal(self.key.encode(), nonce.encode(), key.encode()).hex()
        return self.ask("/wifi", {"ssid": ssid, "nonce": nonce, "sealed": sealed})

    def wait(self, name, value, timeout=20) -> dict:
        limit = time.monotonic() + timeout
        while (told := self.get())[name] != value:
            assert time.monotonic() < limit, json.dumps(told)
            time.sleep(0.1)
        return told


def printed_key(firmware) -> str:
    for _ in range(100):
        for line in firmware.log().splitlines():
            if "/setup#" in line:
                return line.rpartition("#")[2]
            if "key " in line:
                return line.partition("key ")[2].split()[0]
        time.sleep(0.05)
    raise AssertionError(firmware.log())


@pytest.fixture
def radio(tmp_path):
    """A file that the fake radio goes by; radio(change=...) rewrites it, radio.log what was asked."""

    class File:
        path = tmp_path / "radio.json"
        told = {
            "around": [["Hjemme", -60, True], ["Nabo æøå 🌲", -70, True], ["Åpent", -80, False]],
            "key": {"Hjemme": "hemmelig nøkkel", "Åpent": "", "Skjult": "skjult nøkkel"},
            "lies": 0,
            "dns": 0,
        }

        def __call__(self, **change):
            self.told = {**self.told, **change}
            self.path.write_text(json.dumps(self.told, ensure_ascii=False))

        def log(self):
            text = Path(str(self.path) + ".log").read_text()
            return [json.loads(line) for line in text.splitlines()]

    file = File()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file(dns=port)
    return file


@pytest.fixture
def dongle(start_firmware, radio, tmp_path):
    """dongle(**environment): an empty one with a radio."""
    # compiled, as all of the firmware is: compiling it there would take more heap than set-up
    text = (RADIO / "fake_radio.py").read_text()
    (tmp_path / "fake_radio.mpy").write_bytes(build.compile_mpy(text, "fake_radio", "unix", 3))

    def start(**environment):
        environment.setdefault("CLOCK_SPEED", "1")
        return start_firmware(
            answers=None,
            WLAN="fake_radio",
            RADIO=str(radio.path),
            MICROPYPATH=f":lib:.frozen:{tmp_path}",
            HOSTS="192.168.4.1,192.168.1.57",
            **environment,
        )

    return start


def test_s01_s02_each_dongle_has_a_random_key_of_its_own(start_firmware):
    first, second = start_firmware(answers=None), start_firmware(answers=None)
    keys = [printed_key(first), printed_key(second)]
    assert keys[0] != keys[1]
    for key in keys:
        assert len(key.replace("-", "")) * 5 >= 48
        assert set(key) <= set("ABCDEFGHJKLMNPQRSTUVWXYZ23456789-")
    first.restart()
    time.sleep(0.5)
    assert first.log().count(keys[0]) == 2  # it stays the same


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


def test_on_a_computer_it_takes_the_key(start_firmware):
    firmware = start_firmware(answers=None)
    key = printed_key(firmware)
    for wrong in ("", "AAAA-AAAA-AAAA", key[:-1], key + "A"):
        status, answer = Phone(firmware, wrong).ask()
        assert (status, answer) == (401, {"error": "setup_key"})
        assert Phone(firmware, wrong).ask("/consent", CONSENT)[0] == 401
    for right in (key, key.lower(), key.replace("-", " ")):
        assert Phone(firmware, right).get()["step"] == "consent"


def test_the_whole_way_on_a_computer(start_firmware):
    firmware = start_firmware(answers=None)
    phone = Phone(firmware, printed_key(firmware))
    assert phone.get()["step"] == "consent"
    assert phone.ask("/consent", CONSENT)[1]["step"] == "password"
    assert phone.password()[1]["step"] == "home"
    # the meter is read as soon as there is consent
    firmware.feed(frame(LIST_1))
    model = CASES[LIST_1]["values"]["meter_model"]
    meter = {"octets": 228, "frames": 1, "readings": 1, "model": model}
    phone.wait("meter", meter)
    status, answer = phone.ask("/home", HOME)
    assert (status, answer["step"]) == (200, "done")
    time.sleep(0.3)
    assert phone.ask()[0] == 401  # over
    one = client(firmware)
    one.log_in(PASSWORD)
    assert one.json("GET", "/api/v1/now")["name"] == "Hytta på fjellet"
    settings = one.json("GET", "/api/v1/settings")
    assert {name: settings[name] for name in HOME} == HOME
    firmware.restart()
    assert status_of(one, "GET", "/api/v1/now") == 200


def test_s03_no_network_before_a_password(dongle, radio):
    firmware = dongle()
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    for path, body in (
        ("/wifi", {"ssid": "Hjemme", "nonce": phone.get()["nonce"], "sealed": "00" * 20}),
        ("/wifi", {"alone": True}),
        ("/home", HOME),
    ):
        assert phone.ask(path, body) == (409, {"error": "order"})
    assert phone.wifi("Hjemme", "hemmelig nøkkel") == (409, {"error": "order"})
    for password in ("", "kort", "1234567890", "passord2026"):
        assert phone.password(password)[0] == 400
    for body in (
        {},
        {"password": "elg i solnedgang"},
        {"nonce": 5},
        {"nonce": phone.get()["nonce"]},
    ):
        assert phone.ask("/password", body)[0] in (400, 409)
    assert phone.get()["step"] == "password"
    assert not [call for call in radio.log() if call[0] == "connect"]
    assert not (firmware.data / "settings.json").exists()


def test_the_steps_come_in_order(start_firmware):
    firmware = start_firmware(answers=None)
    phone = Phone(firmware, printed_key(firmware))
    assert phone.password()[0] == 409
    for body in (
        {},
        {"secured": "no", "version": 1},
        {"secured": "owner", "version": 2},
        {"secured": 1},
    ):
        assert phone.ask("/consent", body)[0] == 400
    assert phone.ask("/nope", {})[0] == 404
    assert phone.ask("/home", HOME)[0] == 409


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
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    phone.wait("step", "home")
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
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
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
    phone = Phone(dongle(CLOCK_SPEED="10"), own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    phone.wifi("Hjemme", "feil nøkkel")
    assert phone.wait("wifi", "failed")["reason"] == "wifi_key_wrong"
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


def test_a_flash_that_takes_nothing_does_not_keep_the_owner_waiting(dongle):
    firmware = dongle(CLOCK_SPEED="10")
    firmware.may_fail = True
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    (firmware.data / "settings.json.tmp").mkdir()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    phone.wait("wifi", "failed")
    (firmware.data / "settings.json.tmp").rmdir()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


def test_a_right_key_that_is_called_wrong_at_first(dongle, radio):
    radio(lies=1)
    firmware = dongle()
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    assert phone.wait("step", "home")["wifi"] == "joined"


@pytest.mark.parametrize(("ssid", "key"), [("Skjult", "skjult nøkkel"), ("Åpent", "")])
def test_hidden_and_open_networks(dongle, ssid, key):
    phone = Phone(dongle(), own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
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
    phone = Phone(dongle(), own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
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
    phone = Phone(firmware, own=True)
    key = phone.get() and phone.key
    phone.ask("/consent", CONSENT)
    phone.password()
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


@pytest.mark.parametrize("step", ["consent", "password", "wifi"])
def test_a_cut_of_the_power_goes_on_where_it_was(dongle, step):
    firmware = dongle()
    phone = Phone(firmware, own=True)
    key = phone.get() and phone.key
    done = {"consent": 0, "password": 1, "wifi": 2}[step]
    if done > 0:
        phone.ask("/consent", CONSENT)
    if done > 1:
        phone.password()
    firmware.restart()
    phone = Phone(firmware, own=True)
    told = phone.get()
    assert (told["step"], told["key"]) == (step, key)


def test_a_cut_after_joining_joins_again(dongle, radio):
    firmware = dongle()
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    phone.wait("step", "home")
    firmware.restart()
    phone.wait("step", "home")
    assert [call for call in radio.log() if call[0] == "connect"] == [
        ["connect", "Hjemme", "hemmelig nøkkel"]
    ] * 2


def test_s05_neither_password_nor_wifi_key_is_on_the_line(dongle):
    firmware = dongle()
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    sent = []
    ask = phone.ask
    phone.ask = lambda path="", body=None, **more: sent.append(body) or ask(path, body, **more)
    phone.password()
    phone.wifi("Hjemme", "hemmelig nøkkel")
    told = phone.wait("step", "home")
    text = json.dumps(sent, ensure_ascii=False) + json.dumps(told, ensure_ascii=False)
    for secret in (PASSWORD, "hemmelig nøkkel"):
        assert secret not in text
        assert secret.encode().hex() not in text


def test_a_seal_that_was_changed_or_is_used_again_is_refused(dongle):
    phone = Phone(dongle(), own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    nonce = phone.get()["nonce"]
    sealed = scram.seal(phone.key.encode(), nonce.encode(), b"hemmelig n\xc3\xb8kkel").hex()
    changed = sealed[:-1] + "0123456789abcdef"[int(sealed[-1], 16) ^ 1]
    body = {"ssid": "Hjemme", "nonce": nonce}
    assert phone.ask("/wifi", {**body, "sealed": changed}) == (400, {"error": "not_valid"})
    assert phone.ask("/wifi", {**body, "sealed": sealed}) == (409, {"error": "try_again"})


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
    phone = Phone(firmware, own=True)
    phone.get()
    phone.ask("/consent", CONSENT)
    phone.password()
    phone.ask("/wifi", {"alone": True})
    phone.ask("/home", HOME)
    time.sleep(0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", radio.told["dns"]))  # free again


LOADED = """
import asyncio, sys
from app import clock
from app.app import App, board
clock.start(board.ticks_ms)
app = App()
loaded = "app.setup" in sys.modules
async def end():
    app.set_up()
    await asyncio.sleep_ms(0)
asyncio.run(end())
left = [name for name in sys.modules if "setup" in name or "portal" in name]
print(loaded, app.setup, left)
"""


@pytest.mark.parametrize("answers", [None, ANSWERS])
def test_set_up_is_loaded_only_while_it_runs(firmware_tree, tmp_path, answers):
    if answers:
        set_up(tmp_path, answers)
    environment = {"MICROPYPATH": ":lib:.frozen", "HTTP": str(free_port()), "DATA": str(tmp_path)}
    done = subprocess.run(
        [MICROPYTHON, "-X", "heapsize=150K", "-c", in_tree(LOADED)],
        capture_output=True,
        text=True,
        timeout=20,
        cwd=firmware_tree,
        env=environment,
    )
    assert done.stdout == f"{answers is None} None []\n", done.stdout + done.stderr
