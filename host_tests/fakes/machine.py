"""The parts of MicroPython's `machine` that the firmware uses, as strict as the ESP32's."""

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

made = []  # every UART, in the order they were made
fed = []  # timeouts of the watchdog, at each making and feeding
cause = PWRON_RESET
kept = b""  # the RTC's memory
pins = {}  # number -> level, for inputs; what was written, for outputs
resets = 0
clock = None  # (year, month, day, weekday, hour, minute, second, microseconds)


def unique_id():
    return bytes.fromhex("24dcc3a81f2e")


def reset():
    global resets
    resets += 1


def reset_cause():
    return cause


class WDT:
    """The timeout changes with each one that is made; it can never be stopped."""

    def __init__(self, *, timeout=5000):
        assert timeout >= 1000
        self.timeout = timeout

    def feed(self):
        fed.append(self.timeout)


class RTC:
    def datetime(self, value):
        global clock
        assert len(value) == 8
        clock = value

    def memory(self, data=None):
        global kept
        if data is None:
            return kept
        assert len(data) <= 2048
        kept = bytes(data)
        return None


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
