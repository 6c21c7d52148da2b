"""Phones, tokens and links: how they come, what each may, and how they end."""

import json
import time
from urllib.parse import quote

import provision
import pytest
from access_support import client, owner, phone, status_of
from meter_lists import simulated


@pytest.mark.parametrize("damage", [b"", b"\1", bytes(588), b"x" * 588])
def test_a_damaged_table_of_sessions_lets_nobody_in(firmware, damage):
    session = phone(firmware).session
    (firmware.data / "access").write_bytes(damage)
    firmware.restart()
    for ask in ({"auth": None, "cookie": f"han={session}"}, {}, {"auth": "00" * 16}):
        assert firmware.request("GET", "/api/v1/now", **ask)[0] == 401
    assert status_of(phone(firmware), "GET", "/api/v1/now") == 200


def test_s08_an_old_cookie_is_worth_nothing(firmware):
    one = phone(firmware)
    other = client(firmware)
    other.session = one.session
    with one.open("DELETE", "/api/v1/session") as answer:
        assert answer.status == 200
        assert answer.headers["Set-Cookie"] == (
            "han=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"
        )
    assert status_of(other, "GET", "/api/v1/now") == 401
    firmware.restart()
    assert status_of(other, "GET", "/api/v1/now") == 401


def test_s08_a_phone_is_remembered_over_a_cut_of_the_power(firmware):
    one = phone(firmware)
    firmware.restart()
    assert status_of(one, "GET", "/api/v1/now") == 200


def age(firmware, hours: dict[str, int]) -> None:
    """Cut the power, and let the phones of these names have been unused for so many hours."""
    path = firmware.data / "access"
    table = bytearray(path.read_bytes()[:-4])
    now = 500_000
    table[4:7] = now.to_bytes(3, "little")
    for at in range(8, len(table), provision.SLOT):
        name = bytes(table[at + 26 : at + provision.SLOT]).rstrip(b"\0").decode()
        table[at + 4 : at + 7] = (now - hours.get(name, 0)).to_bytes(3, "little")
    path.write_bytes(provision.sealed(bytes(table)))
    firmware.restart()


def test_s08_an_idle_phone_is_forgotten(start_firmware):
    firmware = start_firmware(settings={"idle_days": 2})
    used, idle = phone(firmware, "used"), phone(firmware, "idle")
    age(firmware, {"used": 48, "idle": 49})
    assert status_of(idle, "GET", "/api/v1/session") == 401
    assert status_of(used, "GET", "/api/v1/session") == 200
    assert [one["name"] for one in used.json("GET", "/api/v1/keys")["keys"]] == ["tests", "used"]
    # Each use counts: another two days from now
    firmware.restart()
    (slot,) = [one for one in used.json("GET", "/api/v1/keys")["keys"] if one["name"] == "used"]
    assert slot["used"] == 500_000 * 3600


def test_who_came_before_the_meters_clock_stays(start_firmware):
    """Nobody knows the time at set-up: that it comes is no idle year."""
    firmware = start_firmware()
    one = phone(firmware)
    body = {"kind": "link", "role": "viewer", "name": "Oda", "hours": 48}
    guest = client(firmware)
    guest.json("POST", "/api/v1/login", {"guest": one.json("POST", "/api/v1/keys", body)["token"]})
    firmware.feed(simulated("kamstrup-tn", "--start=2026-11-01T00:59:58Z", "--duration=11"))
    firmware.wait_for("state", "live")
    for _ in range(2):
        told = one.json("GET", "/api/v1/keys")["keys"]
        assert all(key["used"] > 1_400_000_000 for key in told if key["kind"] != "token"), told
        assert status_of(guest, "GET", "/api/v1/now") == 200
        firmware.restart()


def test_an_idle_time_of_0_is_for_ever(start_firmware):
    firmware = start_firmware(settings={"idle_days": 0})
    one = phone(firmware, "old")
    age(firmware, {"old": 400_000})
    assert status_of(one, "GET", "/api/v1/session") == 200


def test_s08_phones_are_listed_and_taken_back(firmware):
    one, other = phone(firmware, "iPhone Safari"), phone(firmware, "Android Chrome")
    stream = other.open("GET", "/api/v1/events")
    assert stream.status == 200
    found = {key["name"]: key for key in one.json("GET", "/api/v1/keys")["keys"]}
    assert set(found) == {"tests", "iPhone Safari", "Android Chrome"}
    assert found["iPhone Safari"]["this"]
    assert not found["Android Chrome"]["this"]
    assert found["Android Chrome"]["kind"] == "phone"
    one.json("DELETE", f"/api/v1/keys/{found['Android Chrome']['id']}")
    stream.read()  # ends
    assert status_of(other, "GET", "/api/v1/now") == 401
    assert status_of(one, "GET", "/api/v1/now") == 200


