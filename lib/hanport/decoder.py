"""MeterDecoder: octets from the HAN port in, Readings out. The facade of the package.

    octets -> HDLC frame -> LLC -> APDU (deciphered in place) -> A-XDR list -> Reading
              M-Bus frames ---------^          P1 telegram -------------------^

It never raises on what the wire says; damage moves a counter. Nothing is allocated per list once
the texts of the meter have been seen. HDLC is always listened for; the other framings, segments,
block transfer and ciphering are loaded when the line shows them.
"""

from hanport.apdu import (
    GENERAL_BLOCK_TRANSFER,
    GENERAL_GLO_CIPHERING,
    notification_body,
    notification_time,
    skip_llc,
)
from hanport.counters import Counters
from hanport.errors import ApduError, CipherError, HANError, ListError
from hanport.hdlc import HdlcDeframer
from hanport.lists import ListReader
from hanport.reading import Reading
from hanport.sniffer import MBUS, P1, Sniffer

_CHUNK = 256  # taken at a time, so that a framing that shows itself can be given what came so far
_HDLC_ONLY = 12
_SLASH = 0x2F


class MeterDecoder:
    """feed() octets as they come, then next_reading() until it gives None.

    i = 0
    while i < len(chunk):
        i += decoder.feed(chunk[i:])
        while (reading := decoder.next_reading()) is not None: ...
    """

    def __init__(self, energy_wh=None):
        """`energy_wh` 1 or 10 overrules the register step that a Kamstrup's type number implies."""
        self.counters = Counters()
        self.reading = Reading()
        self.lists = ListReader()
        if energy_wh is not None:
            self.lists.energy_exponent = 1 if energy_wh == 10 else 0
        self.encrypted = False  # the last list came ciphered
        self.verified = False  # and its tag held
        self.refuse_plain = False  # the owner was promised ciphered lists
        self._cipher = None
        self._sniffer = Sniffer()
        self._hdlc = HdlcDeframer(self.counters, self._hunted)
        self._mbus = self._p1 = self._segments = self._blocks = None
        self._hdlc_only = 0  # lists since another framing gave one

    def set_keys(self, key, auth_key=None):
        """Open ciphered lists with the encryption key (GPK60) and, to check their tags, the
        authentication key (GPK61): 16 octets each, or None to have no keys. Returns the cipher,
        whose state() and restore() carry the invocation counter over a restart."""
        self._cipher = None
        if key is not None:
            from hanport.cipher import GloCipher  # heap that a plain meter never needs

            self._cipher = GloCipher(key, auth_key)
        return self._cipher

    def recent(self):
        """View of the octets received last, at most 2,304 and at least the frame before the one
        that is coming, for a bug report. Lists that were ciphered stand there in clear."""
        return self._hdlc.recent()

    def feed(self, data) -> int:
        """Take octets from bytes-like `data`; returns how many. Take the rest when next_reading()
        has said None."""
        if len(data) > _CHUNK:
            data = memoryview(data)[:_CHUNK]
        taken = self._hdlc.feed(data)
        if self._mbus is not None:
            self._mbus.feed(data[:taken])
        if self._p1 is not None:
            self._p1.feed(data[:taken])
        return taken

    def flush(self) -> None:
        """The line has been quiet for a second, or the file has ended: give up the half frame and
        look once more at its octets. Fetch with next_reading() afterwards."""
        self._hdlc.flush()
        for part in (self._mbus, self._p1):
            if part is not None:
                part.flush()
        if self._segments is not None and self._segments.end:
            self.counters.truncated += 1
            self._segments.clear()
        if self._blocks is not None:
            self._blocks.clear()

    def next_reading(self):
        """The Reading (always the same object, overwritten), or None when more octets are needed."""
        hdlc = self._hdlc
        while hdlc.next_frame():
            if self._frame(hdlc):
                if self._mbus is not None or self._p1 is not None:
                    self._let_go()
                return self.reading
        mbus = self._mbus
        if mbus is not None:
            while mbus.next_frame():
                if self._apdu(mbus.buf, mbus.start, mbus.end):
                    self._hdlc_only = 0
                    return self.reading
        p1 = self._p1
        if p1 is not None:
            while p1.next_frame():
                if self._text_frame(p1):
                    self._hdlc_only = 0
                    return self.reading
        return None

    def _let_go(self) -> None:
        """Forget framings that noise suggested, when the line is HDLC's after all."""
        self._hdlc_only += 1
        if self._hdlc_only > _HDLC_ONLY:
            self._mbus = self._p1 = None

    def _text_frame(self, p1) -> bool:
        if p1.buf[p1.start] == _SLASH:
            return self._telegram(p1.buf, p1.start, p1.end, None)
        cipher = self._cipher
        state = cipher.state() if cipher is not None else None
        if self._apdu(p1.buf, p1.start, p1.end, True):
            return True
        if cipher is not None:
            cipher.restore(*state)  # it may be an HDLC frame's inside, which is yet to come
        p1.reject()
        return False

    def _hunted(self, buf, start: int, end: int, tail: int) -> None:
        """buf[start:end] is outside any HDLC frame, the stream so far goes on to `tail`."""
        sniffer = self._sniffer
        for i in range(start, end):
            seen = sniffer.see(buf[i])
            if not seen:
                continue
            other = None
            if seen == MBUS and self._mbus is None:
                from hanport.mbus import MbusDeframer

                # as long as the buffer it may be handed the whole of
                self._mbus = other = MbusDeframer(self.counters, bytearray(len(buf)))
            elif (
                seen == P1
                and self._p1 is None
                and not (self.counters.frames and sniffer.seen[0] == 0xDB)
            ):
                from hanport.p1 import P1Deframer

                self._p1 = other = P1Deframer(self.counters)
            if other is not None:
                other.feed(memoryview(sniffer.seen)[: sniffer.count])
                other.feed(memoryview(buf)[i + 1 : tail])
            sniffer.count = 0

    def _frame(self, hdlc) -> bool:
        control = hdlc.control
        if control & 1 and control & 0xEF != 0x03:  # neither an I frame nor UI
            self.counters.not_data += 1
            return False
        segments = self._segments
        if not hdlc.segmented and (segments is None or not segments.end):
            return self._llc(hdlc.buf, hdlc.start, hdlc.end)
        if segments is None:
            from hanport.segments import Segments

            segments = self._segments = Segments(self.counters)
        if not segments.add(hdlc.buf, hdlc.start, hdlc.end, hdlc.segmented):
            return False
        end = segments.end
        segments.clear()
        return self._llc(segments.buf, 0, end)

    def _llc(self, buf, start: int, end: int) -> bool:
        try:
            at = skip_llc(buf, start, end)
        except ApduError:
            self.counters.not_data += 1
            return False
        return self._apdu(buf, at, end)

    def _apdu(self, buf, start: int, end: int, text: bool = False) -> bool:
        """Decode the APDU in buf[start:end] into the Reading; False when it gave none. `text`: it
        came without a checksum around it, so that only a P1 telegram's own can be believed."""
        counters = self.counters
        try:
            cipher = None
            if buf[start] == GENERAL_GLO_CIPHERING:
                cipher = self._cipher
                if cipher is None:
                    raise CipherError("no_key")
                start, end = cipher.open(buf, start, end)
                if buf[start] == _SLASH:
                    return self._telegram(buf, start, end, cipher)
                if text:
                    raise ApduError("not a telegram")
            if buf[start] == GENERAL_BLOCK_TRANSFER:
                return self._block(buf, start, end)
            if cipher is None and self.refuse_plain:
                raise CipherError("downgrade")
            body = notification_body(buf, start, end)
            if not self.lists.read(buf, body, end):
                counters.unknown_list += 1
                return False
            self.lists.publish(buf, notification_time(start, body), self.reading)
        except CipherError as error:
            counters.add(error.counter)
            return False
        except ListError:
            counters.list_errors += 1
            return False
        except HANError:
            counters.apdu_errors += 1
            return False
        self._accept(cipher)
        return True

    def _block(self, buf, start: int, end: int) -> bool:
        blocks = self._blocks
        if blocks is None:
            from hanport.gbt import BlockTransfer

            blocks = self._blocks = BlockTransfer(self.counters)
        if buf is blocks.buf:
            raise ApduError("block transfer in block transfer")
        return blocks.add(buf, start, end) and self._apdu(blocks.buf, 0, blocks.end)

    def _telegram(self, buf, start: int, end: int, cipher) -> bool:
        """A P1 telegram; deciphered text is checked here, P1Deframer has checked the rest."""
        from hanport import p1_text

        if cipher is not None:
            end = p1_text.telegram(buf, start, end)
        elif self.refuse_plain:
            self.counters.downgrade += 1
            return False
        if not end or not p1_text.parse(buf, start, end, self.reading):
            self.counters.unknown_list += 1
            return False
        self._accept(cipher)
        return True

    def _accept(self, cipher) -> None:
        self.counters.readings += 1
        self.encrypted = cipher is not None
        self.verified = False
        if cipher is not None:
            self.verified = cipher.verified
            if not cipher.verified:
                cipher.accept()
                self.counters.unverified += 1
