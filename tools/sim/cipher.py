"""general-glo-ciphering round an APDU (Green Book 9.2.7, security suite 0 and the GCM of suite 1).

    DB | 08 system title | length | security control | invocation counter | ciphertext [| tag 12]

The nonce is title and counter. The additional authenticated data is the security control octet
and the authentication key, and the plaintext too when it is only authenticated.
"""

HEADER = bytes.fromhex("410313")  # Kamstrup sends encrypted lists from other addresses
_TAG_OCTETS = 12


class Cipher:
    """Encrypts APDUs with a rising invocation counter. Needs the package `cryptography`."""

    def __init__(
        self,
        key: bytes,
        auth_key: bytes | None,
        security: int,
        system_title: bytes,
        counter: int = 1,
    ) -> None:
        """Set up with 16-octet keys and an 8-octet title.

        Raises ValueError for unusable arguments, ImportError without `cryptography`.
        """
        if security & 0xF0 not in (0x10, 0x20, 0x30) or security & 0x0F not in (0, 1):
            raise ValueError(f"security control 0x{security:02x} is not modelled: 0x10 0x20 0x30")
        if len(key) != 16 or (auth_key is not None and len(auth_key) != 16):
            raise ValueError("a key is 16 octets (32 hex digits)")
        if security & 0x10 and auth_key is None:
            raise ValueError("authenticated data need an authentication key")
        if len(system_title) != 8:
            raise ValueError("a system title is 8 octets (16 hex digits)")
        if not 0 <= counter < 1 << 32:
            raise ValueError("the invocation counter is 32 bits")
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._gcm = AESGCM(key)
        self._auth_key = auth_key
        self._security = security
        self.system_title = system_title
        self.counter = counter

    def wrap(self, apdu: bytes) -> bytes:
        """Return the encrypted APDU and step the invocation counter."""
        control = bytes((self._security,))
        counter = self.counter.to_bytes(4, "big")
        self.counter = (self.counter + 1) & 0xFFFFFFFF
        nonce = self.system_title + counter
        aad = control + self._auth_key if self._security & 0x10 and self._auth_key else None
        if self._security & 0x20:
            sealed = self._gcm.encrypt(nonce, apdu, aad)
            body, tag = sealed[: len(apdu)], sealed[len(apdu) :]
        else:
            body, tag = apdu, self._gcm.encrypt(nonce, b"", (aad or b"") + apdu)
        if self._security & 0x10:
            body += tag[:_TAG_OCTETS]
        content = control + counter + body
        return b"\xdb\x08" + self.system_title + _ber_length(len(content)) + content


def _ber_length(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    if length < 0x100:
        return bytes((0x81, length))
    return b"\x82" + length.to_bytes(2, "big")


def system_title(number: str) -> bytes:
    """Return a title like a Kamstrup meter's: KAM and five octets of the meter number."""
    return b"KAM" + (int(number) % (1 << 40)).to_bytes(5, "big")
