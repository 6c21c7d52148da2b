"""For everyone: axe-core in both themes, 320 px, large text, keyboard, targets; and the pictures."""

import pytest

IDLE = {"import_w": 0, "export_var": 0, "l1_a": 0, "l3_a": 0}
LOAD = [410] * 7 + [820] * 6 + [2350] * 9 + [None] * 3 + [1500] * 12 + [4120] * 8 + [640] * 15


def live(device, it):
    device.reading(**it)
    device.power = [*LOAD[1:], 2350]
    device.silence(3)


def old(device, it):
    live(device, it)
    device.power = [*LOAD[4:], None, None, None, None]
    device.silence(47)


def no_signal(device, it):
    live(device, it)
    device.silence(500)


def starting(device, it):
    pass


def idle(device, it):
    device.reading(**it | IDLE)


def tn(device, it):
    live(device, it)
    device.fields |= {"meter_model": "6841131BN243101040", "l2_a": 3.34}


def one_phase(device, it):
    live(device, it)
    device.fields["meter_model"] = "6861111BN242101040"
    for name in ("l3_a", "l2_v", "l3_v"):
        del device.fields[name]


def export(device, it):
    live(device, it)
    device.fields |= {"import_w": 0, "export_w": 1204, "export_wh": 54321000}
    device.power = [None if w is None else w - 2400 for w in LOAD[1:]] + [-1204]


def first_hour(device, it):
    live(device, it)
    for name in ("import_wh", "registers_age_s", "last_hour_wh", "last_hour_start"):
        del device.fields[name]
    device.power = [None] * 55 + LOAD[:5]


STATES = [live, old, no_signal, starting, idle, tn, one_phase, export, first_hour]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_no_violation_and_a_picture(device, it, open_page, state, scheme):
    state(device, it)
    phone = open_page(device.url, scheme=scheme)
    phone.page.wait_for_selector("html[data-script]")
    phone.page.wait_for_timeout(150)
    assert phone.axe() == []
    assert phone.overflow() == 0
    assert phone.errors == []
    phone.screenshot(f"{state.__name__}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nb", "en"])
def test_narrow_and_large_text(device, it, open_page, scheme, language):
    """320 px, then text at 200 % on top of that: nothing is cut off or to be scrolled sideways."""
    for state in (no_signal, tn, live):
        state(device, it)
        phone = open_page(device.url, scheme=scheme, width=320, language=language)
        phone.page.wait_for_selector("html[data-script]")
        assert phone.axe() == []
        assert phone.overflow() == 0
        phone.page.evaluate("document.documentElement.style.fontSize = '200%'")
        phone.page.wait_for_timeout(50)
        assert phone.overflow() == 0
        assert phone.axe() == []
        cut = phone.page.evaluate(
            """[...document.querySelectorAll("body *")].filter((e) => {
              const box = e.getBoundingClientRect();
              return box.width > 2 && !e.closest("svg") && (box.right > 321 || box.left < -1);
            }).map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert cut == []
    phone.screenshot(f"large-text-{language}-{scheme}")


def test_the_states_without_a_fake_clock_have_pictures_too(device, it, open_page):
    """Lost and paused come from the page itself."""
    for scheme in ("light", "dark"):
        live(device, it)
        phone = open_page(device.url, clock=True, scheme=scheme)
        phone.wait_state("live")
        phone.page.click("#pause")
        assert phone.axe() == []
        phone.screenshot(f"paused-{scheme}")
        phone.page.click("#pause")
        device.mode = "hang"
        device.drop_streams()
        phone.advance(32, device)
        assert phone.state() == "lost"
        assert phone.axe() == []
        phone.screenshot(f"lost-{scheme}")
        device.mode = "refuse"
        phone.page.close()
        device.mode = "ok"
    live(device, it)
    open_page(device.url, language="en", scheme="dark").screenshot("english-dark")


def test_the_first_screen_needs_no_scrolling(device, it, open_page):
    for language in ("nb", "en"):
        for state in (live, old, idle, tn, one_phase, export, first_hour):
            state(device, it)
            phone = open_page(device.url, language=language)
            phone.page.wait_for_selector("html[data-script]")
            assert phone.page.evaluate("document.documentElement.scrollHeight") <= 616


def test_keyboard_reaches_every_control(device, it, open_page):
    live(device, it)
    phone = open_page(device.url)
    phone.wait_state("live")
    reached = []
    for _ in range(phone.page.locator("button, a[href], input, select").count()):
        phone.page.keyboard.press("Tab")
        reached.append(phone.page.evaluate("document.activeElement.id"))
        outline = phone.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    assert reached == ["pause", "language"]
    phone.page.keyboard.press("Shift+Tab")
    phone.page.keyboard.press("Enter")
    assert phone.state() == "paused"
    phone.page.keyboard.press("Space")
    phone.wait_state("live")


def test_targets_are_44_px(device, it, open_page):
    live(device, it)
    phone = open_page(device.url)
    phone.wait_state("live")
    boxes = phone.page.evaluate(
        """[...document.querySelectorAll("button, a[href]")].map((e) => {
          const box = e.getBoundingClientRect();
          return [e.id, box.width, box.height];
        })"""
    )
    assert len(boxes) == 2
    assert all(width >= 44 and height >= 44 for _, width, height in boxes), boxes


def test_names_roles_and_landmarks(device, it, open_page):
    live(device, it)
    phone = open_page(device.url)
    phone.wait_state("live")
    tree = phone.page.locator("body").aria_snapshot()
    for part in (
        "banner:",
        'heading "Hytta" [level=1]',
        "main:",
        'button "Sett på pause"',
        'heading "Strømforbruk nå" [level=2]',
        "contentinfo:",
        "status",
    ):
        assert part in tree, tree
    assert phone.page.locator("h1").count() == 1
    summary = phone.text("#trend figcaption")
    assert "lavest 0,41 · høyest 4,12 kW" in summary


def test_each_state_has_its_own_words_and_shape(device, it, open_page):
    """A stranger tells them apart without colour."""
    seen = set()
    for state in (live, old, no_signal, starting):
        device.fields, device.seq, device._heard = {}, 0, None
        state(device, it)
        phone = open_page(device.url)
        phone.page.wait_for_selector("html[data-script]")
        shape = phone.page.evaluate(
            """[...document.querySelectorAll(".shape > *")]
              .filter((e) => getComputedStyle(e).display !== "none").map((e) => e.className.baseVal)"""
        )
        assert len(shape) == 1
        seen.add((shape[0], phone.text("#state").split(",")[0]))
    assert len({shape for shape, _ in seen}) == len({words for _, words in seen}) == 4


def test_nothing_moves_by_itself(device, it, open_page):
    live(device, it)
    phone = open_page(device.url)
    phone.wait_state("live")
    assert phone.page.evaluate("document.getAnimations().length") == 0


def test_script_that_never_comes(device, it, chromium):
    """The value of the first answer greys by itself after 30 s, and never says that it is live."""
    live(device, it)
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


def test_without_script(device, it, chromium):
    """The value of the moment, and the word that it stays so."""
    live(device, it)
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 616}
    )
    page = context.new_page()
    page.goto(device.url)
    assert page.locator("#power").inner_text().startswith("2,35")
    assert page.locator("noscript p").is_visible()
    assert "JavaScript" in page.locator("noscript p").inner_text()
    context.close()
