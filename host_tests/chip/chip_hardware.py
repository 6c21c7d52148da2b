"""`machine` and `esp32` of chip.py: only what the port has, and as strict."""

import socket
import sys
import time

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
HEAP_DATA = 4
_FLASH_PINS = (6, 7, 8, 9, 10, 11)

_told = {}
_note = None
_rtc = None


def start(told, note):
    """Before the computer's files go."""
    global _told, _note, _rtc
    _told = told
    _note = note
    try:
        _rtc = open(told["rtc"], "r+b")
    except OSError:
        _rtc = open(told["rtc"], "w+b")


def unique_id():
    return b"\x24\xdc\xc3\xa8\x1f\x2e"


def reset():
    print("chip: reset")
    sys.exit(3)


def reset_cause():
    return _told["reset_cause"]


def idf_heap_info(kind):
    assert kind == HEAP_DATA
    return [(7288, 0, 0, 0), (113840, 69312, 65536, 60000), (15072, 8, 8, 8)]


class RTC:
    def memory(self, data=None):
        _rtc.seek(0)
        if data is None:
            return _rtc.read(2048)
        if len(data) > 2048:
            raise ValueError("buffer too long")
        assert len(data) in (0, len(_rtc.read(2048)) or len(data))
        _rtc.seek(0)
        _rtc.write(data)
        return None


class WDT:
    """Tells when it would have bitten."""

    fed = None
    limit = 0

    def __init__(self, id=0, timeout=5000):
        if id != 0 or timeout <= 0:
            raise ValueError
        WDT.limit = timeout
        self.feed()

    def feed(self):
        now = time.ticks_ms()
        if WDT.fed is not None and time.ticks_diff(now, WDT.fed) > WDT.limit:
            print("Traceback: the watchdog bit")
            reset()
        WDT.fed = now


class Timer:
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id):
        assert 0 <= id < 4

    def init(self, *, mode=PERIODIC, freq=-1, period=-1, callback=None):
        assert mode == Timer.ONE_SHOT and period > 0 and callback


class Pin:
    IN, OUT = 1, 3
    PULL_UP = 2

    def __init__(self, id, mode=-1, pull=-1):
        if id in _FLASH_PINS:
            print("Traceback: the flash's pin", id)
        self.mode = mode

    def value(self, level=None):
        assert self.mode == (Pin.IN if level is None else Pin.OUT)
        return None if level is not None else 1


class UART:
    """The meter at a TCP port of the computer; on another line than the meter's there is noise."""

    INV_TX, INV_RX = 32, 4

    def __init__(self, id, baudrate=115200, **options):
        if not 0 < id < 3:
            raise ValueError(f"UART({id}) does not exist")
        self.line = [baudrate, 8, None, 1, 0]
        self.sock = socket.socket()
        self.sock.connect(socket.getaddrinfo("127.0.0.1", _told["meter"])[0][-1])
        self.sock.setblocking(False)
        for name, values in (("rx", range(40)), ("tx", range(34)), ("rxbuf", range(129, 65536))):
            if options.pop(name) not in values:
                print("Traceback: UART", name)
        assert options.pop("timeout") == 0 and options.pop("timeout_char") == 0
        self.init(**options)

    def init(self, baudrate=0, bits=0, parity=-1, stop=0, invert=-1):
        given = (baudrate, bits, parity, stop, invert)
        for i, nothing in enumerate((0, 0, -1, 0, -1)):
            if given[i] != nothing:
                self.line[i] = given[i]
        while self.sock.read(256):
            pass  # uart_set_pin() and its like flush

    def readinto(self, buf):
        _note()
        count = self.sock.readinto(buf)
        if not count:
            return None
        if self.line != _told["line"]:
            for i in range(count):
                buf[i] ^= 0x5A
        return count
