#!/usr/bin/env python3
"""Set a dongle up from here instead of from a phone: over USB, or into a folder on this computer.

    python tools/provision.py --port /dev/ttyUSB0                  asks for everything
    python tools/provision.py --port /dev/ttyUSB0 answers.json     takes it from a file
    python tools/provision.py --data build/unix-data answers.json  for make run
    python tools/provision.py --port /dev/ttyUSB0 --key-only       only the set-up key, for the card

Prints the key of the dongle's own network as text and QR code. It is random for each dongle and
made here; without this program the dongle makes its own. In answers.json:

    {"password": "...", "consent": true, "secured": "owner" or "encrypted",
     "settings": {"wifi_ssid": "...", "wifi_key": "...", "name": "Hytta", "profile": "cabin", ...},
     "tokens": [{"name": "Home Assistant", "role": "viewer"}]}

What is not there is left to the page: without "consent": true the meter is not read. The password
does not leave this computer, the dongle gets what SCRAM needs of it (firmware/app/scram.py). A
dongle that has a password already is not touched unless --again says so.
"""

import argparse
import getpass
import hashlib
import json
import secrets
import struct
import sys
import time
import zlib
from pathlib import Path

from usb_dongle import GONE, Dongle, DongleError, find_port

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "firmware"))

from app import console, password_rule, qr, scram  # noqa: E402

COMMON = ROOT / "firmware" / "app" / "common.bin"
# The same as in app/password.py and app/access.py; host_tests run the firmware on what is made here
ITERATIONS = 100_000
KEY_CHARS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SLOTS, SLOT = 12, 48
ROLES = {"viewer": 1, "owner": 2}
TOKEN = 2
GIVEN = 1
WHY = {
    "password_short": "it needs at least ten characters",
    "password_long": "it is too long",
    "password_common": "it is one of the most common",
}


class ProvisionError(Exception):
    """The dongle was not set up; the message says what to change."""


def sealed(data: bytes) -> bytes:
    return data + struct.pack("<I", zlib.crc32(data))


def new_key() -> str:
    """60 random bits as "ABCD-EFGH-JKLM"."""
    text = "".join(secrets.choice(KEY_CHARS) for _ in range(12))
    return "-".join((text[:4], text[4:8], text[8:]))


def owner_file(key: str, password: str | None, iterations: int = ITERATIONS) -> bytes:
    """`owner` of app/password.py: with a password set-up is through, without it has not begun."""
    if password is None:
        return sealed(bytes((1, 0)) + bytes(84) + key.encode())
    problem = password_rule.problem(password, str(COMMON))
    if problem:
        raise ProvisionError(f"that password will not do: {WHY[problem]}")
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored, server = scram.keys(salted)
    head = bytes((1, 2)) + struct.pack("<I", iterations)
    return sealed(head + salt + stored + server + key.encode())


