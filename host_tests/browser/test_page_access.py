"""For everyone: axe-core on every view in both languages and themes, 320 px, text at 200 %, the
keyboard, targets, names and roles; each state told apart without colour; nothing moves."""

import itertools
import json

import pytest
import screenshots
from conftest import ROOT
from fakes.device import FakeDevice
from fakes.scenes import SCENES, cabin, live
from fakes.views import VIEWS, reach
from page_words import SEEN, faults

WORDS = screenshots.words(ROOT / "firmware" / "web")
# What is wider than the screen and may not be scrolled to
CUT = """(width) => [...document.querySelectorAll("body *")].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width > 2 && !e.closest("svg, .table, .said") && (box.right > width + 1 || box.left < -1);
}).map((e) => e.outerHTML.slice(0, 100))"""
# Text that its own box cuts off
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((e) =>
  e.children.length === 0 && e.textContent.trim() && !e.closest("svg, .said, .quiet, .table, select, option, noscript")
  && e.clientWidth > 2 && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 100))"""


def opened(files, open_page, name, language, scheme="light", width=360):
    """(phone, device) at a view; the device has to be closed."""
    scene, address, steps = VIEWS[name]
    device = FakeDevice(files).__enter__()
    SCENES[scene](device)
    phone = open_page(
        device.url + address,
        clock="lost" in steps,
        scheme=scheme,
        width=width,
        language=language,
    )
    reach(phone.page, device, steps, WORDS, language)
    return phone, device


@pytest.mark.parametrize("name", VIEWS)
def test_no_violation(files, open_page, name):
    """Bokmål in light at 360 px, then dark; English in dark at 320 px, then with text at 200 %."""
    phone, device = opened(files, open_page, name, "nb")
    assert phone.axe() == []
    assert phone.overflow() == 0
    assert phone.page.evaluate(CLIPPED) == []
    assert faults(phone.page.evaluate(SEEN), "nb") == []
    phone.page.emulate_media(color_scheme="dark")
    assert phone.axe(["color-contrast"]) == []
    assert phone.errors == []
    phone.page.close()
    device.mode = "refuse"
    device.__exit__()
    phone, device = opened(files, open_page, name, "en", "dark", 320)
    assert phone.axe() == []
    assert phone.overflow() == 0
    assert faults(phone.page.evaluate(SEEN), "en") == []
    phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
    phone.page.wait_for_timeout(50)
    assert phone.overflow() == 0
    assert phone.page.evaluate(CUT, 320) == []
    assert phone.axe() == []
    assert phone.errors == []
    phone.page.close()
    device.mode = "refuse"
    device.__exit__()


# A state with causes to read through may need it; what the household glances at may not.
GLANCES = [
    *("live", "old", "first_hour", "first_day", "idle", "cabin", "away", "over_budget"),
    *("near_budget", "over_fuse", "tn", "one_phase", "export", "expired"),
]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_first_screen_needs_no_scrolling(files, open_page, language):
    """All that domain.md 7.1 lists is above the bar at 360x616."""
    for name in GLANCES:
        phone, device = opened(files, open_page, "now-" + name, language)
        bar = phone.page.evaluate("document.querySelector('.nav').getBoundingClientRect().top")
        for part in ("#power", "#hour-card", "#step-card", "#hour", "#today", "#phases"):
            bottom = phone.page.evaluate(
                "(s) => document.querySelector(s).getBoundingClientRect().bottom", part
            )
            assert bottom <= bar, (name, part, bottom - bar)
        phone.page.close()
        device.__exit__()


def controls(phone) -> int:
    return phone.page.evaluate(
        """[...document.querySelectorAll("button, a[href], input, select, summary, [tabindex='0']")]
          .filter((e) => e.checkVisibility() && !e.disabled
            && !(e.type === "radio" && !e.checked && document.querySelector(`[name="${e.name}"]:checked`))
            && !(e.type === "radio" && !document.querySelector(`[name="${e.name}"]:checked`)
              && e !== document.querySelector(`[name="${e.name}"]`))).length"""
    )


KEYBOARD = [
    *("now-live", "now-over_fuse", "history-day", "cabin-report", "cabin-leave-2", "help"),
    *("settings", "settings-home", "settings-security", "settings-data", "settings-update"),
    *("settings-tariff", "settings-line"),
]


@pytest.mark.parametrize("name", KEYBOARD)
def test_keyboard_reaches_every_control(files, open_page, name):
    """Tab alone comes to each of them once, each can be seen, and none hides behind the bar."""
    phone, device = opened(files, open_page, name, "nb")
    # From the top, wherever the steps to here have left the focus
    phone.page.evaluate("const h = document.querySelector('h1'); h.tabIndex = -1; h.focus()")
    expected = controls(phone)
    reached = []
    for _ in range(expected + 12):
        phone.page.keyboard.press("Tab")
        seen = phone.page.evaluate(
            """() => {
              const e = document.activeElement;
              if (e === document.body) return null;
              if (!e.dataset.reached) e.dataset.reached = String(Math.random());
              const box = (e.closest("label") || e).getBoundingClientRect();
              const bar = document.querySelector(".nav").getBoundingClientRect();
              const shown = e.closest("label.second") || e;
              return [e.dataset.reached, getComputedStyle(shown).outlineStyle,
                Boolean(e.closest(".nav")) || box.top < bar.top];
            }"""
        )
        if reached and seen and seen[0] == reached[-1]:
            continue  # a date field is several stops in one
        if seen is None or seen[0] in reached:
            break
        assert seen[1] == "solid"
        assert seen[2]
        reached.append(seen[0])
    assert len(reached) == expected
    device.__exit__()


def test_keyboard_works_the_page(device, open_page):
    """Pause, another page, a chart, its table, and the way back: without a pointer."""
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    phone.page.focus("#pause")
    phone.page.keyboard.press("Enter")
    assert phone.state() == "paused"
    phone.page.keyboard.press("Space")
    phone.wait_state("live")
    phone.page.focus("#nav-history")
    phone.page.keyboard.press("Enter")
    phone.page.wait_for_selector(".chart")
    assert phone.page.evaluate("document.activeElement.id") == "main"
    phone.page.focus(".reader button >> nth=1")
    phone.page.keyboard.press("Enter")
    assert phone.text(".readout").startswith("kl. 00–01: ")
    phone.page.focus(".as-table button")
    phone.page.keyboard.press("Enter")
    assert phone.page.locator(".as-table tbody tr").count() == 15
    phone.page.go_back()
    phone.page.wait_for_selector("#page-now", state="visible")


def test_targets_are_44_px(files, open_page):
    """What is pressed; a link inside a sentence and a field's own parts are of their line."""
    for name in ("now-over_fuse", "history-day", "cabin-report", "settings", "settings-security"):
        phone, device = opened(files, open_page, name, "nb")
        small = phone.page.evaluate(
            """[...document.querySelectorAll("button, a[href], select, input:not([type=radio]):not([type=checkbox]), label.pick, summary")]
              .filter((e) => e.checkVisibility() && !e.matches(".quiet, .said, p a"))
              .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
              .filter(([, box]) => box.width < 44 || box.height < 43.5).map(([html]) => html)"""
        )
        assert small == []
        device.__exit__()


