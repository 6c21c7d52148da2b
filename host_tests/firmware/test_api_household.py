"""The household's routes on thirteen months of history, held against fakes/household.py."""

import csv
import io
import itertools
import json
from datetime import date

import pytest
from seeded_firmware import reference, seeded, wait_until
from sim.cipher import Cipher
from support import case, hdlc_frame, unhex

_ADDED = ("register_wh", "export_register_wh")


@pytest.fixture(scope="module")
def running(firmware_tree, tmp_path_factory):
    """Nothing in this module that uses it changes it for the others."""
    one = seeded(firmware_tree, tmp_path_factory.mktemp("household"))
    yield one
    one.stop()
    assert "Traceback" not in one.log(), one.log()


def ask(one, path):
    status, headers, body = one.get("/api/v1/" + path)
    assert status == 200, body
    assert headers["Content-Type"] == "application/json" and headers["Cache-Control"] == "no-store"
    return json.loads(body)


def without_registers(rows):
    return [{name: row[name] for name in row if name not in _ADDED} for row in rows]


@pytest.mark.parametrize(
    ("first", "end", "hours"),
    [
        ("2025-10-26", "2025-10-27", 25),
        ("2026-03-29", "2026-03-30", 23),
        ("2026-10-25", "2026-10-26", 25),
        ("2026-11-11", "2026-11-12", 24),  # with missing hours
        ("2026-11-18", "2026-11-21", 72),  # a block and split hours
        ("2025-10-19", "2025-10-21", 48),  # where it begins
        ("2027-05-01", "2027-05-02", 24),  # to come
    ],
)
def test_hours(running, first, end, hours):
    told = ask(running, f"hours?from={first}&to={end}")
    expected = reference().hours(date.fromisoformat(first), date.fromisoformat(end))
    assert (told["end"] - told["start"]) // 3600 == hours
    registers = [row["register_wh"] for row in told["hours"]]
    told["hours"] = without_registers(told["hours"])
    assert told == expected
    used = [row["import_wh"] for row in told["hours"][1:]]
    rises = [after - before for before, after in itertools.pairwise(registers)]
    assert rises == used


def test_hours_without_a_range_are_todays(running):
    told = ask(running, "hours")
    assert told["from"] == "2026-11-23" and told["to"] == "2026-11-24"
    assert len(told["hours"]) == 15
    # the one that the meter has just ended: its registers are in steps of 10 Wh
    expected = reference().hours(date(2026, 11, 23), date(2026, 11, 24))["hours"]
    assert without_registers(told["hours"])[:-1] == expected[:-1]
    assert abs(told["hours"][-1]["import_wh"] - expected[-1]["import_wh"]) <= 10


def test_days(running):
    told = ask(running, "days?from=2026-10-20&to=2026-11-23")["days"]
    expected = reference().days(date(2026, 10, 20), date(2026, 11, 23))["days"]
    assert without_registers(told) == expected
    today = ask(running, "days?from=2026-11-23")["days"][0]
    assert today["open"] is True and today["hours"] == 15


def test_months_and_peaks(running):
    expected = reference().months(date(2025, 11, 1), date(2026, 12, 1))["months"]
    told = ask(running, "months")["months"]
    assert [row["month"] for row in told] == [row["month"] for row in expected]
    for row, other in zip(told[:-1], expected[:-1], strict=True):
        peaks = [{**peak, "quality": "M"} for peak in row["peaks"]]
        assert peaks == [{**peak, "quality": "M"} for peak in other["peaks"]]
        assert row["import_wh"] == other["import_wh"] and row["mean_w"] == other["mean_w"]
        assert row["days"] == other["days"] and row.get("at_least") == other.get("at_least")
    assert told[-1]["open"] is True
    peaks = ask(running, "peaks")
    assert peaks["peaks"] == reference().peaks(date(2026, 11, 1))["peaks"]
    assert peaks["step"]["from_w"] == 5000 and peaks["step"]["kr"] == 604
    other = ask(running, "peaks?month=2026-10")
    assert other["peaks"] == reference().peaks(date(2026, 10, 1))["peaks"]
    days = [peak["local"][:10] for peak in other["peaks"]]
    assert len(set(days)) == 3


def test_now(running):
    now = ask(running, "now")
    assert now["last_hour_quality"] == "M" and now["last_hour_span"] == 1
    assert now["hour"]["start"] == now["last_hour_start"] + 3600
    assert now["today"]["hours"] == 15 and "at_least" not in now["today"]
    assert now["month"]["missing_hours"] == 5
    assert now["step"]["validity"] == "valid" and now["step"]["kr"] == 604
    assert now["step"]["mean_w"] == ask(running, "peaks")["mean_w"]


