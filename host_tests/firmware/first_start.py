"""The first start, as the tests go through it: a phone at the page of setup.js."""

import hashlib
import http.client
import json
import secrets
import time

from running_firmware import PASSWORD

from app import scram

HOME = {"profile": "cabin", "fuse_a": 25, "grid": "area-cabin", "name": "Hytta på fjellet"}
CONSENT = {"secured": "owner", "version": 1}


class Phone:
    """The page of setup.js: one step at a time, sealed with the key."""

    def __init__(self, firmware, key="", own=False):
        self.firmware = firmware
        self.key = key
        self.source = ("127.0.0.2", 0) if own else None

    def ask(self, path="", body=None, method=None, **headers):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.firmware.port, timeout=20, source_address=self.source
        )
        headers = {"X-HAN": "1", **headers}
        if self.key and not self.source:
            headers["Authorization"] = "Setup " + self.key
        text = None if body is None else json.dumps(body)
        connection.request(
            method or ("POST" if body is not None else "GET"),
            "/api/v1/setup" + path,
            text,
            headers,
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def get(self) -> dict:
        status, answer = self.ask()
        assert status == 200, answer
        self.key = answer.get("key", self.key)
        return answer

    def password(self, password=PASSWORD):
        told = self.get()
        salt = secrets.token_bytes(16)
        count = told["iterations"]
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, count)
        sealed = scram.seal(self.key.encode(), told["nonce"].encode(), salted + password.encode())
        body = {"nonce": told["nonce"], "salt": salt.hex(), "iterations": count}
        return self.ask("/password", {**body, "sealed": sealed.hex()})

    def wifi(self, ssid, key):
        nonce = self.get()["nonce"]
        sealed = scram.seal(self.key.encode(), nonce.encode(), key.encode()).hex()
        return self.ask("/wifi", {"ssid": ssid, "nonce": nonce, "sealed": sealed})

    def wait(self, name, value, timeout=20) -> dict:
        limit = time.monotonic() + timeout
        while (told := self.get())[name] != value:
            assert time.monotonic() < limit, json.dumps(told)
            time.sleep(0.1)
        return told


def past_password(firmware) -> Phone:
    """A phone in the dongle's own network that has agreed and chosen a password: a network is next."""
    phone = Phone(firmware, own=True)
    phone.get()
    assert phone.ask("/consent", CONSENT)[1]["step"] == "password"
    assert phone.password()[1]["step"] == "wifi"
    return phone


def printed_key(firmware) -> str:
    for _ in range(100):
        for line in firmware.log().splitlines():
            if "/setup#" in line:
                return line.rpartition("#")[2]
            if "key " in line:
                return line.partition("key ")[2].split()[0]
        time.sleep(0.05)
    raise AssertionError(firmware.log())