ROLES = {
    "now-live": [
        *("banner:", 'heading "Hytta" [level=1]', "main:", 'button "Sett på pause"'),
        *('heading "Strømforbruk nå" [level=2]', 'button "Les opp verdien"', "contentinfo:"),
        *('navigation "Sider"', 'link "Nå"', 'link "Innstillinger"', "status"),
        *('region "Denne timen"', 'heading "Strøm og spenning" [level=2]'),
    ],
    "history-month": [
        *('link "Måneden før"', 'button "Forrige søyle"', 'button "Vis som tabell"'),
        *('img "november 2026. Høyest:', 'textbox "Velg måned"', 'group "Tidsrom"'),
    ],
    "cabin-leave-1": ['group "Hvordan reiser du?"', 'radio "Slår av alt', 'button "Neste" [disa'],
    "settings-security": ['button "Fjern"', 'textbox "Navn på gjesten"', 'combobox "Lenken gje'],
    "settings-update": ['button "Velg fil"', 'checkbox "Tillat eldre versjon', 'button "Send og'],
}


@pytest.mark.parametrize("name", ROLES)
def test_names_and_roles(files, open_page, name):
    phone, device = opened(files, open_page, name, "nb")
    tree = phone.page.locator("body").aria_snapshot()
    for part in ROLES[name]:
        assert part in tree, tree
    assert phone.page.locator("h1").count() == 1
    levels = phone.page.evaluate(
        """[...document.querySelectorAll("h1, h2, h3, h4")].filter((e) => e.checkVisibility())
          .map((e) => Number(e.tagName[1]))"""
    )
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels
    device.__exit__()


