"""Set-up and login in a real browser on the real firmware, at the heap that it has: what it costs the
phone, and that what the radio says is text and nothing else."""

import json
import time
from pathlib import Path

from running_firmware import PASSWORD, free_port

import build

RADIO = Path(__file__).resolve().parents[1] / "radio"
SLOWER = 4  # a phone of some years: Lighthouse's figure for a mid-range one
LIMIT_S = 1.5
EVIL = "<img src=x onerror=document.title=1>"


def test_a_login_takes_a_slow_phone_less_than_a_second_and_a_half(firmware, open_page, capsys):
    """All of it: PBKDF2, the proof, and both answers of the dongle."""
    phone = open_page(firmware.url + "/login")
    session = phone.page.context.new_cdp_session(phone.page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    times = []
    for _ in range(3):  # the best of three: others are at work on this machine
        # what the button does, without leaving the page
        answer, took = phone.page.evaluate(
            """async (password) => {
              const began = performance.now();
              const answer = await logIn(password, null, () => {});
              return [answer, performance.now() - began];
            }""",
            PASSWORD,
        )
        assert (answer["status"], answer["role"]) == (200, "owner")
        times.append(took / 1000)
    with capsys.disabled():
        print(f"\nlogin: {min(times):.2f} s at {SLOWER}x slowdown, limit {LIMIT_S} s")
    assert 0.05 < min(times) < LIMIT_S
    assert phone.errors == []


def test_a_wrong_password_is_said_and_the_right_one_leads_in(firmware, open_page):
    phone = open_page(firmware.url + "/login")
    phone.page.fill("#password", "feil hest batteri")
    phone.page.click("#go")
    phone.page.wait_for_selector("#error:not(:empty)")
    time.sleep(1.2)
    phone.page.fill("#password", PASSWORD)
    phone.page.click("#go")
    phone.page.wait_for_url(firmware.url + "/", timeout=30000, wait_until="commit")
    assert phone.errors == []


def consent_and_password(page):
    page.wait_for_selector("#step-consent:not([hidden])")
    page.check("#step-consent input[value=owner]")
    for box in page.locator("#step-consent input[type=checkbox]").all():
        box.check()
    page.click("#step-consent button")
    page.wait_for_selector("#step-password:not([hidden])")
    for field in page.locator("#step-password input[type=password]").all():
        field.fill(PASSWORD)
    page.click("#step-password button.main")


def shown_after(words, firmware) -> str:
    """The word that the console shows behind these, the set-up key for one."""
    limit = time.monotonic() + 10
    while words not in firmware.log():
        assert time.monotonic() < limit, firmware.log()
        time.sleep(0.05)
    return firmware.log().partition(words)[2].split()[0]


def test_the_whole_set_up_on_a_computer(start_firmware, open_page):
    """The link that `make run` prints, and the steps after it."""
    firmware = start_firmware(answers=None)
    key = shown_after("/setup#", firmware)
    phone = open_page(f"{firmware.url}/setup#{key}")
    consent_and_password(phone.page)
    phone.page.wait_for_selector("#step-home:not([hidden])", timeout=30000)
    phone.page.click("#step-home button.main")
    # logged in without typing the password again
    phone.page.wait_for_url(firmware.url + "/", timeout=30000)
    phone.page.wait_for_selector("#power", timeout=30000)
    phone.page.wait_for_timeout(2000)
    assert phone.errors == []
    assert firmware.request("GET", "/api/v1/setup", auth=None)[0] == 401


def test_s21_a_network_s_name_is_text(start_firmware, open_page, tmp_path):
    radio = tmp_path / "radio.json"
    told = {"around": [[EVIL, -40, True]], "key": {EVIL: "hemmelig"}, "lies": 0}
    radio.write_text(json.dumps({**told, "dns": free_port()}))
    text = (RADIO / "fake_radio.py").read_text()
    (tmp_path / "fake_radio.mpy").write_bytes(build.compile_mpy(text, "fake_radio", "unix", 3))
    firmware = start_firmware(
        answers=None,
        WLAN="fake_radio",
        RADIO=str(radio),
        MICROPYPATH=f":lib:.frozen:{tmp_path}",
        HOSTS="192.168.4.1",
    )
    key = shown_after("key ", firmware)
    phone = open_page(f"{firmware.url}/setup#{key}")
    consent_and_password(phone.page)
    phone.page.wait_for_selector("#step-wifi:not([hidden])", timeout=30000)
    assert EVIL in phone.page.locator("#network option").all_inner_texts()
    assert phone.page.locator("img").count() == 0
    assert phone.page.title() != "1"
    assert phone.errors == []
