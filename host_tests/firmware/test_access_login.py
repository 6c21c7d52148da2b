"""Logging in: the proof, its nonces, the waits, the cookie, and what goes over the line."""

import socket
import threading
import time

import han_client
import pytest
from access_support import NEW_PASSWORD, Tries, client, owner, phone, status_of
from running_firmware import PASSWORD

COOKIE = "han={}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Strict"


@pytest.fixture
def tries(firmware):
    return Tries(firmware)


def test_a_login_gives_a_cookie_that_opens_the_page(firmware, tries):
    status, headers, answer = tries.log_in()
    assert status == 200
    assert answer["role"] == "owner"
    cookie = headers["Set-Cookie"]
    session = cookie[4:36]
    assert cookie == COOKIE.format(session)
    assert int(session, 16).bit_length() > 64
    ask = {"auth": None, "cookie": f"other=1; han={session}"}
    assert firmware.request("GET", "/api/v1/now", **ask)[0] == 200
    assert firmware.request("GET", "/", **ask)[0] == 200


def test_a_wrong_password_opens_nothing(tries):
    status, headers, answer = tries.log_in("feil hest batteri")
    assert (status, answer["error"]) == (401, "password_wrong")
    assert "Set-Cookie" not in headers


def test_the_dongle_proves_that_it_knows_the_password(firmware, monkeypatch):
    wrong = han_client.scram.keys
    monkeypatch.setattr(han_client.scram, "keys", lambda salted: (wrong(salted)[0], bytes(32)))
    with pytest.raises(han_client.ClientError, match="does not know"):
        client(firmware).log_in(PASSWORD)


def test_a_replayed_login_is_refused(tries):
    body = tries.body(PASSWORD)
    assert tries.post(body)[0] == 200
    assert tries.post(body)[0] == 409
    assert tries.log_in()[0] == 200


def test_an_earlier_nonce_is_void_after_a_later_one(tries):
    early, late = tries.get(), tries.get()
    assert tries.post(tries.body(PASSWORD, late))[0] == 200
    assert tries.post(tries.body(PASSWORD, early))[0] == 409


def test_a_nonce_of_ones_own_making_is_refused(tries):
    login = tries.get()
    nonce = login["nonce"]
    for bad in (nonce[:-1] + "0123456789abcdef"[int(nonce[-1], 16) ^ 1], "00" * 20, "", "zz"):
        assert tries.post(tries.body(PASSWORD, {**login, "nonce": bad}))[0] == 409


def test_a_nonce_lasts_two_minutes(start_firmware):
    tries = Tries(start_firmware(CLOCK_SPEED="100"))
    body = tries.body(PASSWORD)
    time.sleep(1.4)
    assert tries.post(body)[0] == 409


@pytest.mark.parametrize(
    "change",
    [
        {"client": None},
        {"client": "a,r=b,cccccc"},
        {"client": "short"},
        {"client": 5},
        {"proof": "zz"},
        {"proof": 5},
        {"proof": None},
    ],
)
def test_what_is_no_proof_is_no_try(tries, change):
    body = {name: value for name, value in {**tries.body(PASSWORD), **change}.items() if value}
    assert tries.post(body)[0] == 400
    assert tries.get()["wait_s"] == 0


@pytest.mark.parametrize("proof", ["", "00" * 31, "00" * 33])
def test_a_proof_of_another_length_is_wrong(tries, proof):
    assert tries.post({**tries.body(PASSWORD), "proof": proof})[0] == 401


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '"x"', "\xff", "[" * 400, "[" * 1023, "[[]," * 255, '{"a":' * 200]
)
def test_bodies_that_are_no_object(firmware, body):
    got = firmware.request("POST", "/api/v1/login", body, auth=None, x_han="1")
    assert got[0] == 400


def test_s05_password_not_on_the_line_and_not_on_flash(firmware):
    """The password goes to a listener on the line in no form that it could use again."""
    heard = bytearray()
    relay = Relay(firmware.port, heard)
    one = han_client.Client(f"http://127.0.0.1:{relay.port}")
    one.log_in(PASSWORD)
    one.change_password(PASSWORD, NEW_PASSWORD)
    one.log_in(NEW_PASSWORD)
    relay.close()
    flash = b"".join(path.read_bytes() for path in firmware.data.rglob("*") if path.is_file())
    for password in (PASSWORD, NEW_PASSWORD):
        for form in (password, password.encode().hex()):
            assert form.encode() not in heard
            assert form.encode() not in flash
    # Whoever has read the flash still cannot log in: what is kept is not what is proved
    stored = (firmware.data / "owner").read_bytes()[22:54]
    tries = Tries(firmware)
    login = tries.get()
    body = tries.body(NEW_PASSWORD, login)
    assert tries.post({**body, "proof": stored.hex()})[0] == 401
    session = one.session
    assert session.encode() not in flash
    assert bytes.fromhex(session) not in flash


