"""This computer instead of the dongle: the MicroPython Unix port, told by the environment.

    HAN=tcp:HOST:PORT or HAN=/dev/pts/N   where the meter's octets come from
    HTTP=8080                             the page's port
    DATA=./data                           settings and the household's data
    HOSTS=name,192.0.2.7                  more names under which the page may be asked for
    WLAN=MODULE                           for tests: a module with station(), own_network(), ...
    BUTTON=FILE                           for tests: the button is held while the file exists
    PINS=FILE                             for tests: numbers of the inputs that are high
    HEAPLOG=FILE                          for tests: a line "heap state" twice a second
    CLOCK_SPEED=60                        for tests: how many times as fast ticks_ms() runs
    CLOCK=MODULE                          for tests: a module whose ticks() is the time
    RTC=FILE                              for tests: what outlives a restart; without it nothing does
    WATCHDOG=FILE                         for tests: who is to kill this when FILE stays as it is
                                          for as many real ms as it says

This file and board_esp32.py are the only ones that know where they run, and have the same
functions.
"""

import errno
import gc
import os
import socket
import sys
import time

# Whether the file system keeps what was overwritten until the block is used again, as littlefs does
FLASH_KEEPS = False

_radio = __import__(os.getenv("WLAN") or "") if os.getenv("WLAN") else None
_SO_SNDBUF = 7  # Linux
_VTIME = 5
_VMIN = 6
# Half of what the ESP32's network stack holds for a client that does not read (4 x MSS), since
# Linux doubles it: else a slow reader would look fast here until megabytes are on their way.
_SEND_BUFFER = 2880
_SPEED = int(os.getenv("CLOCK_SPEED") or "1")
_start = time.ticks_ms()
_clock = __import__(os.getenv("CLOCK") or "") if os.getenv("CLOCK") else None


def ticks_ms() -> int:
    """time.ticks_ms(), CLOCK_SPEED times as fast, or the time of CLOCK."""
    if _clock:
        return _clock.ticks()
    passed = time.ticks_diff(time.ticks_ms(), _start)
    return time.ticks_add(_start, passed * _SPEED)  # pyright: ignore[reportReturnType]


def data_folder() -> str:
    """Where the settings and the household's data are kept."""
    return os.getenv("DATA") or "./data"


def device_id() -> str:
    """Four hex digits that tell this dongle from others on the network. No secret."""
    return "0000"


def open_meter(settings):
    """The octets' source: readinto(buffer) gives None or 0 when there is nothing, never waits."""
    where = os.getenv("HAN") or ""
    if where.startswith("tcp:"):
        return _Tcp(where)
    if where:
        return _Tty(where)
    return _Nothing()


def set_line(source, baud: int, parity: int | None, inverted: bool) -> None:
    """Nothing to set: a pty and a TCP connection have no parity and no polarity."""


def http_port() -> int:
    """The page's port."""
    return int(os.getenv("HTTP") or "8080")


def listen(port: int) -> socket.socket:
    """A non-blocking listening socket on all addresses."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.SOL_SOCKET, _SO_SNDBUF, _SEND_BUFFER)
    door.bind(socket.getaddrinfo("0.0.0.0", port)[0][-1])
    door.listen(4)
    door.setblocking(False)
    return door


def station(hostname: str):
    """None: the computer's own network is used."""
    return _radio.station(hostname) if _radio else None


def own_network(ssid: str, key: str):
    """Open the dongle's own network, WPA2; returns its WLAN."""
    return _radio.own_network(ssid, key)


def own_address(own) -> str:
    """The dongle's address in its own network."""
    return _radio.own_address(own)


def is_own(own, wlan, peer) -> bool:
    """Whether a client with that address (of accept()) is in the dongle's own network."""
    return _radio.is_own(own, wlan, peer)


def listen_dns():
    """A non-blocking UDP socket for the name server of the first start."""
    return _radio.listen_dns()


def addresses(wlan) -> tuple[str, ...]:
    """The numeric addresses and names, besides the hostname, under which the page is reached."""
    if wlan is not None and wlan.isconnected():
        return (wlan.ipconfig("addr4")[0],) + _addresses
    return _addresses


def level(pin: int) -> bool:
    """No pins; for tests those in PINS, a file with the numbers of those that are high."""
    with open(os.getenv("PINS") or "/dev/null") as file:
        return str(pin) in file.read().split()


