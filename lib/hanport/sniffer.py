"""Which other framing an HDLC reader is looking at: told from the octets it passes over.

68 L L 68                    wired M-Bus long frame          -> mbus.py
/ three letters, one more    P1 telegram                     -> p1.py
DB 08 three capitals         ciphered P1 telegram            -> p1.py
"""

MBUS, P1 = 1, 2


class Sniffer:
    """see() each octet outside HDLC frames, in order. `last` holds the five seen last."""

    def __init__(self):
        self.last = bytearray(5)

    def see(self, octet: int) -> int:
        """MBUS or P1 when `octet` completes that framing's beginning, else 0."""
        last = self.last
        for i in range(4):
            last[i] = last[i + 1]
        last[4] = octet
        if octet == 0x68 and last[1] == 0x68 and last[2] == last[3]:
            return MBUS
        first = last[0]
        if first == 0x2F:
            for i in range(1, 4):
                if not 0x41 <= last[i] & 0xDF <= 0x5A:
                    return 0
            if 0x30 <= octet <= 0x39 or 0x41 <= octet & 0xDF <= 0x5A:
                return P1
        elif first == 0xDB and last[1] == 8:
            for i in range(2, 5):
                if not 0x41 <= last[i] <= 0x5A:
                    return 0
            return P1
        return 0
