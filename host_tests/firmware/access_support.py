"""What the tests of access share: clients of a running firmware, and a login in steps."""

import hashlib
import json
import secrets

import han_client
from running_firmware import PASSWORD, TOKEN

from app import scram

NEW_PASSWORD = "hest batteri stift"


def client(firmware, token="") -> han_client.Client:
    return han_client.Client(firmware.url, token)


def owner(firmware) -> han_client.Client:
    """With the token that the fixture has put there."""
    return client(firmware, TOKEN)


def phone(firmware, name="iPhone Safari", password=PASSWORD) -> han_client.Client:
    """A phone that has just logged in."""
    one = client(firmware)
    one.log_in(password, name)
    return one


def status_of(one, method, path, body=None, headers=None) -> int:
    with one.open(method, path, body, headers) as answer:
        answer.read()
        return answer.status


class Tries:
    """Logins without the client's help, and without working PBKDF2 out each time."""

    def __init__(self, firmware):
        self.firmware = firmware
        self.salted = {}

    def get(self) -> dict:
        return json.loads(self.firmware.request("GET", "/api/v1/login", auth=None)[2])

    def body(self, password, login=None) -> dict:
        login = login or self.get()
        salt = bytes.fromhex(login["salt"])
        if password not in self.salted:
            self.salted[password] = hashlib.pbkdf2_hmac(
                "sha256", password.encode(), salt, login["iterations"]
            )
        salted = self.salted[password]
        key = scram.hmac(salted, b"Client Key")
        mine = secrets.token_hex(16)
        auth = scram.auth_message(mine, login["nonce"], salt, login["iterations"])
        proof = scram.xor(key, scram.hmac(scram.keys(salted)[0], auth)).hex()
        return {"nonce": login["nonce"], "client": mine, "proof": proof}

    def post(self, body, **headers):
        """(status, headers, answer)"""
        headers = {"x-han": "1", **headers}
        status, got, text = self.firmware.request(
            "POST", "/api/v1/login", json.dumps(body), auth=None, **headers
        )
        return status, got, json.loads(text)

    def log_in(self, password=PASSWORD):
        return self.post(self.body(password))
