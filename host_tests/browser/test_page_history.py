"""Charts: 23, 24 and 25 bars, what is missing, calculated or a sum only; tables; files."""

import re

import pytest
from conftest import plain
from fakes.household import local
from fakes.scenes import SCENES, live


@pytest.fixture
def history(device, open_page):
    """history("day/2026-10-25") -> the page there."""

    def history(place, scene=live):
        scene(device)
        phone = open_page(device.url + "#history/" + place)
        phone.page.wait_for_selector(".chart .bars svg")
        return phone

    return history


def kinds(phone) -> list[str]:
    """What each bar of the chart is: M, B, S, open, least or "-"."""
    shapes = phone.page.evaluate(
        """[...document.querySelectorAll(".bars rect")].map((e) => e.getAttribute("class"))"""
    )
    names = {"missing-bar": "-"}
    return [
        names.get(shape, shape.removeprefix("bar bar-"))
        for shape in shapes
        if shape in names or shape.startswith("bar bar-")
    ]


def table(phone) -> list[list[str]]:
    phone.page.click(".as-table button")
    rows = phone.page.locator(".as-table tbody tr")
    return [
        [plain(cell) for cell in rows.nth(i).locator("th, td").all_inner_texts()]
        for i in range(rows.count())
    ]


@pytest.mark.parametrize(
    ("day", "bars"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-22", 24)]
)
def test_a_day_has_as_many_bars_as_hours(history, device, day, bars):
    phone = history("day/" + day)
    assert kinds(phone) == ["M"] * bars
    rows = table(phone)
    assert len(rows) == bars
    total = sum(float(row[1].replace(",", ".")) for row in rows)
    shown = (
        phone.text("#page-other .card p strong >> nth=0").removesuffix(" kWh").replace(",", ".")
    )
    assert abs(total - float(shown)) < 0.06
    twice = [row[0] for row in rows if row[0].startswith("kl. 02–03")]
    if bars == 25:
        assert twice == ["kl. 02–03 (sommertid)", "kl. 02–03 (vintertid)"]
    else:
        assert len(twice) == (bars == 24)


def test_a_block_of_which_only_the_sum_is_known_is_one_block(history, device):
    phone = history("day/2026-11-18")
    assert kinds(phone) == ["M"] * 9 + ["S"] + ["M"] * 9
    widths = phone.page.evaluate(
        """[...document.querySelectorAll(".bars .bar")].map((e) => Number(e.getAttribute("width")))"""
    )
    assert widths[9] > 5 * widths[8]
    assert "3,10" in phone.page.locator(".bars text").all_text_contents()
    assert ["kl. 09–15", "3,10", "kun sum · én sum for 6 timer"] in table(phone)


@pytest.mark.parametrize("day", ["18", "19"])
def test_a_block_over_midnight_is_in_no_days_sum(history, device, day):
    household = device.household
    start = household.block[0] + 12 * 3600  # 21 to 03
    household.block = (start, 6)
    phone = history("day/2026-11-" + day)
    known = sum(
        household.wh(at)
        for at in range(start - 22 * 3600, start + 28 * 3600, 3600)
        if local(at)[8:10] == day and not start <= at < start + 6 * 3600
    )
    words = f"Sum: minst {known / 1000:.1f} kWh".replace(".", ",")
    assert words in phone.text("#page-other")


def test_missing_hours_have_no_value(history):
    phone = history("day/2026-11-11")
    assert kinds(phone) == ["M"] * 13 + ["-"] * 5 + ["M"] * 6
    assert phone.text("#page-other .card p >> nth=0").startswith("Sum: minst ")
    missing = [row for row in table(phone) if row[2] == "mangler"]
    assert [row[0] for row in missing] == [f"kl. {h}–{h + 1}" for h in range(13, 18)]
    assert all(row[1] in ("– ukjent", "–ukjent") for row in missing)


def test_calculated_hours_are_outlined(history):
    phone = history("day/2026-11-20")
    assert kinds(phone)[16:20] == ["M", "B", "B", "M"]
    fill = "(c) => getComputedStyle(document.querySelector(c)).fill"
    assert phone.page.evaluate(fill, ".bars .bar-B") == "none"
    assert phone.page.evaluate(fill, ".bars .bar-M") != "none"
    assert phone.text(".legend").split() == ["målt", "beregnet"]


def test_today_ends_with_the_running_hour(history):
    phone = history("day")
    assert kinds(phone) == ["M"] * 14 + ["open"]
    phone.page.click(".reader button >> nth=0")
    assert phone.text(".readout") == "kl. 23–24: – ukjent kommer"
    for _ in range(9):
        phone.page.click(".reader button >> nth=0")
    assert phone.text(".readout") == "kl. 14–15: 1,42 kWh ikke ferdig"


def test_a_tap_on_a_bar_says_its_value(history):
    phone = history("day/2026-11-22")
    phone.page.locator(".bars .hit").nth(17).click()
    assert re.fullmatch(r"kl\. 17–18: \d,\d\d kWh målt.*", phone.text(".readout"))
    assert "topp 3" in phone.text(".readout")


def test_a_month_with_its_peaks(history):
    phone = history("month/2026-11")
    assert kinds(phone) == ["M"] * 10 + ["least"] + ["M"] * 11 + ["open"]
    assert phone.page.locator(".bars .peak").count() == 3
    peaks = phone.page.locator(".table tbody tr")
    assert peaks.count() == 3
    days = [plain(peaks.nth(i).inner_text()).split()[1] for i in range(3)]
    assert len(set(days)) == 3
    rows = table(phone)
    assert sum("høyeste time" in row[-1] for row in rows) == 3
    phone.page.locator(".bars .hit").nth(10).click()
    phone.page.click(".reader a")
    phone.page.wait_for_selector("text=onsdag 11. nov. 2026")


def test_thirteen_months(history):
    phone = history("year")
    assert len(kinds(phone)) == 13
    rows = table(phone)
    assert [rows[0][0], rows[-1][0]] == ["november 2025", "november 2026"]
    assert "snitt av topper" in rows[5][-1]


def test_at_most_five_lines_from_zero(history):
    for place in ("day/2026-11-22", "month/2026-11", "year"):
        phone = history(place)
        ticks = phone.page.locator(".bars .zero, .bars .grid").count()
        assert 3 <= ticks <= 6, place
        phone.page.close()


def test_what_went_out_is_below_the_axis(history):
    phone = history("day/2026-11-22", SCENES["export"])
    assert kinds(phone).count("out") == 5
    assert "innmating 6,0 kWh" in phone.text("#page-other .card p >> nth=0")
    rows = table(phone)
    assert rows[12][2] == "1,20"
    assert rows[0][2].startswith("–")


def test_the_files(history, device):
    """The period's hours and all that is kept, by addresses that the dongle has."""
    phone = history("day/2026-11-18")
    hrefs = phone.page.eval_on_selector_all(
        ".links a", "links => links.map((e) => e.getAttribute('href'))"
    )
    assert hrefs[0] == "/api/v1/hours.csv?from=2026-11-18&to=2026-11-19"
    assert [href.rpartition("/")[2] for href in hrefs[1:]] == [
        *("hours.csv", "days.csv", "peaks.csv", "events.csv")
    ]
    phone = history("month/2026-02")
    first = phone.page.get_attribute(".links a >> nth=0", "href")
    assert first == "/api/v1/hours.csv?from=2026-02-01&to=2026-03-01"


def test_any_day_by_the_browsers_calendar(history, device):
    phone = history("day/2026-11-18")
    phone.page.fill("input[type=date]", "2026-03-29")
    phone.page.wait_for_selector("text=søndag 29. mars 2026")
    assert phone.page.evaluate("location.hash") == "#history/day/2026-03-29"
    phone.page.click("[aria-label='Dagen før']")
    phone.page.wait_for_selector("text=lørdag 28. mars 2026")
    assert phone.page.get_attribute("input[type=date]", "max") == "2026-11-23"


def test_nothing_yet(device, open_page):
    SCENES["first_hour"](device)
    phone = open_page(device.url + "#history")
    phone.page.wait_for_selector(".empty")
    assert phone.text(".empty").startswith("Ingen timer er lagret for dette tidsrommet.")
    assert phone.page.locator(".bars").count() == 0
