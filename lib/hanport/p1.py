"""P1 telegrams (IEC 62056-21 mode D) out of an octet stream, in clear or ciphered.

    /KAM5 ident CR LF | CR LF | lines "1-0:1.7.0(0002.202*kW)" CR LF | ! 92F5 CR LF
    DB 08 | system title (8) | length | SC | counter (4) | ciphertext | tag (12)

The four hex digits are the CRC-16/ARC of everything from "/" to "!". DSMR 2.2 and 3 have none: then
CR or LF follows the "!" at once, and the telegram must be well-formed to its last line. Where one
telegram had a good CRC, one without it is a damaged one.

Strategy: as hdlc.py. A telegram is text only, and a "/" that begins a line begins a telegram, so
one that lost its end is given up there. A ciphered telegram (Luxembourg, Kaifa PL, some Austrian)
has a length and nothing else: call reject() when it could not be opened, and the search goes on
inside it.
"""

from hanport.p1_text import crc_good, well_formed
from hanport.window import Window

_SLASH, _BANG, _GLO = 0x2F, 0x21, 0xDB
_CR, _LF = 13, 10
_HEX = b"0123456789ABCDEFabcdef"
# Nordic telegrams have 700-1,100 octets, DSMR 5 ones up to 1,500 without a text message
_CAPACITY = 2304


class P1Deframer(Window):
    """feed() octets, then next_frame() until it says False.

    buf[start:end] is then a telegram in clear from "/" to the "!" or its CRC, for p1_text.parse(),
    or a general-glo-ciphering APDU, DB first, whose plaintext p1_text.telegram() checks.
    """

    def __init__(self, counters, buf: bytearray | None = None):
        """`buf`: room for the longest telegram and a chunk, as the caller has it."""
        Window.__init__(self, counters, bytearray(_CAPACITY) if buf is None else buf)
        self._seen = 0  # so many octets from buf[head] on are text without an end
        self._has_crc = False

    def reject(self) -> None:
        """The ciphered telegram just given did not open: look for another one inside it."""
        self._head = self.start + 1

    def next_frame(self) -> bool:
        """True when a telegram stands in buf[start:end]."""
        buf = self.buf
        counters = self.counters
        while self._head < self._tail:
            head = self._head
            octet = buf[head]
            if octet == _SLASH:
                size = self._text(head, self._tail)
            elif octet == _GLO:
                size = self._ciphered(head, self._tail)
            else:
                self._head += 1
                continue
            if size > 0:
                self.start = head
                self.end = self._head = head + size
                self._seen = 0
                counters.frames += 1
                return True
            if size == 0:
                if self._tail - head == len(buf):
                    counters.too_long += 1
                elif not self._final:
                    return False
                elif self._tail - head > 3:
                    counters.truncated += 1
                size = -1
            self._head -= size
            self._seen = 0
        self._final = False
        return False

    def _text(self, head: int, tail: int) -> int:
        """Telegram length if all of it is there and good, 0 if more is needed, otherwise minus
        the octets to give up."""
        buf = self.buf
        at = head + max(self._seen, 1)
        while at < tail:
            octet = buf[at]
            if at < head + 5:
                # identification: three letters and the baud rate's character
                letter = octet | 0x20
                if not (0x61 <= letter <= 0x7A or (at == head + 4 and 0x30 <= octet <= 0x39)):
                    return -1
            elif octet < 0x20:
                if octet != _LF and octet != _CR:
                    self.counters.truncated += 1
                    return head - at
            elif octet == _BANG or octet == _SLASH:
                before = buf[at - 1]
                if before == _LF or before == _CR:
                    if octet == _BANG:
                        return self._end(head, at + 1, tail)
                    self.counters.truncated += 1
                    return head - at
            elif octet > 0x7E:
                self.counters.truncated += 1
                return head - at
            at += 1
        self._seen = at - head
        return 0

    def _end(self, head: int, at: int, tail: int) -> int:
        """As _text(), for the telegram in buf[head:at]; `at` is behind the "!"."""
        buf = self.buf
        self._seen = at - 1 - head
        if at == tail:
            return 0
        if buf[at] == _CR or buf[at] == _LF:
            if not self._has_crc and well_formed(buf, head, at - 1):
                return at - head
        else:
            for i in range(at, min(at + 4, tail)):
                if buf[i] not in _HEX:
                    break
            else:
                if at + 4 > tail:
                    return 0
                if crc_good(buf, head, at):
                    self._has_crc = True
                    return at + 4 - head
        self.counters.fcs_errors += 1
        return -1

    def _ciphered(self, head: int, tail: int) -> int:
        """As _text(), for an APDU that begins DB 08 and a title with a maker's three capitals."""
        buf = self.buf
        if tail - head > 1 and buf[head + 1] != 8:
            return -1
        for i in range(head + 2, min(head + 5, tail)):
            if not 0x41 <= buf[i] <= 0x5A:
                return -1
        if tail - head < 14:
            return 0
        at = head + 11
        size = buf[head + 10]
        if size & 0x80:
            octets = size & 0x7F
            if not 0 < octets < 3:
                return -1
            size = 0
            for _ in range(octets):
                size = size << 8 | buf[at]
                at += 1
        security = buf[at]
        if security & 0x8E or not security & 0x30 or size < 6:
            return -1
        size += at - head
        if size > len(buf):
            self.counters.too_long += 1
            return -1
        return size if head + size <= tail else 0
