"""`network` and `socket` of chip.py. The station after network_wlan.c: one request at a time, its own
retries, and a status() that tells of the latest failure until an address has come, whatever goes on.

CHIP's "around": [[ssid, dBm, secured]], "keys": {ssid: key}, "join_ms". Clients from 127.0.0.2 are
phones on the dongle's own network, all others come from the household's.
"""

import io
import socket as _socket
import time

AF_INET, SOCK_STREAM, SOCK_DGRAM = 2, 1, 2
SOL_SOCKET, SO_REUSEADDR = 0xFFF, 4  # lwIP's
HOUSE = "192.168.1.57"
OWN = "192.168.4.1"
_IDLE, _CONNECTING, _GOT_IP = 1000, 1001, 1010
_NO_AP, _AUTH_FAIL = 201, 202
_SOCKETS = 10  # CONFIG_LWIP_MAX_SOCKETS
_SO_SNDBUF = 7  # Linux
_SEND_BUFFER = 2880  # which Linux doubles: 4 x MSS of lwIP

_told = {}
_note = None
_name = None
_open = 0


def start(told, note):
    global _told, _note
    _told = told
    _note = note


def hostname(name):
    global _name
    assert len(name) <= 32 and not (sta.on or ap.on)
    _name = name


class _Station:
    def __init__(self):
        self.on = self.requested = self.connected = False
        self.trying = False  # what esp_wifi_connect() has begun is under way
        self.reason = self.tries = self.limit = 0
        self.wanted = ("", "")
        self.since = 0
        self.address = None

    def step(self):
        """What the port's event handler has done meanwhile."""
        if not self.trying:
            return
        if time.ticks_diff(time.ticks_ms(), self.since) < _told["join_ms"]:
            return
        ssid, key = self.wanted
        if _told["keys"].get(ssid) == key:
            self.connected = True
            self.trying = False
            self.reason = 0
            return
        self.reason = _AUTH_FAIL if ssid in _told["keys"] else _NO_AP
        self.tries += 1
        self.since = time.ticks_ms()
        self.trying = not self.limit or self.tries < self.limit


class _Own:
    on = False
    ssid, key, security, clients = "ESP_A81F2E", "", 0, 4


sta = _Station()
ap = _Own()


class WLAN:
    IF_STA, IF_AP = 0, 1
    SEC_OPEN, SEC_WPA2 = 0, 3
    PM_NONE, PM_PERFORMANCE, PM_POWERSAVE = 0, 1, 2

    def __init__(self, interface=0):
        if interface not in (0, 1):
            raise ValueError("invalid WLAN interface identifier")
        self._is_ap = interface == 1
        self._it = ap if self._is_ap else sta

    def active(self, on=None):
        if on is not None:
            self._it.on = bool(on)
            if not on and not self._is_ap:
                sta.connected = sta.trying = False
            elif on and not self._is_ap:
                sta.tries = 0
            elif on:
                assert ap.security == WLAN.SEC_WPA2 and len(ap.key) >= 8, "the network is open"
                print("chip: own network", ap.ssid)
        return self._it.on

    def config(self, **values):
        for name in values:
            value = values[name]
            if name in ("ssid", "key", "security", "max_clients"):
                if not self._is_ap:
                    raise OSError("AP required")
                setattr(ap, name if name != "max_clients" else "clients", value)
            elif name == "reconnects":
                if self._is_ap:
                    raise OSError("STA required")
                sta.limit = 0 if value == -1 else value + 1
            elif name != "pm":
                raise ValueError("unknown config param")
        sta.step()
        if not self._is_ap and sta.trying:
            raise OSError("Wifi Internal Error")  # "sta is connecting, cannot set config"

    def scan(self):
        if not sta.on:
            raise OSError("STA must be active")
        return [
            (name.encode(), b"\0" * 6, 1, dbm, 3 * bool(secured), False)
            for name, dbm, secured in _told["around"]
        ]

    def connect(self, ssid, key):
        sta.step()
        if not sta.on:
            raise OSError("Wifi Not Started")
        if sta.trying:
            raise OSError("Wifi Internal Error")
        print("chip: connects to", ssid)
        sta.wanted = ssid, key
        sta.requested = sta.trying = True
        sta.connected = False
        sta.tries = 0
        sta.since = time.ticks_ms()

    def disconnect(self):
        sta.requested = sta.connected = sta.trying = False

    def isconnected(self):
        sta.step()
        return sta.connected

    def status(self, name=None):
        if name == "stations":
            if not self._is_ap:
                raise OSError("AP required")
            return []
        sta.step()
        if name == "rssi":
            if not sta.connected:
                raise OSError("Wifi Not Connected")
            return -61
        if name is not None:
            raise ValueError("unknown status param")
        if sta.connected:
            return _GOT_IP
        if sta.reason:
            return sta.reason
        more = not sta.limit or sta.tries < sta.limit
        return _CONNECTING if sta.requested and more else _IDLE

    def ifconfig(self, address=None):
        if address is None:
            return (HOUSE, "255.255.255.0", "192.168.1.1", "192.168.1.1")
        assert len(address) == 4
        sta.address = address
        return None

    def ipconfig(self, name):
        assert name == "addr4"
        if self._is_ap:
            return (OWN, "255.255.255.0")
        if not sta.connected:
            return ("0.0.0.0", "0.0.0.0")
        return (sta.address[0] if sta.address else HOUSE, "255.255.255.0")