def table(body):
    text = body.decode("utf-8-sig")
    assert body.startswith(b"\xef\xbb\xbf") and text.count("\n") == text.count("\r\n")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_hours_as_csv(running):
    status, headers, body = running.get("/api/v1/hours.csv?from=2026-10-25&to=2026-10-26")
    assert status == 200 and headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="timer.csv"' in headers["Content-Disposition"]
    rows = table(body)[1:]
    assert len(rows) == 25 and [row[0] for row in rows[2:4]] == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
    ]
    expected = reference().hours(date(2026, 10, 25), date(2026, 10, 26))["hours"]
    for row, other in zip(rows, expected, strict=True):
        assert round(float(row[2].replace(",", ".")) * 1000) == other["import_wh"]
        assert row[4] == other["quality"]
    whole = table(running.get("/api/v1/hours.csv?point=1", timeout=60)[2])[1:]
    known = reference()
    assert len(whole) == (known.at // 3600 * 3600 - 1760911200) // 3600  # from 20 Oct 2025
    assert [row[4] for row in whole].count("-") == 9 + 5 + 0
    text = running.get("/api/v1/hours.csv")[2].decode()
    assert "0042" not in text.replace(",", "").split(";")[0] and "\u2009" not in text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("hours?from=2026-02-30", "from is not a date like 2026-11-24"),
        ("hours?from=x", "from is not a date like 2026-11-24"),
        ("days?to=2026-11", "to is not a date like 2026-11-24"),
        ("hours?from=2026-11-24&to=2026-11-24", "to must come after from"),
        ("days?from=2000-01-01&to=2026-01-01", "the range is longer than ten years"),
        ("months?from=2026-13", "from is not a month like 2026-11"),
        ("peaks?month=2026", "month is not a month like 2026-11"),
        ("hours.csv?point=2", "point is not 0 or 1"),
        ("events/log?count=0", "before is 0 to 65535, count 1 to 100"),
    ],
)
def test_bad_ranges(running, path, words):
    status, _, body = running.get("/api/v1/" + path)
    assert status == 400 and json.loads(body) == {"error": words}


def test_the_owners_price_sheet(firmware_tree, tmp_path):
    one = seeded(firmware_tree, tmp_path)
    try:
        preset = ask(one, "tariff")
        assert preset["grid"] == "area-1" and preset["validity"] == "valid"
        sheet = preset["sheet"]
        bad = {**sheet, "valid_to": "2025-02-30", "enova": 1.5}
        status, _, body = one.request("POST", "/api/v1/tariff", json.dumps(bad))
        assert status == 400
        told = {(row["code"], row["where"]) for row in json.loads(body)["problems"]}
        assert told == {("bad_date", "valid_to"), ("not_whole", "enova")}
        assert ask(one, "tariff") == preset
        own = {**sheet, "id": "mine", "steps": [[0, 10000], [3000, 20000], [6000, 30000]]}
        status, _, body = one.request("POST", "/api/v1/tariff", json.dumps(own))
        assert status == 200 and json.loads(body)["own"] is True
        now = wait_until(one, lambda now: now["step"]["tariff"] == "mine")
        assert now["step"]["from_w"] == 3000 and now["step"]["kr"] == 200
        expired = {**own, "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
        assert one.request("POST", "/api/v1/tariff", json.dumps(expired))[0] == 200
        now = wait_until(one, lambda now: now["step"].get("validity") == "expired")
        assert "kr" not in now["step"] and "kwh_ore" not in now["step"]
        assert now["hour"]["budget_wh"] > 0  # kilowatts go on, kroner do not
        assert "cost_kr" not in now["month"]
        # it is there to go back to while another one is in force
        assert one.request("POST", "/api/v1/settings", '{"set":{"grid":"area-2"}}')[0] == 200
        told = ask(one, "tariff")
        assert (told["grid"], told["own"]) == ("area-2", True)
        # and it knows what it was made from
        for name, back in (("area-1", "area-1"), ("own", "")):
            body = json.dumps({**own, "id": name})
            assert one.request("POST", "/api/v1/tariff", body)[0] == 200
            assert one.request("DELETE", "/api/v1/tariff")[0] == 200
            told = ask(one, "tariff")
            assert (told["grid"], told["own"]) == (back, False)
    finally:
        one.stop()
    assert "Traceback" not in one.log(), one.log()


def test_the_ciphers_counter_outlives_a_restart(start_firmware):
    ciphered = case("syn-glo-30")
    keys = {"encryption_key": ciphered["key"], "authentication_key": ciphered["auth_key"]}
    cipher = Cipher(
        unhex(keys["encryption_key"]),
        unhex(keys["authentication_key"]),
        0x30,
        b"KAM\0\1\2\3\4",
        1000,
    )
    apdu = case("syn-plain")["bytes"][11:-3]
    frames = [hdlc_frame(b"\xe6\xe7\x00" + cipher.wrap(apdu), b"\x41\x03") for _ in range(4)]
    one = start_firmware(settings=keys, CLOCK_SPEED="300", heap="220K")
    for count, frame in enumerate(frames[:3], 1):
        one.feed(frame)
        one.wait_for("seq", count)
    wait_until(one, lambda _: list((one.data / "hours").glob("n*/cipher.*")))
    one.restart()
    one.feed(frames[1])  # played back
    wait_until(one, lambda _: ask(one, "line")["counters"]["replay"] == 1)
    assert one.now()["seq"] == 0
    one.feed(frames[3])
    one.wait_for("seq", 1)
