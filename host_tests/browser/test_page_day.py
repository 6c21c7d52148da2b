"""A page that is open for a day: neither the document nor the heap grows."""

from fakes.scenes import MORE, live

ROUNDS = 30  # two minutes each


def measures(session) -> dict:
    """What Chromium counts once the garbage is away."""
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


def an_hour(phone, device, it, hour):
    """360 lists, with the hour's budget running and a new record at its end."""
    for part in range(ROUNDS):
        wh = 80 * part
        device.more["hour"] = MORE["hour"] | {"wh": wh, "expected_wh": 2400}
        for i in range(12):
            device.reading(**it | {"import_w": 1500 + (hour * 360 + part * 12 + i) * 37 % 4000})
        phone.page.clock.fast_forward(120000)
        phone.page.wait_for_timeout(2)
    device.more["rev"] = hour + 2
    device.reading(hourly=True, **it | {"import_wh": 12345670 + 2400 * hour})
    phone.page.wait_for_timeout(150)


def test_24_hours_open(device, it, open_page):
    """With the charts below open, which are drawn anew every hour."""
    live(device)
    phone = open_page(device.url, clock=True)
    phone.wait_state("live")
    phone.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    phone.page.wait_for_selector("#below .log")
    phone.page.wait_for_timeout(200)
    session = phone.page.context.new_cdp_session(phone.page)
    session.send("Performance.enable")
    for hour in range(2):
        an_hour(phone, device, it, hour)
    before = measures(session)
    for hour in range(2, 24):
        an_hour(phone, device, it, hour)
    device.reading(**it)
    phone.wait_text("#power", "2,35 kW")
    after = measures(session)
    for name in ("Nodes", "JSHeapUsedSize", "JSEventListeners"):
        print(f"{name}: {before[name]:.0f} after 2 hours, {after[name]:.0f} after 24")
    assert phone.state() == "live"
    assert after["Nodes"] <= before["Nodes"] * 1.05 + 20
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] * 1.1 + 100_000
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 10
    assert phone.errors == []