def access_file(
    tokens: list[dict], now: float, make=secrets.token_bytes
) -> tuple[bytes, list[str]]:
    """`access` of app/access.py with these tokens, and the tokens themselves in hex."""
    table = bytearray(8 + SLOTS * SLOT)
    table[0] = 1
    made = []
    if len(tokens) > 4:
        raise ProvisionError("at most four tokens")
    for i, one in enumerate(tokens):
        role = ROLES.get(one.get("role", ""))
        name = str(one.get("name", "")).encode()
        if role is None or len(name) > 22:
            raise ProvisionError(
                f'token {i + 1}: "role" is viewer or owner, "name" has 22 octets at most'
            )
        token = make(16)
        hour = (int(now) // 3600).to_bytes(3, "little")
        slot = bytes((TOKEN << 2 | role,)) + hour + hour + bytes(3)
        slot += hashlib.sha256(token).digest()[:16] + name
        table[8 + i * SLOT : 8 + i * SLOT + len(slot)] = slot
        made.append(token.hex())
    table[4:7] = (int(now) // 3600).to_bytes(3, "little")
    return sealed(bytes(table)), made


def consent_file(secured: str, now: float) -> bytes:
    """`consent` of app/consent.py, given now."""
    if secured not in ("owner", "encrypted"):
        raise ProvisionError(
            '"secured" is "owner" (the meter is locked away) or "encrypted": '
            "the grid company asks for one of the two"
        )
    stored = {"state": GIVEN, "meter": "", "salt": secrets.token_hex(8), "version": 1}
    stored |= {"secured": secured, "given_at": int(now)}
    return json.dumps(stored).encode()


def files_of(
    answers: dict, key: str, now: float | None = None
) -> tuple[dict[str, bytes], list[str]]:
    """The files for the dongle's data folder, by name, and the tokens that were made."""
    now = time.time() if now is None else now
    unknown = set(answers) - {"password", "consent", "secured", "settings", "tokens"}
    if unknown:
        raise ProvisionError(f"no such answer: {', '.join(sorted(unknown))}")
    password = answers.get("password")
    settings = answers.get("settings", {})
    if password is None and (settings or answers.get("tokens")):
        raise ProvisionError("a password comes first: without one no network is joined")
    check_settings(settings)
    files = {"owner": owner_file(key, password)}
    files["access"], tokens = access_file(answers.get("tokens", []), now)
    if answers.get("consent") is True:
        files["consent"] = consent_file(answers.get("secured", ""), now)
    if settings:
        files["settings.json"] = json.dumps({"v": 1, **settings}, ensure_ascii=False).encode()
    return files, tokens


def check_settings(settings: dict) -> None:
    """As the dongle does it: a wrong value would silently be replaced by its default there."""
    from app import settings_file

    for name, value in settings.items():
        problem = settings_file.problem(name, value)
        if problem:
            raise ProvisionError(f"{name} {problem}")


def ask() -> dict:
    """The answers, from whoever sits here."""
    print("The meter is read once the owner agrees. The figures stay in the dongle.")
    consent = input("Does the owner of the meter's contract agree? yes/no: ").strip() == "yes"
    answers: dict = {"consent": consent}
    if consent:
        locked = input("Is the meter locked away, or are its lists encrypted? locked/encrypted: ")
        answers["secured"] = "encrypted" if locked.strip() == "encrypted" else "owner"
    answers["password"] = getpass.getpass("Password for the page, ten characters at least: ")
    if getpass.getpass("Once more: ") != answers["password"]:
        raise ProvisionError("the two passwords differ")
    settings = {"name": input("Name, for instance Hytta: ").strip()}
    settings["wifi_ssid"] = input("Wi-Fi network (empty: none, phone and dongle alone): ")
    if settings["wifi_ssid"]:
        settings["wifi_key"] = getpass.getpass("Its password: ")
    answers["settings"] = settings
    return answers


class Folder:
    """The data folder of a firmware on this computer."""

    def __init__(self, path: Path):
        self.path = path

    def has(self, name: str) -> bool:
        return (self.path / name).exists()

    def write(self, name: str, content: bytes) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        part = self.path / (name + ".part")
        part.write_bytes(content)
        part.replace(self.path / name)

    def network(self) -> str:
        return "HAN-0000"

    def close(self) -> None:
        """Nothing to give back."""


class Board:
    """A dongle on a serial port."""

    def __init__(self, port: str, reset: bool):
        self.reset = reset
        self.dongle = Dongle(find_port(port), soft_reset=reset)
        self.dongle.make_folders({"data/owner": b""})

    def has(self, name: str) -> bool:
        code = f"import os\ntry:\n os.stat('data/{name}')\n print(1)\nexcept OSError:\n print(0)"
        return self.dongle.run(code).strip() == "1"

    def write(self, name: str, content: bytes) -> None:
        self.dongle.write(f"data/{name}", content, lambda *_: None)

    def network(self) -> str:
        code = (
            "try:\n import machine\n print(machine.unique_id()[-2:].hex())\n"
            "except (ImportError, AttributeError):\n print('0000')"
        )
        return "HAN-" + self.dongle.run(code).strip()

    def close(self) -> None:
        if self.reset:
            self.dongle.reset()
        self.dongle.close()


def provision(target, answers: dict, again: bool) -> None:
    if target.has("owner") and not again:
        raise ProvisionError(
            "this dongle has a key already: --again sets it up anew and logs all phones out"
        )
    key = new_key()
    files, tokens = files_of(answers, key)
    # `owner` last: until it is there nothing has been set up
    for name in sorted(files, key=lambda name: name == "owner"):
        target.write(name, files[name])
    network = target.network()
    for line in qr.lines(qr.matrix(console.wifi_code(network, key).encode())):
        print(line)
    print(f"\nWi-Fi {network}   key {key}")
    for one, token in zip(answers.get("tokens", []), tokens, strict=True):
        print(f"token {one.get('name', '')} ({one['role']}): {token}   shown this once")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("answers", nargs="?", type=Path, help="answers.json, - for stdin")
    parser.add_argument("--port", default="auto")
    parser.add_argument("--data", type=Path, help="a folder on this computer instead")
    parser.add_argument("--key-only", action="store_true", help="leave the rest to the phone")
    parser.add_argument("--again", action="store_true", help="even if it has been set up")
    parser.add_argument("--no-reset", action="store_true", help="for a REPL on a pty")
    arguments = parser.parse_args()
    target = None
    try:
        if arguments.key_only:
            answers = {}
        elif arguments.answers:
            text = sys.stdin.read() if str(arguments.answers) == "-" else None
            answers = json.loads(text if text is not None else arguments.answers.read_text())
            if not isinstance(answers, dict):
                raise ProvisionError("the answers are not a JSON object")
        else:
            answers = ask()
        if arguments.data:
            target = Folder(arguments.data)
        else:
            target = Board(arguments.port, not arguments.no_reset)
        provision(target, answers, arguments.again)
    except (ProvisionError, DongleError, ValueError, *GONE) as error:
        print(f"provision: {error}", file=sys.stderr)
        return 1
    finally:
        if target is not None:
            target.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
