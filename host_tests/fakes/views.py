"""Every view of the page that a household can come to, as (scene, address, what to do there).

The tests crawl them, tools/screenshots.py makes their pictures. A view that is no address of its
own, such as a step of the leaving guide, is reached by `steps`: each a button's words by their
key in strings*.json, or a CSS selector.
"""

from fakes.scenes import SCENES

SETTINGS = (
    "home tariff meter display security network time line data consent privacy update".split()
)
# Scenes whose first screen looks like another's
ALIKE = ("guest", "on_trial")
# name: (scene, address, steps)
VIEWS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    **{"now-" + scene: (scene, "", ()) for scene in SCENES if scene not in ALIKE},
    "now-paused": ("live", "", ("#pause",)),
    "now-lost": ("live", "", ("lost",)),
    "below": ("live", "#now/warnings", ("below",)),
    "below-over_fuse": ("over_fuse", "#now/warnings", ("below",)),
    "below-first_hour": ("first_hour", "#now/warnings", ("below",)),
    "below-export": ("export", "#now/warnings", ("below",)),
    "history-day": ("live", "#history", (".chart button >> nth=0",)),
    "history-day-25": ("live", "#history/day/2026-10-25", ()),
    "history-day-23": ("live", "#history/day/2026-03-29", ()),
    "history-day-sum_only": ("live", "#history/day/2026-11-18", ()),
    "history-day-missing": ("live", "#history/day/2026-11-11", ()),
    "history-day-calculated": ("live", "#history/day/2026-11-20", ()),
    "history-day-table": ("live", "#history/day/2026-11-20", (".as-table button",)),
    "history-month": ("live", "#history/month/2026-11", ()),
    "history-year": ("live", "#history/year", ()),
    "history-export": ("export", "#history/day/2026-11-22", ()),
    "history-empty": ("first_hour", "#history", ()),
    "cabin": ("cabin", "#cabin", ()),
    "cabin-report": ("away", "#cabin", ()),
    "cabin-leave-1": ("away", "#cabin", ("leave_begin",)),
    "cabin-leave-2": ("cabin", "#cabin", ("leave_begin", "[value=switched_off]", "next")),
    "cabin-leave-3": (
        "cabin",
        "#cabin",
        ("leave_begin", "[value=switched_off]", "next", "next"),
    ),
    "help": ("live", "#help", ()),
    "help-reconnect": ("live", "#help/reconnect", ()),
    "settings": ("live", "#settings", ()),
    **{"settings-" + name: ("live", "#settings/" + name, ()) for name in SETTINGS},
    "settings-guest": ("guest", "#settings", ()),
    "settings-line-encrypted": ("encrypted", "#settings/line", ()),
    "settings-update-on_trial": ("on_trial", "#settings/update", ()),
    "settings-consent-moved": ("moved", "#settings/consent", ()),
    "settings-consent-withdrawn": ("withdrawn", "#settings/consent", ()),
    "settings-tariff-none": ("first_hour", "#settings/tariff", ()),
}


def reach(page, device, steps, table, language) -> None:
    """Go through a view's steps on Playwright's `page`; `table` is strings.words()."""
    page.wait_for_selector("html[data-script]")
    page.wait_for_timeout(150)
    if page.url.partition("#")[2].partition("/")[0] not in ("", "now"):
        page.wait_for_selector("#page-other h2", timeout=10000)
        page.wait_for_timeout(150)
    for step in steps:
        if step == "lost":
            device.mode = "hang"
            device.drop_streams()
            page.clock.run_for(1000)
            for _ in range(32):
                page.clock.run_for(1000)
                page.wait_for_timeout(5)
        elif step == "below":
            page.wait_for_function(
                """(loading) => document.querySelectorAll("#below .card").length > 4
                  && !document.querySelector("#below").textContent.includes(loading)""",
                arg=table[language]["loading"],
                timeout=10000,
            )
            page.wait_for_timeout(150)
        elif step in table[language]:
            page.get_by_role("button", name=table[language][step], exact=True).click()
        else:
            page.locator(step).first.click()
        page.wait_for_timeout(100)