def button() -> bool:
    """There is none to hold, but for BUTTON."""
    path = os.getenv("BUTTON")
    if not path:
        return False
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def indicate(state: str, on: bool) -> None:
    """Called twice a second with Live's state and a flag that alternates: tells HEAPLOG."""
    path = os.getenv("HEAPLOG")
    if path:
        gc.collect()
        with open(path, "a") as file:
            file.write("{} {}\n".format(gc.mem_alloc(), state))


def memory(data=None):
    """What outlives a restart. Sets it, or returns it."""
    path = os.getenv("RTC")
    if not path:
        return b""
    try:
        with open(path, "rb" if data is None else "wb") as file:
            return file.read() if data is None else file.write(data)
    except OSError:
        return b""


def set_clock(utc: int) -> None:
    """A computer's own clock is somebody else's affair."""


def reset_cause() -> str:
    """power, watchdog or other: of a process that was killed nobody knows why."""
    return os.getenv("CAUSE") or "other"


def heap_regions() -> list:
    """None that could be asked."""
    return []


def feed(timeout: int = 0) -> None:
    """The watchdog, if there is one, waits for 30 s, or `timeout` ms, from now on."""
    path = os.getenv("WATCHDOG")
    if path:
        with open(path, "w") as file:
            file.write(str((timeout or 30000) // _SPEED))


def restart(mark: int = 1) -> None:
    """End the program; who started it may start it again, tools/run_host.py does. `mark` tells the
    next start why."""
    data = bytearray(memory())
    if data:
        data[0] = mark
        memory(data)
    sys.exit(3)


class _Nothing:
    """No meter at all."""

    def readinto(self, buffer):
        return None


class _Source:
    """What may be lost and is opened again, a second later."""

    _AGAIN = 1000  # ms
    _ends_with_0 = True

    def __init__(self, where):
        self._where = where
        self._stream = None
        self._tried_at = time.ticks_add(time.ticks_ms(), -self._AGAIN)
        self._said = None

    def _open(self):
        raise NotImplementedError

    def readinto(self, buffer):
        try:
            if self._stream is None:
                if time.ticks_diff(time.ticks_ms(), self._tried_at) < self._AGAIN:
                    return None
                self._tried_at = time.ticks_ms()
                self._stream = self._open()
            count = self._stream.readinto(buffer)
        except OSError as error:
            self._lose(errno.errorcode.get(error.errno, error))
            return None
        if count:
            self._said = None
        elif count == 0 and self._ends_with_0:
            self._lose("ended")
        return count

    def _lose(self, why):
        if self._said != why:
            self._said = why
            print("HAN={}: {}, trying again".format(self._where, why))
        if self._stream is not None:
            self._stream.close()
            self._stream = None


class _Tty(_Source):
    """A pty or a serial device, told to give what it has and not to wait."""

    _ends_with_0 = False  # none yet

    def _open(self):
        import termios  # pyright: ignore[reportMissingImports]  not on the ESP32

        file = open(self._where, "rb", buffering=0)
        termios.setraw(file.fileno())
        settings = termios.tcgetattr(file.fileno())
        settings[6][_VMIN] = settings[6][_VTIME] = 0
        termios.tcsetattr(file.fileno(), termios.TCSANOW, settings)
        return file


class _Tcp(_Source):
    """A connection to HOST:PORT."""

    def _open(self):
        try:
            _, host, port = self._where.split(":")
            address = socket.getaddrinfo(host, int(port))[0][-1]
        except ValueError as error:
            raise OSError(errno.EINVAL) from error
        stream = socket.socket()
        stream.setblocking(False)
        try:
            stream.connect(address)
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise
        return stream


def _own_addresses():
    """Names and addresses of this computer. The kernel's table of routes lists the latter."""
    found = ["localhost", "127.0.0.1", "[::1]"]
    try:
        with open("/proc/net/fib_trie") as table:
            before = ""
            for line in table:
                if "host LOCAL" in line:
                    found.append(before.split("-- ")[-1].strip())
                before = line
    except OSError:
        pass  # no Linux: HOSTS= has to name them
    hosts = os.getenv("HOSTS")
    return tuple(found + (hosts.lower().split(",") if hosts else []))


_addresses = _own_addresses()
