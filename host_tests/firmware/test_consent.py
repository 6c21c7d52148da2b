"""Nothing is read or kept without consent; another meter stops it; how the meter is secured."""

import json
import time

import pytest
from access_support import owner, status_of
from meter_lists import CASES, LIST_1, frame, simulated
from running_firmware import PASSWORD

GIVE = {"answer": "give", "secured": "owner", "version": 1}
NUMBER = CASES[LIST_1]["values"]["meter_id"]


def other_meter(octets: bytes, number=NUMBER) -> bytes:
    """The frame from a meter whose number ends in another digit, its checks made anew."""
    last = bytes((number.encode()[-1] ^ 1,))
    changed = octets.replace(number.encode(), number.encode()[:-1] + last)
    assert changed != octets
    return changed[:-3] + fcs(changed[1:-3]) + changed[-1:]


def fcs(octets: bytes) -> bytes:
    value = 0xFFFF
    for octet in octets:
        value ^= octet
        for _ in range(8):
            value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return (value ^ 0xFFFF).to_bytes(2, "little")


def wait_moved(boss):
    """Until the dongle has seen another meter."""
    limit = time.monotonic() + 10
    while boss.json("GET", "/api/v1/consent")["state"] != "moved":
        assert time.monotonic() < limit
        time.sleep(0.02)


@pytest.fixture
def without(start_firmware):
    """Set up, but nobody has said yes."""
    return start_firmware(answers={"password": PASSWORD})


def test_before_a_yes_the_line_is_not_even_opened(without):
    without._meter.settimeout(1)
    with pytest.raises(TimeoutError):
        without._meter.accept()
    assert owner(without).json("GET", "/api/v1/consent")["state"] == "none"
    now = without.now()
    assert now["seq"] == 0
    assert not (without.data / "consent").exists()
    assert not list((without.data / "hours").glob("h*"))


def test_a_yes_says_when_and_to_what(without):
    boss = owner(without)
    told = boss.json("POST", "/api/v1/consent", GIVE)
    assert (told["state"], told["version"], told["secured"]) == ("given", 1, "owner")
    assert told["given_at"] is None  # nobody knows the time yet
    without.feed(frame(LIST_1))
    without.wait_for("seq", 1)
    without.restart()
    assert boss.json("GET", "/api/v1/consent")["state"] == "given"
    boss.json("POST", "/api/v1/consent", {"answer": "withdraw"})
    assert boss.json("GET", "/api/v1/consent")["state"] == "withdrawn"
    without.restart()
    assert boss.json("GET", "/api/v1/consent")["state"] == "withdrawn"


def test_when_the_time_is_known_it_is_kept(firmware):
    firmware.feed(simulated("kamstrup-tn", "--start=2026-11-01T00:59:58Z", "--duration=11"))
    firmware.wait_for("state", "live")
    boss = owner(firmware)
    ended = boss.json("POST", "/api/v1/consent", {"answer": "withdraw"})["ended_at"]
    given = boss.json("POST", "/api/v1/consent", GIVE)["given_at"]
    assert 0 <= given - ended <= 2
    assert 1793494798 <= given <= 1793494898


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answer": "maybe"},
        {**GIVE, "version": 0},
        {**GIVE, "version": "1"},
        {**GIVE, "secured": "no"},
        {**GIVE, "secured": None},
        {"answer": "give"},
    ],
)
def test_what_is_no_yes(without, body):
    assert status_of(owner(without), "POST", "/api/v1/consent", body) == 400
    assert owner(without).json("GET", "/api/v1/consent")["state"] == "none"


def test_answers_that_do_not_fit_the_state(without):
    boss = owner(without)
    for answer in ("withdraw", "same"):
        assert status_of(boss, "POST", "/api/v1/consent", {"answer": answer}) == 409
    boss.json("POST", "/api/v1/consent", GIVE)
    assert status_of(boss, "POST", "/api/v1/consent", GIVE) == 200  # said twice
    assert status_of(boss, "POST", "/api/v1/consent", {"answer": "same"}) == 409


