"""The first start, step by step, as a phone goes through it: on a computer with the key, and over the
dongle's own network. The networks are test_setup_network.py's."""

import json
import subprocess
import time

import pytest
from access_support import client, status_of
from first_start import CONSENT, HOME, Phone, past_password, printed_key
from meter_lists import CASES, LIST_1, frame
from running_firmware import ANSWERS, MICROPYTHON, PASSWORD, free_port, in_tree, set_up

from app import scram


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
    phone = past_password(firmware)
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
    phone = past_password(dongle())
    nonce = phone.get()["nonce"]
    sealed = scram.seal(phone.key.encode(), nonce.encode(), b"hemmelig n\xc3\xb8kkel").hex()
    changed = sealed[:-1] + "0123456789abcdef"[int(sealed[-1], 16) ^ 1]
    body = {"ssid": "Hjemme", "nonce": nonce}
    assert phone.ask("/wifi", {**body, "sealed": changed}) == (400, {"error": "not_valid"})
    assert phone.ask("/wifi", {**body, "sealed": sealed}) == (409, {"error": "try_again"})


LOADED = """
import asyncio
from app import clock
from app.app import App, board
from app.rare import _loaded
clock.start(board.ticks_ms)
app = App()
of_set_up = "app.setup app.setup_open app.setup_join app.portal"  # numbers in the tree
loaded = of_set_up[0] in _loaded
async def end():
    app.set_up()
    await asyncio.sleep_ms(0)
asyncio.run(end())
left = [number for number in of_set_up if number in _loaded]
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
