"""What is open to whom: strangers, foreign sites, viewers, scripts; in every state."""

import json
import re
import time
from urllib.parse import quote

import provision
import pytest
from access_support import client, owner, phone, status_of
from running_firmware import KEY, PASSWORD
from test_now import HOURLY, LIST_1, frame

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
CLOSED = (302, 401, 403)
# What a login or set-up needs is open: the two pages and their files, and the login itself
# The pages to log in and to set up, their files and the home screen's picture: no data is in them
OPEN = re.compile(
    r"/(login|setup)(\.\w+\.\w+)?|/(door|scram|icon)\.\w+(\.\w+)?|/\w+(\.\w+)?\.css"
    r"|/api/v1/(login|setup)(/.*)?"
)
STATES = {
    "factory": None,
    "no consent": {"password": PASSWORD},
    "set up": {"password": PASSWORD, "consent": True, "secured": "owner"},
}


def routes(firmware_tree) -> list[str]:
    """Every file of the page and every name of the API, as the firmware's own tables have them."""
    assets = json.loads((firmware_tree / "web" / "assets.json").read_text())
    paths = [
        "/",
        *(f"/{source}" for source in assets),
        *(f"/{name}" for name, _ in assets.values()),
    ]
    paths += [f"/{source[:-5]}" for source in assets if source.endswith(".html")]
    apis = sorted(path.stem[4:] for path in (firmware_tree / "app").glob("api_*.mpy"))
    paths += [
        f"/api/v1/{name}" for name in [*apis, "events", "hours.csv", "days.csv", "peaks.csv"]
    ]
    paths += [f"{path}/x" for path in paths if "/api/" in path] + ["/api/v1/keys/0"]
    paths += ["/api/v1", "/api/", "/api/v2/now", "/nope", "/data/owner", "/data/settings.json"]
    paths += [
        "/../data/owner",
        "/%2e%2e/data/access",
        "//",
        "//api/v1/now",
        "/login/../api/v1/now",
    ]
    paths += ["/login/..%2fapi/v1/now", "/api/v1/login/../now", "/api/v1//now", "/API/V1/NOW"]
    paths += ["/login.x/../index.html", "/api/v1/now?login", "/?/login", "/login#/api/v1/now"]
    return paths


@pytest.mark.parametrize("state", STATES)
def test_s04_no_digit_of_data_without_a_login(start_firmware, firmware_tree, state):
    firmware = start_firmware(answers=STATES[state], settings={"name": "Strengt privat"})
    if state == "set up":
        firmware.feed(frame(LIST_1))
        firmware.feed(frame(HOURLY))
        firmware.wait_for("seq", 2)
    tried = 0
    for path in routes(firmware_tree):
        for method in METHODS:
            status, _, body = firmware.request(method, path, auth=None)
            tried += 1
            if OPEN.fullmatch(path) and status not in CLOSED:
                assert status in (200, 400, 401, 404, 405, 429), (method, path, status)
                assert b"Strengt privat" not in body
                continue
            assert status in (*CLOSED, 404, 405), (method, path, status, body)
            assert not re.search(rb"\d", body), (method, path, body)
    assert tried > 500


