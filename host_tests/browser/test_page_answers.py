"""What the page does with an answer that is none: a busy dongle, half an answer, another's answer."""

from conftest import plain
from fakes.scenes import live
from fakes.views import SETTINGS

BUSY = (503, {"Retry-After": "2"}, b'{"error":"busy"}')
PLACES = [
    "history/day",
    "history/month",
    "history/year",
    "cabin",
    *("settings/" + s for s in SETTINGS),
]
SAID = ("opptatt", "kom ikke helt", "Det gikk ikke", "Finnes ikke")
# These need nothing of the dongle.
ALONE = ("settings/display", "settings/time", "settings/privacy")
WRONG = {
    "nothing": (200, {}, b""),
    "half": (200, {}, b'{"hours":[{"start":17'),
    "list": (200, {}, b"[]"),
    "word": (200, {}, b'"ok"'),
    "null": (200, {}, b"null"),
    "empty": (200, {}, b"{}"),
    "html": (200, {}, b"<html>Logg inn</html>"),
    "other type": (
        200,
        {},
        b'{"hours":1,"days":{},"months":{},"peaks":0,"entries":{},"reports":null}',
    ),
    "error": (500, {}, b""),
    "not found": (404, {}, b'{"error":"not_found"}'),
    "busy": BUSY,
}


def asked(device, path):
    return sum(request.startswith("/api/v1/" + path) for request in device.requests)


def test_a_busy_dongle_is_asked_again_by_itself(device, open_page):
    live(device)
    device.instead = BUSY
    phone = open_page(device.url + "#history/month/2026-11")
    waiting = phone.page.locator(".awaited")
    waiting.wait_for()
    assert plain(waiting.locator("p").inner_text()) == "Dongelen er opptatt. Henter igjen om 2 s …"
    assert waiting.get_by_role("button", name="Prøv igjen").is_visible()
    device.instead = None
    phone.page.locator(".bars").wait_for(timeout=8000)
    assert asked(device, "days?") == 2
    assert waiting.count() == 0
    assert phone.errors == []


def test_below_the_first_screen_only_what_is_missing_is_asked_for_again(device, open_page):
    live(device)
    phone = open_page(device.url + "#now/warnings", clock=True)
    phone.page.locator("#below .log").wait_for()
    device.instead = BUSY
    device.more["rev"] = 2
    device.reading(hourly=True, **device.fields)
    phone.page.locator("#below .awaited").first.wait_for()
    assert phone.page.locator("#below .awaited").count() == 5
    device.instead = None
    before = asked(device, "quality")
    phone.page.clock.run_for(2100)
    phone.page.locator("#below .log").wait_for()
    assert phone.page.locator("#below .awaited").count() == 0
    assert asked(device, "quality") == before + 1, "five parts wait, one round is made"
    assert phone.errors == []


def test_the_page_gives_up_and_a_person_may_ask_on(device, open_page):
    live(device)
    device.instead = BUSY
    phone = open_page(device.url + "#history/year", clock=True)
    phone.page.locator(".awaited").wait_for()
    for _ in range(8):
        phone.page.clock.run_for(2100)
        phone.page.wait_for_timeout(60)
    assert asked(device, "months?") == 6
    assert plain(phone.page.locator(".awaited p").inner_text()) == "Dongelen er opptatt."
    phone.page.get_by_role("button", name="Prøv igjen").click()
    phone.page.locator(".awaited p.calm").wait_for()
    assert asked(device, "months?") == 7
    device.instead = None
    phone.page.get_by_role("button", name="Prøv igjen").click()
    phone.page.locator(".bars").wait_for()
    assert phone.errors == []


def test_nobody_is_asked_for_a_page_that_is_hidden(device, open_page):
    live(device)
    device.instead = BUSY
    phone = open_page(device.url + "#history/year", clock=True)
    phone.page.locator(".awaited").wait_for()
    phone.hide(True)
    phone.page.clock.run_for(9000)
    assert asked(device, "months?") == 1
    device.instead = None
    phone.hide(False)
    phone.page.clock.run_for(2100)
    phone.page.locator(".bars").wait_for()


def test_an_answer_that_is_none_is_said_on_every_page(device, open_page):
    """No exception, and a sentence where the data would be."""
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    for kind, answer in WRONG.items():
        device.instead = answer
        for place in PLACES:
            look(phone, kind, place)
    assert phone.errors == []


def look(phone, kind, place):
    phone.page.evaluate("(address) => { location.hash = address; }", place)
    phone.page.wait_for_function(
        """(heading) => {
          const page = document.querySelector("#page-other");
          return page.querySelector(heading) && !page.textContent.includes("Henter …");
        }""",
        arg=".upward" if place.startswith("settings/") else "h2",
    )
    said = phone.text("#page-other")
    assert "undefined" not in said, (kind, place)
    # An answer without the settings that it may lack is no wrong answer.
    if place in ALONE or (kind in ("empty", "other type") and place.startswith("settings/")):
        return
    assert any(words in said for words in SAID), (kind, place, said)


def test_an_answer_that_is_none_is_said_below_the_first_screen(device, open_page):
    live(device)
    device.instead = WRONG["empty"]
    phone = open_page(device.url + "#now/warnings")
    phone.page.locator("#below .awaited").nth(4).wait_for()
    device.instead = WRONG["half"]
    phone.page.locator("#below .awaited button").first.click()
    phone.page.wait_for_timeout(300)
    assert phone.page.locator("#below .awaited").count() == 5
    assert phone.errors == []


def test_an_answer_that_is_none_is_said_before_there_is_a_page(device, open_page):
    device.instead = WRONG["nothing"]
    phone = open_page(device.url + "login")
    for kind, answer in WRONG.items():
        device.instead = answer
        phone.page.goto(device.url + "login")
        phone.page.fill("#password", "nok en hest i batteriet")
        phone.page.click("#go")
        phone.page.wait_for_selector("#error:not(:empty)")
        assert phone.page.is_enabled("#go"), kind
        if kind != "not found":  # that is how the dongle says that set-up is over
            phone.page.goto(device.url + "setup#ABCD-EFGH-JKLM")
            phone.page.wait_for_selector("#error:not(:empty)")
        phone.page.goto("about:blank")
    assert phone.errors == []
