"""A Wi-Fi station that behaves as the ESP32 port's (esp32.md B): it goes on trying by itself, a
second connect() meanwhile fails, the radio has to be on, status() tells of a wrong password while
the right one is being tried, and reconnecting without a pause makes that last for ever."""


class FakeWlan:
    """`routers` {ssid: key} are in range while `in_range`; tick(ms) lets time pass."""

    PM_NONE = 0
    STEP_MS = 1000  # a join takes some

    def __init__(self, password="hemmelig"):
        self.routers = {"hjem": password}
        self.in_range = True
        self.stuck = False  # trying for ever without success, until the radio is off and on
        self.calls = []
        self.address = None
        self.error = None  # raised by whatever is called
        self._on = False
        self._wanted = None
        self._connected = False
        self._off_ms = 10000  # how long the radio has been off
        self._jammed = False

    def _may_fail(self):
        if self.error:
            raise self.error

    def active(self, on=None):
        if on is None:
            return self._on
        self._may_fail()
        self.calls.append(("active", on))
        if on and not self._on:
            self._jammed = self._off_ms < 1000
        self._on = on
        if not on:
            self._connected = False
            self._wanted = None
            self.stuck = False
            self._off_ms = 0
        return None

    def config(self, **values):
        self._may_fail()
        assert self._on, "the radio is off"
        assert set(values) <= {"pm", "reconnects", "txpower"}
        self.calls.append(("config", values))

    def connect(self, ssid, key):
        self._may_fail()
        assert self._on, "the radio is off"
        self.calls.append(("connect", ssid, key))
        if self._wanted is not None:
            raise OSError("Wifi Internal Error")
        self._wanted = (ssid, key)

    def disconnect(self):
        self._may_fail()
        self.calls.append(("disconnect",))
        self._wanted = None
        self._connected = False

    def isconnected(self):
        self._may_fail()
        return self._connected

    def status(self, name=None):
        if name == "rssi":
            if not self._connected:
                raise OSError("Wifi Not Connected")
            return -61
        return 1010 if self._connected else 202 if self._wanted else 1000

    def ifconfig(self, values):
        assert len(values) == 4
        self.address = values

    def ipconfig(self, name=None, dhcp4=None):
        if name is None:
            assert dhcp4 is True
            self.address = None
            return None
        assert name == "addr4"
        if not self._connected:
            return ("0.0.0.0", "0.0.0.0")
        return tuple(self.address[:2]) if self.address else ("192.0.2.5", "255.255.255.0")

    def tick(self, ms=STEP_MS):
        """The port's own retry."""
        if not self._on:
            self._off_ms += ms
        right = self._wanted is not None and self.routers.get(self._wanted[0]) == self._wanted[1]
        there = self.in_range and not self.stuck and not self._jammed
        self._connected = self._on and right and there


class FakeOwn:
    """The dongle's own network, with `phones` on it."""

    def __init__(self, ssid, key):
        self.ssid, self.key = ssid, key
        self.on = True
        self.phones = []

    def active(self, on=None):
        if on is not None:
            self.on = on
        return self.on

    def status(self, name):
        assert name == "stations"
        return self.phones