@pytest.mark.parametrize("state", STATES)
def test_s04_errors_and_streams_are_as_closed(start_firmware, state):
    """What fails before or after the door tells nothing, and a stream does not begin."""
    firmware = start_firmware(answers=STATES[state], settings={"name": "Strengt privat"})
    for octets in (
        b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: han=\r\n\r\n",
        b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: han="
        + b"0" * 32
        + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + b"0" * 32 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic b3duZXI6\r\n\r\n",
        b"GET /api/v1/now HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"POST /api/v1/now HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999\r\n\r\n",
        b"GET /api/v1/now\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ):
        with firmware.connect() as connection:
            connection.sendall(octets)
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split(b" ")[1] in (b"302", b"400", b"401", b"403", b"413", b"421"), answer
        assert not re.search(rb"\d", body)
        assert b"Strengt" not in answer


def test_a_stranger_is_sent_to_the_login(firmware):
    for path in ("/", "/history", "/settings"):
        status, headers, _ = firmware.request("GET", path, auth=None)
        assert (status, headers["Location"]) == (302, "/login")
    status, headers, _ = firmware.request("GET", "/login", auth=None)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"


def test_an_empty_dongle_sends_to_set_up(start_firmware):
    firmware = start_firmware(answers=None)
    status, headers, _ = firmware.request("GET", "/", auth=None)
    assert (status, headers["Location"]) == (302, "/setup")
    assert firmware.request("GET", "/setup", auth=None)[0] == 200
    assert firmware.request("GET", "/login", auth=None)[0] == 302
    assert firmware.request("GET", "/api/v1/login", auth=None)[0] == 401


def test_set_up_is_closed_once_it_is_through(firmware):
    assert firmware.request("GET", "/api/v1/setup", auth=None)[0] == 401
    ask = {"auth": None, "authorization": f"Setup {KEY}", "x_han": "1"}
    assert firmware.request("GET", "/api/v1/setup", **ask)[0] == 401
    assert firmware.request("POST", "/api/v1/setup/home", "{}", **ask)[0] == 401


@pytest.mark.parametrize("damage", [b"", b"\1", bytes(104), b"x" * 104])
def test_a_damaged_password_opens_nothing(firmware, damage):
    (firmware.data / "owner").write_bytes(damage)
    firmware.restart()
    assert firmware.request("GET", "/", auth=None)[0] == 302
    assert firmware.request("GET", "/api/v1/setup", auth=None)[0] == 401
    status, _, body = firmware.request("GET", "/api/v1/login", auth=None)
    assert (status, json.loads(body)["error"]) == (503, "owner_damaged")
    status, _, _ = firmware.request("POST", "/api/v1/login", "{}", auth=None, x_han="1")
    assert status == 503


@pytest.mark.parametrize("damage", [b"", b"\1", bytes(588), b"x" * 588])
def test_a_damaged_table_of_sessions_lets_nobody_in(firmware, damage):
    session = phone(firmware).session
    (firmware.data / "access").write_bytes(damage)
    firmware.restart()
    for ask in ({"auth": None, "cookie": f"han={session}"}, {}, {"auth": "00" * 16}):
        assert firmware.request("GET", "/api/v1/now", **ask)[0] == 401
    assert status_of(phone(firmware), "GET", "/api/v1/now") == 200


def test_s08_a_foreign_host_is_refused(firmware):
    one = phone(firmware)
    for host in ("evil.example", "127.0.0.1.evil.example", "han-0000.local.evil.example", "[::2]"):
        assert status_of(one, "GET", "/api/v1/now", headers={"Host": host}) == 421


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://{host}"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"X-HAN": ""}, 403),
        ({"X-HAN": "", "Content-Type": "application/x-www-form-urlencoded"}, 403),
        ({"X-HAN": "", "Content-Type": "text/plain"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://{host}.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
def test_s08_a_foreign_site_changes_nothing(firmware, headers, status):
    """The cookie is there, as in the browser of an owner who has been led to another page."""
    one = phone(firmware)
    headers = {name: value.format(host=one.host) for name, value in headers.items()}
    body = {"set": {"name": "endret"}}
    assert status_of(one, "POST", "/api/v1/settings", body, headers) == status
    name = owner(firmware).json("GET", "/api/v1/settings")["name"]
    assert name == ("endret" if status == 200 else "")


def test_s08_a_foreign_site_cannot_even_try_passwords(firmware):
    """Else any page on the Internet could make the owner wait a minute for ever."""
    body = {"nonce": "00", "client": "xxxxxxxx", "proof": "00"}
    for headers in ({"X-HAN": ""}, {"Origin": "http://evil.example"}):
        assert status_of(client(firmware), "POST", "/api/v1/login", body, headers) == 403
    for method in ("OPTIONS", "PUT"):
        assert status_of(client(firmware), method, "/api/v1/login", None, {"X-HAN": ""}) == 403


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


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/keys"),
        ("GET", "/api/v1/security"),
        ("GET", "/api/v1/settings"),
        ("GET", "/api/v1/export"),
        ("GET", "/api/v1/erase"),
        ("POST", "/api/v1/settings"),
        ("POST", "/api/v1/keys"),
        ("POST", "/api/v1/consent"),
        ("POST", "/api/v1/erase"),
        ("POST", "/api/v1/password"),
        ("POST", "/api/v1/security"),
        ("DELETE", "/api/v1/keys/0"),
        ("DELETE", "/api/v1/keys"),
        ("POST", "/api/v1/away"),
        ("POST", "/api/v1/tariff"),
        ("PUT", "/api/v1/now"),
        ("DELETE", "/"),
    ],
)
def test_a_viewer_changes_nothing_and_sees_no_owners_affairs(firmware, method, path):
    body = {"kind": "token", "role": "viewer", "name": "x"}
    viewer = client(firmware, owner(firmware).json("POST", "/api/v1/keys", body)["token"])
    assert status_of(viewer, method, path, {} if method == "POST" else None) == 403


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
def test_keys_that_cannot_be_made(firmware, body):
    assert status_of(owner(firmware), "POST", "/api/v1/keys", body) == 400


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
def test_a_key_that_is_not_there(firmware, which):
    assert status_of(owner(firmware), "DELETE", f"/api/v1/keys/{quote(which)}") == 404


def test_bodies_before_a_login_are_short(firmware):
    head = {"auth": None, "x_han": "1"}
    assert firmware.request("POST", "/api/v1/login", "x" * 1025, **head)[0] == 413
    assert firmware.request("POST", "/api/v1/login", "x" * 1024, **head)[0] == 400


def test_s21_security_headers_are_on_every_answer(firmware):
    for path, auth in (("/", None), ("/login", None), ("/api/v1/now", None), ("/nope", None)):
        headers = firmware.request("GET", path, auth=auth)[1]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"].split("; ")
        assert policy[0] == "default-src 'self'"
        assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} < set(policy)
        assert "unsafe" not in headers["Content-Security-Policy"]
