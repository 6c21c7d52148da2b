"""What is open to whom: strangers, foreign sites, viewers; in every state."""

import json
import re
import socket

import pytest
from access_support import client, owner, phone, status_of
from meter_lists import HOURLY, LIST_1, frame
from running_firmware import KEY, PASSWORD

from app.routes import _NAMES

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
CLOSED = (302, 401, 403)
# The pages to log in and to set up, their files and the home screen's picture: no data is in them
OPEN = re.compile(
    r"/(login|setup)(\.en)?(\.\w+\.\w+)?|/(door|scram|icon)(\.en)?\.\w+(\.\w+)?|/\w+(\.\w+)?\.css"
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
    apis = _NAMES.split()
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
    assert tried > 1000


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
            connection.shutdown(socket.SHUT_WR)  # else each error waits for more, for a second
            answer = b"".join(iter(lambda: connection.recv(4096), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split(b" ")[1] in (b"302", b"400", b"401", b"403", b"413", b"421"), answer
        assert not re.search(rb"\d", body)
        assert b"Strengt" not in answer


def test_a_stranger_is_sent_to_the_login(shared_firmware):
    for path in ("/", "/history", "/settings"):
        status, headers, _ = shared_firmware.request("GET", path, auth=None)
        assert (status, headers["Location"]) == (302, "/login")
    status, headers, _ = shared_firmware.request("GET", "/login", auth=None)
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


def test_set_up_is_closed_once_it_is_through(shared_firmware):
    assert shared_firmware.request("GET", "/api/v1/setup", auth=None)[0] == 401
    ask = {"auth": None, "authorization": f"Setup {KEY}", "x_han": "1"}
    assert shared_firmware.request("GET", "/api/v1/setup", **ask)[0] == 401
    assert shared_firmware.request("POST", "/api/v1/setup/home", "{}", **ask)[0] == 401


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


def test_s08_a_foreign_host_is_refused(shared_firmware):
    one = phone(shared_firmware)
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


@pytest.fixture(scope="module")
def viewer(shared_firmware):
    """A script with a viewer's token."""
    body = {"kind": "token", "role": "viewer", "name": "x"}
    return client(
        shared_firmware, owner(shared_firmware).json("POST", "/api/v1/keys", body)["token"]
    )


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
def test_a_viewer_changes_nothing_and_sees_no_owners_affairs(viewer, method, path):
    assert status_of(viewer, method, path, {} if method == "POST" else None) == 403


def test_bodies_before_a_login_are_short(shared_firmware):
    head = {"auth": None, "x_han": "1"}
    assert shared_firmware.request("POST", "/api/v1/login", "x" * 1025, **head)[0] == 413
    assert shared_firmware.request("POST", "/api/v1/login", "x" * 1024, **head)[0] == 400


def test_s21_security_headers_are_on_every_answer(shared_firmware):
    for path, auth in (("/", None), ("/login", None), ("/api/v1/now", None), ("/nope", None)):
        headers = shared_firmware.request("GET", path, auth=auth)[1]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"].split("; ")
        assert policy[0] == "default-src 'self'"
        assert {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"} < set(policy)
        assert "unsafe" not in headers["Content-Security-Policy"]
