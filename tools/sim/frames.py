"""HDLC frames, A-XDR items and COSEM date-times as the three makers send them.

    7E | A0+length | destination source | control | HCS | E6 E7 00 | APDU | FCS | 7E

Length counts everything between the flags. HCS and FCS are X-25, low octet first.
"""

import binascii
import time

FLAG = b"\x7e"
LLC = b"\xe6\xe7\x00"

# binascii.crc_hqx is the same polynomial with the bits the other way round, and runs in C.
_MIRROR = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def x25(data: bytes) -> bytes:
    """Return the FCS-16 (X-25) of data as two octets, low octet first (RFC 1662 appendix C)."""
    crc = binascii.crc_hqx(data.translate(_MIRROR), 0xFFFF) ^ 0xFFFF
    return bytes((_MIRROR[crc >> 8], _MIRROR[crc & 0xFF]))


def hdlc_frame(header: bytes, apdu: bytes) -> bytes:
    """Return one whole frame, both flags included.

    header: addresses and control octet of the maker, e.g. 2B 21 13 for Kamstrup.
    Raises ValueError when the frame does not fit the 11-bit length.
    """
    length = 2 + len(header) + 2 + len(LLC) + len(apdu) + 2
    if length > 0x7FF:
        raise ValueError(f"HDLC frame of {length} octets does not fit 11 bits")
    head = bytes((0xA0 | length >> 8, length & 0xFF)) + header
    body = head + x25(head) + LLC + apdu
    return FLAG + body + x25(body) + FLAG


def date_time(
    local: int, hundredths: int = 0xFF, deviation: bytes = b"\x80\x00", status: int = 0
) -> bytes:
    """Return the 12 octets of a COSEM date-time (Blue Book 4.1.6.1).

    local: seconds since 1970-01-01 00:00 on the meter's own clock, whatever zone that is.
    Monday is weekday 1.
    """
    t = time.gmtime(local)
    year = bytes((t.tm_year >> 8, t.tm_year & 0xFF, t.tm_mon, t.tm_mday, t.tm_wday + 1))
    clock = bytes((t.tm_hour, t.tm_min, t.tm_sec, hundredths))
    return year + clock + deviation + bytes((status,))


def timestamp_text(local: int) -> str:
    """Return the ISO text of a meter clock, as a decoder should report it."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(local))


def visible_string(text: str) -> bytes:
    """Return an A-XDR visible-string (tag 0A) of at most 127 characters."""
    octets = text.encode("ascii")
    return bytes((0x0A, len(octets))) + octets


def octet_string(octets: bytes) -> bytes:
    """Return an A-XDR octet-string (tag 09) of at most 127 octets."""
    return bytes((0x09, len(octets))) + octets


def double_long_unsigned(value: int) -> bytes:
    """Return an A-XDR double-long-unsigned (tag 06)."""
    return b"\x06" + value.to_bytes(4, "big")


def long_unsigned(value: int) -> bytes:
    """Return an A-XDR long-unsigned (tag 12)."""
    return b"\x12" + value.to_bytes(2, "big")


def long_signed(value: int) -> bytes:
    """Return an A-XDR long (tag 10)."""
    return b"\x10" + value.to_bytes(2, "big", signed=True)
