"""What the dongle makes of it: the hour and its budget, the step, nothing flowing, warnings."""

import pytest
from fakes.scenes import MORE, STEP


def test_hour_step_day_and_register(show):
    phone = show(today={"import_wh": 19980, "hours": 14})
    assert phone.text("#hour") == "Forrige time (13–14) 1,87 kWh"
    assert phone.text("#today") == "I dag 21,4 kWh"
    assert phone.text("#hour-so-far") == "ca. 1,42 kWh · ventet 2,60"
    assert phone.text("#hour-verdict") == "Inntil 7,1 kW resten av timen"
    assert phone.text("#step-card") == (
        "Effekttrinn 2–5 kW snitt 3,12 kW 1,88 kW til neste trinn +58 kr/md."
    )
    assert phone.text("#registers > div:first-child dt").startswith("Målerstand kl. ")
    assert phone.text("#registers > div:first-child dd") == "12 345,67 kWh"
    assert "innmating" not in phone.text("#registers").lower()
    # The gauge: used, expected and the limit in the same measure
    gauge = phone.page.evaluate(
        """[...document.querySelectorAll("#gauge rect")].map((e) => Number(e.getAttribute("width")))"""
    )
    limit = phone.page.get_attribute(".gauge-limit", "d")
    assert limit and abs(gauge[2] / float(limit[1:].split()[0]) - 1420 / 5000) < 0.01
    assert abs(gauge[1] / gauge[2] - 2600 / 1420) < 0.02


def test_what_is_not_known_of_the_last_hours(show, device):
    """A record that does not end where this hour begins is not the hour before it."""
    gap = {"last_hour_start": MORE["last_hour_start"] - 7200}
    assert phone_hour(show(**gap)) == ("Forrige time", "ukjent")
    block = {"last_hour_span": 6, "last_hour_quality": "S", "last_hour_wh": 3100}
    block["last_hour_start"] = MORE["last_hour_start"] - 5 * 3600
    assert phone_hour(show(**block))[1].endswith("ukjent")
    zeros = block | {"last_hour_quality": "M", "last_hour_wh": 0}
    assert phone_hour(show(**zeros)) == ("Forrige time (13–14)", "0,00 kWh")
    assert phone_hour(show(last_hour_quality="B"))[1] == "beregnet 1,87 kWh"
    least = show(today={"import_wh": 8140, "at_least": True, "hours": 5})
    assert least.text("#today") == "I dag minst 9,6 kWh"


def phone_hour(phone) -> tuple:
    name = phone.text("#hour dt")
    value = phone.page.evaluate(
        """() => {
          const copy = document.querySelector("#hour dd").cloneNode(true);
          copy.querySelectorAll("[aria-hidden]").forEach((part) => part.remove());
          return copy.textContent.replaceAll("\\u00a0", " ");
        }"""
    )
    return name, value


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"at_limit": True}, "På grensen"),
        ({"preliminary": True}, "1,88 kW til neste trinn · foreløpig"),
        ({"higher": True}, "1,88 kW til neste trinn · kan være høyere"),
        ({"lost_w": 5000, "from_w": 5000, "to_w": 10000}, "Denne måneden blir trinn 5–10 kW"),
        ({"from_w": 25000, "to_w": None, "to_next_w": None, "next_kr": None}, "over 25 kW"),
        ({"by_fuse": True, "from_w": 25, "to_w": 32, "mean_w": None}, "25–32 A"),
        ({"validity": "expired", "kr": None, "next_kr": None}, "Prisene gjaldt ut 31.12.2026."),
    ],
)
def test_the_step(show, step, words):
    assert words in show(step={k: v for k, v in (STEP | step).items() if v is not None}).text(
        "#step-card"
    )


def test_the_budget_of_the_hour(show):
    """Near, over, spent: each with its own words; nothing of it while the value is not live."""
    near = MORE["hour"] | {"level": "near", "expected_wh": 4800}
    assert "Nær rammen" in show(hour=near).text("#hour-verdict")
    over = MORE["hour"] | {"level": "over", "allow_w": 0, "wh": 5100}
    assert "Timens ramme er brukt opp" in show(hour=over).text("#hour-verdict")
    top = MORE["hour"] | {"top": True}
    assert "Blir trolig en av de tre høyeste" in show(hour=top).text("#hour-verdict")


IDLE = {"import_w": 0, "export_var": 0, "l1_a": 0, "l3_a": 0}


def test_nothing_flows(show):
    phone = show(**IDLE)
    assert phone.text("#power") == "0,00 kW"
    assert phone.text("#notice h2") == "Ingen strøm går gjennom måleren."
    assert phone.text("#notice p") == "Måleren har strøm og nettselskapet kan lese den."
    assert not phone.page.is_visible("#trend")
    assert "strømbrudd" not in phone.text("body").lower()


def test_nothing_flows_is_the_firmwares_word(show):
    """A minute of it, all of the phases: presence decides, not this page from one list."""
    assert not show(**IDLE, presence="in_use").page.is_visible("#notice")


def test_a_cabin_says_it_in_the_steps_place(show):
    phone = show(**IDLE, presence="zero", profile="cabin", zero_since=1795432800)
    assert not phone.page.is_visible("#notice")
    assert phone.page.is_visible("#trend")
    assert phone.text("#step-card") == (
        "Ingen strøm går gjennom måleren. Siden 23.11.2026 kl. 12:20. "
        "Måleren har strøm og nettselskapet kan lese den."
    )
    cut = {"since": 1795432800, "register_wh": 12345670}
    phone = show(**IDLE, presence="cut_off", profile="cabin", cut_off=cut)
    assert phone.text("#step-card") == (
        "Utkoblet på måleren Siden 23.11.2026 kl. 12:20. Målerstand 12 345,67 kWh."
    )
    phone = show(import_w=8, l1_a=0.1, presence="near_zero", profile="cabin")
    assert phone.text("#step-card").startswith("8 W. Noe står på.")


def test_nothing_flows_comes_and_goes(device, it, open_page):
    device.more = dict(MORE)
    device.reading(**it)
    phone = open_page(device.url, clock=True)
    phone.wait_state("live")
    phone.page.wait_for_timeout(100)
    device.reading(**it | IDLE)
    phone.page.wait_for_selector("#notice:visible")
    device.reading(**it)
    phone.page.wait_for_selector("#notice", state="hidden")


GRAVE = {
    "neutral_fault": "Mulig nullfeil.",
    "phase_loss": "Mulig faseutfall.",
    "fuse_trip": "Hovedsikringen kan løse ut: L1 21 %.",
    "frost_zero": "Frostvakt: ingen strøm brukes.",
}


@pytest.mark.parametrize("code", GRAVE)
def test_a_grave_warning_takes_the_trends_place(show, code):
    phone = show(warnings=[code, "voltage_notice"])
    assert phone.text("#notice h2") == GRAVE[code]
    assert phone.page.get_attribute("#notice", "data-kind") == "bad"
    assert not phone.page.is_visible("#trend")
    phone.page.click("#notice a")
    phone.page.wait_for_selector("#warnings:visible")
    assert phone.page.locator("#warnings li").count() == 2
    assert phone.page.evaluate("document.activeElement.id") == "warnings"


def test_a_warning_this_page_does_not_know_is_shown_all_the_same(show):
    assert "quux" in show(warnings=["quux"]).text("#notice h2")
