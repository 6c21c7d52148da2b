"""A phone: headless Chromium at 360x616, in Norway, and a dongle for it to look at."""

import datetime
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import webbundle
from fakes.device import FakeDevice
from fakes.scenes import IT, MORE
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "tools" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
# A phone of 360x740 less the browser's own bars
PHONE = {"width": 360, "height": 616}
ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What /api/v1/now says beside the list
BESIDE = {**MORE, "last_hour_wh": 1870}
MORE_NAMES = "presence today away warnings zero_since cut_off verdict causes notices".split()
# Violations of these are failures; "best-practice" rules are opinions of the tool.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="session")
def files() -> dict[str, bytes]:
    """The page as the dongle stores it."""
    return webbundle.page()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests: Playwright leaves a running event loop in its thread, in
    which a later file's asyncio.run() would be refused."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def device(files) -> Iterator[FakeDevice]:
    with FakeDevice(files) as device:
        yield device


def plain(text: str) -> str:
    """Without what keeps words on one line."""
    return " ".join(text.replace("\u00a0", " ").replace("\u2060", "").split())


class Phone:
    """One page on one dongle. What it complains about is kept in `errors`."""

    def __init__(self, page: Page):
        self.page = page
        self.errors: list[str] = []
        self.requested: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        page.on("request", lambda request: self.requested.append(request.url))

    def _listen(self, message) -> None:
        # A lost connection is reported by the browser as an error, and is no mistake of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.errors.append(message.text)

    def text(self, selector: str) -> str:
        return plain(self.page.locator(selector).inner_text())

    def state(self) -> str | None:
        return self.page.get_attribute("html", "data-state")

    def wait_state(self, state: str, timeout: float = 5000) -> None:
        self.page.wait_for_selector(f'html[data-state="{state}"]', timeout=timeout)

    def wait_text(self, selector: str, text: str, timeout: float = 5000) -> None:
        self.page.wait_for_function(
            "([s, t]) => document.querySelector(s).textContent.replaceAll('\\u00a0', ' ') === t",
            arg=[selector, text],
            timeout=timeout,
        )

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def wait_streams(self, device: FakeDevice, count: int, seconds: float = 10) -> None:
        """Until so many are open: a busy computer opens and closes them when it comes to it."""
        until = time.monotonic() + seconds
        while len(device.streams) != count and time.monotonic() < until:
            self.page.wait_for_timeout(20)
        assert len(device.streams) == count

    def advance(self, seconds: int, device: FakeDevice | None = None) -> None:
        """Let time pass for the page, and for the meter's silence when `device` is given.

        The page's own clock must be Playwright's: open it with clock=True.
        """
        for _ in range(seconds):
            if device is not None:
                device.skip(1)
            self.page.clock.run_for(1000)
            # What was asked for in that second is answered in real time.
            self.page.wait_for_timeout(10)

    def hide(self, hidden: bool) -> None:
        self.page.evaluate(
            """(hidden) => {
              const value = hidden ? "hidden" : "visible";
              Object.defineProperty(document, "visibilityState", {value, configurable: true});
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )

    def axe(self, rules: list[str] | None = None) -> list[str]:
        """What axe-core finds, of some of its rules or of all: one line for each violation."""
        if not AXE.exists():
            pytest.skip("no axe-core: python tools/setup_env.py --npm")
        # evaluate() and not a script element, which the page's policy forbids.
        if not self.page.evaluate("Boolean(window.axe)"):
            self.page.evaluate(AXE.read_text())
        found = self.page.evaluate(
            "(rules) => axe.run(document, {runOnly: rules}).then((r) => r.violations)",
            rules or AXE_TAGS,
        )
        return [
            f"{rule['id']}: {node['html']} {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def overflow(self) -> int:
        """How many CSS px the page is wider than the screen: 0 when it reflows."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )

    def go(self, address: str) -> None:
        """To another part of the page, by its address, and until it is there."""
        self.page.evaluate("(address) => { location.hash = address; }", address)
        self.page.wait_for_selector("#page-other h2")


@pytest.fixture
def open_page(chromium):
    """open_page(url, clock=False, scheme="light", width=360, language="nb", theme="",
    token="") -> Phone; `token` logs in to a firmware."""
    contexts = []

    def open_it(
        url, clock=False, scheme="light", width=PHONE["width"], language="nb", theme="", token=""
    ) -> Phone:
        context = chromium.new_context(
            extra_http_headers={"Authorization": f"Bearer {token}"} if token else None,
            viewport={"width": width, "height": PHONE["height"]},
            device_scale_factor=2,
            color_scheme=scheme,
            timezone_id="America/New_York",  # the meter's clock counts, not the phone's zone
            locale="nb-NO" if language == "nb" else "en-GB",
        )
        contexts.append(context)
        phone = Phone(context.new_page())
        if clock:
            phone.page.clock.install()
        cookies = {"language": language} | ({"theme": theme} if theme else {})
        context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies.items()])
        phone.page.goto(url)
        return phone

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def it() -> dict:
    return dict(IT)


@pytest.fixture
def show(device, it, open_page):
    """show(**changes) -> a page with that reading and all that is said beside it; None takes a
    field away."""

    def show(**changes):
        beside = BESIDE | {
            key: changes.pop(key) for key in [*changes] if key in [*BESIDE, *MORE_NAMES]
        }
        device.more = {key: value for key, value in beside.items() if value is not None}
        fields = {key: value for key, value in (it | changes).items() if value is not None}
        device.reading(**fields)
        phone = open_page(device.url)
        phone.wait_state("live")
        return phone

    return show


@pytest.fixture
def watched(device, it, open_page):
    """A page that shows a live value, on a clock that the test alone moves: the page's and the
    dongle's stand still otherwise, however busy this computer is."""
    device.more = dict(MORE)
    device.reading(**it)
    phone = open_page(device.url, clock=True)
    phone.wait_state("live")
    phone.page.wait_for_function("() => document.querySelector('#cards .card')")
    phone.wait_streams(device, 1)
    device.held = time.monotonic()
    at = phone.page.evaluate("Date.now()") / 1000 + 1
    phone.page.clock.pause_at(datetime.datetime.fromtimestamp(at))
    return phone