def getaddrinfo(host, port):
    return [(AF_INET, SOCK_STREAM, 0, host, (host, port))]


def _native(address):
    host, port = address
    port = {80: _told["http"], 53: _told["dns"]}.get(port, port)
    return _socket.getaddrinfo(host, port)[0][-1]


def _peer(octets):
    port = octets[2] << 8 | octets[3]
    return ("192.168.4.2" if octets[4:8] == b"\x7f\0\0\2" else "192.168.1.33", port)


class socket(io.IOBase):
    """Takes and gives addresses as tuples; reads and writes as the port's do, None for nothing."""

    def __init__(self, domain=AF_INET, kind=SOCK_STREAM, native=None):
        global _open
        _open += 1
        if _open > _SOCKETS:
            _open -= 1
            raise OSError(23)  # ENFILE
        self._closed = False
        self._ended = None
        self._is_new = native is None and kind == SOCK_STREAM
        self._sock = native or _socket.socket(
            _socket.AF_INET, _socket.SOCK_STREAM if kind == SOCK_STREAM else _socket.SOCK_DGRAM
        )

    def ioctl(self, request, argument):
        return self._sock.fileno() if request == 10 else -22

    def close(self):
        global _open
        if not self._closed:
            self._closed = True
            _open -= 1
            self._sock.close()

    def setblocking(self, on):
        self._sock.setblocking(on)

    def setsockopt(self, level, option, value):
        assert level == SOL_SOCKET and option == SO_REUSEADDR
        self._sock.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, value)
        self._sock.setsockopt(_socket.SOL_SOCKET, _SO_SNDBUF, _SEND_BUFFER)

    def bind(self, address):
        self._is_new = False
        self._sock.bind(_native(address))

    def listen(self, backlog=2):
        self._sock.listen(backlog)

    def accept(self):
        native, peer = self._sock.accept()
        return socket(native=native), _peer(peer)

    def read(self, count):
        _note()
        if self._is_new:
            raise OSError(128)  # ENOTCONN
        return self._sock.read(count)

    def write(self, data):
        _note()
        return self._sock.write(data)

    def recvfrom(self, count):
        if self._ended is None:
            data, peer = self._sock.recvfrom(count)
            if data:
                return data, _peer(peer)
            self._ended = _peer(peer)  # modsocket.c: nothing is the end, of UDP too
        return b"", self._ended

    def sendto(self, data, address):
        assert isinstance(address[0], str)
        host = "127.0.0.2" if address[0] == "192.168.4.2" else "127.0.0.1"
        return self._sock.sendto(data, _socket.getaddrinfo(host, address[1])[0][-1])
