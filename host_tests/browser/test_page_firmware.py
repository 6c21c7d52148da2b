"""The page on the real firmware under MicroPython, fed by the simulated meter."""

import json
import time

import pytest
from fakes.views import SETTINGS
from page_meter import feed, frames, octets, text_of
from page_words import SEEN, faults
from running_firmware import PASSWORD, TOKEN


@pytest.mark.parametrize(
    ("meter", "scheme"),
    [("kamstrup-it", "light"), ("kamstrup-tn", "dark"), ("kamstrup-1p", "light")],
)
def test_a_meters_hour_on_the_phone(start_firmware, open_page, meter, scheme):
    firmware = start_firmware(settings={"name": "Hytta"})
    now = feed(firmware, octets(meter))
    phone = open_page(firmware.url + "/", scheme=scheme, token=TOKEN)
    phone.wait_state("live")
    assert phone.text("#name") == "Hytta"
    assert phone.text("#power") == text_of(now["import_w"], 1000, 2) + " kW"
    assert phone.text("#hour") == (
        f"Forrige time (13–14) {text_of(now['last_hour_wh'], 1000, 2)} kWh"
    )
    assert (
        phone.text("#registers > div:first-child dd")
        == text_of(now["import_wh"], 1000, 2) + " kWh"
    )
    assert phone.text("#phases-upper .cell:first-child dd") == text_of(now["l1_a"], 1, 1) + " A"
    volt = (
        "#phases-upper .cell:last-child dd"
        if meter.endswith("1p")
        else "#phases-lower dd >> nth=0"
    )
    assert phone.text(volt) == text_of(now["l1_v"], 1, 0) + " V"
    assert phone.text("#meter").endswith("måler …" + now["meter_id"])
    assert phone.axe() == []
    assert phone.errors == []
    assert all(url.startswith((firmware.url, "data:")) for url in phone.requested)
    phone.page.wait_for_timeout(200)
    asked = [url for url in phone.requested if url.startswith("http")]
    # Those of the first view. When the hour's work ended meanwhile, its figures are asked for, and on
    # a short first screen what is below comes at once
    first = [url for url in asked[:4] if "/api/v1/now" not in url]
    assert [url.rpartition("/")[2].split(".")[0] for url in first] == ["", "app", "app", "events"][
        : len(first)
    ]
    assert len(first) >= 3


@pytest.mark.parametrize("meter", ["aidon-it", "kaifa-it", "kamstrup-it-short"])
def test_other_meters(start_firmware, open_page, meter):
    firmware = start_firmware()
    now = feed(firmware, octets(meter))
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.wait_state("live")
    assert phone.text("#name") == "Strømmåleren"
    assert phone.text("#power") == text_of(now["import_w"], 1000, 2) + " kW"
    assert phone.page.locator("#phases-upper dt:text-matches('^L[123]$')").count() == 3
    assert phone.axe() == []
    assert phone.errors == []


def test_the_first_answer_has_the_power_and_the_policy(start_firmware):
    firmware = start_firmware(settings={"name": "</script><b>Hytta"})
    now = feed(firmware, octets("kamstrup-it"))
    _, headers, body = firmware.get("/")
    html = body.decode()
    assert f">{text_of(now['import_w'], 1000, 2)}<" in html
    assert 'data-state="live"' in html
    assert "%NOW%" not in html and "%KW%" not in html and "%STATE%" not in html
    block = html.partition('id="now">')[2].partition("</script>")[0]
    assert json.loads(block)["name"] == "</script><b>Hytta"
    assert "no-store" in headers["Cache-Control"]
    # The icon is written into the page, which saves a request.
    assert "img-src 'self' data:" in headers["Content-Security-Policy"]


def test_breaker_open(start_firmware, open_page):
    """A minute of it, thirty times as fast: the firmware decides, the page says it."""
    firmware = start_firmware(settings={"name": "Hytta"}, CLOCK_SPEED="30")
    phone = open_page(firmware.url + "/", token=TOKEN)
    for one in frames(octets("kamstrup-it", "--duration", "120", "--event", "+0:breaker-open")):
        firmware.feed(one)
        time.sleep(10 / 30)
    phone.page.wait_for_selector("#notice:visible", timeout=5000)
    assert phone.text("#power") == "0,00 kW"
    assert phone.text("#notice h2") == "Ingen strøm går gjennom måleren."


def test_every_page_of_the_firmware(start_firmware, open_page):
    """With its own answers, not the fake dongle's: nothing is missing, nothing complains."""
    settings = {"name": "Hytta", "grid": "area-2", "fuse_a": 25}
    firmware = start_firmware(heap="250K", settings=settings)
    feed(firmware, octets("kamstrup-tn"))
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.wait_state("live")
    failed = []
    phone.page.on(
        "response",
        lambda answer: failed.append((answer.status, answer.url)) if answer.status >= 400 else 0,
    )
    addresses = ["#history", "#history/month", "#history/year", "#cabin", "#help", "#settings"]
    addresses += ["#settings/" + name for name in SETTINGS]
    for address in addresses:
        phone.go(address)
        phone.page.wait_for_function(
            "() => !document.querySelector('#page-other').textContent.includes('Henter …')"
        )
        assert faults(phone.page.evaluate(SEEN), "nb") == [], address
        assert phone.overflow() == 0, address
    phone.page.evaluate("location.hash = '#now/warnings'")
    phone.page.wait_for_selector("#below .log", timeout=10000)
    assert phone.axe() == []
    # A firmware without the diagnosis of itself: its card is dashes
    assert [one for one in failed if one[1] != firmware.url + "/api/v1/diagnosis"] == []
    assert phone.errors == []


def test_reading_that_was_stopped_is_no_lost_signal(start_firmware, open_page):
    firmware = start_firmware(settings={"name": "Hytta"})
    feed(firmware, octets("kamstrup-it", "--duration", "20"))
    body = json.dumps({"answer": "withdraw"})
    assert firmware.request("POST", "/api/v1/consent", body, x_han="1")[0] == 200
    assert firmware.now()["consent"] == "withdrawn"
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.wait_state("stopped")
    assert phone.text("#notice h2") == "Innlesingen er stoppet"
    assert phone.text("#power") == "– ukjent"


def test_log_in_change_a_setting_and_log_out(start_firmware, open_page):
    """The door in a real browser: a wrong password, the right one, a setting that stays."""
    firmware = start_firmware(settings={"name": "Hytta"})
    phone = open_page(firmware.url + "/login")
    phone.page.fill("#password", "feil passord her")
    phone.page.click("#go")
    phone.page.wait_for_function(
        "() => document.querySelector('#error').textContent", timeout=60000
    )
    assert phone.text("#error").startswith("Feil passord")
    assert phone.axe() == []
    phone.page.wait_for_timeout(1200)
    phone.page.fill("#password", PASSWORD)
    phone.page.click("#go")
    phone.page.wait_for_selector("html[data-script] #power", timeout=60000)
    phone.go("#settings/home")
    phone.page.locator("input").first.fill("Fjellhytta")
    phone.page.get_by_role("button", name="Lagre").click()
    phone.page.wait_for_selector(".outcome[data-kind=good]")
    phone.wait_text("#name", "Fjellhytta")
    phone.go("#settings/security")
    phone.page.get_by_role("button", name="Logg ut", exact=True).click()
    phone.page.wait_for_selector("#password")
    assert phone.errors == []
