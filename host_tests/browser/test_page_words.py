"""Numbers, times and words: the page's own small functions, run in the browser itself."""

import json
import re
from pathlib import Path

import pytest
from fakes.scenes import live
from page_words import faults

WEB = Path(__file__).resolve().parents[2] / "firmware" / "web"
TABLE = json.loads((WEB / "strings.json").read_text(encoding="utf-8"))


@pytest.fixture
def phone(device, open_page):
    return open_page(device.url)


def test_numbers(phone):
    """Decimal comma, hard spaces, a real minus, halves away from zero, unknown is null."""
    cases = [
        ([2345, 2, 1000], "2,35"),
        ([2344, 2, 1000], "2,34"),
        ([1005, 2, 1000], "1,01"),
        ([0, 2, 1000], "0,00"),
        ([80, 2, 1000], "0,08"),
        ([-1204, 2, 1000], "−1,20"),
        ([-4, 2, 1000], "0,00"),
        ([12345670, 2, 1000], "12\u00a0345,67"),
        ([999999999990, 2, 1000], "999\u00a0999\u00a0999,99"),
        ([4294967295, 2, 1000], "4\u00a0294\u00a0967,30"),
        ([5.15, 1], "5,2"),
        ([0.05, 1], "0,1"),
        ([231, 0], "231"),
        ([231.5, 0], "232"),
        ([1234, 0], "1\u00a0234"),
        ([None, 2, 1000], None),
        (["12", 2], None),
    ]
    got = phone.page.evaluate("(cases) => cases.map((c) => number(...c))", [c for c, _ in cases])
    assert got == [expected for _, expected in cases]
    assert phone.page.evaluate("[number(undefined, 1), number(NaN, 1), number(1/0, 1)]") == [
        None,
        None,
        None,
    ]


def test_times_are_norwegian_time_wherever_the_phone_is(phone):
    """The phone of these tests is in New York."""
    got = phone.page.evaluate(
        """[
          when(Date.UTC(2026, 10, 24, 13, 5), Date.UTC(2026, 10, 24, 22, 0)),
          when(Date.UTC(2026, 10, 23, 13, 5), Date.UTC(2026, 10, 24, 13, 0)),
          when(Date.UTC(2026, 5, 24, 13, 5), Date.UTC(2026, 5, 24, 13, 9), "time"),
          hours(Date.UTC(2026, 10, 24, 12, 0) / 1000),
          hours(Date.UTC(2025, 8, 9, 13, 0) / 1000),
          hours(Date.UTC(2026, 10, 24, 22, 0) / 1000),
          hours(Date.UTC(2026, 10, 24, 23, 0) / 1000),
          hours(Date.UTC(2027, 2, 28, 0, 0) / 1000),
        ]"""
    )
    assert [text.replace("\u00a0", " ") for text in got] == [
        "kl. 14:05",
        "23. nov. kl. 14:05",
        "15:05",
        "13–14",
        "15–16",  # a summer hour of a meter whose clock says 14
        "23–24",
        "00–01",
        "01–02",  # the hour before the clocks go forward
    ]


def tables():
    """(name, its JSON) of each strings*.json."""
    for path in sorted(WEB.glob("strings*.json")):
        yield path.name, json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("name", [name for name, *_ in tables()])
def test_the_tables_are_complete(name):
    """Every text in every language, with the same places for values."""
    table = json.loads((WEB / name).read_text(encoding="utf-8"))
    languages = table["languages"]
    assert languages == TABLE["languages"]
    for key, columns in table["texts"].items():
        assert len(columns) == len(languages), key
        assert all(columns), key
        places = [set(re.findall(r"\{(\w+)\}", column)) for column in columns]
        if key != "date_full":  # 24.11.2026, 24 Nov 2026
            assert places.count(places[0]) == len(places), key
        assert len({column.count("|") for column in columns}) == 1, key


def test_no_text_is_in_two_tables_with_two_meanings():
    """A part of the page brings its words into the one table of the page."""
    seen = {}
    for name, table in tables():
        if name in ("strings-login.json", "strings-setup.json", "strings-door.json"):
            continue
        for key, columns in table["texts"].items():
            assert seen.setdefault(key, columns) == columns, (name, key)


# Texts whose key is put together, and by what
STARTS = re.compile(r"""["`](\w+_)(?:["`] \+|\$\{)""")


