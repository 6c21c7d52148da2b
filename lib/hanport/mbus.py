"""Wired M-Bus long frames (EN 13757-2 5.5.3) with DLMS segments (EN 13757-3 CI 00-1F).

    68 | L | L | 68 | C | A | CI | STSAP | DTSAP | piece of the APDU | checksum | 16

L counts from C to before the checksum, which is the sum of those octets. CI: 10 the last segment,
0F its number. The pieces have no LLC header. Kaifa, Sagemcom and KMS West push so in Austria (Netz
NÖ "Kundenschnittstelle" p. 5-9, TINETZ p. 3-8); where Sagemcom's L is 1, it means 257.

Strategy: as hdlc.py. The pieces gather at the front of the same buffer, the stream stands behind
them. The checksum is one octet: 1 damaged frame in 256 passes it, so what matters must be checked
again, by the tag or the structure of the list.
"""

from hanport.octets import find
from hanport.window import Window

_START, _STOP = 0x68, 0x16
_HEAD, _LONGEST = 9, 264
_CAPACITY = 1536


class MbusDeframer(Window):
    """feed() octets, then next_frame() until it says False; `buf[start:end]` is a whole APDU.

    The pieces of an APDU so far are buf[:front].
    """

    def __init__(self, counters, buf: bytearray | None = None):
        """`buf`: room for the longest APDU and a frame of 264 octets, as the caller has it."""
        Window.__init__(self, counters, bytearray(_CAPACITY) if buf is None else buf)
        self._next = 0  # the segment number that must come

    def next_frame(self) -> bool:
        """True when a whole APDU stands in buf[start:end]."""
        buf = self.buf
        counters = self.counters
        if self.end:
            self._front = self.end = 0
        while self._head < self._tail:
            head = self._head
            if buf[head] != _START:
                self._head = find(buf, _START, head, self._tail)
                continue
            size = self._candidate(head, self._tail)
            if size > 0:
                self._head = head + size
                counters.frames += 1
                if self._segment(head, size):
                    return True
                continue
            if size == 0:
                if not self._final:
                    return False
                if self._tail - head > 3:
                    counters.truncated += 1
            self._head += 1
        if self._final:
            if self._front:
                counters.add("blocks_lost")
            self._front = self._next = 0
            self._final = False
        return False

    def _candidate(self, head: int, tail: int) -> int:
        """Frame length if all of it is there and good, 0 if more is needed, -1 if it is none."""
        buf = self.buf
        here = tail - head
        if here > 1:
            length = buf[head + 1]
            if (here > 2 and buf[head + 2] != length) or (here > 3 and buf[head + 3] != _START):
                return -1
            if length < 3:
                length += 256
            if length < _HEAD - 3:
                return -1
            if here >= length + 6:
                end = head + length + 4
                if buf[end + 1] == _STOP and sum(self._view[head + 4 : end]) & 0xFF == buf[end]:
                    return length + 6
                self.counters.fcs_errors += 1
                return -1
        return 0

    def _segment(self, head: int, size: int) -> bool:
        """Join the piece in the frame at `head`; True when it was the last."""
        counters = self.counters
        control = self.buf[head + 6]
        if control & 0xE0:  # M-Bus records, not DLMS
            counters.not_data += 1
            return False
        number = control & 0x0F
        if number and number != self._next:
            if number == self._next - 1:
                counters.add("blocks_repeated")
            else:
                counters.add("blocks_lost")
                self._front = self._next = 0
            return False
        if not number:
            if self._front:
                counters.add("blocks_repeated" if self._next == 1 else "blocks_lost")
            self._front = 0
        at = self._front
        end = at + size - _HEAD - 2
        if end + _LONGEST > len(self.buf):
            counters.too_long += 1
            self._front = self._next = 0
            return False
        self._view[at:end] = self._view[head + _HEAD : head + size - 2]
        self._front = end
        self._next = number + 1
        if not control & 0x10:
            return False
        self._next = 0
        self.start = 0
        self.end = end
        return True
