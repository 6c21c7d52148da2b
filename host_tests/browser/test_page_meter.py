"""What the meter is and sends: IT, TN, single-phase, others; export; nothing flowing; odd values."""

import pytest
from fakes.scenes import MORE, STEP

MORE_NAMES = "presence today away warnings zero_since cut_off verdict causes notices".split()

TN = {"meter_model": "6841131BN243101040", "l2_a": 3.34, "net": "tn", "unmeasured": None}
ONE = {"l3_a": None, "l2_v": None, "l3_v": None, "net": "1p", "unmeasured": None}
# What /api/v1/now says beside the list
BESIDE = {**MORE, "last_hour_wh": 1870}
NOTHING = dict.fromkeys(BESIDE)


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


def cells(phone, row):
    """(label, value) as they are read aloud."""
    found = phone.page.evaluate(
        """(row) => [...document.querySelectorAll(row + " .cell")].map((cell) =>
          ["dt", "dd"].map((tag) => {
            const copy = cell.querySelector(tag).cloneNode(true);
            copy.querySelectorAll("[aria-hidden]").forEach((part) => part.remove());
            return copy.textContent.replaceAll("\\u00a0", " ");
          }))""",
        row,
    )
    return [tuple(cell) for cell in found]


def test_it_meter(show):
    phone = show()
    upper = [("L1", "5,2 A"), ("L2", "måles ikke av måleren"), ("L3", "4,1 A")]
    assert cells(phone, "#phases-upper")[:3] == upper
    lower = [("L1–L2", "231 V"), ("L1–L3", "230 V"), ("L2–L3", "229 V")]
    assert cells(phone, "#phases-lower") == lower
    assert phone.text("#phases-upper .missing [aria-hidden]") == "måles ikke"
    assert phone.text("#meter") == "Kamstrup · 3-fase IT/TT 230 V · måler …0042"


def test_it_meter_that_sends_a_zero_for_l2(show):
    """The zero of what is not measured is no current of zero."""
    assert cells(show(l2_a=0), "#phases-upper")[1] == ("L2", "måles ikke av måleren")


def test_the_fuse_and_its_share(show):
    phone = show(**TN)
    assert cells(phone, "#phases-upper")[3] == ("Sikring", "21 %")
    assert cells(phone, "#phases-lower")[3] == ("Sikring", "av 25 A")
    assert cells(show(fuse={"a": 25}), "#phases-upper")[3] == ("Sikring", "ukjent")
    assert len(cells(show(fuse=None), "#phases-upper")) == 3


def test_tn_meter(show):
    phone = show(**TN)
    upper = [("L1", "5,2 A"), ("L2", "3,3 A"), ("L3", "4,1 A")]
    assert cells(phone, "#phases-upper")[:3] == upper
    lower = [("L1", "231 V"), ("L2", "230 V"), ("L3", "229 V")]
    assert cells(phone, "#phases-lower")[:3] == lower
    assert phone.text("#meter") == "Kamstrup · 3-fase TN 400 V · måler …0042"


def test_tn_meter_without_a_phase(show):
    """What a TN meter does not send is unknown: it could have measured it."""
    assert cells(show(**TN | {"l2_a": None}), "#phases-upper")[1] == ("L2", "ukjent")


def test_single_phase(show):
    phone = show(**ONE)
    assert cells(phone, "#phases-upper")[:2] == [("Strøm", "5,2 A"), ("Spenning", "231 V")]
    assert cells(phone, "#phases-lower") == []
    assert phone.text("#meter") == "Kamstrup · 1-fase · måler …0042"


def test_unknown_net_claims_nothing(show):
    """An Aidon whose net nobody knows: the same quantities, and no word of what is not measured."""
    phone = show(list_id="AIDON_V0001", meter_model="6525", net=None, unmeasured=None)
    upper = [("L1", "5,2 A"), ("L3", "4,1 A")]
    assert [cell for cell in cells(phone, "#phases-upper") if cell[0] in ("L1", "L3")] == upper
    assert cells(phone, "#phases-lower")[:3] == [("U1", "231 V"), ("U2", "230 V"), ("U3", "229 V")]
    assert phone.text("#meter") == "Aidon · måler …0042"


