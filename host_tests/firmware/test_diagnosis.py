"""/api/v1/diagnosis, its log, /metrics, and safe mode, on the running firmware."""

import json
import time
from pathlib import Path

import pytest
from meter_lists import HOURLY, LIST_1, frame
from prometheus_client.openmetrics import parser
from running_firmware import TOKEN

RADIO = Path(__file__).parents[1] / "radio"
KEYS = {"version", "up_s", "safe_mode", "micropython", "board", "heap", "flash", "starts", "tasks"}


def diagnosis(firmware):
    status, _, body = firmware.get("/api/v1/diagnosis")
    assert status == 200, body
    return json.loads(body)


def test_what_it_tells(start_firmware, tmp_path):
    firmware = start_firmware(RTC=str(tmp_path / "rtc"))
    firmware.feed(frame(HOURLY))
    firmware.wait_for("seq", 1)
    told = diagnosis(firmware)
    assert set(told) == KEYS | {"door", "line", "clock", "journal"}  # no Wi-Fi on a computer
    assert told["safe_mode"] is False
    assert told["up_s"] < 20
    assert 60_000 < told["heap"]["used"] < 150_000
    assert 0 < told["flash"]["free"] <= told["flash"]["size"]
    assert told["starts"]["power"] == 1
    assert told["starts"]["deaths"] == 0
    assert told["starts"]["slot"] == "."
    assert {task["name"] for task in told["tasks"]} == {"meter", "hours", "guard", "wifi"}
    assert all(task["beat_ms"] < 5000 and task["falls"] == 0 for task in told["tasks"])
    assert told["line"]["counters"]["readings"] == 1
    assert told["line"]["state"] == "live"
    assert told["door"]["open"] >= 1
    firmware.restart()
    assert diagnosis(firmware)["starts"]["unknown"] == 1
    assert firmware.get("/api/v1/diagnosis/nothing")[0] == 404
    assert firmware.request("POST", "/api/v1/diagnosis", "{}")[0] == 405
    assert firmware.get("/api/v1/diagnosis", auth=None)[0] == 401


def test_with_a_radio(start_firmware, tmp_path):
    radio = tmp_path / "radio.json"
    radio.write_text(json.dumps({"around": [], "key": {"hjem": "hemmelig"}}))
    firmware = start_firmware(
        settings={"wifi_ssid": "hjem", "wifi_key": "hemmelig"},
        WLAN="fake_radio",
        RADIO=str(radio),
        MICROPYPATH=f":lib:.frozen:{RADIO}",
    )
    limit = time.monotonic() + 10
    while not diagnosis(firmware)["wifi"]["connected"]:
        assert time.monotonic() < limit
        time.sleep(0.1)
    wifi = diagnosis(firmware)["wifi"]
    assert wifi["address"] == "192.168.1.57"
    assert wifi["rssi"] == -61
    assert wifi["drops"] == 0
    assert wifi["own"] is False
    log = firmware.get("/api/v1/diagnosis/log")[2].decode()
    assert "192.168" not in log
    assert "hjem" not in log


def test_log_to_send_on(start_firmware):
    firmware = start_firmware(settings={"name": "Hytta", "hostname": "fjellbu"})
    firmware.feed(frame(LIST_1) + frame(HOURLY))
    firmware.wait_for("seq", 2)
    status, headers, body = firmware.get("/api/v1/diagnosis/log")
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="han-log.txt"'
    text = body.decode()
    assert "event" in text
    assert '"counters"' in text
    now = firmware.now()
    for secret in ("Hytta", "fjellbu", now["meter_id"], "127.0.0.1", TOKEN, "tests"):
        assert secret not in text


def test_metrics(start_firmware):
    firmware = start_firmware()
    firmware.feed(frame(LIST_1) + frame(HOURLY))
    firmware.wait_for("seq", 2)
    status, headers, body = firmware.get("/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    families = {one.name: one for one in parser.text_string_to_metric_families(body.decode())}
    samples = {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in families.values()
        for sample in family.samples
    }
    now = firmware.now()
    power = samples["han_power_watts", (("direction", "import"),)]
    assert power == now["import_w"]
    assert samples["han_current_amperes", (("phase", "l1"),)] == now["l1_a"]
    energy = samples["han_energy_watthours_total", (("direction", "import"),)]
    assert energy == now["import_wh"]
    assert families["han_energy_watthours"].type == "counter"
    assert families["han_energy_watthours"].unit == "watthours"
    assert samples["han_lists_total", ()] == 2
    assert firmware.get("/api/v1/metrics")[2][:40] == body[:40]
    assert firmware.get("/metrics", auth=None)[0] == 401
    assert firmware.get("/metrics", auth="0" * 32)[0] == 401


def test_metrics_before_the_first_list(firmware):
    body = firmware.get("/metrics")[2].decode()
    names = {one.name for one in parser.text_string_to_metric_families(body)}
    assert "han_lists" in names
    assert "han_power_watts" not in names  # unknown, not zero


def in_safe_mode(firmware):
    told = diagnosis(firmware)
    assert told["safe_mode"] is True
    assert {task["name"] for task in told["tasks"]} == {"guard", "wifi"}
    return told


def test_safe_mode_after_five_starts_that_nobody_meant(start_firmware, tmp_path):
    firmware = start_firmware(RTC=str(tmp_path / "rtc"))
    for _ in range(4):
        firmware.restart()
        assert diagnosis(firmware)["safe_mode"] is False
    firmware.restart()
    told = in_safe_mode(firmware)
    assert told["starts"]["safe_mode"] == 1
    assert told["starts"]["unknown"] == 5
    assert firmware.get("/api/v1/now")[0] == 503
    assert firmware.get("/api/v1/hours")[0] == 503
    status, _, page = firmware.get("/")
    assert status == 200
    assert "Sikker modus" in page.decode()
    assert firmware.get("/", auth=None)[0] == 302
    assert json.loads(firmware.get("/api/v1/update")[2])["received"] is None
    assert firmware.get("/login", auth=None)[0] == 200
    assert firmware.get("/api/v1/diagnosis", auth=None)[0] == 401
    assert b'"safe_mode":true' in firmware.get("/api/v1/diagnosis/log")[2]
    firmware.restart()
    assert diagnosis(firmware)["safe_mode"] is False


def test_button_held_at_the_start(start_firmware, tmp_path):
    held = tmp_path / "held"
    held.write_text("")
    firmware = start_firmware(BUTTON=str(held))
    in_safe_mode(firmware)
    # Nobody is there who would erase: said, not promised
    assert firmware.get("/api/v1/erase")[2] == b'{"running":false}'
    body = '{"what":"history","word":"SLETT"}'
    assert firmware.request("POST", "/api/v1/erase", body)[0] == 409


@pytest.mark.parametrize("asked", [False, True])
def test_it_leaves_safe_mode_after_a_quiet_hour(start_firmware, tmp_path, asked):
    held = tmp_path / "held"
    held.write_text("")
    firmware = start_firmware(BUTTON=str(held), RTC=str(tmp_path / "rtc"), CLOCK_SPEED="1200")
    held.unlink()
    if asked:
        limit = time.monotonic() + 5
        while time.monotonic() < limit:
            in_safe_mode(firmware)
            time.sleep(0.2)
        assert firmware.process.poll() is None
    else:
        assert firmware.process.wait(10) == 3
        assert (tmp_path / "rtc").read_bytes()[0] == 1  # planned
