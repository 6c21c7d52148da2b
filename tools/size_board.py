"""Stands in for app/board_*.py while size.py measures: a board without anything on it."""

import os
import time

FLASH_KEEPS = True
ticks_ms = time.ticks_ms
make_folder = os.mkdir


class _Nothing:
    def readinto(self, buffer):
        return None


def data_folder():
    """Of a dongle that has been set up: what set-up loads is not part of the account."""
    try:
        os.mkdir("/data")
    except OSError:
        pass  # asked before
    with open("/data/owner", "wb"):
        pass
    return "/data"


def device_id():
    return "0000"


def open_meter(settings):
    return _Nothing()


def set_line(source, baud, parity, inverted):
    pass


def http_port():
    return 80


def listen(port):
    return _Nothing()


def station(hostname):
    return None


def addresses(wlan):
    return ()


def button():
    return False


def indicate(state, on):
    pass


def restart():
    pass


def power_save_off(wlan):
    pass
