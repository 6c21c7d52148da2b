"""Settings: what is sent, what is refused and in which words, and what is lost by it."""

import json

import pytest
from conftest import ROOT
from fakes.scenes import SCENES, live

UPDATE = json.loads((ROOT / "firmware" / "web" / "strings-update.json").read_text("utf-8"))[
    "texts"
]


@pytest.fixture
def settings(device, open_page):
    """settings("home") -> the page there."""

    def settings(place, scene=live):
        scene(device)
        phone = open_page(device.url + "#settings/" + place)
        phone.page.wait_for_selector("#page-other .card")
        return phone

    return settings


def good(phone) -> str:
    phone.page.wait_for_selector(".outcome[data-kind=good]", state="attached")
    return phone.text(".outcome[data-kind=good] >> nth=0")


def bad(phone) -> str:
    phone.page.wait_for_selector(".outcome[data-kind=bad]")
    return phone.text(".outcome[data-kind=bad]")


def test_only_what_was_changed_is_sent(settings, device):
    phone = settings("home")
    phone.page.locator("input").first.fill("  Fjellhytta ")
    phone.page.check("[name=profile][value=cabin]")
    phone.page.select_option("select >> nth=0", "63")
    phone.press("Lagre")
    assert good(phone) == "Lagret."
    changed = {"name": "Fjellhytta", "profile": "cabin", "fuse_a": 63}
    assert device.owner.posts == [("settings", {"set": changed})]
    phone.press("Lagre")
    phone.page.wait_for_timeout(100)
    assert len(device.owner.posts) == 1


def test_a_refused_setting_says_why_and_keeps_what_was_typed(settings, device):
    phone = settings("network")
    phone.page.locator("input").first.fill("min hytte")
    phone.press("Lagre")
    assert bad(phone) == "Navnet kan bare ha små bokstaver a–z, tall og bindestrek."
    assert phone.page.locator("input").first.input_value() == "min hytte"


def test_a_key_of_the_wrong_length_never_leaves_the_phone(settings, device):
    phone = settings("meter")
    phone.page.fill("#key-60", "0123 4567 89ab cdef")
    phone.press("Lagre nøklene")
    assert "skal ha 32 tegn, 0–9 og A–F. Du skrev 16." in phone.text(".error")
    assert phone.page.evaluate("document.activeElement.id") == "key-60"
    assert device.owner.posts == []


def test_a_wrong_scale_can_be_set_right(settings, device):
    def wrong(device):
        live(device)
        device.owner.line["scale"] = {"suspect": True, "factor": 0.1, "error_wh": -1680}

    phone = settings("meter", wrong)
    assert "om den ble ganget med 0,10." in phone.text("#page-other .notice")
    phone.page.select_option("select >> nth=0", "1")
    phone.press("Lagre")
    good(phone)
    assert device.owner.posts == [("settings", {"set": {"energy_wh": 1}})]


def test_the_tariff_and_the_target(settings, device):
    phone = settings("tariff")
    phone.page.select_option("select >> nth=0", "area-cabin")
    phone.page.get_by_role("button", name="Lagre", exact=True).first.click()
    phone.page.wait_for_selector("h3:has-text('Fritidsbolig')")
    phone.page.select_option("select >> nth=1", "5000")
    phone.page.get_by_role("button", name="Lagre", exact=True).nth(1).click()
    good(phone)
    sent = [{"grid": "area-cabin"}, {"target_w": 5000}]
    assert device.owner.posts == [("settings", {"set": one}) for one in sent]


def test_an_own_price_list_with_an_error_says_in_which_line(settings, device):
    phone = settings("tariff")
    phone.page.click("summary:has-text('Lag egen prisliste')")
    phone.page.fill(".grid-form >> nth=0 >> tr >> nth=2 >> input >> nth=0", "0")
    phone.press("Lagre og bruk")
    assert bad(phone) == "Prislisten har feil."
    assert phone.text(".error[role=alert] li") == (
        "Effekttrinn, linje 2: må være høyere enn linjen over"
    )


def test_the_history_is_erased_by_a_typed_word_only(settings, device):
    phone = settings("data")
    for lost in ("Alle timer, dager, topper og rapporter blir borte for godt.", "Alt blir borte:"):
        assert lost in phone.text("#page-other")
    phone.press("Slett historikk")
    assert bad(phone) == "Skriv ordet over først."
    assert device.owner.posts == []
    phone.page.get_by_label("Skriv SLETT").first.fill("slett")
    phone.press("Slett historikk")
    assert good(phone).startswith("Sletter.")
    assert device.owner.posts == [("erase", {"what": "history", "word": "SLETT"})]


def test_all_is_taken_out_before_it_is_erased(settings):
    phone = settings("data")
    hrefs = phone.page.eval_on_selector_all(
        ".links a", "links => links.map((e) => e.getAttribute('href'))"
    )
    files = ["hours.csv", "days.csv", "peaks.csv", "events.csv", "away.csv", "export"]
    assert hrefs == ["/api/v1/" + name for name in files]


def test_consent_is_withdrawn_and_given_again(settings, device):
    phone = settings("consent")
    assert "Timene som er lagret, beholdes til du sletter dem." in phone.text("#page-other")
    phone.press("Stopp innlesing")
    phone.page.wait_for_selector("text=Innlesingen er stoppet")
    phone.press("Ja, les måleren")
    phone.page.wait_for_selector("text=Du har sagt ja til innlesing")
    given = {"answer": "give", "secured": "owner", "version": 1}
    assert device.owner.posts == [("consent", {"answer": "withdraw"}), ("consent", given)]


