"""Numbers, times and words: the page's own small functions, run in the browser itself."""

import json
import re
from pathlib import Path

import pytest

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


def test_the_table_is_complete():
    """Every text in every language, with the same places for values."""
    languages = TABLE["languages"]
    assert languages[0] == "nb"
    for key, columns in TABLE["texts"].items():
        assert len(columns) == len(languages), key
        assert all(columns), key
        places = [sorted(re.findall(r"\{(\w+)\}", column)) for column in columns]
        assert places.count(places[0]) == len(places), key
        if key == "months":
            assert all(len(column.split("|")) == 12 for column in columns)


def test_every_text_is_used_and_every_used_text_exists():
    code = "".join(path.read_text(encoding="utf-8") for path in WEB.glob("*.js"))
    code += (WEB / "index.html").read_text(encoding="utf-8")
    literals = set(re.findall(r'"(\w+)"', code))
    starts = (
        "state_",
        "say_",
        "net_",
        "line_",
        "line_do_",
    )  # completed by a state, a net, a verdict
    ends = {"power_now", "power_at", "export_now", "export_at"}
    for key in TABLE["texts"]:
        used = key in literals or "." + key in code
        assert used or key.startswith(starts) or key in ends, key
    for key in re.findall(r'\btext\("(\w+)"', code) + re.findall(r'data-t="(\w+)"', code):
        assert key in TABLE["texts"] or key in starts, key


def test_the_first_html_says_what_the_table_says():
    html = (WEB / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'data-t="(\w+)">([^<]*)<', html)
    assert len(found) >= 5
    for key, words in found:
        assert words == TABLE["texts"][key][0], key


def test_english_and_back(device, it, open_page):
    device.reading(**it)
    phone = open_page(device.url)
    phone.wait_state("live")
    assert phone.text("#language") == "English"
    phone.page.click("#language")
    assert phone.page.get_attribute("html", "lang") == "en"
    assert phone.text("#power") == "2.35 kW"
    assert phone.text("#power-label") == "Power now"
    assert phone.text("#hour .name") == "Last hour (13–14)"
    phone.page.reload()
    phone.wait_state("live")
    assert phone.page.get_attribute("html", "lang") == "en"
    assert phone.text("#power") == "2.35 kW"
    phone.page.click("#language")
    assert phone.text("#power") == "2,35 kW"
    assert phone.errors == []


def test_no_word_of_the_other_language(device, it, open_page):
    """Each state's page, both languages: no text that the table gives to another one."""
    device.reading(**it)
    alike = {"decimal_mark", "clock", "clock_day", "time", "date", "language_name"}
    for language, column in (("nb", 0), ("en", 1)):
        phone = open_page(device.url, language=language)
        phone.wait_state("live")
        body = phone.page.evaluate("document.body.innerText + document.body.textContent")
        for key, columns in TABLE["texts"].items():
            other = columns[1 - column].split("{")[0].split(",")[0].strip(" (")
            own = " ".join(text[column] for text in TABLE["texts"].values())
            if key in alike or len(other) < 4 or other in own:
                continue
            visible = body.replace(phone.page.inner_text("#language"), "")
            assert not re.search(rf"\b{re.escape(other)}\b", visible), (language, key)
