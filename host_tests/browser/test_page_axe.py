"""axe-core on every view in both languages and themes, at 360 and 320 px, with text at 200 %.

`make prove-page` looks at each view in all sixteen, and crawls it for words of the other language in both; a run of
all tests looks at three of each, every other view in English.
"""

import itertools
import os

import pytest
from fakes.views import VIEWS
from page_views import opened
from page_words import SEEN, faults

FULL = bool(os.environ.get("HAN_EVERY_LOOK"))
# What is wider than the screen and may not be scrolled to
CUT = """(width) => [...document.querySelectorAll("body *")].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width > 2 && !e.closest("svg, .table, .said") && (box.right > width + 1 || box.left < -1);
}).map((e) => e.outerHTML.slice(0, 100))"""
# Text that its own box cuts off
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((e) =>
  e.children.length === 0 && e.textContent.trim() && !e.closest("svg, .said, .quiet, .table, select, option, noscript")
  && e.clientWidth > 2 && e.scrollWidth > e.clientWidth + 1).map((e) => e.outerHTML.slice(0, 100))"""


def looks(name) -> list[tuple[str, str, int, int]]:
    """(language, theme, width in px, text in %): all of them, or a few of a view."""
    if FULL:
        return list(itertools.product(("nb", "en"), ("light", "dark"), (360, 320), (100, 200)))
    if list(VIEWS).index(name) % 2:
        return [("nb", "light", 360, 100), ("nb", "dark", 360, 100), ("nb", "dark", 320, 200)]
    return [("en", "dark", 320, 100), ("en", "light", 320, 100), ("en", "light", 320, 200)]


@pytest.mark.parametrize("name", VIEWS)
def test_no_violation(files, open_page, name):
    """axe-core finds nothing, nothing is cut off or too wide, and no word is of the other language."""
    for language, those in itertools.groupby(looks(name), key=lambda look: look[0]):
        with opened(files, open_page, name, language) as phone:
            before = None
            for _, theme, width, percent in those:
                phone.page.emulate_media(color_scheme=theme)
                if (width, percent) != before:
                    resize(phone.page, width, percent)
                    check_form(phone, width, percent)
                # Another theme changes nothing but colours.
                rules = ["color-contrast"] if (width, percent) == before and not FULL else None
                assert phone.axe(rules) == [], (theme, width, percent)
                before = (width, percent)
            assert faults(phone.page.evaluate(SEEN), language) == []
            assert phone.errors == []


def resize(page, width, percent):
    page.set_viewport_size({"width": width, "height": 616})
    page.evaluate(
        "(percent) => { document.documentElement.style.fontSize = percent + '%'; }", percent
    )
    if (width, percent) != (360, 100):
        page.wait_for_timeout(60)  # the page draws its pictures anew


def check_form(phone, width, percent):
    """Nothing is wider than the screen; at 200 % a long word may be broken by what is around it."""
    assert phone.overflow() == 0, (width, percent)
    assert phone.page.evaluate(CUT, width) == [], (width, percent)
    if percent == 100:
        assert phone.page.evaluate(CLIPPED) == [], width
