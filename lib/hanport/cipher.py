"""general-glo-ciphering (Green Book 9.2.7.2.4.2, 9.4.6.10), security suites 0 and 1: AES-128-GCM.

    DB | 08 system title (8) | length | SC | invocation counter (4) | ciphertext | tag (12)

SC, the security control octet: 0x10 authenticated, 0x20 encrypted, 0x40 broadcast key, low nibble
the suite. Nonce = title || counter. Additional data = SC || authentication key, and for 0x10 the
plaintext too. The tag is there exactly when 0x10 is set, and nothing is decrypted before it holds.

What a tag cannot vouch for (0x20, or no authentication key given) is decrypted but `verified` is
False: under a wrong key it is noise, so the caller reports it only when the whole structure checks
out, and then calls accept().

Replay. The invocation counter must rise within a series, and a series is one system title under one
key. The last counter may come back from flash too low (it is saved seldom); frames between are then
accepted once more, no others. Another title starts a new series: a new meter. A meter that starts
over under its old title is refused at first: _RESTART frames in a row below the old counter and
rising, with none above it between, are a new series; entering the key anew is the short way.
Recorded frames played into a line where the meter still talks never get there.

Downgrade. Once a tag has held, frames without one are refused for as long as the series lasts: the
counter mode key stream is the same in 0x20 and 0x30, so whoever strips a tag could turn any bit.
"""

from hanport.errors import CipherError
from hanport.gcm import Gcm

_GLO = 0xDB
_TAG = 12
_RESTART = 360  # an hour of lists at ten seconds
_HEAD = 0x0F, 0xE0, 0x2F  # DataNotification, block transfer, P1 text


class GloCipher:
    """Opens ciphered APDUs in place. After open(): `verified`, the tag held; `encrypted`."""

    def __init__(self, key: bytes, auth_key: bytes | None = None):
        """Keys of 16 octets: GPK60 and GPK61 in Kamstrup's words."""
        self._gcm = Gcm(key)
        self._additional = bytearray(17 if auth_key is not None else 1)
        if auth_key is not None:
            self._additional[1:] = auth_key
        self._joint = bytearray(32)
        self._nonce = bytearray(12)
        self._title = bytearray(8)
        self._counter = -1  # of the last accepted frame; -1: no series yet
        self._new_counter = -1
        self._below = -1  # last counter of a run below the series
        self._run = 0
        self._tagged = False  # a tag has held in this series
        self.verified = False
        self.encrypted = False

    def state(self) -> tuple:
        """(system title as int, last counter, 1 when a tag has held), for restore(); counter -1:
        nothing accepted yet. Belongs to the key: drop it when another is entered."""
        return int.from_bytes(self._title, "big"), self._counter, int(self._tagged)

    def restore(self, title: int, counter: int, tagged: int) -> None:
        """Go on with a series from state(). An older state only accepts more, never less."""
        self._title[:] = title.to_bytes(8, "big")
        self._counter = counter
        self._tagged = bool(tagged)

    def open(self, buf: bytearray, start: int, end: int) -> tuple:
        """Decrypt the APDU that is exactly buf[start:end], in place; (start, end) of the plaintext.

        `buf`: bytearray or writable memoryview; untouched when this raises. Raises CipherError:
        damaged, unknown_security, wrong_key (nothing sensible comes out), wrong_auth_key (the
        encryption key fits, the tag does not: GPK61, or forged), replay, downgrade.
        """
        at = self._head(buf, start, end)
        security = buf[at - 5]
        tagged = security & 0x10
        self.encrypted = encrypted = security & 0x20 != 0
        if tagged:
            end -= _TAG
        gcm = self._gcm
        nonce = self._nonce
        for i in range(8):
            nonce[i] = buf[start + 2 + i]
        for i in range(4):
            nonce[8 + i] = buf[at - 4 + i]
        size = end - at
        gcm.start(nonce, size if encrypted else 0)
        self.verified = False
        if tagged and len(self._additional) > 1:
            self._verify(gcm, buf, at, size)
        elif encrypted:
            if gcm.peek(buf[at]) not in _HEAD:
                raise CipherError("wrong_key")
        else:
            raise CipherError("downgrade")  # in clear, and nothing to check it by
        self._check_counter()
        if encrypted:
            gcm.crypt(buf, at, size)
        if self.verified:
            self.accept()
        return at, end

    def accept(self) -> None:
        """The frame just opened was a good list: its counter is the series' last.

        open() does this itself for a verified frame.
        """
        if self._title != self._nonce[:8]:
            self._title[:] = self._nonce[:8]
            self._tagged = False
        self._counter = self._new_counter
        self._tagged = self._tagged or self.verified
        self._run = 0

    def _head(self, buf: bytearray, start: int, end: int) -> int:
        """Index behind the invocation counter."""
        at = start + 10
        if end - at < 2 or buf[start] != _GLO or buf[start + 1] != 8:
            raise CipherError("damaged")
        length = buf[at]
        at += 1
        if length & 0x80:
            octets = length & 0x7F
            if not 0 < octets < 4 or end - at < octets:
                raise CipherError("damaged")
            length = 0
            for _ in range(octets):
                length = length << 8 | buf[at]
                at += 1
        # exactly: this also finds a message joined from pieces of two
        if length != end - at or length < 6:
            raise CipherError("damaged")
        security = buf[at]
        if security & 0x8E or not security & 0x30:  # compressed, other suites, or no protection
            raise CipherError("unknown_security")
        if security & 0x10 and length < 6 + _TAG:
            raise CipherError("damaged")
        return at + 5

    def _verify(self, gcm, buf: bytearray, at: int, size: int) -> None:
        additional = self._additional
        additional[0] = buf[at - 5]
        if self.encrypted:
            gcm.hash(additional, 0, 17)
            gcm.hash(buf, at, size)
            gcm.finish(17, size)
        else:
            # 17 octets, then the plaintext, are one string: the second block is part of both
            joint = self._joint
            joint[:17] = additional
            first = min(size, 15)
            joint[17 : 17 + first] = buf[at : at + first]
            gcm.hash(joint, 0, 17 + first)
            gcm.hash(buf, at + first, size - first)
            gcm.finish(17 + size, 0)
        difference = 0
        tag = gcm.tag
        end = at + size
        for i in range(_TAG):
            difference |= tag[i] ^ buf[end + i]
        if difference:
            # noise looks like a head once in 85
            sensible = not self.encrypted or gcm.peek(buf[at]) in _HEAD
            raise CipherError("wrong_auth_key" if sensible else "wrong_key")
        self.verified = True

    def _check_counter(self) -> None:
        counter = int.from_bytes(self._nonce[8:], "big")
        self._new_counter = counter
        if self._counter < 0 or self._title != self._nonce[:8]:
            return
        if self._tagged and not self.verified:
            raise CipherError("downgrade")
        if counter > self._counter:
            return
        if counter == self._counter:
            raise CipherError("replay")
        self._run = self._run + 1 if counter > self._below and self._run else 1
        self._below = counter
        if self._run < _RESTART:
            raise CipherError("replay")
