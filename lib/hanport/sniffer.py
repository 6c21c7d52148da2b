"""Which other framing an HDLC reader is looking at: told from the octets it passes over.

    68 L L 68                                       wired M-Bus long frame   -> mbus.py
    / three letters, letter or digit, 7 of text     P1 telegram              -> p1.py
    DB 08 three capitals, five octets, 81 or 82     ciphered P1 telegram     -> p1.py

Long enough that a million octets of noise show none of them: what is loaded stays loaded.
"""

MBUS, P1 = 4, 12
_GLO = 11


class Sniffer:
    """see() each octet outside HDLC frames, in order. `seen[:count]` is the beginning found."""

    def __init__(self):
        self.seen = bytearray(P1)
        self.count = 0

    def see(self, octet: int) -> int:
        """MBUS or P1 when `octet` completes that framing's beginning, else 0."""
        count = self.count
        if count:
            seen = self.seen
            seen[count] = octet
            first = seen[0]
            if first == 0x68:
                fits = (
                    (count == 1)
                    or (count == 2 and octet == seen[1])
                    or (count == 3 and octet == 0x68)
                )
                full = MBUS
            elif first == 0xDB:
                if count == 1:
                    fits = octet == 8
                elif count < 5:
                    fits = 0x41 <= octet <= 0x5A
                else:
                    fits = count < 10 or octet == 0x81 or octet == 0x82
                full = _GLO
            else:
                letter = 0x41 <= octet & 0xDF <= 0x5A
                if count < 4:
                    fits = letter
                elif count == 4:
                    fits = letter or 0x30 <= octet <= 0x39
                else:
                    fits = 0x20 <= octet < 0x7F or octet == 13 or octet == 10
                full = P1
            if fits:
                count += 1
                self.count = count
                if count < full:
                    return 0
                return MBUS if full == MBUS else P1
            # the real beginning may lie inside the one that failed
            rest = bytes(seen[1:count])
            self.count = 0
            for earlier in rest:
                self.see(earlier)
            if self.count:
                return self.see(octet)
        if octet == 0x2F or octet == 0x68 or octet == 0xDB:
            self.seen[0] = octet
            self.count = 1
        return 0