def test_each_state_is_told_apart_without_colour(files, open_page):
    """By its shape and words at the top, and by what the notice says."""
    names = [
        *("live", "old", "no_signal", "starting", "paused", "lost", "withdrawn", "moved"),
        *("encrypted", "idle", "cabin", "away", "over_fuse", "over_budget", "near_budget"),
        *("first_hour", "first_day", "expired"),
    ]
    seen = {}
    for name in names:
        phone, device = opened(files, open_page, "now-" + name, "nb")
        shape = phone.page.evaluate(
            """[...document.querySelectorAll(".shape > *")]
              .filter((e) => getComputedStyle(e).display !== "none").map((e) => e.getAttribute("class"))"""
        )
        assert len(shape) == 1, name
        said = phone.text("#state").split(",")[0]
        title = phone.text("#notice h2") if phone.page.is_visible("#notice") else ""
        card = phone.text("#step-card") + phone.text("#hour-verdict") + phone.text("#today")
        mark = phone.page.evaluate(
            "(document.querySelector('#hour-verdict path') || {getAttribute: () => ''}).getAttribute('d')"
        )
        seen[name] = (shape[0], said, title, card, mark)
        device.mode = "refuse"
        phone.page.close()
        device.__exit__()
    assert len(set(seen.values())) == len(names), seen
    assert len({seen[name][:2] for name in names[:6]}) == 6
    assert (
        len({mark for *_, mark in (seen[n] for n in ("live", "near_budget", "over_budget"))}) == 3
    )


def test_nothing_moves_by_itself(device, open_page):
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    assert phone.page.evaluate("document.getAnimations().length") == 0
    phone.go("#history")
    assert phone.page.evaluate("document.getAnimations().length") == 0


def test_script_that_never_comes(device, chromium):
    """The value of the first answer greys by itself after 30 s, and never says that it is live."""
    live(device)
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*.js", lambda route: route.abort())
    page.goto(device.url)
    assert page.inner_text("#power").startswith("2,35")
    assert page.inner_text("#state") == "Henter …"
    color = "getComputedStyle(document.querySelector('#power')).color"
    fresh = page.evaluate(color)
    for ms, grey in ((29000, False), (31000, True)):
        page.evaluate(f"document.getAnimations()[0].currentTime = {ms}")
        assert (page.evaluate(color) != fresh) == grey
    context.close()


def test_without_script(device, chromium):
    """The value of the moment, and the word that it stays so."""
    live(device)
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 616}
    )
    page = context.new_page()
    page.goto(device.url)
    assert page.locator("#power").inner_text().startswith("2,35")
    assert page.locator("noscript p").is_visible()
    assert "JavaScript" in page.locator("noscript p").inner_text()
    context.close()


def test_a_report_alone_on_paper(device, open_page):
    """Print: the report with the meter, without what can only be pressed, black on white."""
    SCENES["away"](device)
    phone = open_page(device.url + "#cabin", scheme="dark")
    phone.page.wait_for_selector(".report")
    phone.page.evaluate("window.print = () => { window.printed = true; }")
    phone.page.get_by_role("button", name="Skriv ut").click()
    assert phone.page.evaluate("window.printed")
    phone.page.emulate_media(media="print")
    assert phone.page.is_visible(".report")
    assert phone.page.is_visible(".print-only")
    assert "måler …0042" in phone.text(".print-only")
    for gone in (".nav", ".foot", ".report button", ".card:not(.report) >> nth=0"):
        assert not phone.page.locator(gone).first.is_visible(), gone
    assert phone.page.evaluate("getComputedStyle(document.querySelector('.report')).color") == (
        "rgb(0, 0, 0)"
    )
    assert phone.page.pdf(width="210mm", height="297mm").startswith(b"%PDF")


def test_for_the_home_screen(device, files, open_page):
    """The manifest opens the page by itself, with icons that are there."""
    live(device)
    phone = open_page(device.url)
    address = phone.page.get_attribute("link[rel=manifest]", "href")
    manifest = json.loads(phone.page.request.get(device.url + address).body())
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        if icon["src"].startswith("data:image/svg+xml,"):
            continue
        answer = phone.page.request.get(device.url + icon["src"].lstrip("/"))
        assert answer.ok and answer.headers["content-type"] in ("image/png", "image/svg+xml")
    touch = phone.page.get_attribute("link[rel=apple-touch-icon]", "href")
    assert phone.page.request.get(device.url + touch).ok


def test_a_home_does_not_show_the_cabins_page_until_asked(device, open_page):
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    assert not phone.page.is_visible("#nav-cabin")
    cabin(device)
    phone = open_page(device.url)
    phone.page.wait_for_selector("#nav-cabin", state="visible")
