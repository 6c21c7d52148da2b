"""A seeded adversary: streams of good and bad frames in every framing, plain and ciphered.

CPython only: it ciphers with `cryptography` and bends bits with the simulator's line.
"""

import damage
from sim.cipher import Cipher
from sim.line import levels, receive
from support import Random, cases, expected, hdlc_frame, unhex

from hanport.decoder import MeterDecoder

_CASES = {one["id"]: one for one in cases()}
_PLAIN = [
    one
    for one in cases()
    if one["framing"] == "hdlc" and not one["encrypted"] and one["expect"] == "decode"
]
_APDU = _CASES["syn-plain"]["bytes"][11:-3]
_APDU_VALUES = expected(_CASES["syn-plain"]["values"])
_KEY = unhex(_CASES["syn-glo-30"]["key"])
_AUTH_KEY = unhex(_CASES["syn-glo-30"]["auth_key"])
_TITLE = b"KAM\x00\x01\x02\x03\x04"
_HEAD = unhex("e6e7000f000000000c07e6011801123a32ff800000")


class Line:
    """One reader's line: whole frames, each new, and what a decoder must make of them."""

    def __init__(self, profile: str, random: Random):
        self.random = random
        self.profile = profile
        self.decoder = MeterDecoder()
        self._cipher = None
        if profile in ("glo30", "glo20", "glo10"):
            security = int(profile[3:], 16)
            self._cipher = Cipher(_KEY, _AUTH_KEY, security, _TITLE, random.below(1 << 20))
            self.decoder.set_keys(_KEY, _AUTH_KEY)
            self.decoder.refuse_plain = True
        elif profile == "mbus":
            self.decoder.set_keys(unhex(_CASES["spec-netznoe-mbus-enc"]["key"]))

    def frame(self):
        """(octets of a whole new message, its reading)."""
        if self._cipher is not None:
            return hdlc_frame(
                b"\xe6\xe7\x00" + self._cipher.wrap(_APDU), b"\x41\x03"
            ), _APDU_VALUES
        if self.profile == "mbus":
            one = _CASES["spec-netznoe-mbus-enc"]
            return self._renumbered(), expected(one["values"])
        if self.profile == "p1":
            one = _CASES["amshan-p1-example-data-kamstrup"]
            return one["bytes"], expected(one["values"])
        if self.profile == "segments":
            return b"".join(self._segments()), _APDU_VALUES
        one = _PLAIN[self.random.below(len(_PLAIN))]
        return one["bytes"], expected(one["values"])

    def _renumbered(self):
        """The M-Bus case under the next invocation counter."""
        key = unhex(_CASES["spec-netznoe-mbus-enc"]["key"])
        if not hasattr(self, "_mbus_cipher"):
            opened = MeterDecoder().set_keys(key)
            wire = _CASES["spec-netznoe-mbus-enc"]["bytes"]
            first = wire[1] + 6
            apdu = bytearray(wire[9 : first - 2] + wire[first + 9 : -2])
            start, end = opened.open(apdu, 0, len(apdu))
            self._mbus_plain = bytes(apdu[start:end])
            self._mbus_cipher = Cipher(key, None, 0x20, b"KFMgu\x00\x00\x00", 2)
        apdu = self._mbus_cipher.wrap(self._mbus_plain)
        out = b""
        for control, piece in ((0x00, apdu[:245]), (0x11, apdu[245:])):
            body = bytes((0x53, 0xFF, control, 0x01, 0x67)) + piece
            size = len(body)
            out += bytes((0x68, size, size, 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))
        return out

    def _segments(self):
        information = b"\xe6\xe7\x00" + _APDU
        size = self.random.below(200) + 60
        while len(information) > size:
            yield hdlc_frame(information[:size], b"\xcf\x02\x23", form=0xA800)
            information = information[size:]
        yield hdlc_frame(information, b"\xcf\x02\x23")

    def hurt(self):
        """(octets of something bad, what it was before, how it was hurt)."""
        random = self.random
        kind = _KINDS[random.below(len(_KINDS))]
        if self.profile == "glo20" and kind is ciphered_mutation:
            kind = foreign_list  # nothing can tell a changed octet there: no tag
        frame, reading = self.frame()
        out = kind(frame, random)
        # One damaged M-Bus frame in 256 has a good checksum, and encryption without a tag cannot
        # tell: that is the meter's fault, not the decoder's, so such a frame is not sent here.
        while self.profile == "mbus" and _mbus_damage_passes(frame, out):
            out = damage.truncate(frame, random)
        return out, reading, kind.__name__


def _mbus_damage_passes(frame, out):
    for at in range(len(out) - 5):
        size = out[at + 1]
        end = at + 4 + size
        if out[at] == 0x68 and out[at + 3] == 0x68 and out[at + 2] == size and end + 1 < len(out):
            good = sum(out[at + 4 : end]) & 0xFF == out[end] and out[end + 1] == 0x16
            if good and out[at : end + 2] not in frame:
                return True
    return False


def read_with_wrong_parity(frame, random):
    """8N1 read as 8E1, or the other way round."""
    sent = random.below(2) == 1
    return receive(levels(frame, sent), not sent)


def read_inverted(frame, random):
    """The wrong polarity."""
    return receive([1 - level for level in levels(frame, False)], False)


def share_flags(frame, random):
    """Frames run together with one flag, the last one hurt."""
    return damage.flip_bits(frame, random)[:-1] + frame[1 : 1 + random.below(len(frame))]


def bomb(frame, random):
    """A good frame around an A-XDR structure that lies."""
    bodies = (
        "02" * random.below(900),
        "0201" * random.below(450),
        "0284ffffffff",
        "0119" + "00" * random.below(40),
        "0984ffffffff",
        "0281ff" + "0600000000" * random.below(100),
        "0202" + "0906010001" * random.below(50),
        "0204" + "09060101010700ff" * random.below(9),
        "020109060101010700ff",
        "0203090601010107" + "00ff" + "06000000" + "02020f7f161b",
        "0202" + "1500" * random.below(20),
    )
    body = bodies[random.below(len(bodies))]
    if len(body) % 2:
        body = body[:-1]
    return hdlc_frame(_HEAD + unhex(body) + random.octets(random.below(30)))


def overlong(frame, random):
    """A header that promises the longest frame there can be, good HCS and all."""
    return hdlc_frame(random.octets(2030))[: random.below(2040)]


def segment_storm(frame, random):
    """First segments without end."""
    return hdlc_frame(frame[8:-3], form=0xA800) * (random.below(30) + 1)


def ciphered_mutation(frame, random):
    """Title, security control, counter, ciphertext or tag changed under a good FCS."""
    if len(frame) < 60 or frame[0] != 0x7E:
        return damage.flip_bits(frame, random)
    information = bytearray(frame[8:-3])
    for _ in range(random.below(3) + 1):
        information[3 + random.below(len(information) - 3)] ^= 1 << random.below(8)
    out = hdlc_frame(bytes(information), frame[3:5])
    # outside encryption a changed list under a good FCS is a list: only for ciphered frames
    return out if frame[11] == 0xDB else damage.flip_bits(frame, random)


def foreign_list(frame, random):
    """A plain list where ciphered ones were promised, or noise in a good frame."""
    return hdlc_frame(b"\xe6\xe7\x00" + random.octets(random.below(400)))


_KINDS = (
    *damage.KINDS,
    read_with_wrong_parity,
    read_inverted,
    share_flags,
    bomb,
    overlong,
    segment_storm,
    ciphered_mutation,
    foreign_list,
)
PROFILES = ("plain", "plain", "glo30", "glo20", "glo10", "mbus", "p1", "segments")
