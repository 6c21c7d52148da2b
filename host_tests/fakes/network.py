"""The part of MicroPython's `network` that the firmware uses."""

from fakes.wlan import FakeWlan

log = []  # calls in their order


def hostname(name):
    assert len(name) <= 32
    log.append(("hostname", name))


class WLAN(FakeWlan):
    IF_STA, IF_AP = 0, 1

    def __init__(self, interface):
        assert interface == self.IF_STA
        super().__init__()
        log.append(("WLAN", interface))