def test_s30_another_meter_stops_and_asks(firmware):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    kept = (firmware.data / "consent").read_text()
    assert NUMBER not in kept
    firmware.feed(other_meter(frame(LIST_1)))
    boss = owner(firmware)
    wait_moved(boss)
    now = firmware.now()
    assert (now["seq"], now.get("import_w"), now.get("meter_id")) == (0, None, None)
    # neither meter is read any more, also after a restart
    firmware.feed(frame(LIST_1))
    time.sleep(0.5)
    assert firmware.now()["seq"] == 0
    firmware.restart()
    assert boss.json("GET", "/api/v1/consent")["state"] == "moved"
    assert status_of(boss, "POST", "/api/v1/consent", GIVE) == 409
    # the same household with a new meter
    assert boss.json("POST", "/api/v1/consent", {"answer": "same"})["state"] == "given"
    firmware.feed(other_meter(frame(LIST_1)))
    assert firmware.wait_for("seq", 1)["meter_id"] != NUMBER[-4:]
    assert boss.json("GET", "/api/v1/consent")["state"] == "given"


def test_s30_the_meter_is_known_again_after_a_cut(firmware):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    firmware.restart()
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    firmware.restart()
    firmware.feed(other_meter(frame(LIST_1)))
    wait_moved(owner(firmware))
    assert firmware.now()["seq"] == 0


def test_s30_after_a_withdrawal_another_meter_is_another_consent(firmware):
    """Who moves in gives an own yes: the meter agreed on before does not count."""
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    boss = owner(firmware)
    boss.json("POST", "/api/v1/consent", {"answer": "withdraw"})
    boss.json("POST", "/api/v1/consent", GIVE)
    # what has come until the meter task looks again came without consent, and is not read
    time.sleep(1)
    firmware.feed(other_meter(frame(LIST_1)))
    firmware.wait_for("seq", 1)
    assert boss.json("GET", "/api/v1/consent")["state"] == "given"


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"state":1}', b"\xff\xff", b'{"state":7}'])
def test_a_damaged_consent_is_none(firmware, damage):
    (firmware.data / "consent").write_bytes(damage)
    firmware.restart()
    assert owner(firmware).json("GET", "/api/v1/consent")["state"] == "none"
    assert firmware.now()["seq"] == 0


def test_s27_plain_lists_need_a_locked_place(start_firmware):
    answers = {"password": PASSWORD, "consent": True, "secured": "encrypted"}
    firmware = start_firmware(answers=answers)
    boss = owner(firmware)
    assert boss.json("GET", "/api/v1/consent")["secured"] == "encrypted"
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    assert boss.json("GET", "/api/v1/consent")["secured"] == "plain"
    boss.json("POST", "/api/v1/consent", {"answer": "secured"})
    assert boss.json("GET", "/api/v1/consent")["secured"] == "owner"
    firmware.restart()
    assert boss.json("GET", "/api/v1/consent")["secured"] == "owner"


def test_s27_encrypted_and_verified(start_firmware):
    case = "syn-glo-30"
    keys = {"encryption_key": CASES[case]["key"], "authentication_key": CASES[case]["auth_key"]}
    answers = {"password": PASSWORD, "consent": True, "secured": "encrypted"}
    firmware = start_firmware(answers=answers, settings=keys)
    firmware.feed(frame(case))
    firmware.wait_for("seq", 1)
    assert owner(firmware).json("GET", "/api/v1/consent")["secured"] == "verified"


def test_consent_is_logged(without):
    boss = owner(without)
    boss.json("POST", "/api/v1/consent", GIVE)
    boss.json("POST", "/api/v1/consent", {"answer": "withdraw"})
    entries = boss.json("GET", "/api/v1/security")["entries"]
    assert [(one["event"], one["figure"]) for one in entries[:2]] == [
        ("consent", 2),
        ("consent", 1),
    ]
    assert json.dumps(entries).count("127.0.0.1") == 2
