"""The page on the real firmware under MicroPython, fed by the simulated meter."""

import json
import subprocess
import sys
import time
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from fakes.views import SETTINGS
from page_words import SEEN, faults
from running_firmware import PASSWORD, TOKEN

ROOT = Path(__file__).resolve().parents[2]
HOURLY_LISTS = ("--start", "2026-11-24T10:59:00Z", "--duration", "7320")


def octets(meter: str, *arguments: str) -> bytes:
    """What a meter sends over a little more than two hours, all at once."""
    command = [sys.executable, ROOT / "tools" / "meter_sim.py", "--meter", meter, "--unpaced"]
    command += [*(arguments or HOURLY_LISTS), "--out=-"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def feed(firmware, data: bytes) -> dict:
    """Feed it all and wait until the firmware has read it: a new list, and then none for a while."""
    before = firmware.now()["seq"]
    firmware.feed(data)
    limit = time.monotonic() + 60
    seen = before
    while (now := firmware.now())["seq"] != seen or seen == before:
        seen = now["seq"]
        assert time.monotonic() < limit, "the firmware does not read"
        time.sleep(0.2)
    return now


def text_of(value: float, divisor: int, decimals: int) -> str:
    """An independent way to the page's number."""
    exact = Decimal(str(value)) / divisor
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", " ").replace(".", ",")


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
    assert len([url for url in phone.requested if url.startswith("http")]) == 4


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


def test_a_list_arrives_by_the_stream(start_firmware, open_page):
    firmware = start_firmware()
    first = feed(firmware, octets("kamstrup-tn"))
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.wait_state("live")
    later = feed(
        firmware,
        octets("kamstrup-tn", "--duration", "10", "--event", "+0:load:4000"),
    )
    assert later["seq"] > first["seq"]
    phone.wait_text("#power", text_of(later["import_w"], 1000, 2) + " kW", timeout=2000)
    assert later["import_w"] != first["import_w"]


def frames(data: bytes):
    """The HDLC frames of a clean line, one by one (frame format type 3 has the length)."""
    at = 0
    while at + 2 < len(data):
        end = at + ((data[at + 1] & 7) << 8 | data[at + 2]) + 2
        yield data[at:end]
        at = end


def test_minutes_on_the_line_with_a_gap(start_firmware, open_page):
    """Thirty times as fast: the line of the last minutes, broken where the meter was silent."""
    firmware = start_firmware(settings={"name": "Hytta"}, CLOCK_SPEED="30")
    lists = list(
        frames(octets("kamstrup-tn", "--start", "2026-11-24T06:20Z", "--duration", "460"))
    )
    for i, one in enumerate(lists):
        time.sleep(2.5 if i == 30 else 10 / 30)
        firmware.feed(one)
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.page.wait_for_selector("html[data-script]")
    power = [watts for watts in firmware.now()["power"] if watts is not None]
    assert len(power) >= 35
    assert phone.page.get_attribute("#trend-line", "d").count("M") >= 2
    low, high = (text_of(watts, 1000, 2) for watts in (min(power), max(power)))
    assert f"lavest {low} · høyest {high} kW" in phone.text("#trend-range")


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


def test_old_and_no_signal_by_the_firmwares_clock(start_firmware, open_page):
    """Twenty seconds of the firmware's in one: silence is seen by who opens the page."""
    firmware = start_firmware(CLOCK_SPEED="20")
    feed(firmware, octets("kamstrup-it"))
    phone = open_page(firmware.url + "/", token=TOKEN)
    phone.page.wait_for_timeout(2000)
    phone.page.reload()
    phone.wait_state("old")
    phone.page.wait_for_timeout(4500)
    phone.page.reload()
    phone.wait_state("no_signal")
    assert phone.page.is_visible("#notice")


def test_firmware_gone_and_back(start_firmware, open_page):
    firmware = start_firmware(settings={"name": "Hytta"})
    lists = octets("kamstrup-it")
    feed(firmware, lists)
    phone = open_page(firmware.url + "/", clock=True, token=TOKEN)
    phone.wait_state("live")
    firmware.process.kill()
    firmware.process.wait()
    phone.advance(30)
    assert phone.state() == "lost"
    assert phone.text("#notice h2") == "Ikke kontakt med dongelen."
    firmware.restart()
    now = feed(firmware, lists)
    phone.advance(10)
    phone.wait_text("#power", text_of(now["import_w"], 1000, 2) + " kW")
    assert phone.state() == "live"


def test_a_fifth_page_polls(start_firmware, open_page):
    firmware = start_firmware()
    feed(firmware, octets("kamstrup-it"))
    pages = [open_page(firmware.url + "/", token=TOKEN) for _ in range(4)]
    for phone in pages:
        phone.wait_state("live")
    pages[0].page.wait_for_timeout(300)
    fifth = open_page(firmware.url + "/", clock=True, token=TOKEN)
    fifth.wait_state("live")
    fifth.page.wait_for_timeout(300)
    now = feed(firmware, octets("kamstrup-it", "--duration", "10", "--event", "+0:load:3000"))
    power = text_of(now["import_w"], 1000, 2) + " kW"
    pages[0].wait_text("#power", power, timeout=2000)
    fifth.advance(12)
    fifth.wait_text("#power", power)


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


# WebPageTest's "Slow 3G": 400 kbit/s both ways, 400 ms for every answer
SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
WATCH = """
new MutationObserver(() => {
  if (document.documentElement.dataset.script === "" && !window.interactive) {
    window.interactive = performance.now();
  }
}).observe(document, {attributes: true, subtree: true});
"""


def first_view(chromium, firmware) -> dict:
    """ms until the figure is painted, and until the page can be used, on a first visit."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 616},
        extra_http_headers={"Authorization": f"Bearer {TOKEN}"},
    )
    page = context.new_page()
    page.add_init_script(WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(firmware.url + "/", wait_until="commit")
    page.wait_for_function(
        """() => window.interactive
          && performance.getEntriesByName("first-contentful-paint").length""",
        timeout=20000,
    )
    found = page.evaluate(
        """() => ({
          painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
          interactive: window.interactive,
          text: document.querySelector("#power").textContent,
        })"""
    )
    context.close()
    return found


def test_the_figure_within_1_5_s_and_the_page_within_2_5_s(start_firmware, chromium):
    """4x slower CPU, slow 3G, the real firmware. The figure is in the first HTML, so the first
    paint has it. The best of some tries: other work on this computer is not the page's."""
    firmware = start_firmware(settings={"name": "Hytta"})
    feed(firmware, octets("kamstrup-tn"))
    tries = []
    for _ in range(5):
        tries.append(first_view(chromium, firmware))
        assert tries[-1]["text"].endswith("kW") and tries[-1]["text"][0].isdigit()
        if tries[-1]["painted"] <= 1500 and tries[-1]["interactive"] <= 2500:
            break
    print(tries)
    assert min(one["painted"] for one in tries) <= 1500
    assert min(one["interactive"] for one in tries) <= 2500
