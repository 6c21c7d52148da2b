"""The owner's password: the file `owner`, the nonces of a login, and a new password.

    owner, octet  0      layout version     1       stage: 0 new, 1 set-up begun, 2 done
                  2..5   iterations         6..21   salt
                 22..53  StoredKey         54..85   ServerKey (scram.py)
                 86..99  set-up key, which is the own network's WPA2 key too
                100..103 CRC-32

104 octets, so that littlefs keeps them in the folder's own blocks. Imported when somebody logs
in or changes the password, and let go.
"""

import os
from binascii import hexlify, unhexlify

from micropython import const

from app import clock, scram
from app.rare import forget
from household.seal import intact, seal

SIZE = const(104)
# Made by a page, a script or a PC, never here. 100,000 are 0.3 s on a phone (firmware/README.md).
ITERATIONS = const(100000)
MIN_ITERATIONS = const(50000)
MAX_ITERATIONS = const(5000000)

_VERSION = const(1)
_WAIT_MS = const(1000)
_LONGEST_MS = const(60000)
_NONCE_MS = const(120000)
# No look-alikes: 32 characters, 5 bits each
_KEY_CHARS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def read(folder: str):
    """The 104 octets of `owner`, or None when it is missing or damaged."""
    try:
        with open(folder + "/owner", "rb") as file:
            data = bytearray(file.read(SIZE))
    except OSError:
        return None
    return data if intact(data, 0, SIZE) and data[0] == _VERSION else None


def write(folder: str, data: bytearray) -> None:
    """Store `owner`; OSError when the flash refuses, and then the old one holds."""
    data[0] = _VERSION
    seal(data, 0, SIZE)
    path = folder + "/owner"
    with open(path + ".tmp", "wb") as file:
        file.write(data)
    os.rename(path + ".tmp", path)


def create(folder: str) -> bytearray:
    """The first start: a set-up key of 60 bits from the hardware's random numbers. On the ESP32
    these are random only while the radio is on (the caller sees to that)."""
    data = bytearray(SIZE)
    text = "".join([_KEY_CHARS[octet & 31] for octet in os.urandom(12)])
    data[86:100] = "-".join((text[:4], text[4:8], text[8:])).encode()
    write(folder, data)
    return data


def setup_key(data) -> str:
    """ "ABCD-EFGH-JKLM"."""
    return bytes(data[86:100]).decode()


def wifi_key(folder: str) -> str:
    """The same as a WPA2 key; of a damaged file none that anybody knows."""
    data = read(folder)
    return hexlify(os.urandom(16)).decode() if data is None else setup_key(data)


def iterations(data) -> int:
    """Of PBKDF2."""
    return int.from_bytes(data[2:6], "little")


def make_nonce(access) -> str:
    """Another nonce in hex: a number, a time, and a MAC of the two, so that however many are asked
    for they cost no memory."""
    if access.nonces is None:
        access.nonces = [os.urandom(16), 0, 0]  # secret, the last number given, the last tried
    access.nonces[1] += 1
    head = access.nonces[1].to_bytes(4, "big") + (clock.ms() // 1000).to_bytes(4, "big")
    return hexlify(head + scram.hmac(access.nonces[0], head)[:12]).decode()


def take_nonce(access, nonce) -> bool:
    """Use one up. False when it is not ours, older than two minutes, or used. Each one that is
    tried makes the earlier ones void: who had fetched one just then gets another (the page does
    it by itself)."""
    try:
        octets = unhexlify(nonce)
    except (TypeError, ValueError):
        return False
    if access.nonces is None or len(octets) != 20:
        return False
    secret, _, tried = access.nonces
    number = int.from_bytes(octets[:4], "big")
    at = int.from_bytes(octets[4:8], "big") * 1000
    if scram.hmac(secret, octets[:8])[:12] != octets[8:]:
        return False
    if number <= tried or clock.ms() - at > _NONCE_MS:
        return False
    access.nonces[2] = number
    return True


def wait_s(access) -> int:
    """Seconds until a password may be tried again: 1, 2, 4 ... 60 after so many wrong ones in a
    row, whoever tried them and wherever from. Who is logged in is not concerned."""
    wrong = access.data[1]
    if not wrong:
        return 0
    wait = min(_WAIT_MS << min(wrong - 1, 6), _LONGEST_MS)
    return max(0, (access.failed_at + wait - clock.ms() + 999) // 1000)


def prove(access, body: dict, owner):
    """Check {"nonce", "client", "proof"}: (status, ClientKey, AuthMessage). Status 200, or 400
    not understood, 401 wrong password, 409 another nonce please, 429 wait."""
    client = body.get("client") or ""
    try:
        proof = unhexlify(body["proof"])
        if not 8 <= len(client) <= 64 or "," in client:
            raise ValueError
        client.encode()
    except (AttributeError, KeyError, TypeError, ValueError):
        return 400, None, None
    if wait_s(access):
        return 429, None, None
    nonce = body.get("nonce") or ""
    if not take_nonce(access, nonce):
        return 409, None, None
    auth = scram.auth_message(client, nonce, bytes(owner[6:22]), iterations(owner))
    key = scram.client_key(proof, owner[22:54], auth)
    wrong = access.data[1]
    if key is None:
        access.failed_at = clock.ms()
        access.data[1] = min(wrong + 1, 255)
        access.save()  # before the answer: cutting the power must not buy another guess
        return 401, None, auth
    if wrong:
        access.data[1] = 0
        access.save()
    return 200, key, auth


def change(folder: str, owner, body: dict, secret: bytes):
    """Take {"nonce", "salt", "iterations", "sealed"} for a new password: what is sealed is
    SaltedPassword and then the password, which is looked at and forgotten. Returns the key of the
    text that says why not, or None when it is stored. The nonce is the caller's to check."""
    try:
        salt = unhexlify(body["salt"])
        count = body["iterations"]
        data = scram.unseal(secret, body["nonce"].encode(), unhexlify(body["sealed"]))
        password = data[32:].decode()
    except (AttributeError, KeyError, TypeError, ValueError):
        return "not_valid"
    if len(salt) != 16 or not isinstance(count, int):
        return "not_valid"
    if not MIN_ITERATIONS <= count <= MAX_ITERATIONS:
        return "not_valid"
    from app import password_rule

    reason = password_rule.problem(password)
    forget("app.password_rule")
    if reason:
        return reason
    stored, server = scram.keys(data[:32])
    owner[2:6] = count.to_bytes(4, "little")
    owner[6:22] = salt
    owner[22:54] = stored
    owner[54:86] = server
    owner[1] = max(owner[1], 1)
    write(folder, owner)
    return None
