"""A client of the dongle's API: what tools/hanctl.py and the tests log in with.

    client = Client("http://han-12ab.local")
    client.log_in("the password")        or Client(url, token="...") for a script
    client.json("GET", "/api/v1/now")

Plain http. The password is proved (SCRAM-SHA-256, firmware/app/scram.py) and never sent, and the
dongle proves in turn that it knows it: a stranger at its address is found out.
"""

import hashlib
import http.client
import json
import secrets
import sys
import urllib.parse
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "firmware"))

from app import scram

API = "/api/v1/"
ITERATIONS = 100_000
MIN_ITERATIONS = 50_000  # the dongle takes no fewer; fewer are asked for by who wants to guess
_TIMEOUT_S = 20


class ClientError(Exception):
    """The dongle refused or did not answer; the message is for people."""

    def __init__(self, message: str, status: int = 0, answer: dict | None = None):
        super().__init__(message)
        self.status = status
        self.answer = answer or {}


class Client:
    """`session` is the cookie's value, "" without a login; `token` a bearer token instead."""

    def __init__(self, url: str, token: str = "", session: str = ""):
        parts = urllib.parse.urlsplit(url if "//" in url else "http://" + url)
        if parts.scheme != "http" or not parts.hostname:
            raise ClientError(f"{url} is no address of a dongle: http://han-12ab.local")
        self.host = parts.netloc
        self.token = token
        self.session = session

    def open(self, method: str, path: str, body=None, headers=None) -> http.client.HTTPResponse:
        """The answer, whatever its status. Close it."""
        connection = http.client.HTTPConnection(self.host, timeout=_TIMEOUT_S)
        send = {"X-HAN": "1", **(headers or {})}
        if self.token:
            send.setdefault("Authorization", "Bearer " + self.token)
        elif self.session:
            send.setdefault("Cookie", "han=" + self.session)
        if isinstance(body, bytes):
            send["Content-Type"] = "application/octet-stream"
        elif body is not None:
            send["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            connection.request(method, path, body, send)
            return connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise ClientError(f"no answer from {self.host}: {error}") from None

    def json(self, method: str, path: str, body=None, headers=None) -> dict:
        """The answer's JSON. ClientError for a status of 300 and more."""
        with self.open(method, path, body, headers) as answer:
            try:
                text = json.loads(answer.read() or b"{}")
            except ValueError:
                text = {}
            if answer.status >= 300:
                why = text.get("error", answer.reason)
                raise ClientError(f"{why} ({answer.status})", answer.status, text)
            for cookie in answer.headers.get_all("Set-Cookie", []):
                name, _, value = cookie.partition(";")[0].partition("=")
                if name == "han":
                    self.session = value
            return text

    def proof(self, password: str) -> tuple[dict, bytes, str]:
        """{"nonce", "client", "proof"} for one use, the ClientKey, and the signature that the
        dongle owes for it."""
        login = self.json("GET", API + "login")
        if login["iterations"] < MIN_ITERATIONS:
            raise ClientError(f"{self.host} wants too weak a proof: is it your dongle?")
        salt = bytes.fromhex(login["salt"])
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, login["iterations"])
        key = scram.hmac(salted, b"Client Key")
        client = secrets.token_hex(16)
        auth = scram.auth_message(client, login["nonce"], salt, login["iterations"])
        stored, server = scram.keys(salted)
        proof = scram.xor(key, scram.hmac(stored, auth)).hex()
        signature = scram.hmac(server, auth).hex()
        return {"nonce": login["nonce"], "client": client, "proof": proof}, key, signature

    def proved(
        self, password: str, method: str, path: str, body, seal: bytes | None = None
    ) -> dict:
        """A request that takes the password once more; `seal` goes along sealed with it."""
        for _ in range(3):
            proof, key, _ = self.proof(password)
            if seal is not None:
                proof["sealed"] = scram.seal(key, proof["nonce"].encode(), seal).hex()
            try:
                return self.json(method, path, {**body, **proof})
            except ClientError as error:
                if error.status != 409:  # else somebody else's login took the nonce along
                    raise
        raise ClientError("too many logins at the same time: try again")

    def log_in(self, password: str, name: str = "hanctl") -> None:
        """Get a session. ClientError for a wrong password, or a dongle that does not know it."""
        for _ in range(3):
            proof, _, signature = self.proof(password)
            try:
                answer = self.json("POST", API + "login", {**proof, "name": name})
            except ClientError as error:
                if error.status == 409:
                    continue
                raise
            if not secrets.compare_digest(answer.get("signature", ""), signature):
                self.session = ""
                raise ClientError(f"{self.host} does not know the password: is it your dongle?")
            return
        raise ClientError("too many logins at the same time: try again")

    def change_password(self, old: str, new: str) -> None:
        """Set another password; all phones are logged out."""
        salt = secrets.token_bytes(16)
        salted = hashlib.pbkdf2_hmac("sha256", new.encode(), salt, ITERATIONS)
        body = {"salt": salt.hex(), "iterations": ITERATIONS}
        self.proved(old, "POST", API + "password", body, salted + new.encode())
