"""One APDU out of several HDLC frames (ISO/IEC 13239 segmentation bit); Iskraemeco sends so.

UI frames carry no sequence number, so a lost segment shows only in what comes out: a ciphered APDU
states its length, a list its structure. Loaded when the first segmented frame is seen.
"""

_CAPACITY = 4096  # the longest list known is below 1 KB; more is a storm


class Segments:
    """add() each frame's information; when it says True, buf[0:end] is the whole."""

    def __init__(self, counters):
        self._counters = counters
        self.buf = bytearray(_CAPACITY)
        self.end = 0

    def add(self, buf, start: int, end: int, more: bool) -> bool:
        """Append buf[start:end]; `more` is the frame's segmentation bit."""
        if end - start >= 3 and buf[start] == 0xE6 and buf[start + 1] == 0xE7 and self.end:
            self._counters.truncated += 1  # a new APDU before the last one ended
            self.end = 0
        at = self.end
        if at + end - start > _CAPACITY:
            self._counters.too_long += 1
            self.end = 0
            return False
        self.buf[at : at + end - start] = memoryview(buf)[start:end]
        self.end = at + end - start
        return not more

    def clear(self) -> None:
        """Forget what is unfinished, or has been used."""
        self.end = 0
