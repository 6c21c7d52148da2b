"""MeterDecoder: octets from the HAN port in, Readings out. The facade of the package.

    octets -> HDLC frame -> LLC -> APDU (deciphered in place) -> A-XDR list -> Reading
              M-Bus frames ---------^          P1 telegram -------------------^

It never raises on what the wire says; damage moves a counter. Nothing is allocated per list once
the texts of the meter have been seen. HDLC is always listened for; everything else is loaded when
the line shows it (foreign.py, cipher.py).
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
from hanport.sniffer import Sniffer

_CHUNK = 256  # taken at a time, so that a framing that shows itself can be given what came so far
_SLASH = 0x2F


class MeterDecoder:
    """feed() octets as they come, then next_reading() until it gives None.

    i = 0
    while i < len(chunk):
        i += decoder.feed(chunk[i:])
        while (reading := decoder.next_reading()) is not None: ...
    """

    _opener = None  # cipher.GloCipher, once there has been a key

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
        self.cipher = None
        self._foreign = None
        self._sniffer = Sniffer()
        self._hdlc = HdlcDeframer(self.counters, self._hunted)

    def set_keys(self, key, auth_key=None):
        """Open ciphered lists with the encryption key (GPK60) and, to check their tags, the
        authentication key (GPK61): 16 octets each, or None to have no keys. Returns the cipher,
        whose state() and restore() carry the invocation counter over a restart. ImportError where
        AES is missing."""
        self.cipher = None
        if key is not None:
            if MeterDecoder._opener is None:
                from hanport.cipher import GloCipher  # heap that a plain meter never needs

                # for good: each time it were loaded the chip would lay its native code aside anew
                MeterDecoder._opener = GloCipher
            self.cipher = MeterDecoder._opener(key, auth_key)
        return self.cipher

    def recent(self):
        """View of the octets received last, a buffer full at most and at least the frame
        before the one that is coming, for a bug report. Lists that were ciphered stand there in clear."""
        return self._hdlc.recent()

    def feed(self, data) -> int:
        """Take octets from bytes-like `data`; returns how many. Take the rest when next_reading()
        has said None."""
        if len(data) > _CHUNK:
            data = memoryview(data)[:_CHUNK]
        taken = self._hdlc.feed(data)
        if self._foreign is not None:
            self._foreign.feed(data[:taken])
        return taken

    def flush(self) -> None:
        """The line has been quiet for a second, or the file has ended: give up the half frame and
        look once more at its octets. Fetch with next_reading() afterwards."""
        self._hdlc.flush()
        if self._foreign is not None:
            self._foreign.flush()

    def next_reading(self):
        """The Reading (always the same object, overwritten), or None when more octets are needed."""
        hdlc = self._hdlc
        while hdlc.next_frame():
            control = hdlc.control
            if control & 1 and control & 0xEF != 0x03:  # neither an I frame nor UI
                self.counters.not_data += 1
            elif hdlc.segmented or (self._foreign is not None and self._foreign.segmenting()):
                if self._others().segment(hdlc):
                    return self.reading
            elif self.llc(hdlc.buf, hdlc.start, hdlc.end):
                if self._foreign is not None:
                    self._foreign.hdlc_reading()
                return self.reading
        if self._foreign is not None and self._foreign.next_reading():
            return self.reading
        return None

    def _others(self):
        foreign = self._foreign
        if foreign is None:
            from hanport.foreign import Foreign

            foreign = self._foreign = Foreign(self)
        return foreign

    def _hunted(self, buf, start: int, end: int, tail: int) -> None:
        """buf[start:end] is outside any HDLC frame, the stream so far goes on to `tail`."""
        sniffer = self._sniffer
        for i in range(start, end):
            seen = sniffer.see(buf[i])
            if seen:
                begin = memoryview(sniffer.seen)[: sniffer.count]
                self._others().seen(seen, begin, memoryview(buf)[i + 1 : tail])
                sniffer.count = 0

    def llc(self, buf, start: int, end: int) -> bool:
        """Decode the information field in buf[start:end] into the Reading; False for none."""
        try:
            at = skip_llc(buf, start, end)
        except ApduError:
            self.counters.not_data += 1
            return False
        return self.apdu(buf, at, end)

    def apdu(self, buf, start: int, end: int, text: bool = False, cipher=None) -> bool:
        """Decode the APDU in buf[start:end] into the Reading; False when it gave none.

        `text`: it came without a checksum around it, so that only a P1 telegram's own can be
        believed. `cipher`: what the APDU around this one was opened with.
        """
        counters = self.counters
        try:
            if buf[start] == GENERAL_GLO_CIPHERING:
                cipher = self.cipher
                if cipher is None:
                    raise CipherError("no_key")
                start, end = cipher.open(buf, start, end)
                if buf[start] == _SLASH:
                    return self._others().telegram(buf, start, end, cipher)
                if text:
                    raise ApduError("not a telegram")
            if buf[start] == GENERAL_BLOCK_TRANSFER:
                return self._others().block(buf, start, end, cipher)
            if cipher is None and self.refuse_plain:
                raise CipherError("downgrade")
            body = notification_body(buf, start, end)
            known = self.lists.read(buf, body, end)
            if cipher is not None and not cipher.verified and not self.lists.printable(buf):
                raise ListError("noise")
            if not known:
                counters.unknown_list += 1
                return False
            self.lists.publish(buf, notification_time(start, body), self.reading)
        except CipherError as error:
            counters.add(error.counter)
            return False
        except HANError as error:
            if cipher is not None and not cipher.verified:
                counters.wrong_key += 1  # noise with a sensible beginning
            elif isinstance(error, ListError):
                counters.list_errors += 1
            else:
                counters.apdu_errors += 1
            return False
        if cipher is not None or self.encrypted:
            self.accept(cipher)
        else:
            counters.readings += 1
        return True

    def accept(self, cipher) -> None:
        """A list has been read; `cipher` is what opened it, or None."""
        self.counters.readings += 1
        self.encrypted = cipher is not None
        self.verified = False
        if cipher is not None:
            self.verified = cipher.verified
            if not cipher.verified:
                cipher.accept()
                self.counters.unverified += 1
