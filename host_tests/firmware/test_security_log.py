"""The security log: what is in it, that nothing secret is, that 100 entries stay; and the notices."""

import json
import time

import pytest
from access_support import NEW_PASSWORD, Tries, client, owner, phone
from running_firmware import PASSWORD, TOKEN


def events(firmware, boss=None) -> list[str]:
    boss = boss or owner(firmware)
    return [one["event"] for one in boss.json("GET", "/api/v1/security")["entries"]]


def test_s24_what_happens_is_written_down_and_stays(firmware):
    boss = phone(firmware, "iPhone Safari")
    made = boss.json("POST", "/api/v1/keys", {"kind": "link", "hours": 5, "name": "Kari"})["token"]
    client(firmware).json("POST", "/api/v1/login", {"guest": made, "name": "Pixel"})
    keys = {key["name"]: key["id"] for key in boss.json("GET", "/api/v1/keys")["keys"]}
    boss.json("DELETE", f"/api/v1/keys/{keys['Pixel']}")
    boss.json("POST", "/api/v1/settings", {"set": {"name": "Hytta"}})
    boss.json("GET", "/api/v1/export")
    assert Tries(firmware).log_in("feil hest batteri")[0] == 401
    time.sleep(1.1)
    boss.change_password(PASSWORD, NEW_PASSWORD)
    boss = phone(firmware, "new", NEW_PASSWORD)
    want = "login password failed exported settings revoked guest key login".split()
    assert events(firmware, boss) == want
    firmware.restart()
    assert events(firmware, boss) == want
    first = boss.json("GET", "/api/v1/security")["entries"][-1]
    assert first == {
        "id": first["id"],
        "event": "login",
        "figure": 2,
        "time": None,
        "address": "127.0.0.1",
        "name": "iPhone Safari",
        "notice": True,
    }


def test_s24_nothing_secret_is_in_it(firmware):
    one = phone(firmware)
    made = one.json("POST", "/api/v1/keys", {"kind": "link", "hours": 5, "name": "x"})["token"]
    Tries(firmware).log_in("feil hest batteri")
    log = b"".join(path.read_bytes() for path in firmware.data.glob("security.*"))
    told = json.dumps(one.json("GET", "/api/v1/security"))
    assert b"iPhone Safari" in log and "iPhone Safari" in told  # it is the log that is searched
    for secret in (one.session, made, TOKEN, PASSWORD, "feil hest batteri"):
        assert secret.encode() not in log
        assert secret not in told
        if len(secret) == 32:
            assert bytes.fromhex(secret) not in log


def test_s24_a_hundred_entries_stay_and_no_more_than_two(start_firmware):
    firmware = start_firmware()
    one = phone(firmware)
    for i in range(230):
        one.json("POST", "/api/v1/settings", {"set": {"name": f"Hytta {i}"}})
    entries = one.json("GET", "/api/v1/security")["entries"]
    assert 100 <= len(entries) <= 200
    numbers = [entry["id"] for entry in entries]
    assert numbers == list(range(numbers[0], numbers[0] - len(numbers), -1))
    assert sum(path.stat().st_size for path in firmware.data.glob("security.*")) <= 8000


@pytest.mark.parametrize("cut", [1, 20, 39])
def test_an_entry_cut_in_the_middle_is_left_out(firmware, cut):
    phone(firmware, "first")
    path = firmware.data / "security.0"
    path.write_bytes(path.read_bytes() + b"x" * cut)
    firmware.restart()
    phone(firmware, "second")
    entries = owner(firmware).json("GET", "/api/v1/security")["entries"]
    assert [entry["name"] for entry in entries] == ["second", "first"]


def test_s24_wrong_passwords_do_not_fill_it(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="200")
    tries = Tries(firmware)
    done = 0
    while done < 17:
        status, _, answer = tries.log_in("feil hest batteri")
        if status == 401:
            done += 1
        else:
            time.sleep(answer["wait_s"] / 200 + 0.01)
    entries = owner(firmware).json("GET", "/api/v1/security")["entries"]
    assert [one["figure"] for one in entries if one["event"] == "failed"] == [16, 8, 4, 2, 1]


def test_s25_the_owner_is_told_until_it_is_read(firmware):
    boss = owner(firmware)
    assert boss.json("GET", "/api/v1/session")["notices"] == 0
    phone(firmware, "one")
    Tries(firmware).log_in("feil hest batteri")
    assert boss.json("GET", "/api/v1/session")["notices"] == 2
    firmware.restart()
    assert boss.json("GET", "/api/v1/session")["notices"] == 2
    log = boss.json("GET", "/api/v1/security")
    assert [one["notice"] for one in log["entries"]] == [True, True]
    boss.json("POST", "/api/v1/security", {"seen": log["entries"][0]["id"]})
    assert boss.json("GET", "/api/v1/session")["notices"] == 0
    firmware.restart()
    assert boss.json("GET", "/api/v1/session")["notices"] == 0
    time.sleep(2.1)
    phone(firmware, "two")
    assert boss.json("GET", "/api/v1/session")["notices"] == 1


def test_s25_a_viewer_is_told_nothing(firmware):
    body = {"kind": "token", "role": "viewer", "name": "x"}
    viewer = client(firmware, owner(firmware).json("POST", "/api/v1/keys", body)["token"])
    phone(firmware)
    assert viewer.json("GET", "/api/v1/session")["notices"] == 0
    assert "notices" not in viewer.json("GET", "/api/v1/now")
    assert owner(firmware).json("GET", "/api/v1/now")["notices"] > 0


def test_a_full_flash_keeps_nobody_out(firmware):
    (firmware.data / "security.0").mkdir()
    (firmware.data / "access.tmp").mkdir()
    one = phone(firmware)
    assert one.json("GET", "/api/v1/session")["role"] == "owner"


@pytest.mark.parametrize("seen", [None, -1, 65536, "1", 1.5])
def test_what_cannot_have_been_seen(firmware, seen):
    status = firmware.request("POST", "/api/v1/security", json.dumps({"seen": seen}))[0]
    assert status == 400