def test_another_meter_is_answered(settings, device):
    phone = settings("consent", SCENES["moved"])
    phone.press("Måleren er byttet, les videre")
    phone.page.wait_for_selector("text=Du har sagt ja til innlesing")
    assert device.owner.posts == [("consent", {"answer": "same"})]


def test_a_guest_is_offered_nothing_of_the_owners(settings, device):
    phone = settings("", SCENES["guest"])
    names = phone.page.locator(".menu strong").all_inner_texts()
    assert names == ["Visning", "Tid", "Diagnose", "Personvern"]
    phone.page.evaluate("location.hash = '#settings/data'")
    phone.page.wait_for_selector("text=Dette kan bare eieren se.")
    phone.page.evaluate("location.hash = '#cabin'")
    phone.page.wait_for_selector("#page-other h3")
    assert phone.page.locator("#page-other button").count() == 0


def test_a_guests_link_is_shown_once(settings, device):
    phone = settings("security")
    phone.page.get_by_label("Navn på gjesten").fill("Oda")
    phone.press("Lag lenke")
    phone.page.wait_for_selector(".code")
    assert phone.text(".code").endswith("/login#guest=0123456789abcdef0123456789abcdef")
    assert device.owner.posts == [("keys", {"name": "Oda", "kind": "link", "hours": 48})]
    phone.page.reload()
    phone.page.wait_for_selector("#page-other .card")
    assert phone.page.locator(".code").count() == 0


def test_leaving_the_cabin_in_three_steps(device, open_page):
    SCENES["cabin"](device)
    phone = open_page(device.url + "#cabin")
    phone.press("Start")
    assert phone.page.get_by_role("button", name="Neste").is_disabled()
    phone.page.check("[value=switched_off]")
    phone.press("Neste")
    assert "Ikke bruk hovedsikringen foran måleren." in phone.text("#page-other")
    phone.page.check("[name=drained][value=true]")
    phone.press("Neste")
    phone.press("Lagre")
    phone.page.wait_for_selector("text=Jeg er tilbake")
    assert device.owner.posts == [
        ("away", {"do": "leave", "kind": "switched_off", "drained": True})
    ]


FILE = {"name": "han.bundle", "mimeType": "application/octet-stream", "buffer": b"han" * 9000}


def test_an_update_is_sent_in_pieces(settings, device):
    phone = settings("update")
    phone.press("Send og start på nytt")
    assert bad(phone) == "Velg filen først."
    phone.page.set_input_files("#update-file", FILE)
    assert "han.bundle" in phone.text("#page-other")
    phone.press("Send og start på nytt")
    phone.page.wait_for_selector("text=Versjon 0.6.0 er lagt inn.")
    assert bytes(device.owner.uploaded) == FILE["buffer"]
    offsets = [path for path in device.requests if "offset" in path]
    assert offsets == [f"/api/v1/update?offset={at}" for at in range(0, 27000, 2048)]
    phone.page.wait_for_selector("text=Versjon 0.6.0 er på prøve.")
    assert phone.errors == []


def test_an_update_goes_on_where_it_was_cut(settings, device):
    """A piece whose answer got lost has arrived, and is not sent twice into the file."""
    phone = settings("update")
    lost = []

    def lose(route):
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch())
            route.abort()

    phone.page.route("**/update?offset=8192", lose)
    phone.page.set_input_files("#update-file", FILE)
    phone.press("Send og start på nytt")
    phone.page.wait_for_selector("text=Versjon 0.6.0 er lagt inn.", timeout=10000)
    assert bytes(device.owner.uploaded) == FILE["buffer"]


def test_a_busy_dongle_is_asked_again(settings, device):
    """Six phones, or no heap for a moment: 503 is no refusal of the file."""
    phone = settings("update")
    for address in ("**/update?offset=8192", "**/update/end"):
        phone.page.route(
            address, lambda route: route.fulfill(status=503, json={"error": "Opptatt"}), times=1
        )
    phone.page.set_input_files("#update-file", FILE)
    phone.press("Send og start på nytt")
    phone.page.wait_for_selector("text=Versjon 0.6.0 er lagt inn.", timeout=15000)
    assert bytes(device.owner.uploaded) == FILE["buffer"]
    asked = [path for path in device.requests if "offset" in path]
    assert asked[-1].endswith(f"={8192 + 18 * 1024}"), "smaller pieces from there on"


@pytest.mark.parametrize(
    "code", ["update_not_a_bundle", "update_unsigned", "update_wrong_signer", "update_altered"]
)
def test_a_refused_update_says_why(settings, device, code):
    phone = settings("update")
    device.owner.refuses = code
    phone.page.set_input_files("#update-file", FILE)
    phone.press("Send og start på nytt")
    assert bad(phone) == UPDATE[code][0]
    assert not phone.page.is_visible("progress")


def test_an_answer_that_is_cut_short_is_no_answer(device, open_page):
    """A dongle out of memory sends a head and nothing more: the page says so, and can ask again."""
    live(device)
    phone = open_page(device.url)
    phone.wait_state("live")
    cut = {"status": 200, "content_type": "application/json", "body": '{"from":"2026-11'}
    phone.page.route("**/api/v1/hours*", lambda route: route.fulfill(**cut))
    phone.go("#history")
    phone.page.wait_for_selector("#page-other .card button")
    phone.page.unroute("**/api/v1/hours*")
    phone.press("Prøv igjen")
    phone.page.wait_for_selector(".chart")
    assert phone.errors == []
