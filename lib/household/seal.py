"""The CRC-32 that closes what is kept on flash: little-endian, in the last four octets.

CRC-32 because binascii has it in C; a table in Python would cost 20 times as much a record.
"""

from binascii import crc32
from struct import pack_into

_RESIDUE = 0x2144DF1C  # CRC-32 over anything that ends with its own CRC-32


def seal(buf, offset: int, size: int) -> None:
    """Write the CRC-32 of the first size - 4 octets at `offset` into the last four."""
    view = memoryview(buf)
    pack_into("<I", buf, offset + size - 4, crc32(view[offset : offset + size - 4]))


def intact(buf, offset: int, size: int) -> bool:
    """Whether the `size` octets at `offset` are all there and end with their own CRC-32."""
    view = memoryview(buf)[offset : offset + size]
    return len(view) == size and crc32(view) == _RESIDUE
