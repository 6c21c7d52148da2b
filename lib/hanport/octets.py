"""Find, compare and checksum octets in place: the loops that run over every octet of a frame.

One implementation for MicroPython and one for CPython, chosen at import. MicroPython's bytearray
has no find(), and every slice is a heap object, so there the loops index. On CPython the same loops
cost 30 us of a 228-octet frame where the built-ins cost 2 us.

FCS-16 is the CRC of ISO/IEC 13239 (X-25): reflected polynomial 0x8408, start 0xFFFF, complemented,
low octet first. Over data and its FCS the register always ends at 0xF0B8.
"""

import sys
from array import array

_FCS_GOOD = 0xF0B8


def _fcs_table() -> array:
    table = array("H", bytes(512))
    for octet in range(256):
        crc = octet
        for _ in range(8):
            crc = (crc >> 1) ^ 0x8408 if crc & 1 else crc >> 1
        table[octet] = crc
    return table


_TABLE = _fcs_table()


def _register(octets) -> int:
    table = _TABLE
    crc = 0xFFFF
    for octet in octets:
        crc = (crc >> 8) ^ table[(crc ^ octet) & 0xFF]
    return crc


def fcs16(buf, start: int, end: int) -> int:
    """FCS-16 of buf[start:end] as it is sent, low octet first."""
    return _register(buf[start:end]) ^ 0xFFFF


if sys.implementation.name == "micropython":

    def fcs_good(view, start: int, end: int) -> bool:
        """True when view[start:end] (a memoryview, so that no octet is copied) ends in its FCS-16.

        Iterating a slice is a quarter faster than indexing and costs one slice object (32 octets on
        64-bit words): worth it once a frame, not for its header.
        """
        if end - start > 16:
            return _register(view[start:end]) == _FCS_GOOD
        crc = 0xFFFF
        for i in range(start, end):
            crc = (crc >> 8) ^ _TABLE[(crc ^ view[i]) & 0xFF]
        return crc == _FCS_GOOD

    def find(buf, octet: int, start: int, end: int) -> int:
        """Index of the first `octet` in buf[start:end], or `end`."""
        for i in range(start, end):
            if buf[i] == octet:
                return i
        return end

    def same(buf, start: int, length: int, other: bytes) -> bool:
        """True when buf[start:start+length] equals `other`."""
        if length != len(other):
            return False
        for i in range(length):
            if buf[start + i] != other[i]:
                return False
        return True

else:
    from binascii import crc_hqx

    # crc_hqx is the same polynomial, most significant bit first: mirror each octet on the way in,
    # and compare with the mirrored good register.
    _MIRROR = bytes(int("{:08b}".format(i)[::-1], 2) for i in range(256))
    _MIRRORED_GOOD = 0x1D0F

    def fcs_good(view, start: int, end: int) -> bool:
        """True when view[start:end] ends in its own FCS-16."""
        return crc_hqx(bytes(view[start:end]).translate(_MIRROR), 0xFFFF) == _MIRRORED_GOOD

    def find(buf, octet: int, start: int, end: int) -> int:
        """Index of the first `octet` in buf[start:end], or `end`."""
        at = buf.find(octet, start, end)
        return end if at < 0 else at

    def same(buf, start: int, length: int, other: bytes) -> bool:
        """True when buf[start:start+length] equals `other`."""
        return buf[start : start + length] == other
