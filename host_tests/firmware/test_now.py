"""From the meter's octets to /api/v1/now and to the page, on the frames of vectors/cases.json."""

import gzip
import json
import re
import time
from decimal import Decimal

import pytest
from meter_lists import CASES, HOURLY, LIST_1, frame, simulated

METERS = {"state", "age_s", "seq", "name", "power"}
# What the household's side of it tells, see test_hours.py
HOUSEHOLDS = set(
    (
        "presence verdict rev at clock hour today month unmeasured warnings net zero_since profile"
    ).split()
)


def test_the_first_page_says_what_flows_out(start_firmware):
    one = start_firmware()
    octets = simulated(
        "kamstrup-tn", "--pv", "30000", "--start", "2026-06-21T11:00:00", "--duration=20"
    )
    one.feed(octets)
    now = one.wait_for("seq", 2)
    assert now["import_w"] == 0 and now["export_w"] > 0
    kilo = Decimal(now["export_w"]) / 1000
    shown = re.search(r'id="power"[^>]*>([^<]*)<', one.get("/")[2].decode())
    assert shown and shown[1] == f"\u2212{kilo:.2f}".replace(".", ",")
    assert now["power"][-1] == -now["export_w"]


def test_nothing_is_known_before_the_first_list(firmware):
    now = firmware.now()
    assert now["state"] == "starting"
    assert now["age_s"] is None
    assert now["seq"] == 0
    assert now["power"] == [None] * 60
    assert now["presence"] == "starting"
    assert now["verdict"] == "waiting"
    assert now["clock"] == {"doubtful": False}
    assert set(now) == METERS | {"presence", "verdict", "clock", "rev", "profile"}


NO_FIRMWARE_CASE = [
    name
    for name, case in CASES.items()
    if case["framing"] == "hdlc" and not case["encrypted"] and case["expect"] == "decode"
]


@pytest.mark.parametrize("name", NO_FIRMWARE_CASE)
def test_a_list_is_told_exactly(firmware, name):
    firmware.feed(frame(name))
    now = firmware.wait_for("seq", 1)
    values = dict(CASES[name]["values"])
    assert now["state"] == "live"
    assert now["age_s"] == 0
    if "meter_id" in values:
        assert now.pop("meter_id") == values.pop("meter_id")[-4:]
    values.pop("deviation_min", None)
    told = {key: now.get(key) for key in values}
    assert told == values
    assert now["power"] == [None] * 59 + [values["import_w"]]
    extra = set(now) - set(values) - METERS - HOUSEHOLDS
    assert extra == ({"registers_age_s"} if "import_wh" in values else set())


def test_numbers_are_exact_decimal_text(firmware):
    firmware.feed(frame(HOURLY))
    firmware.wait_for("seq", 1)
    text = firmware.get("/api/v1/now")[2].decode()
    for name, value in CASES[HOURLY]["values"].items():
        if isinstance(value, (int, float)) and name != "deviation_min":
            exact = format(Decimal(repr(value)).normalize(), "f")
            assert f'"{name}":{exact},' in text


@pytest.mark.parametrize("meter", ["kamstrup-tn", "kamstrup-1p-short", "kaifa-tn"])
def test_last_hour_is_the_difference_of_two_registers(firmware, meter):
    truth = firmware.data / "truth"
    octets = simulated(
        meter, "--start=2026-10-24T23:30:00Z", "--duration=9100", f"--truth={truth}"
    )
    told = [json.loads(line)["values"] for line in truth.read_text().splitlines()]
    hours = [values["import_wh"] for values in told if "import_wh" in values]
    assert len(hours) == 3
    firmware.feed(octets)
    now = firmware.wait_for("seq", len(told), timeout=60)
    assert now["last_hour_wh"] == hours[2] - hours[1]
    assert now["last_hour_start"] == 1792890000  # 2026-10-25T01:00Z, and summer time ended
    assert now["last_hour_span"] == 1
    assert now["last_hour_quality"] == "M"


def test_a_cut_frame_then_a_whole_one(firmware):
    firmware.feed(frame(LIST_1)[:100])
    time.sleep(1.3)
    firmware.feed(frame(LIST_1))
    assert firmware.wait_for("seq", 1)["list_id"] == "Kamstrup_V0001"


def test_the_meter_comes_back_after_its_line_was_lost(firmware):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    firmware.unplug()
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 2)


def test_page_has_the_values_in_its_markers(firmware):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    status, headers, body = firmware.get("/")
    assert status == 200
    assert int(headers["Content-Length"]) == len(body)
    page = body.decode()
    now = json.loads(
        re.search(r'<script type="application/json" id="now">(.*?)</script>', page)[1]
    )
    watts = CASES[LIST_1]["values"]["import_w"]
    assert now["import_w"] == watts
    assert f"{watts / 1000:.2f}".replace(".", ",") in page
    assert 'data-state="live"' in page
    assert "%NOW%" not in page and "%KW%" not in page and "%STATE%" not in page


def test_page_without_a_list_has_a_dash_and_no_zero(firmware):
    page = firmware.get("/")[2].decode()
    assert 'data-state="starting"' in page
    assert re.search(r'id="power"[^>]*>–<', page)


def test_a_name_cannot_break_out_of_the_page(start_firmware):
    name = '</script><script>alert("1")</script>'
    firmware = start_firmware(settings={"v": 1, "name": name})
    page = firmware.get("/")[2].decode()
    text = re.search(r'id="now">(.*?)</script>', page)[1]
    assert json.loads(text)["name"] == name
    assert firmware.now()["name"] == name


def test_assets_are_kept_for_ever_and_told_by_their_hash(firmware):
    page = firmware.get("/")[2].decode()
    names = re.findall(r'(?:href|src)="/?(app\.[0-9a-f]{8}\.(?:css|js))"', page)
    assert len(names) == 2
    for name in names:
        status, headers, body = firmware.get("/" + name)
        assert status == 200
        assert headers["Content-Encoding"] == "gzip"
        assert "immutable" in headers["Cache-Control"]
        assert int(headers["Content-Length"]) == len(body)
        assert gzip.decompress(body)
        assert headers["Content-Type"] == (
            "text/css" if name.endswith("css") else "text/javascript"
        )
        status, again, body = firmware.get("/" + name, if_none_match=headers["ETag"])
        assert (status, body) == (304, b"")
        assert again["ETag"] == headers["ETag"]


def test_head_has_the_head_of_get(firmware):
    for path in ("/", "/api/v1/now", "/api/v1/events"):
        status, headers, body = firmware.request("HEAD", path)
        assert (status, body) == (200, b"")
        assert headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nope", 404),
        ("GET", "/api/v1/nope", 404),
        ("GET", "/assets.json", 404),
        ("GET", "/../main.py", 404),
        ("GET", "/%2e%2e/main.py", 404),
        ("GET", "/index.html.gz", 404),
        ("POST", "/api/v1/now", 405),
        ("DELETE", "/", 405),
        ("OPTIONS", "/", 405),
        ("GET", "/api/v1/now?x=%zz", 400),
    ],
)
def test_errors_are_json_and_as_closed_as_the_rest(firmware, method, path, status):
    got, headers, body = firmware.request(method, path)
    assert got == status
    assert json.loads(body)["error"]
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert firmware.log() == ""
