"""The parts of MicroPython's `machine` that the firmware uses, as strict as the ESP32's."""

made = []  # every UART, in the order they were made
pins = {}  # number -> level, for inputs; what was written, for outputs
resets = 0


def unique_id():
    return bytes.fromhex("24dcc3a81f2e")


def reset():
    global resets
    resets += 1


class Pin:
    IN, OUT = 1, 3
    PULL_UP = 2

    def __init__(self, number, mode, pull=None):
        assert mode in (self.IN, self.OUT)
        self.number = number
        self.mode = mode

    def value(self, level=None):
        if level is None:
            assert self.mode == self.IN
            return pins.get(self.number, 1)  # pulled up
        assert self.mode == self.OUT
        pins[self.number] = int(level)
        return None


class UART:
    INV_TX, INV_RX = 32, 4

    def __init__(self, number, baudrate=115200, *, rx, tx, rxbuf=256, timeout=0, timeout_char=0):
        """rx and tx have no default here: the ESP32's own are flash pins."""
        self.number, self.rx, self.tx, self.rxbuf = number, rx, tx, rxbuf
        self.timeouts = (timeout, timeout_char)
        self.waiting = b""
        made.append(self)
        self.init(baudrate=baudrate)

    def init(self, *, baudrate, bits=8, parity=None, stop=1, invert=0):
        """Drops what has been received, as the port does."""
        assert parity in (None, 0, 1)
        self.line = (baudrate, bits, parity, stop, invert)
        self.waiting = b""

    def readinto(self, buffer):
        if not self.waiting:
            return None
        piece = self.waiting[: len(buffer)]
        buffer[: len(piece)] = piece
        self.waiting = self.waiting[len(piece) :]
        return len(piece)
