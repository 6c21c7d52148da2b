"""The way to the dongle: its stream, questions instead, lost, hidden, paused."""


def test_first_view_is_four_requests_and_small(device, it, files, open_page):
    device.reading(**it)
    phone = open_page(device.url)
    phone.wait_state("live")
    phone.page.wait_for_timeout(300)
    assert len(device.requests) == 4, device.requests
    assert all(url.startswith((device.url, "data:")) for url in phone.requested)
    size = len(device.page()) + sum(
        len(files[path[1:] + ".gz"]) for path in device.requests if path[1:] + ".gz" in files
    )
    print(f"first view: {len(device.requests)} requests, {size} bytes without heads")
    assert size <= 30 * 1024
    assert phone.errors == []


def test_dongle_lost_is_not_no_signal(watched, device, it):
    device.mode = "hang"
    device.drop_streams()
    watched.advance(22, device)
    assert watched.state() == "live"  # the value is 22 s old and says so
    watched.advance(8, device)
    assert watched.state() == "lost"
    assert watched.text("#notice h2") == "Ikke kontakt med dongelen."
    assert "riktig Wi-Fi" in watched.text("#notice")
    assert "Ingen signal" not in watched.text("body")
    watched.advance(120, device)
    assert watched.state() == "lost"
    assert watched.page.title() == "Ikke kontakt – Hytta"
    device.mode = "ok"
    device.reading(**it)
    watched.advance(8)
    watched.wait_state("live")
    watched.wait_streams(device, 1)


def test_a_stream_that_went_silent_while_the_dongle_lives(watched, device, it):
    """The other end of a stream may vanish unnoticed. The dongle is asked, and answers."""
    for stream in list(device.streams):
        device.streams.remove(stream)  # events go nowhere from here on
        device.streams.append(stream)
    silent = device.streams[:]
    device.streams.clear()
    watched.advance(9)
    device.reading(**it | {"import_w": 640})
    watched.advance(5)
    watched.wait_text("#power", "0,64 kW")
    device.streams.extend(silent)


def test_an_event_that_overtakes_an_answer_stays(watched, device, it):
    """The answer to a question may be older than the event that came meanwhile."""
    answer = {**device.now(), "seq": device.seq}
    held = []
    watched.page.route("**/api/v1/now", lambda route: held.append(route))
    watched.advance(13)
    watched.page.wait_for_timeout(100)
    assert len(held) == 1
    device.reading(**it | {"import_w": 5000})
    watched.wait_text("#power", "5,00 kW")
    held[0].fulfill(json=answer)
    watched.page.wait_for_timeout(200)
    assert watched.text("#power") == "5,00 kW"


def test_news_right_after_a_question_is_asked_for_all_the_same(watched, device, it):
    """The hourly list comes five seconds before the next one, and both say the same news."""
    device.reading(hourly=True, **it | {"import_wh": 12345680})
    watched.page.wait_for_timeout(300)
    asked = device.requests.count("/api/v1/now")
    device.more["rev"] = 7
    device.reading(**it | {"import_w": 2400})  # the page has just asked, and waits
    watched.wait_text("#power", "2,40 kW")
    watched.page.wait_for_timeout(300)
    assert device.requests.count("/api/v1/now") == asked
    watched.advance(8)
    device.reading(**it | {"import_w": 2500})
    watched.wait_text("#power", "2,50 kW")
    watched.page.wait_for_timeout(500)
    assert device.requests.count("/api/v1/now") == asked + 1
    device.reading(**it | {"import_w": 2600})
    watched.wait_text("#power", "2,60 kW")
    watched.page.wait_for_timeout(300)
    assert device.requests.count("/api/v1/now") == asked + 1


def test_polls_every_ten_seconds_when_no_stream_is_free(device, it, open_page):
    device.max_streams = 0
    device.reading(**it)
    phone = open_page(device.url, clock=True)
    phone.wait_state("live")
    phone.page.wait_for_timeout(200)
    asked = device.requests.count("/api/v1/now")
    for i in range(3):
        device.reading(**it | {"import_w": 1000 + i})
        phone.advance(10)
    assert 2 <= device.requests.count("/api/v1/now") - asked <= 4
    assert phone.state() == "live"
    assert phone.text("#power") == "1,00 kW"
    device.max_streams = 4
    phone.advance(40)
    phone.wait_streams(device, 1)


def test_hidden_page_lets_go_of_the_dongle(watched, device, it):
    watched.hide(True)
    watched.wait_streams(device, 0)
    assert watched.page.title() == "Hytta"
    device.skip(60)
    watched.page.clock.fast_forward(60000)
    assert device.streams == []
    device.reading(**it | {"import_w": 700})
    watched.hide(False)
    watched.wait_text("#power", "0,70 kW")
    watched.wait_state("live")
    watched.wait_streams(device, 1)


def test_seen_again_it_is_connecting_before_it_is_lost(watched, device):
    watched.hide(True)
    device.mode = "hang"
    device.skip(60)
    watched.page.clock.fast_forward(60000)
    watched.hide(False)
    assert watched.state() == "connecting"
    assert watched.text("#state") == "Kobler til …"
    watched.advance(28, device)
    assert watched.state() == "lost"
    device.mode = "refuse"


def test_pause_and_resume(watched, device, it):
    watched.page.click("#pause")
    assert watched.state() == "paused"
    assert watched.text("#state") == "Pause"
    assert watched.page.title() == "Pause – Hytta"
    watched.wait_streams(device, 0)
    device.reading(**it | {"import_w": 9000})
    before = watched.text("body")
    watched.advance(40)
    assert watched.text("body") == before
    assert "2,35 kW" in before
    watched.page.get_by_role("button", name="Fortsett").click()
    watched.wait_text("#power", "9,00 kW")
    watched.wait_state("live")
    assert watched.page.get_by_role("button", name="Sett på pause").count() == 1
