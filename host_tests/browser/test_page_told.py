"""What is said when a button has been pressed, and of what the household is told."""

import json

import pytest
from conftest import plain
from fakes.owner import REPORT
from fakes.scenes import SCENES, live

LOST = "Ikke kontakt med dongelen."
BUSY = {"status": 503, "json": {"error": "Opptatt, prøv igjen om litt"}}
SET_UP = {
    "step": "done",
    "network": "HAN-1A2B",
    "hostname": "han-1a2b",
    "nonce": "00" * 20,
    "iterations": 100000,
    "radio": True,
    "hidden": 0,
    "wifi": "joined",
    "reason": "",
    "ssid": "Hjemme",
    "address": "192.168.1.57",
    "networks": [],
    "meter": {"octets": 228, "frames": 1, "readings": 1, "model": None},
}


def told(phone) -> str:
    phone.page.wait_for_selector(".outcome:not(:empty)")
    return phone.text(".outcome:not(:empty) >> nth=0")


def opened(device, open_page, place, scene=live):
    scene(device)
    phone = open_page(device.url + "#" + place)
    phone.page.wait_for_selector("#page-other .card")
    return phone


def test_the_security_log_is_read_up_to_its_newest_entry(device, open_page):
    phone = opened(device, open_page, "settings/security")
    log = phone.page.locator("section", has_text="Sikkerhetslogg").locator("ul.log li")
    assert "Innstillinger ble endret" in log.first.inner_text()
    phone.press("Jeg har sett det nye (2)")
    phone.page.wait_for_selector("text=Jeg har sett det nye", state="detached")
    assert device.owner.posts == [("security", {"seen": 5})]


@pytest.mark.parametrize(
    ("place", "button"),
    [("network", "Bytt nettverk"), ("security", "Bytt passord")],
)
def test_a_script_that_does_not_come_leaves_the_button_alive(device, open_page, place, button):
    phone = opened(device, open_page, "settings/" + place)
    for card in phone.page.locator("details.card").all():
        card.locator("summary").first.click()
    phone.page.route("**/scram*", lambda route: route.abort())
    phone.press(button)
    assert told(phone) == LOST
    assert phone.page.get_by_role("button", name=button, exact=True).is_enabled()


def test_no_answer_and_a_busy_dongle_are_said_as_that(device, open_page):
    phone = opened(device, open_page, "settings/home")
    phone.page.locator("input").first.fill("Fjellhytta")
    phone.page.route("**/api/v1/settings", lambda route: route.abort(), times=1)
    phone.press("Lagre")
    assert told(phone) == LOST
    phone.page.route("**/api/v1/settings", lambda route: route.fulfill(**BUSY), times=1)
    phone.press("Lagre")
    phone.page.wait_for_selector("text=Dongelen er opptatt.")
    phone.press("Lagre")
    phone.page.wait_for_selector("text=Lagret.")


@pytest.mark.parametrize(
    ("code", "words"),
    [("password_short", "Minst ti tegn."), ("password_common", "Passordet er for vanlig.")],
)
def test_a_refused_password_says_why(device, open_page, code, words):
    phone = opened(device, open_page, "settings/home")
    phone.page.route(
        "**/api/v1/settings", lambda route: route.fulfill(status=400, json={"error": code})
    )
    phone.page.locator("input").first.fill("x")
    phone.press("Lagre")
    assert told(phone) == words


def test_a_wrong_mqtt_address_is_said_in_norwegian(device, open_page):
    phone = opened(device, open_page, "settings/home")
    refused = {"error": "setting", "setting": "mqtt", "why": "must be mqtt://USER@HOST:PORT"}
    phone.page.route("**/api/v1/settings", lambda route: route.fulfill(status=400, json=refused))
    phone.page.locator("input").first.fill("x")
    phone.press("Lagre")
    assert told(phone) == "Skriv mqtt:// og adressen."


def test_saving_what_is_saved_says_so(device, open_page):
    phone = opened(device, open_page, "settings/home")
    phone.press("Lagre")
    assert told(phone) == "Lagret."
    assert device.owner.posts == []


def test_what_draws_the_page_anew_is_said_all_the_same(device, open_page):
    phone = opened(device, open_page, "settings/security")
    phone.press("Logg ut alle andre telefoner")
    assert told(phone) != ""


def test_a_month_that_has_ended_has_no_way_left_to_the_next_step(device, open_page):
    phone = opened(device, open_page, "history/month/2026-09")
    phone.page.wait_for_selector("text=Effektleddet er 527 kr/md.")
    assert "Neste trinn" not in phone.text("#page-other")


def test_the_months_kroner_and_norgespris(device, open_page):
    live(device)
    device.more["month"] = {
        "month": "2026-11",
        "import_wh": 412400,
        "cost_kr": [612.4, 640.1],
        "quota_wh": 5000000,
    }
    phone = open_page(device.url + "#now/warnings")
    phone.page.wait_for_selector("text=Norgespris")
    below = phone.text("#below")
    assert "Nettleie så langt: 612–640 kr" in below
    assert "Norgespris: 412 kWh / 5 000 kWh" in below


def test_an_absence_without_a_dark_dongle_says_no_such_thing(device, open_page):
    SCENES["cabin"](device)
    report = REPORT | {"kind": "switched_off", "outages": 0, "left_utc": REPORT["off_utc"]}
    device.owner.away["reports"] = [report]
    phone = opened(device, open_page, "cabin", lambda _: None)
    words = phone.text(".report >> nth=0")
    assert "Du var borte fra" in words
    assert "uten strøm" not in words


def test_set_up_that_is_over_is_no_fault(device, open_page):
    """The dongle closes its own network then, and answers no more."""
    phone = open_page(device.url + "login")
    up = [True]
    phone.page.route(
        "**/api/v1/setup",
        lambda route: route.fulfill(json=SET_UP) if up[0] else route.abort(),
    )
    phone.page.goto(device.url + "setup")
    phone.page.wait_for_selector("text=192.168.1.57")
    up[0] = False
    phone.page.wait_for_timeout(2600)
    assert plain(phone.page.locator("#error").inner_text()) == ""


def test_set_ups_first_question_is_asked_again(device, open_page):
    phone = open_page(device.url + "login")
    answers = iter([BUSY])
    body = json.dumps(SET_UP | {"step": "consent"})
    phone.page.route(
        "**/api/v1/setup",
        lambda route: route.fulfill(
            **next(answers, {"body": body, "content_type": "application/json"})
        ),
    )
    phone.page.goto(device.url + "setup")
    phone.page.wait_for_selector("#step-consent:not([hidden])")
