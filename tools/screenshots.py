"""Every page and state of the phone page as pictures, in both languages, light and dark.

    python tools/screenshots.py                        all of it into build/screenshots
    python tools/screenshots.py --only now-            those whose name begins so
    python tools/screenshots.py --language nb --theme light --width 320

They come from the page as it is built, on the fake dongle of host_tests/fakes, in headless
Chromium at 360x616: first screens as a phone shows them, other pages whole. index.html there has
all of them side by side. They are for looking at: the tests decide.
"""

import argparse
import html
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "host_tests"))

import webbundle  # noqa: E402
from fakes.device import FakeDevice  # noqa: E402
from fakes.scenes import SCENES  # noqa: E402
from fakes.views import VIEWS, reach  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


def words(web: Path) -> dict[str, dict[str, str]]:
    """{language: {key: text}} of all tables."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(web.glob("strings*.json")):
        table = json.loads(path.read_text(encoding="utf-8"))
        for i, language in enumerate(table["languages"]):
            texts = {key: columns[i] for key, columns in table["texts"].items()}
            found.setdefault(language, {}).update(texts)
    return found


def take(browser, files, table, name, language, theme, width, out: Path) -> Path:
    """One picture."""
    scene, address, steps = VIEWS[name]
    with FakeDevice(files) as device:
        SCENES[scene](device)
        context = browser.new_context(
            viewport={"width": width, "height": 616},
            device_scale_factor=2,
            color_scheme=theme,
            timezone_id="Europe/Oslo",
            locale="nb-NO" if language == "nb" else "en-GB",
        )
        context.add_cookies([{"name": "language", "value": language, "url": device.url}])
        page = context.new_page()
        if "lost" in steps:
            page.clock.install()
        page.goto(device.url + address)
        reach(page, device, steps, table, language)
        path = out / f"{name}-{language}-{theme}{'' if width == 360 else f'-{width}'}.png"
        if not name.startswith("now-"):
            # As tall as the page: a picture of more than the screen has the bar in its middle.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(616, height)})
            page.wait_for_timeout(50)
        page.screenshot(path=path)
        device.mode = "refuse" if device.mode == "hang" else device.mode
        context.close()
    return path


def gallery(out: Path) -> None:
    """index.html with the pictures there are."""
    figures = "".join(
        f'<figure><img src="{path.name}" width="240" loading="lazy" alt="">'
        f"<figcaption>{html.escape(path.stem)}</figcaption></figure>"
        for path in sorted(out.glob("*.png"))
    )
    style = "body{display:flex;flex-wrap:wrap;gap:1rem;font:14px sans-serif;background:#999}"
    (out / "index.html").write_text(
        f"<!doctype html><meta charset=utf-8><style>{style}</style>{figures}", encoding="utf-8"
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pictures of every page and state.")
    parser.add_argument("--only", default="", help="names that begin so")
    parser.add_argument("--language", choices=["nb", "en"])
    parser.add_argument("--theme", choices=["light", "dark"])
    parser.add_argument("--width", type=int, default=360)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "screenshots")
    given = parser.parse_args(arguments)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("screenshots: no chromium: apt-get install chromium", file=sys.stderr)
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    web = ROOT / "firmware" / "web"
    files = webbundle.page()
    table = words(web)
    names = [name for name in VIEWS if name.startswith(given.only)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        for language in [given.language] if given.language else ["nb", "en"]:
            for theme in [given.theme] if given.theme else ["light", "dark"]:
                for name in names:
                    print(
                        take(browser, files, table, name, language, theme, given.width, given.out)
                    )
        browser.close()
    gallery(given.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
