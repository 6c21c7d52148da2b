"""Raw octets for a bug report, with what names a meter or its owner taken out by construction.

Not "known fields removed" but "everything that could be one": in binary frames every run of eight
or more letters and digits, unless it is a list id or a Kamstrup type number, and the serial part of
a system title; in P1 text every value without a unit but the clock. Digits become 0, letters A, so
that lengths stay, and good HDLC frames get new checksums, so that they still decode.
"""

from hanport.octets import fcs16, fcs_good

_RUN = 8


def masked(octets) -> bytearray:
    """A copy of `octets` (bytes-like) without meter ids."""
    out = bytearray(octets)
    frames = _good_frames(out)
    at = 0
    while at < len(out):
        if out[at] == 0x28:
            at = _mask_value(out, at + 1)
            continue
        end = at
        while end < len(out) and _alphanumeric(out[end]):
            end += 1
        if end - at >= _RUN and not _public(out, at, end):
            _mask(out, at, end)
        at = max(end, at + 1)
    for at in range(len(out) - 9):
        if out[at] == 0xDB and out[at + 1] == 8:
            for i in range(at + 5, at + 10):
                out[i] = 0
    for start, end in frames:
        fcs = fcs16(out, start, end)
        out[end] = fcs & 0xFF
        out[end + 1] = fcs >> 8
    return out


def hex_lines(octets) -> str:
    """Hex, 32 octets a line, as tools/decode.py reads it."""
    lines = []
    for at in range(0, len(octets), 32):
        lines.append(" ".join("{:02x}".format(octet) for octet in octets[at : at + 32]))
    return "\n".join(lines) + "\n"


def _good_frames(buf) -> list:
    """(start, end) of the checksummed octets of each good HDLC frame, the FCS at `end`."""
    found = []
    for at in range(len(buf) - 9):
        if buf[at] == 0x7E and buf[at + 1] & 0xF0 == 0xA0:
            close = at + 1 + ((buf[at + 1] & 7) << 8 | buf[at + 2])
            if at + 9 < close < len(buf) and buf[close] == 0x7E and fcs_good(buf, at + 1, close):
                found.append((at + 1, close - 2))
    return found


def _mask_value(buf, at: int) -> int:
    """Mask a P1 value "(...)" that begins at `at`, unless it is a number with a unit or a clock.
    Index of what is to be looked at next: `at` when this is no P1 value."""
    end = at
    number = True
    while end < len(buf) and 0x20 <= buf[end] < 0x7F:
        octet = buf[end]
        if octet == 0x29:
            if not (end - at == 13 and buf[end - 1] in b"SW"):
                _mask(buf, at, end)
            return end
        if octet == 0x2A and number and end > at:
            return end
        number = number and (0x30 <= octet <= 0x39 or octet == 0x2E)
        end += 1
    return at


def _mask(buf, at: int, end: int) -> None:
    for i in range(at, end):
        if 0x30 <= buf[i] <= 0x39:
            buf[i] = 0x30
        elif _alphanumeric(buf[i]):
            buf[i] = 0x41


def _alphanumeric(octet: int) -> bool:
    return 0x30 <= octet <= 0x39 or 0x41 <= octet & 0xDF <= 0x5A


def _public(buf, at: int, end: int) -> bool:
    """A list id's name ("Kamstrup" of "Kamstrup_V0001"), or a type number 68xxxxxXXxxxxxxxxx."""
    if bytes(buf[at:end]) == b"Kamstrup":
        return True
    return (
        end - at == 18
        and buf[at] == 0x36
        and buf[at + 1] == 0x38
        and 0x41 <= buf[at + 7] <= 0x5A
        and 0x41 <= buf[at + 8] <= 0x5A
    )
