"""MeterDecoder: octets from the HAN port in, Readings out. The facade of the package.

    octets -> HDLC frame -> LLC -> APDU (deciphered in place) -> A-XDR list -> Reading

It never raises on what the wire says; damage moves a counter. Nothing is allocated per list once
the texts of the meter have been seen.
"""

from hanport.apdu import (
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
        self._hdlc = HdlcDeframer(self.counters)
        self._lists = ListReader()
        if energy_wh is not None:
            self._lists.energy_exponent = 1 if energy_wh == 10 else 0
        self._cipher = None
        self._segments = None
        self.encrypted = False  # the last list came ciphered
        self.verified = False  # and its tag held

    def set_keys(self, key, auth_key=None):
        """Open ciphered lists with the encryption key (GPK60) and, to check their tags, the
        authentication key (GPK61): 16 octets each, or None to have no keys. Returns the cipher,
        whose state() and restore() carry the invocation counter over a restart."""
        self._cipher = None
        if key is not None:
            from hanport.cipher import GloCipher  # heap that a plain meter never needs

            self._cipher = GloCipher(key, auth_key)
        return self._cipher

    def feed(self, data) -> int:
        """Take octets from bytes-like `data`; returns how many. Fewer than all only while readings
        wait to be fetched."""
        return self._hdlc.feed(data)

    def flush(self) -> None:
        """The line has been quiet for a second, or the file has ended: give up the half frame and
        look once more at its octets. Fetch with next_reading() afterwards."""
        self._hdlc.flush()
        if self._segments is not None and self._segments.end:
            self.counters.truncated += 1
            self._segments.clear()

    def next_reading(self):
        """The Reading (always the same object, overwritten), or None when more octets are needed."""
        hdlc = self._hdlc
        while hdlc.next_frame():
            if self._frame(hdlc):
                return self.reading
        return None

    def _frame(self, hdlc) -> bool:
        counters = self.counters
        control = hdlc.control
        if control & 1 and control & 0xEF != 0x03:  # neither an I frame nor UI
            counters.not_data += 1
            return False
        if hdlc.segmented or (self._segments is not None and self._segments.end):
            return self._segment(hdlc)
        return self._llc(hdlc.buf, hdlc.start, hdlc.end)

    def _segment(self, hdlc) -> bool:
        segments = self._segments
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

    def _apdu(self, buf, start: int, end: int) -> bool:
        """Decode the APDU in buf[start:end] into the Reading; False when it gave none."""
        counters = self.counters
        try:
            cipher = None
            if buf[start] == GENERAL_GLO_CIPHERING:
                cipher = self._cipher
                if cipher is None:
                    raise CipherError("no_key")
                start, end = cipher.open(buf, start, end)
            body = notification_body(buf, start, end)
            if not self._lists.read(buf, body, end):
                counters.unknown_list += 1
                return False
            self._lists.publish(buf, notification_time(start, body), self.reading)
        except CipherError as error:
            counters.add(error.counter)
            return False
        except ListError:
            counters.list_errors += 1
            return False
        except HANError:
            counters.apdu_errors += 1
            return False
        counters.readings += 1
        self.encrypted = cipher is not None
        self.verified = False
        if cipher is not None:
            self.verified = cipher.verified
            if not cipher.verified:
                cipher.accept()
                counters.unverified += 1
        return True
