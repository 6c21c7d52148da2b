"""Find, compare and checksum octets in place: the loops that run over every octet of a frame.

Native code under MicroPython (octets_viper.py), the built-ins on CPython, plain loops where native
code cannot be loaded: MicroPython's bytearray has no find(), and every slice is a heap object.

FCS-16 is the CRC of ISO/IEC 13239 (X-25): reflected polynomial 0x8408, start 0xFFFF, complemented,
low octet first. Over data and its FCS the register always ends at 0xF0B8.
"""

import sys
from array import array

_FCS_GOOD = 0xF0B8


# by half octets: a table of 256 would be 512 octets of heap, and saves a native loop little
_TABLE = array(
    "H",
    (0, 0x1081, 0x2102, 0x3183, 0x4204, 0x5285, 0x6306, 0x7387)
    + (0x8408, 0x9489, 0xA50A, 0xB58B, 0xC60C, 0xD68D, 0xE70E, 0xF78F),
)


def fcs16(buf, start: int, end: int) -> int:
    """FCS-16 of buf[start:end] as it is sent, low octet first."""
    return register(buf, start, end, _TABLE) ^ 0xFFFF


if sys.implementation.name == "micropython":
    try:
        from hanport.octets_viper import find, register, same  # pyright: ignore[reportUnusedImport]
    except (ImportError, ValueError, SyntaxError, MemoryError):
        # no such file, an .mpy made for another chip, or no room where the chip keeps native code,
        # which is not the heap
        from hanport.octets_plain import find, register, same  # pyright: ignore[reportUnusedImport]

    def fcs_good(buf, start: int, end: int) -> bool:
        """True when buf[start:end] ends in its own FCS-16."""
        return register(buf, start, end, _TABLE) == _FCS_GOOD

else:
    from binascii import crc_hqx  # pyright: ignore[reportAttributeAccessIssue]

    from hanport.octets_plain import register

    # crc_hqx is the same polynomial, most significant bit first: mirror each octet on the way in,
    # and compare with the mirrored good register.
    _MIRROR = bytes(int("{:08b}".format(i)[::-1], 2) for i in range(256))
    _MIRRORED_GOOD = 0x1D0F

    def fcs_good(buf, start: int, end: int) -> bool:
        """True when buf[start:end] ends in its own FCS-16."""
        return crc_hqx(bytes(buf[start:end]).translate(_MIRROR), 0xFFFF) == _MIRRORED_GOOD

    def find(buf, octet: int, start: int, end: int) -> int:
        """Index of the first `octet` in buf[start:end], or `end`."""
        at = buf.find(octet, start, end)
        return end if at < 0 else at

    def same(buf, start: int, length: int, other: bytes) -> bool:
        """True when buf[start:start+length] equals `other`."""
        return buf[start : start + length] == other