def test_every_text_is_used_and_every_used_text_exists():
    keys = set()
    code = ""
    for path in [*WEB.glob("*.js"), *WEB.glob("*.html")]:
        code += path.read_text(encoding="utf-8")
    literals = set(re.findall(r"""["'`>](\w+(?:-)?)["'`<]""", code)) | set(
        re.findall(r'data-(?:t|label|t-label)="(\w+)"', code)
    )
    literals.add("language_name")  # the build's own
    starts = tuple(set(STARTS.findall(code)))
    ends = tuple(set(re.findall(r'"(_\w+)"', code)))
    firmware = "".join(path.read_text() for path in (WEB.parent / "app").glob("*.py"))
    for name, table in tables():
        for key in table["texts"]:
            keys.add(key)
            # What the dongle refuses with is looked up by its own code.
            known = (
                key in literals
                or key.startswith(starts)
                or key.endswith(ends)
                or f'"{key}"' in firmware
                or key in firmware.split()
            )
            assert known, (name, key)
    for key in re.findall(r'\btext\("(\w+)"[,)]', code) + re.findall(r'data-t="(\w+)"', code):
        assert key in keys, key


def test_every_code_of_the_firmware_has_words():
    """Events, warnings, refusals, verdicts: what the dongle can send and the page looks up."""
    texts = {key for _, table in tables() for key in table["texts"]}
    app = WEB.parent / "app"
    events = re.search(r"EVENTS = \((.*?)\)", (app / "log.py").read_text(), re.DOTALL)
    assert events
    for code in re.findall(r"[a-z_]+", events[1]):
        assert "event_" + code in texts, code
    update = (app / "update.py").read_text() + (app / "api_update.py").read_text()
    refused = set(re.findall(r"\bupdate_[a-z_]+\b", update)) - {"update_files"}
    assert len(refused) > 10
    assert refused <= texts, refused - texts
    line = (WEB.parents[1] / "lib" / "household" / "line.py").read_text()
    verdicts = set(
        re.findall(r"^    ([a-z_]+) +[a-z]", line.partition("from array")[0], re.MULTILINE)
    )
    assert len(verdicts) == 13
    for code in verdicts:
        assert {"line_" + code, "do_" + code} <= texts, code


def test_the_first_html_says_what_the_table_says():
    html = (WEB / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'data-t="(\w+)">([^<]*)<', html)
    assert len(found) >= 5
    for key, words in found:
        assert words == TABLE["texts"][key][0], key


def test_english_and_back(device, open_page):
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    for language, power, label in (
        ("en", "2.35 kW", "Power now"),
        ("nb", "2,35 kW", "Strømforbruk nå"),
    ):
        phone.page.click("#language")
        phone.page.wait_for_selector(f'html[lang="{language}"]')
        phone.wait_state("live")
        assert phone.text("#power") == power
        assert phone.text("#power-label") == label
        phone.page.reload()
        phone.wait_state("live")
        assert phone.page.get_attribute("html", "lang") == language
    assert phone.text("#language") == "English"
    assert phone.errors == []


def test_the_choice_of_light_and_dark_stays(device, open_page):
    """Against the phone's own choice, in the first answer already, so that nothing flashes."""
    live(device)
    phone = open_page(device.url + "#settings/display", scheme="dark")
    phone.page.wait_for_selector("[name=theme]")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = phone.page.evaluate(ground)
    phone.page.check("[name=theme][value=light]")
    assert phone.page.evaluate(ground) != dark
    phone.page.reload()
    assert 'data-theme="light"' in phone.page.request.get(device.url).text()
    assert phone.page.evaluate(ground) != dark
    colors = phone.page.evaluate(
        "[...document.querySelectorAll('[name=theme-color]')].map((e) => e.content)"
    )
    assert set(colors) == {"#f3f5f1"}


def test_the_check_of_words_finds_what_is_wrong():
    """The crawl of test_page_access.py is no test that cannot fail."""
    assert faults("Strømforbruk nå 2,35\u00a0kW", "nb") == []
    for bad in ("Power now", "2.35\u00a0kW", "2,35 kW", "NaN", "-1,20\u00a0kW", "the hour"):
        assert faults("Strømforbruk nå " + bad, "nb"), bad
    assert faults("Power now: ukjent", "en")