def test_s08_all_other_phones_at_once(firmware):
    phones = [phone(firmware, f"phone {i}") for i in range(4)]
    phones[1].json("DELETE", "/api/v1/keys")
    got = [status_of(one, "GET", "/api/v1/now") for one in phones]
    assert got == [401, 200, 401, 401]
    assert status_of(owner(firmware), "GET", "/api/v1/now") == 200


def test_a_ninth_phone_takes_the_place_of_the_one_unused_for_longest(firmware):
    phones = [phone(firmware, str(i)) for i in range(8)]
    age(firmware, {"2": 30, "5": 31, "6": 29})
    stream = phones[6].open("GET", "/api/v1/events")
    phones += [phone(firmware, "8"), phone(firmware, "9")]
    got = [status_of(one, "GET", "/api/v1/session") for one in phones]
    assert got == [200, 200, 401, 200, 200, 401, 200, 200, 200, 200]
    stream.close()


def test_a_token_is_shown_once_and_has_its_role(firmware):
    boss = phone(firmware)
    body = {"kind": "token", "role": "viewer", "name": "Home Assistant"}
    viewer = client(firmware, boss.json("POST", "/api/v1/keys", body)["token"])
    assert status_of(viewer, "GET", "/api/v1/now") == 200
    listed = json.dumps(boss.json("GET", "/api/v1/keys"))
    assert viewer.token not in listed
    flash = (firmware.data / "access").read_bytes()
    assert bytes.fromhex(viewer.token) not in flash
    assert viewer.token.encode() not in flash
    # A token is no cookie, and a cookie no token
    other = client(firmware)
    other.session = viewer.token
    assert status_of(other, "GET", "/api/v1/now") == 401
    assert status_of(client(firmware, boss.session), "GET", "/api/v1/now") == 401


def test_a_guests_link_opens_the_page_until_it_is_over(start_firmware):
    firmware = start_firmware(CLOCK_SPEED="3600")
    made = owner(firmware).json(
        "POST", "/api/v1/keys", {"kind": "link", "hours": 5, "name": "Kari"}
    )
    guest = client(firmware)
    answer = guest.json("POST", "/api/v1/login", {"guest": made["token"], "name": "Pixel"})
    assert answer == {"role": "viewer"}
    assert status_of(guest, "GET", "/api/v1/now") == 200
    assert status_of(guest, "POST", "/api/v1/settings", {"set": {"name": "x"}}) == 403
    stream = guest.open("GET", "/api/v1/events")
    # The link itself opens nothing but the login
    assert status_of(client(firmware, made["token"]), "GET", "/api/v1/now") == 401
    time.sleep(5.5)
    assert status_of(guest, "GET", "/api/v1/now") == 401
    stream.read()  # has ended too
    again = client(firmware)
    assert status_of(again, "POST", "/api/v1/login", {"guest": made["token"]}) == 401


def test_guests_never_take_an_owners_place(firmware):
    phones = [phone(firmware, str(i)) for i in range(4)]
    boss = owner(firmware)
    made = boss.json("POST", "/api/v1/keys", {"kind": "link", "hours": 5, "name": ""})["token"]
    for _ in range(12):
        client(firmware).json("POST", "/api/v1/login", {"guest": made})
    assert [status_of(one, "GET", "/api/v1/session") for one in phones] == [200] * 4
    roles = [key["role"] for key in boss.json("GET", "/api/v1/keys")["keys"]]
    assert roles.count("viewer") == 5  # four phones and the link


def test_no_fifth_token(firmware):
    boss = owner(firmware)  # with one of the four
    body = {"kind": "token", "role": "viewer", "name": "x"}
    got = [status_of(boss, "POST", "/api/v1/keys", body) for _ in range(4)]
    assert got == [201, 201, 201, 409]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kind": "phone", "role": "owner"},
        {"kind": "token"},
        {"kind": "token", "role": "admin"},
        {"kind": "token", "role": ["owner"]},
        {"kind": "link"},
        {"kind": "link", "hours": 0},
        {"kind": "link", "hours": 1e9},
        {"kind": "link", "hours": "5"},
        {"kind": ["link"], "hours": 5},
    ],
)
def test_keys_that_cannot_be_made(shared_firmware, body):
    assert status_of(owner(shared_firmware), "POST", "/api/v1/keys", body) == 400


@pytest.mark.parametrize(
    "name", [None, 5, "", "æ" * 40, "a\x00b\r\n", "<img onerror=alert(1)>", "😀" * 9]
)
def test_any_name_of_a_phone(firmware, name):
    phone(firmware, name)
    names = [key["name"] for key in owner(firmware).json("GET", "/api/v1/keys")["keys"]]
    assert len(names[1].encode()) <= 22
    assert names[1].isprintable()
    if isinstance(name, str) and name.isprintable():
        assert name.startswith(names[1])


@pytest.mark.parametrize("which", ["99", "12", "-1", "x", "11", "1/2", "1.0", "٣"])
def test_a_key_that_is_not_there(shared_firmware, which):
    assert status_of(owner(shared_firmware), "DELETE", f"/api/v1/keys/{quote(which)}") == 404
