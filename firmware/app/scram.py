"""SCRAM-SHA-256 (RFC 5802, RFC 7677) without its text format, and a seal made of the same parts.

The page derives SaltedPassword = PBKDF2-HMAC-SHA-256(password, salt, iterations) and proves it:

    ClientKey = HMAC(SaltedPassword, "Client Key")    StoredKey = SHA-256(ClientKey)
    ServerKey = HMAC(SaltedPassword, "Server Key")
    proof     = ClientKey xor HMAC(StoredKey, auth)   signature = HMAC(ServerKey, auth)

The dongle keeps StoredKey and ServerKey. Who reads them from its flash can test guesses, at
`iterations` each, but cannot log in with them: that takes ClientKey. The dongle itself never runs
PBKDF2: a login costs it six HMACs.

The seal carries a new password or a Wi-Fi key over plain http: k = HMAC(secret, "seal" nonce),
octets xor HMAC(k, block number), then HMAC(k, "tag" ciphertext), 16 octets. The secret is the
set-up key before there is a password and ClientKey after: both ends have it, the line never.
"""

from binascii import b2a_base64
from hashlib import sha256


def hmac(key, message) -> bytes:
    """HMAC-SHA-256 (RFC 2104)."""
    if len(key) > 64:
        key = sha256(key).digest()
    pad = bytearray(64)
    pad[: len(key)] = key
    inner = sha256(bytes([octet ^ 0x36 for octet in pad]))
    inner.update(message)
    outer = sha256(bytes([octet ^ 0x5C for octet in pad]))
    outer.update(inner.digest())
    return outer.digest()


def xor(a, b) -> bytes:
    """Octet by octet, as long as the shorter."""
    return bytes([x ^ y for x, y in zip(a, b)])


def keys(salted: bytes) -> tuple[bytes, bytes]:
    """(StoredKey, ServerKey) of a SaltedPassword."""
    return sha256(hmac(salted, b"Client Key")).digest(), hmac(salted, b"Server Key")


def auth_message(client: str, server: str, salt: bytes, iterations: int, user="owner") -> bytes:
    """AuthMessage of RFC 5802: client-first-message-bare, server-first-message and
    client-final-message-without-proof, from the two nonces."""
    both = client + server
    salt64 = b2a_base64(salt).decode().strip()
    return "n={},r={},r={},s={},i={},c=biws,r={}".format(
        user, client, both, salt64, iterations, both
    ).encode()


def client_key(proof: bytes, stored: bytes, auth: bytes):
    """The ClientKey that the proof holds, or None when it is the wrong one."""
    key = xor(proof, hmac(stored, auth))
    digest = sha256(key).digest()
    difference = len(proof) ^ 32
    for i in range(32):
        difference |= digest[i] ^ stored[i]
    return None if difference else key


def seal(secret: bytes, nonce: bytes, data: bytes) -> bytes:
    """The data so that only who has the secret can read or change it. One nonce, one seal."""
    key = hmac(secret, b"seal" + nonce)
    sealed = _stream(key, data)
    return sealed + hmac(key, b"tag" + sealed)[:16]


def unseal(secret: bytes, nonce: bytes, sealed: bytes) -> bytes:
    """The data again. ValueError when it was sealed otherwise."""
    if len(sealed) < 16:
        raise ValueError("seal")
    key = hmac(secret, b"seal" + nonce)
    tag = hmac(key, b"tag" + sealed[:-16])
    difference = 0
    for i in range(16):
        difference |= tag[i] ^ sealed[i - 16]
    if difference:
        raise ValueError("seal")
    return _stream(key, sealed[:-16])


def _stream(key, data):
    done = b""
    for i in range(0, len(data), 32):
        done += xor(data[i : i + 32], hmac(key, bytes([i // 32])))
    return done
