"""What the meter is and sends: IT, TN, single-phase, others; export; odd values."""

from conftest import BESIDE

TN = {"meter_model": "6841131BN243101040", "l2_a": 3.34, "net": "tn", "unmeasured": None}
ONE = {"l3_a": None, "l2_v": None, "l3_v": None, "net": "1p", "unmeasured": None}
NOTHING = dict.fromkeys(BESIDE)


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
