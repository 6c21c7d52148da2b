"""The part of MicroPython's `network` that the firmware uses. As on the chip there is one station
and one access point, however many objects are made."""

from fakes.wlan import FakeWlan

log = []  # calls in their order
ap = {"active": False}  # the access point: config() and active()


def hostname(name):
    assert len(name) <= 32
    log.append(("hostname", name))


class WLAN(FakeWlan):
    IF_STA, IF_AP = 0, 1
    SEC_OPEN, SEC_WPA2 = 0, 3

    def __init__(self, interface):
        assert interface in (self.IF_STA, self.IF_AP)
        super().__init__()
        self.interface = interface
        log.append(("WLAN", interface))

    def active(self, on=None):
        if self.interface == self.IF_STA:
            return super().active(on)
        if on is not None:
            ap["active"] = on
        return ap["active"]

    def config(self, **values):
        if self.interface == self.IF_STA:
            return super().config(**values)
        # without `security` the network would be open, whatever the key
        ap["open"] = values.get("security", self.SEC_OPEN) == self.SEC_OPEN
        ap.update(values)
        return None

    def ipconfig(self, name):
        if self.interface == self.IF_STA:
            return super().ipconfig(name)
        assert name == "addr4"
        return ("192.168.4.1", "255.255.255.0")
