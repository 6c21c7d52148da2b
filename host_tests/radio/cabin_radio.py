"""A radio for simulations in one process: connected a second after connect(), unless it is told to
fail (board_unix.py, WLAN=cabin_radio)."""

import socket

import world

fails_until = 0
error = None


def _may_fail():
    if world.passed() < fails_until:
        raise error()


class Station:
    PM_NONE = 0

    def __init__(self):
        self.on = False
        self.wanted = None

    def active(self, on=None):
        if on is None:
            return self.on
        _may_fail()
        self.on = on
        self.wanted = self.wanted if on else None
        return None

    def config(self, **options):
        _may_fail()

    def connect(self, ssid, key):
        _may_fail()
        if self.wanted is not None:
            raise OSError("Wifi Internal Error")
        self.wanted = world.passed()

    def disconnect(self):
        _may_fail()
        self.wanted = None

    def isconnected(self):
        _may_fail()
        return self.on and self.wanted is not None and world.passed() - self.wanted > 1000

    def status(self, name=None):
        return -60

    def ipconfig(self, name):
        return "192.168.1.57", "255.255.255.0"

    def scan(self):
        _may_fail()
        return [(b"hjem", b"", 1, -60, 3, False)]


class Own:
    def __init__(self):
        self.on = True

    def active(self, on=None):
        if on is not None:
            self.on = on
        return self.on

    def status(self, name):
        return []


def station(hostname):
    return Station()


def own_network(ssid, key):
    _may_fail()
    return Own()


def own_address(own):
    return "192.168.4.1"


def is_own(own, wlan, peer):
    return False


def listen_dns():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(socket.getaddrinfo("127.0.0.1", 0)[0][-1])
    sock.setblocking(False)
    return sock
