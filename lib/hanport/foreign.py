"""What a Norwegian plain HDLC line never shows: M-Bus, P1, segments, block transfer.

MeterDecoder loads this module, and this module each part, when the line shows it.
"""

from hanport.errors import ApduError
from hanport.sniffer import MBUS

_HDLC_ONLY = 12
_SLASH = 0x2F


class Foreign:
    """The rare half of MeterDecoder, whose `decoder` it serves."""

    def __init__(self, decoder):
        self._decoder = decoder
        self._mbus = self._p1 = self._segments = self._blocks = None
        self._hdlc_only = 0  # lists since another framing gave one

    def seen(self, framing: int, begin, rest) -> None:
        """A framing has shown its beginning; `rest` is the stream behind it so far."""
        counters = self._decoder.counters
        if framing == MBUS:
            if self._mbus is not None:
                return
            from hanport.mbus import MbusDeframer

            # as long as the HDLC buffer that it may be handed the whole of
            self._mbus = other = MbusDeframer(counters, bytearray(2304))
        else:
            # a ciphered telegram's beginning is also the inside of a ciphered HDLC frame
            if self._p1 is not None or (counters.frames and begin[0] == 0xDB):
                return
            from hanport.p1 import P1Deframer

            self._p1 = other = P1Deframer(counters)
        other.feed(begin)
        other.feed(rest)

    def feed(self, data) -> None:
        """The octets that HDLC takes, too."""
        for other in (self._mbus, self._p1):
            if other is not None:
                other.feed(data)

    def flush(self) -> None:
        """As MeterDecoder.flush()."""
        for other in (self._mbus, self._p1):
            if other is not None:
                other.flush()
        if self._segments is not None and self._segments.end:
            self._decoder.counters.truncated += 1
            self._segments.clear()
        if self._blocks is not None:
            self._blocks.clear()

    def next_reading(self) -> bool:
        """True when a message in another framing gave a reading."""
        mbus = self._mbus
        if mbus is not None:
            while mbus.next_frame():
                if self._decoder.apdu(mbus.buf, mbus.start, mbus.end):
                    self._hdlc_only = 0
                    return True
        p1 = self._p1
        if p1 is not None:
            while p1.next_frame():
                if self._p1_frame(p1):
                    self._hdlc_only = 0
                    return True
        return False

    def hdlc_reading(self) -> None:
        """Forget framings that noise suggested, when the line is HDLC's after all."""
        self._hdlc_only += 1
        if self._hdlc_only > _HDLC_ONLY:
            self._mbus = self._p1 = None

    def _p1_frame(self, p1) -> bool:
        if p1.buf[p1.start] == _SLASH:
            return self.telegram(p1.buf, p1.start, p1.end, None)
        cipher = self._decoder.cipher
        state = cipher.state() if cipher is not None else None
        if self._decoder.apdu(p1.buf, p1.start, p1.end, text=True):
            return True
        if cipher is not None:
            cipher.restore(*state)  # it may be an HDLC frame's inside, which is yet to come
        p1.reject()
        return False

    def telegram(self, buf, start: int, end: int, cipher) -> bool:
        """A P1 telegram; deciphered text is checked here, P1Deframer has checked the rest."""
        from hanport import p1_text

        decoder = self._decoder
        if cipher is not None:
            end = p1_text.telegram(buf, start, end)
        elif decoder.refuse_plain:
            decoder.counters.downgrade += 1
            return False
        if not end or not p1_text.parse(buf, start, end, decoder.reading):
            decoder.counters.unknown_list += 1
            return False
        decoder.accept(cipher)
        return True

    def segmenting(self) -> bool:
        """True while an APDU in segments is unfinished."""
        return self._segments is not None and self._segments.end != 0

    def segment(self, hdlc) -> bool:
        """One HDLC frame of a segmented APDU; True when it gave a reading."""
        segments = self._segments
        if segments is None:
            from hanport.segments import Segments

            segments = self._segments = Segments(self._decoder.counters)
        if not segments.add(hdlc.buf, hdlc.start, hdlc.end, hdlc.segmented):
            return False
        end = segments.end
        segments.clear()
        return self._decoder.llc(segments.buf, 0, end)

    def block(self, buf, start: int, end: int, cipher) -> bool:
        """One block of a general-block-transfer; True when it gave a reading."""
        blocks = self._blocks
        if blocks is None:
            from hanport.gbt import BlockTransfer

            blocks = self._blocks = BlockTransfer(self._decoder.counters)
        if buf is blocks.buf:
            raise ApduError("block transfer in block transfer")
        return blocks.add(buf, start, end) and self._decoder.apdu(
            blocks.buf, 0, blocks.end, cipher=cipher
        )
