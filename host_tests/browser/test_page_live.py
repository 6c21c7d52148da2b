"""Live, old, no signal, asleep: the page never claims what it cannot know."""

import itertools
import re

from fakes.scenes import MORE


def test_the_first_answer_carries_the_value(device, it, files):
    device.reading(**it)
    page = device.page().decode()
    assert '<html lang="nb" data-state="live" data-theme="">' in page
    assert re.search(r'id="power"[^>]*>2,35<', page)
    assert "%" not in re.sub(r"%[0-9A-Fa-f]{2}|100%", "", page)
    english = device.page("language=en; theme=dark").decode()
    assert '<html lang="en" data-state="live" data-theme="dark">' in english
    assert re.search(r'id="power"[^>]*>2\.35<', english)


def test_a_list_reaches_the_page_by_the_stream(watched, device, it):
    device.reading(**it | {"import_w": 3120, "l1_a": 9.87, "l1_v": 228})
    watched.wait_text("#power", "3,12 kW")
    assert watched.text("#phases-upper .cell:first-child") == "L1 9,9 A"
    assert watched.text("#phases-lower .cell:first-child") == "L1–L2 228 V"
    assert watched.text("#state") == "Direkte, 0 s siden"
    assert "/api/v1/now" not in device.requests


def test_age_is_counted_from_the_devices_own(device, it, open_page):
    device.reading(**it)
    device.silence(9)
    phone = open_page(device.url, clock=True)
    phone.wait_state("live")
    assert re.fullmatch(r"Direkte, (9|10) s siden", phone.text("#state"))
    phone.advance(7)
    assert re.fullmatch(r"Direkte, 1[5-7] s siden", phone.text("#state"))


def test_a_phone_clock_that_is_set_changes_no_age(watched):
    """A jump of the wall clock alone: the page asks anew, and the value stays live."""
    watched.page.evaluate(
        """() => {
          const now = Date.now;
          Date.now = () => now() + 7200e3;
        }"""
    )
    watched.advance(2)
    watched.wait_state("live")
    assert re.fullmatch(r"Direkte, \d s siden", watched.text("#state"))


def test_a_computer_that_slept_shows_nothing_as_live(watched, device):
    """Its monotonic clock may not have counted. Until the dongle answers the value is an old one."""
    ago = "when(Date.now() - 7200e3, Date.now())"
    device.mode = "hang"
    device.drop_streams()
    watched.page.evaluate(
        """() => {
          const now = Date.now;
          Date.now = () => now() + 7200e3;
        }"""
    )
    watched.advance(2)
    assert watched.state() == "connecting"
    # Two hours later by the clock, the label still tells when the value was read.
    times = [watched.page.evaluate(ago.replace("7200e3", ms)) for ms in ("7200e3", "7206e3")]
    labels = ["Strømforbruk " + time.replace("\u00a0", " ") for time in times]
    assert watched.text("#power-label") in labels
    device.mode = "refuse"


def test_old_at_30_s_and_no_signal_at_120_s(watched, device):
    watched.advance(24, device)
    assert watched.state() == "live"
    watched.advance(8, device)
    assert watched.state() == "old"
    assert re.fullmatch(r"Gammel verdi, 3\d s", watched.text("#state"))
    assert re.fullmatch(r"Strømforbruk kl\. \d\d:\d\d", watched.text("#power-label"))
    muted = watched.page.evaluate("getComputedStyle(document.querySelector('.unit')).color")
    for value in ("#power", ".live-value"):
        color = watched.page.evaluate(
            "(s) => getComputedStyle(document.querySelector(s)).color", value
        )
        assert color == muted
    watched.advance(83, device)
    assert watched.state() == "old"
    watched.advance(10, device)
    assert watched.state() == "no_signal"
    assert watched.text("#state") == "Ingen signal"
    title = watched.text("#notice h2")
    assert re.fullmatch(r"Ingen signal fra måleren siden \d\d:\d\d\.", title)
    causes = watched.page.locator("#notice li").all_inner_texts()
    words = ("kontakten", "HAN-modulen", "lukket", "anslå")
    assert len(causes) == 4
    assert all(word in cause for word, cause in zip(words, causes, strict=True))
    assert not watched.page.is_visible("#trend")
    assert watched.page.title() == "Ingen signal – Hytta"


def test_back_again_within_one_list_with_a_gap_in_the_line(watched, device, it):
    watched.advance(125, device)
    assert watched.state() == "no_signal"
    device.power = device.power[12:] + [None] * 12
    device.reading(**it | {"import_w": 1500})
    watched.wait_state("live", timeout=2000)
    watched.wait_text("#power", "1,50 kW")
    assert watched.text("#said") == "Direkte igjen."
    watched.page.wait_for_timeout(200)
    assert watched.page.get_attribute("#trend-line", "d").count("M") == 2
    assert watched.page.get_attribute("#trend-gaps", "d").count("M") >= 1


def test_waiting_for_the_first_list_then_never_a_zero(device, it, open_page):
    phone = open_page(device.url, clock=True)
    phone.wait_state("starting")
    assert phone.text("#state") == "Venter på måleren …"
    assert phone.page.inner_text("#power [aria-hidden]") == "–"
    assert phone.page.text_content("#power .said") == "ukjent"
    figures = phone.text("#page-now").replace("−10 min", "").replace("HAN-porten", "")
    assert not re.search(r"\d", figures), figures
    device.reading(**it)
    phone.wait_text("#power", "2,35 kW")
    assert phone.state() == "live"


def test_no_list_at_all_since_the_dongle_started(device, open_page):
    device.never_heard_s = 45
    phone = open_page(device.url)
    phone.wait_state("no_signal")
    assert phone.text("#notice h2") == "Ingen signal fra måleren."
    assert "HAN-modul" in phone.text("#notice li:nth-child(3)")
    assert phone.page.text_content("#power .said") == "ukjent"


def test_title_changes_at_most_each_30_s(watched, device, it):
    watched.page.evaluate(
        """() => {
          window.titles = [];
          new MutationObserver(() => titles.push([performance.now(), document.title]))
            .observe(document.querySelector("title"), {childList: true});
        }"""
    )
    for i in range(9):
        device.reading(**it | {"import_w": 3000 + 100 * i})
        watched.advance(10)
    titles = watched.page.evaluate("titles")
    assert 2 <= len(titles) <= 4
    assert all(b[0] - a[0] >= 29900 for a, b in itertools.pairwise(titles))
    assert re.fullmatch(r"3,\d0\u00a0kW – Hytta", titles[-1][1])


def test_only_changes_of_state_are_announced(watched, device, it):
    assert watched.text("#said") == ""
    for i in range(4):
        device.reading(**it | {"import_w": 3000 + i * 100})
        watched.advance(2)
    assert watched.text("#said") == ""
    watched.advance(31, device)
    assert "Gammel verdi." in watched.text("#said")


def test_the_hourly_list_brings_the_hour(watched, device, it):
    start = MORE["last_hour_start"]
    device.more |= {"last_hour_wh": 1330, "last_hour_start": start + 3600, "rev": 2}
    device.more["hour"] = MORE["hour"] | {"start": start + 7200, "wh": 10}
    device.reading(hourly=True, **it | {"import_wh": 12347000, "registers_age_s": 0})
    watched.wait_text("#registers dd", "12 347,00 kWh")
    watched.wait_text("#hour dd", "1,33 kWh")
    assert watched.text("#hour dt") == "Forrige time (14–15)"
