"""octets.py's loops in plain Python: for where native code cannot be loaded, and to check it by."""

from array import array


def register(buf, start: int, end: int, table: array) -> int:
    """The FCS register behind buf[start:end]; `table` as octets.py has it."""
    crc = 0xFFFF
    for i in range(start, end):
        crc ^= buf[i]
        crc = (crc >> 4) ^ table[crc & 15]
        crc = (crc >> 4) ^ table[crc & 15]
    return crc


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
