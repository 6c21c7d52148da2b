"""Where the browser does less, or something else: no script, paper, a home screen."""

import json

from fakes.scenes import SCENES, cabin, live


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
    for promise in ("#pause", ".state", "#trend", ".nav"):  # nothing of it would come
        assert not page.locator(promise).is_visible()
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
