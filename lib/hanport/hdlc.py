"""HDLC frame format type 3 (ISO/IEC 13239, DLMS Green Book 8.4) out of an octet stream.

    7E | A S length | destination | source | control | HCS | information | FCS | 7E
         4 1 11 bits  1-4 octets    1-4      1         2                    2

The length counts everything between the flags. There is no escaping: 7E occurs inside a frame, and
only the length says where it ends. One flag may close a frame and open the next.

Strategy: the buffer holds the stream from the first possible opening flag. A candidate must show
format type A, a length that fits, and a good HCS as soon as its header is there; so a length that
lies is caught after some ten octets. When a whole candidate fails its FCS or closing flag, only its
opening flag is given up and the search goes on at the next octet: a good frame inside a damaged
length window is found.
"""

from hanport.octets import fcs_good, find

_FLAG = 0x7E
# Norwegian lists have up to 377 octets, and a chunk of 256 must fit behind one. The first header
# that promises more gets the room for what eleven bits can say, 2,047 octets and a chunk.
_USUAL = 768
_LARGEST = 2304


class HdlcDeframer:
    """feed() octets, then next_frame() until it says False; `buf[start:end]` is the information.

    The window is valid until the next feed(), next_frame() or flush().
    `segmented` tells that the frame's segmentation bit was set: more of the APDU follows.
    """

    def __init__(self, counters, hunted=None):
        """`hunted(buf, start, end, tail)` is told of octets outside any frame, and where the
        stream so far ends, so that another framing can be recognised in them."""
        self.counters = counters
        self._hunted = hunted
        self.buf = bytearray(_USUAL)
        self._view = memoryview(self.buf)
        self.start = self.end = 0
        self.segmented = False
        self._head = self._tail = 0  # the unread stream is buf[head:tail]
        self._checked = -1  # the opening flag whose HCS was found good
        self._final = False

    def feed(self, data) -> int:
        """Take octets of `data` (bytes-like); returns how many fitted.

        Fewer than len(data) only while frames wait to be read with next_frame().
        """
        taken = len(data)
        if self._head == self._tail:
            self._head = self._tail = 0
        if self._tail + taken > len(self.buf):
            self._move_to_front()
            room = len(self.buf) - self._tail
            if taken > room:
                taken = room
                data = memoryview(data)[:taken]
        tail = self._tail
        self.buf[tail : tail + taken] = data
        self._tail = tail + taken
        self.counters.octets += taken
        return taken

    def recent(self):
        """View of the octets in the buffer, read or not."""
        return self._view[: self._tail]

    def flush(self) -> None:
        """The line went quiet or the file ended: what is unfinished stays unfinished.

        Follow with next_frame() until it says False.
        """
        self._final = True

    def next_frame(self) -> bool:
        """True when a good frame's information field stands in buf[start:end]."""
        buf = self.buf
        counters = self.counters
        head = self._head
        tail = self._tail
        while head < tail:
            if buf[head] != _FLAG:
                at = find(buf, _FLAG, head, tail)
                counters.noise_octets += at - head
                if self._hunted is not None:
                    self._hunted(buf, head, at, tail)
                head = at
                continue
            size = self._candidate(head, tail)
            if size > 0:
                close = head + size + 1
                if buf[close] == _FLAG and fcs_good(buf, head + 1, close):
                    # the closing flag stays: it may open the next frame
                    self._head = close
                    self.end = close - 2
                    counters.frames += 1
                    return True
                counters.fcs_errors += 1
            elif size == 0:
                if not self._final:
                    break
                if tail - head > 3:
                    counters.truncated += 1
            head += 1
        self._head = head
        self._final = False
        return False

    def _candidate(self, head: int, tail: int) -> int:
        """Frame length if all of it is there, 0 if more is needed, -1 if this flag opens none."""
        buf = self.buf
        if tail - head < 3:
            return -1 if tail - head == 2 and buf[head + 1] & 0xF0 != 0xA0 else 0
        form = buf[head + 1]
        if form & 0xF0 != 0xA0:
            return -1
        size = (form & 7) << 8 | buf[head + 2]
        if size < 7:
            return -1
        at = head + 3
        for _ in range(2):  # destination, source: the last octet of an address has bit 0 set
            last = at + 4
            while at < tail and not buf[at] & 1:
                at += 1
                if at == last:
                    return -1
            at += 1
        # at: the control field
        if at + 3 > tail:
            return 0
        whole = head + size + 2
        if at + 3 == whole - 1:
            # no information, hence no HCS: the FCS stands in its place
            self.start = at + 1
        elif at + 5 > whole - 1:
            return -1
        elif self._checked != head and not fcs_good(buf, head + 1, at + 3):
            self.counters.hcs_errors += 1
            return -1
        else:
            self.start = at + 3
        if whole > tail:
            self._checked = head
            if size + 258 > len(buf):
                self._grow()
            return 0
        self._checked = -1
        self.control = buf[at]
        self.segmented = form & 8 != 0
        return size

    def _grow(self) -> None:
        buf = bytearray(_LARGEST)
        buf[: self._tail] = self._view[: self._tail]
        self.buf = buf
        self._view = memoryview(buf)

    def _move_to_front(self) -> None:
        head, tail = self._head, self._tail
        self._view[0 : tail - head] = self._view[head:tail]
        self._head, self._tail = 0, tail - head
        self._checked = -1