class Relay:
    """A port that passes on to another, and keeps what it hears."""

    def __init__(self, port, heard):
        self.target = port
        self.heard = heard
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                near = self.server.accept()[0]
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    def _pump(self, source, sink):
        try:
            while data := source.recv(4096):
                self.heard += data
                # The client names the relay as its host
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.server.close()


def test_s06_twenty_wrong_passwords_take_five_minutes(start_firmware):
    speed = 40
    firmware = start_firmware(CLOCK_SPEED=str(speed))
    tries = Tries(firmware)
    inside = phone(firmware)
    waits = []
    started = time.monotonic()
    while len(waits) < 20:
        status, headers, answer = tries.log_in("feil hest batteri")
        if status == 429:
            assert int(headers["Retry-After"]) == answer["wait_s"] <= 60
            # the one who is inside is not concerned
            assert status_of(inside, "GET", "/api/v1/now") == 200
            time.sleep(max(0.05, (answer["wait_s"] - 1) / speed))
            continue
        assert status == 401
        waits.append(answer["wait_s"])
    took = (time.monotonic() - started) * speed
    # at this speed the answer may take some seconds of the firmware's time
    assert all(
        0 <= want - wait <= max(5, want / 4)
        for want, wait in zip([1, 2, 4, 8, 16, 32, *[60] * 14], waits)
    )
    assert took >= 300
    # even the right one has to wait
    assert tries.log_in()[0] == 429


def test_s06_the_wait_outlives_a_cut_of_the_power(firmware, tries):
    for _ in range(4):
        while tries.log_in("feil hest batteri")[0] == 429:
            time.sleep(0.2)
    firmware.restart()
    status, _, answer = tries.log_in()
    assert status == 429
    assert 6 <= answer["wait_s"] <= 8


def test_a_right_password_ends_the_waits(tries):
    assert tries.log_in("feil hest batteri")[0] == 401
    time.sleep(1.1)
    assert tries.log_in()[0] == 200
    assert tries.get()["wait_s"] == 0
    assert tries.log_in("feil hest batteri")[2]["wait_s"] == 1


def test_s07_a_new_password_ends_the_old_one_and_all_phones(firmware):
    here, there = phone(firmware, "here"), phone(firmware, "there")
    stream = there.open("GET", "/api/v1/events")
    assert stream.readline() == b"retry: 3000\n"
    here.change_password(PASSWORD, NEW_PASSWORD)
    assert stream.read() == b"\n"  # ended
    for one in (here, there):
        assert status_of(one, "GET", "/api/v1/now") == 401
    with pytest.raises(han_client.ClientError, match="password_wrong"):
        client(firmware).log_in(PASSWORD)
    time.sleep(1.1)
    here.log_in(NEW_PASSWORD)
    assert status_of(here, "GET", "/api/v1/now") == 200
    # nor does a token stay that whoever had the old password may have made
    assert status_of(owner(firmware), "GET", "/api/v1/now") == 401
    assert [key["name"] for key in here.json("GET", "/api/v1/keys")["keys"]] == ["hanctl"]


@pytest.mark.parametrize(
    ("new", "why"),
    [
        ("kort", "password_short"),
        ("123456789", "password_short"),
        ("1234567890", "password_common"),
        ("Password123", "password_common"),
        ("sommer2026!", "password_common"),
        ("12!!PASSORD12", "password_common"),
        ("aaaaaaaaaabb", "password_common"),
        ("Kjærlighet1", "password_common"),
        ("x" * 200, "password_common"),
        ("xyz! " * 52, "password_long"),
    ],
)
def test_s03_a_new_password_is_long_and_not_common(firmware, new, why):
    with pytest.raises(han_client.ClientError) as refused:
        phone(firmware).change_password(PASSWORD, new)
    assert (refused.value.status, refused.value.answer["error"]) == (400, why)
    client(firmware).log_in(PASSWORD)


@pytest.mark.parametrize(
    "new", ["elg i solnedgang", "sommerfuglene2", "ærlig talt 9", "ti tegn ok"]
)
def test_a_password_that_is_neither_is_taken(firmware, new):
    phone(firmware).change_password(PASSWORD, new)
    client(firmware).log_in(new)


def test_a_new_password_takes_the_old_one(firmware):
    one = phone(firmware)
    with pytest.raises(han_client.ClientError, match="password_wrong"):
        one.change_password("feil hest batteri", NEW_PASSWORD)
    assert status_of(one, "GET", "/api/v1/now") == 200
    time.sleep(1.1)
    client(firmware).log_in(PASSWORD)
