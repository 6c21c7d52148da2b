"""A radio for the firmware on a computer (board_unix.py, WLAN=fake_radio): networks around it, one
station and the dongle's own network, which behave as esp32.md B says. Runs under MicroPython.

RADIO names a JSON file: {"around": [[ssid, dBm, secured]], "key": {ssid: key}, "slow_ms",
"lies": wrong "wrong key" reports before a right key is taken, "reason": status() for a wrong key,
"dns": port}. What is asked of the radio is added to RADIO.log.
"""

import json
import os
import socket
import time

IDLE, CONNECTING, NOT_FOUND, WRONG_KEY, GOT_IP = 1000, 1001, 201, 202, 1010
_path = os.getenv("RADIO") or ""


def _told():
    with open(_path) as file:
        return json.load(file)


def _log(*what):
    with open(_path + ".log", "a") as file:
        file.write(json.dumps(what) + "\n")


class Station:
    PM_NONE = 0

    def __init__(self, hostname):
        self.on = False
        self.wanted = None
        self.lies = 0
        self.reason = 0  # of the latest failure; the port forgets it with the next address only

    def active(self, on=None):
        if on is None:
            return self.on
        _log("active", on)
        if not on:
            self.wanted = None
        self.on = on
        return None

    def config(self, **options):
        _log("config", options)

    def scan(self):
        if not self.on:
            raise OSError("STA is not active")
        _log("scan")
        # (ssid, bssid, channel, RSSI, security, hidden); a hidden one has no name here
        return [
            (
                bytes(name, "utf-8") if isinstance(name, str) else bytes(name),
                b"",
                1,
                dbm,
                3 * safe,
                0,
            )
            for name, dbm, safe in _told()["around"]
        ] + [(b"", b"", 1, -50, 3, 1)]

    def connect(self, ssid, key):
        if self.wanted:
            raise OSError("Wifi Internal Error")
        _log("connect", ssid, key)
        self.wanted = (ssid, key, time.ticks_ms())
        self.lies += 1

    def disconnect(self):
        _log("disconnect")
        self.wanted = None

    def status(self, name=None):
        if name == "rssi":
            return -61
        found = self._outcome()
        if found == GOT_IP:
            self.reason = 0
        elif found < IDLE:
            self.reason = found
        # network_wlan_status(): these come before "still connecting"
        return self.reason if self.reason in (NOT_FOUND, WRONG_KEY) else found

    def _outcome(self):
        if not self.wanted:
            return self.reason or IDLE
        ssid, key, since = self.wanted
        told = _told()
        if time.ticks_diff(time.ticks_ms(), since) < told.get("slow_ms", 0):
            return CONNECTING
        if ssid not in told["key"]:
            return NOT_FOUND
        if told["key"][ssid] is None:
            return CONNECTING  # it never answers
        if told["key"][ssid] != key or self.lies <= told.get("lies", 0):
            return told.get("reason", WRONG_KEY)
        return GOT_IP

    def isconnected(self):
        return self.status() == GOT_IP

    def ipconfig(self, name):
        return "192.168.1.57", "255.255.255.0"


class Own:
    def __init__(self, ssid, key):
        _log("own", ssid, key)
        self.on = True

    def active(self, on=None):
        if on is not None:
            _log("own", on)
            self.on = on
        return self.on

    def status(self, name):
        return []


def station(hostname):
    _log("hostname", hostname)
    return Station(hostname)


def own_network(ssid, key):
    return Own(ssid, key)


def own_address(own):
    return "192.168.4.1"


def is_own(own, wlan, peer):
    # Requests from 127.0.0.2 play the phone in the own network
    return own.active() and bytes(peer[4:8]) == b"\x7f\x00\x00\x02"


def listen_dns():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(socket.getaddrinfo("127.0.0.1", _told()["dns"])[0][-1])
    sock.setblocking(False)
    return sock