def test_kaifa_it_voltage_of_l2(show):
    phone = show(list_id="KFM_001", meter_model="MA304H3E", l2_a=2.5, l2_v=0, unmeasured=["l2_v"])
    assert cells(phone, "#phases-upper")[1] == ("L2", "2,5 A")
    assert cells(phone, "#phases-lower")[1] == ("L1–L3", "måles ikke av måleren")


def test_power_alone(show, it):
    """The short list of an Aidon: no phases, no registers, nothing known beside it."""
    keep = ("list_id", "import_w")
    phone = show(**{key: None for key in it if key not in keep}, **NOTHING)
    assert phone.text("#power") == "2,35 kW"
    assert not phone.page.is_visible("#phases")
    assert phone.page.text_content("#registers dd .said") == "ukjent"
    assert phone.page.text_content("#hour dd .said") == "ukjent"
    assert phone.page.text_content("#today dd .said") == "ukjent"
    assert phone.page.text_content("#hour-so-far .said") == "ikke kjent ennå"
    assert "én gang i timen" in phone.text("#registers")
    assert phone.text("#step-card") == "Effekttrinn Velg nettselskap og område"


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


def test_a_measured_zero_is_a_zero(show):
    phone = show(import_w=0, l1_a=0.4, last_hour_wh=0, import_wh=0)
    assert phone.text("#power") == "0,00 kW"
    assert phone.text("#hour dd") == "0,00 kWh"
    assert phone.text("#registers > div:first-child dd") == "0,00 kWh"
    assert not phone.page.is_visible("#notice")


def test_export(show):
    phone = show(import_w=0, export_w=1204, export_wh=987654320)
    assert phone.text("#power") == "−1,20 kW"
    assert phone.text("#power-label") == "Innmating nå – strøm ut på nettet"
    assert phone.text("#registers > div:nth-child(2)").endswith("987 654,32 kWh")


def test_import_and_export_at_once(show):
    phone = show(export_w=300)
    assert phone.text("#power") == "2,35 kW"
    assert phone.text("#power-label") == "Strømforbruk nå · innmating 0,30 kW"


def test_a_few_watts_are_not_nothing(show):
    phone = show(import_w=3)
    assert phone.text("#power") == "0,00 kW"
    assert phone.text("#power-label") == "Strømforbruk nå · 3 W"
    assert phone.page.get_attribute("#power", "title") == "3\u00a0W"


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


def test_names_are_text(device, it, open_page):
    device.name = "</script><img src=x onerror=alert(1)><b>Hytta & co</b>"
    device.reading(**it | {"meter_id": '<i>"42', "list_id": "</script>", "meter_model": "%NOW%"})
    phone = open_page(device.url)
    phone.wait_state("live")
    assert phone.page.text_content("#name") == device.name
    assert phone.page.locator("#name *").count() == 0
    assert phone.text("#meter") == 'måler …<i>"42'
    assert phone.page.locator("img").count() == 0
    assert phone.errors == []


def test_huge_numbers_fit(device, it, open_page):
    most = 4294967295
    for width in (360, 320):
        device.reading(
            **it
            | {
                "import_w": most,
                "import_wh": most * 10,
                "l1_a": most / 100,
                "l1_v": 65535,
                "l3_a": most / 100,
                "last_hour_wh": most,
            }
        )
        phone = open_page(device.url, width=width)
        phone.wait_state("live")
        assert phone.text("#power") == "4 294 967,30 kW"
        assert phone.text("#registers > div:first-child dd") == "42 949 672,95 kWh"
        assert phone.overflow() == 0


def test_digits_do_not_jump(device, it, open_page):
    device.reading(**it)
    phone = open_page(device.url)
    phone.wait_state("live")
    widths = set()
    for watts in (1111, 8888, 4040, 7500):
        device.reading(**it | {"import_w": watts})
        phone.wait_text("#power", f"{(watts + 5) // 1000},{(watts + 5) // 10 % 100:02d} kW")
        widths.add(
            phone.page.evaluate(
                "document.querySelector('#power .unit').getBoundingClientRect().left"
            )
        )
    assert len(widths) == 1
    size = phone.page.evaluate("getComputedStyle(document.querySelector('#power')).fontSize")
    assert size == "56px"
