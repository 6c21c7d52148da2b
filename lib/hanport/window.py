"""The octets that a framing beside HDLC has not read yet, at the front of one buffer."""


class Window:
    """feed() octets; the framing's next_frame() finds frames among them, `buf[start:end]` each.

    A frame is valid until the next feed(), next_frame() or flush(). HdlcDeframer gets the same
    octets and counts them and the noise; here only frames and what is wrong with them count.
    """

    def __init__(self, counters, buf: bytearray):
        """`buf` is the framing's for good."""
        self.counters = counters
        self.buf = buf
        self._view = memoryview(buf)
        self.start = self.end = 0
        self._front = 0  # what is before it stays where it is
        self._head = self._tail = 0  # the unread stream is buf[head:tail]
        self._final = False

    def feed(self, data: bytes) -> int:
        """Take octets of `data` (bytes-like); returns how many fitted.

        Fewer than len(data) only while frames wait to be read with next_frame().
        """
        taken = len(data)
        if self._head == self._tail:
            self._head = self._tail = self._front
        if self._tail + taken > len(self.buf):
            front = self._front
            size = self._tail - self._head
            self._view[front : front + size] = self._view[self._head : self._tail]
            self._head = front
            self._tail = front + size
            if taken > len(self.buf) - self._tail:
                taken = len(self.buf) - self._tail
                data = memoryview(data)[:taken]
        self._view[self._tail : self._tail + taken] = data
        self._tail += taken
        return taken

    def flush(self) -> None:
        """The line went quiet or the file ended: what is unfinished stays unfinished.

        Follow with next_frame() until it says False.
        """
        self._final = True
