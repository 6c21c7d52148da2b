"""For everyone: the keyboard, targets, names and roles; each state told apart without colour;
nothing moves. axe-core has a file of its own."""

import itertools

import pytest
from fakes.scenes import live
from page_views import opened

# A state with causes to read through may need it; what the household glances at may not.
GLANCES = [
    *("live", "old", "first_hour", "first_day", "idle", "cabin", "away", "over_budget"),
    *("near_budget", "over_fuse", "tn", "one_phase", "export", "expired"),
]


@pytest.mark.parametrize("language", ["nb", "en"])
def test_the_first_screen_needs_no_scrolling(files, open_page, language):
    """All that domain.md 7.1 lists is above the bar at 360x616."""
    for name in GLANCES:
        with opened(files, open_page, "now-" + name, language) as phone:
            bar = phone.page.evaluate("document.querySelector('.nav').getBoundingClientRect().top")
            for part in ("#power", "#hour-card", "#step-card", "#hour", "#today", "#phases"):
                bottom = phone.page.evaluate(
                    "(s) => document.querySelector(s).getBoundingClientRect().bottom", part
                )
                assert bottom <= bar, (name, part, bottom - bar)


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


ABOVE_THE_BAR = """() => {
  const e = document.activeElement;
  const box = (e.closest("label") || e).getBoundingClientRect();
  return e.closest(".nav") || box.top < document.querySelector(".nav").getBoundingClientRect().top;
}"""


@pytest.mark.parametrize("name", KEYBOARD)
def test_keyboard_reaches_every_control(files, open_page, name):
    """Tab alone comes to each of them once, each can be seen, and none hides behind the bar."""
    with opened(files, open_page, name) as phone:
        if name.startswith("now-"):  # what comes as one scrolls to it is there from the start
            phone.page.locator("#below").scroll_into_view_if_needed()
            phone.page.wait_for_selector("#below .chart", timeout=10000)
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
                  const shown = e.closest("label.second") || e;
                  return [e.dataset.reached, getComputedStyle(shown).outlineStyle];
                }"""
            )
            if reached and seen and seen[0] == reached[-1]:
                continue  # a date field is several stops in one
            if seen is None or seen[0] in reached:
                break
            assert seen[1] == "solid"
            # The browser scrolls to it in its own time
            phone.page.wait_for_function(ABOVE_THE_BAR, timeout=5000)
            reached.append(seen[0])
        assert len(reached) == expected


def test_what_comes_above_the_focus_does_not_push_it_out_of_sight(device, open_page):
    """Tab to the page's foot brings the charts, which are above it and take two screens."""
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    assert phone.page.locator("#below .chart").count() == 0
    phone.page.keyboard.press("Tab")
    phone.page.focus(".foot button >> nth=0")
    phone.page.wait_for_selector("#below .chart", timeout=10000)
    phone.page.wait_for_timeout(300)
    assert phone.page.evaluate(ABOVE_THE_BAR)
    assert phone.page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0


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
        with opened(files, open_page, name) as phone:
            small = phone.page.evaluate(
                """[...document.querySelectorAll("button, a[href], select, input:not([type=radio]):not([type=checkbox]), label.pick, summary")]
                  .filter((e) => e.checkVisibility() && !e.matches(".quiet, .said, p a"))
                  .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
                  .filter(([, box]) => box.width < 44 || box.height < 43.5).map(([html]) => html)"""
            )
            assert small == []


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
    with opened(files, open_page, name) as phone:
        tree = phone.page.locator("body").aria_snapshot()
        for part in ROLES[name]:
            assert part in tree, tree
        assert phone.page.locator("h1").count() == 1
        levels = phone.page.evaluate(
            """[...document.querySelectorAll("h1, h2, h3, h4")].filter((e) => e.checkVisibility())
              .map((e) => Number(e.tagName[1]))"""
        )
        assert all(b <= a + 1 for a, b in itertools.pairwise(levels)), levels


def test_each_state_is_told_apart_without_colour(files, open_page):
    """By its shape and words at the top, and by what the notice says."""
    names = [
        *("live", "old", "no_signal", "starting", "paused", "lost", "withdrawn", "moved"),
        *("encrypted", "idle", "cabin", "away", "over_fuse", "over_budget", "near_budget"),
        *("first_hour", "first_day", "expired"),
    ]
    seen = {}
    for name in names:
        with opened(files, open_page, "now-" + name) as phone:
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
