"""What ails the line, as the running firmware tells it: /api/v1/line, its raw octets, the verdict."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sim.cipher import Cipher
from support import case, cases, hdlc_frame, unhex

TOOLS = Path(__file__).parents[2] / "tools"
PLAIN = case("amshan-kamstrup-se-list-real-sample")
CIPHERED = case("syn-glo-30")
KEYS = {
    "encryption_key": CIPHERED["key"],
    "authentication_key": " ".join((CIPHERED["auth_key"][:16], CIPHERED["auth_key"][16:])).upper(),
}


def line(firmware):
    status, headers, body = firmware.get("/api/v1/line")
    assert status == 200 and headers["Cache-Control"] == "no-store"
    return json.loads(body)


def wait_for_verdict(firmware, verdict, feed=None):
    """Feed every half second until the doctor says so."""
    limit = time.monotonic() + 20
    while line(firmware)["verdict"] != verdict:
        assert time.monotonic() < limit, line(firmware)
        if feed is not None:
            firmware.feed(feed)
        time.sleep(0.5)


def test_a_plain_line(firmware):
    firmware.feed(PLAIN["bytes"])
    firmware.wait_for("seq", 1)
    wait_for_verdict(firmware, "ok")
    now = line(firmware)
    assert now["encryption"] == "plain" and now["keys"] is False
    assert now["setting"]["baud"] == 2400 and now["setting"]["parity"] == "none"
    assert "bus" not in now  # nothing senses it
    assert now["counters"]["readings"] == 1 and now["counters"]["frames"] == 1
    assert "verdict" not in firmware.now()


def test_a_line_without_voltage_says_so_where_the_board_senses_it(start_firmware, tmp_path):
    pins = tmp_path / "pins"
    pins.write_text("4 34")
    firmware = start_firmware(settings={"bus": 34}, CLOCK_SPEED="10", PINS=str(pins))
    wait_for_verdict(firmware, "no_signal")
    assert line(firmware)["bus"] is True
    pins.write_text("4")
    assert line(firmware)["bus"] is False
    wait_for_verdict(firmware, "no_bus")
    firmware.feed(PLAIN["bytes"])
    wait_for_verdict(firmware, "ok")


def test_an_encrypted_line_without_keys_says_so(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="10")
    wait_for_verdict(firmware, "key_missing", CIPHERED["bytes"])
    assert firmware.now()["verdict"] == "key_missing"
    assert "import_w" not in firmware.now()
    assert "encryption" not in line(firmware)


def test_with_the_keys_it_is_read_and_verified(start_firmware):
    firmware = start_firmware(settings=KEYS)
    firmware.feed(CIPHERED["bytes"])
    now = firmware.wait_for("seq", 1)
    assert now["import_w"] == CIPHERED["values"]["import_w"]
    state = line(firmware)
    assert state["encryption"] == "verified" and state["keys"] is True
    told = json.dumps(state) + json.dumps(now)
    for key in (CIPHERED["key"], CIPHERED["auth_key"]):
        assert key.lower() not in told.lower()


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"encryption_key": "0" * 32}, "key_wrong"),
        ({**KEYS, "authentication_key": "0" * 32}, "auth_key_wrong"),
        ({"encryption_key": "12 34"}, "key_missing"),
    ],
)
def test_keys_that_do_not_fit(start_firmware, settings, verdict):
    firmware = start_firmware(settings=settings, CLOCK_SPEED="10")
    wait_for_verdict(firmware, verdict, CIPHERED["bytes"])
    assert "import_w" not in firmware.now()
    assert "12 34" not in firmware.log()


def test_plain_lists_are_refused_once_encrypted_ones_were_promised(start_firmware):
    firmware = start_firmware(settings={**KEYS, "refuse_plain": True}, CLOCK_SPEED="10")
    wait_for_verdict(firmware, "refused", PLAIN["bytes"])
    assert "import_w" not in firmware.now()


def test_an_unknown_list_is_named_as_that(start_firmware):
    body = PLAIN["bytes"][8:29] + b"\x02\x01\x0a\x01\x41"
    firmware = start_firmware(CLOCK_SPEED="10")
    wait_for_verdict(firmware, "unknown_list", hdlc_frame(body))


def test_the_owners_scales_are_in_force(start_firmware):
    firmware = start_firmware(settings={"energy_wh": 1, "current_ma": 1})
    firmware.feed(case("syn-plain")["bytes"])
    now = firmware.wait_for("seq", 1)
    assert now["import_wh"] == 1234567 and now["l1_a"] == 0.512


def test_raw_octets_hold_no_id_and_decode(firmware):
    one = case("syn-plain")
    firmware.feed(one["bytes"])
    firmware.wait_for("seq", 1)
    status, headers, body = firmware.get("/api/v1/line/raw")
    assert status == 200 and "attachment" in headers["Content-Disposition"]
    assert one["values"]["meter_id"].encode() not in unhex(body.decode())
    decoded = subprocess.run(
        [sys.executable, TOOLS / "decode.py"], input=body, capture_output=True, check=True
    )
    reading = json.loads(decoded.stdout)
    assert reading["meter_id"] == "0" * 16
    assert reading["import_wh"] == one["values"]["import_wh"]


def test_nothing_else_below_line(firmware):
    assert firmware.get("/api/v1/line/keys")[0] == 404
    assert firmware.request("POST", "/api/v1/line", b"{}")[0] == 405


@pytest.mark.parametrize("name", [one["id"] for one in cases() if one["framing"] != "hdlc"])
def test_foreign_framings_are_read_by_the_firmware_too(start_firmware, name):
    one = case(name)
    settings = {"encryption_key": one["key"]} if one["key"] else {}
    firmware = start_firmware(settings=settings)
    for at in range(0, len(one["bytes"]), 40):
        firmware.feed(one["bytes"][at : at + 40])
    now = firmware.wait_for("seq", 1)
    assert now["import_w"] == one["values"]["import_w"]


def test_a_day_of_ciphered_lists_costs_no_heap(start_firmware):
    cipher = Cipher(unhex(CIPHERED["key"]), unhex(CIPHERED["auth_key"]), 0x30, b"KAM\0\1\2\3\4")
    apdu = case("syn-plain")["bytes"][11:-3]
    firmware = start_firmware(settings=KEYS)
    before = None
    for count in range(1, 61):
        firmware.feed(hdlc_frame(b"\xe6\xe7\x00" + cipher.wrap(apdu), b"\x41\x03"))
        firmware.wait_for("seq", count)
        if count == 10:
            before = firmware.heap()
    assert before is not None and firmware.heap() - before <= 1024
