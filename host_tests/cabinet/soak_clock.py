"""The firmware's side of soak.py: its time stands still at each limit until soak.py moves it on
(CLOCK=soak_clock, WLAN=soak_clock, CONTROL=port). Runs within the built firmware."""

import gc
import os
import socket

import cabin_radio
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


class _Station(cabin_radio.Station):
    """There when soak.py says so, and then at once."""

    def isconnected(self):
        return self.on and self.wanted is not None and _there


def station(hostname):
    return _Station()


own_network = cabin_radio.own_network
own_address = cabin_radio.own_address
is_own = cabin_radio.is_own
