"""LLC header (Green Book 8.3.2) and the head of a DataNotification (Green Book 9.4.6.7).

    E6 E7 00 | 0F | long-invoke-id-and-priority (4) | date-time | notification body

The date-time is an octet string: 00 when absent, 0C and twelve octets, or, from Kaifa, a tag 09
before the 0C that has no business there.
"""

from hanport.errors import ApduError

DATA_NOTIFICATION = 0x0F
GENERAL_GLO_CIPHERING = 0xDB
GENERAL_BLOCK_TRANSFER = 0xE0


def skip_llc(buf, start: int, end: int) -> int:
    """Index of the APDU behind the LLC header at buf[start:end]. Raises ApduError."""
    if end - start < 4 or buf[start] != 0xE6 or buf[start + 1] != 0xE7 or buf[start + 2] != 0:
        raise ApduError("no LLC header")
    return start + 3


def notification_body(buf, start: int, end: int) -> int:
    """Index of the body of the DataNotification at buf[start:end]. Raises ApduError."""
    at = start + 5
    if end - at < 2 or buf[start] != DATA_NOTIFICATION:
        raise ApduError("not a DataNotification")
    if buf[at] == 0x09:
        at += 1
    if buf[at] == 0:
        return at + 1
    if at + 13 >= end or buf[at] != 12:
        raise ApduError("bad date-time")
    return at + 13


def notification_time(start: int, body: int) -> int:
    """Index of the twelve octets of its date-time, or 0 when it has none."""
    return body - 12 if body - start > 12 else 0
