"""A table as a spreadsheet opens it in Norway, a packet at a time: UTF-8 with BOM, semicolons, decimal
comma (or point), CRLF.
"""

from micropython import const

_CHUNK = const(768)
_ROW = const(128)  # no row is longer: 24 + 18 octets of time, three numbers of up to 11, and ";"


def kwh(wh, comma: str = ",") -> str:
    """Wh -> kWh exactly, two decimals or, where the meter gives single Wh, three. None -> ""."""
    if wh is None:
        return ""
    if wh % 10:
        return "%d%s%03d" % (wh // 1000, comma, wh % 1000)
    return "%d%s%02d" % (wh // 1000, comma, wh % 1000 // 10)


class Csv:
    """A table in chunks: `head`, then what _row(i) gives for first <= i < end, each at most _ROW
    octets."""

    def __init__(self, head: str, first: int, end: int):
        self._head = head
        self._at = first
        self._end = end
        self._buf = bytearray(_CHUNK)

    def next_chunk(self):
        """The next octets, at most 768 (a view, valid until the next call), or None at the end."""
        buf = self._buf
        size = 0
        row = self._head
        self._head = ""
        while row or self._at < self._end:
            if not row:
                row = self._row(self._at)  # pyright: ignore[reportAttributeAccessIssue]
                self._at += 1
            octets = row.encode()
            buf[size : size + len(octets)] = octets
            size += len(octets)
            row = ""
            if size > _CHUNK - _ROW:
                break
        return memoryview(buf)[:size] if size else None
