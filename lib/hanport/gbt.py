"""general-block-transfer (Green Book 9.4.6.13): one APDU in numbered blocks, one block to a frame.

    E0 | block control | block number (2) | acknowledged number (2) | length | block data
         80 last block, 40 streaming, 3F window

Landis+Gyr E450 pushes so, streaming, with nobody to acknowledge. Loaded when the first block is
seen. A block carries no mark of its message: after a gap that swallows the end of one message and
the beginning of the next, only the numbers tell, so call clear() when the line has been quiet.
"""

# E450: seven blocks of 112 octets; its longest list known is below 1 KB
_CAPACITY = 1536


class BlockTransfer:
    """add() each block; when it says True, buf[0:end] is the whole APDU, until the next add()."""

    def __init__(self, counters, capacity: int = _CAPACITY):
        self._counters = counters
        self.buf = bytearray(capacity)
        self._view = memoryview(self.buf)
        self.end = 0
        self._last = 0  # number of the last block taken
        self._open = False

    def add(self, buf: bytearray, start: int, end: int) -> bool:
        """Take the APDU buf[start:end], which begins with E0. Damage only moves a counter:
        apdu_errors, too_long, blocks_lost (blocks that fit nowhere, and unfinished messages),
        blocks_repeated."""
        counters = self._counters
        at = _data(buf, start, end)
        if not at:
            counters.apdu_errors += 1
            return False
        number = buf[start + 2] << 8 | buf[start + 3]
        if number == 1:
            if self._open:
                # a message's first block twice is harmless: begin again with the second
                counters.add("blocks_repeated" if self._last == 1 else "blocks_lost")
            self.end = 0
        elif number == self._last:
            counters.add("blocks_repeated")
            return False
        elif not self._open or number != self._last + 1:
            counters.add("blocks_lost")
            self.clear()
            return False
        size = end - at
        if self.end + size > len(self.buf):
            counters.too_long += 1
            self.clear()
            return False
        self._view[self.end : self.end + size] = memoryview(buf)[at:end]
        self.end += size
        self._last = number
        self._open = not buf[start + 1] & 0x80
        return not self._open

    def clear(self) -> None:
        """Forget an unfinished message."""
        self._open = False
        self._last = self.end = 0


def _data(buf: bytearray, start: int, end: int) -> int:
    """Index of the block data, which must reach exactly to `end`; 0 when it does not."""
    at = start + 7
    if at >= end or buf[start] != 0xE0:
        return 0
    size = buf[at - 1]
    if size & 0x80:
        octets = size & 0x7F
        if not 0 < octets < 3 or at + octets > end:
            return 0
        size = 0
        for _ in range(octets):
            size = size << 8 | buf[at]
            at += 1
    return at if size and size == end - at else 0
