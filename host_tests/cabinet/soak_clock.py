"""The firmware's side of soak.py: its time stands still at each limit until soak.py moves it on
(CLOCK=soak_clock, WLAN=soak_clock, CONTROL=port). Runs within the built firmware."""

import gc
import os
import socket

import world
from world import ticks

_control = socket.socket()
_control.connect(socket.getaddrinfo("127.0.0.1", int(os.getenv("CONTROL") or 0))[0][-1])
_there = True  # the household's Wi-Fi


def _ask():
    """Tell the time and the live heap; get the next limit, the least step, and the Wi-Fi."""
    global _there
    gc.collect()
    _control.write(f"{world.passed()} {gc.mem_alloc()}\n".encode())
    line = b""
    while line[-1:] != b"\n":
        octets = _control.read(1)
        if not octets:
            raise KeyboardInterrupt
        line += octets
    passed, world.least, there = [int(word) for word in line.split()]
    world.limit = world.passed_to_ticks(passed)
    _there = bool(there)


world.limit = ticks()
world.at_limit = _ask
world.install()


class _Station:
    PM_NONE = 0

    def __init__(self):
        self.on = self.wanted = False

    def active(self, on=None):
        if on is None:
            return self.on
        self.on = on
        self.wanted = self.wanted and on
        return None

    def config(self, **options):
        pass

    def connect(self, ssid, key):
        if self.wanted:
            raise OSError("Wifi Internal Error")
        self.wanted = True

    def disconnect(self):
        self.wanted = False

    def isconnected(self):
        return self.on and self.wanted and _there

    def status(self, name=None):
        return -60

    def ipconfig(self, name):
        return "192.168.1.57", "255.255.255.0"


class _Own:
    def __init__(self):
        self.on = True

    def active(self, on=None):
        if on is not None:
            self.on = on
        return self.on

    def status(self, name):
        return []


def station(hostname):
    return _Station()


def own_network(ssid, key):
    return _Own()


def own_address(own):
    return "192.168.4.1"


def is_own(own, wlan, peer):
    return False
