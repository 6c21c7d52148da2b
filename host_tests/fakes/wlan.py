"""A Wi-Fi station that behaves as the ESP32 port's (esp32.md B): it goes on trying by itself, a
second connect() meanwhile fails, the radio has to be on, and status() says nothing useful."""


class FakeWlan:
    """`in_range` and `password` are the household's router; tick() lets time pass."""

    PM_NONE = 0

    def __init__(self, password="hemmelig"):
        self.password = password
        self.in_range = True
        self.stuck = False  # trying for ever without success, until the radio is off and on
        self.calls = []
        self._on = False
        self._wanted = None
        self._connected = False

    def active(self, on=None):
        if on is None:
            return self._on
        self.calls.append(("active", on))
        self._on = on
        if not on:
            self._connected = False
            self._wanted = None
            self.stuck = False
        return None

    def config(self, **values):
        assert self._on, "the radio is off"
        assert set(values) <= {"pm", "reconnects", "txpower"}
        self.calls.append(("config", values))

    def connect(self, ssid, key):
        assert self._on, "the radio is off"
        self.calls.append(("connect", ssid, key))
        if self._wanted is not None:
            raise OSError("Wifi Internal Error")
        self._wanted = (ssid, key)

    def disconnect(self):
        self.calls.append(("disconnect",))
        self._wanted = None
        self._connected = False

    def isconnected(self):
        return self._connected

    def ipconfig(self, name):
        assert name == "addr4"
        return ("192.0.2.5", "255.255.255.0") if self._connected else ("0.0.0.0", "0.0.0.0")

    def tick(self):
        """The port's own retry."""
        right = self._wanted is not None and self._wanted[1] == self.password
        self._connected = self._on and right and self.in_range and not self.stuck
