"""Joining the household's network while the dongle's own one stays up: setup.py, step "wifi"."""

import asyncio

from micropython import const

from app import clock
from app.rare import forget
from app.setup import FAILED, JOINED

_POLL = const(50)
_TRY_MS = const(20000)
_TRIES = const(2)
_OLD_MS = const(10000)
_REASONS = const(
    1000
)  # below it status() is the reason of a failure, IEEE 802.11's or Espressif's
# NO_AP_FOUND, and what is there but not with such a key or too weak
_NOT_FOUND = (201, 210, 211, 212)
# AUTH_FAIL, 4WAY_HANDSHAKE_TIMEOUT, HANDSHAKE_TIMEOUT, CONNECTION_FAIL: routers differ
_WRONG_KEY = (202, 15, 204, 205)


async def join(setup, key: str) -> None:
    """Ends with setup.state JOINED, and the network stored, or FAILED and the reason."""
    wlan = setup.app.wifi.wlan
    setup.reason = "wifi_no_answer"
    try:
        for _ in range(_TRIES):  # a right key can be called wrong the first time
            status = await _try(setup, wlan, key)
            if status is None:
                _joined(setup, wlan, key)
                return
            if status in _NOT_FOUND:
                setup.reason = "wifi_not_found"
            elif status in _WRONG_KEY:
                setup.reason = "wifi_key_wrong"
    finally:
        if setup.state != JOINED:  # also when the flash is full: the owner may try again
            setup.state = FAILED
            # While it goes on looking for a network the radio drops who is on the own one
            wlan.active(False)


async def _try(setup, wlan, key):
    """None once connected, else why it failed, 0 when nothing came of it in time."""
    old = 0
    try:
        wlan.active(False)
        wlan.active(True)
        wlan.config(reconnects=0)
        old = wlan.status()
        wlan.connect(setup.ssid, key)
    except (OSError, RuntimeError) as error:  # the port's "Wifi Unknown Error" is the latter
        print("setup: connect:", error)
    started = clock.ms()
    while clock.ms() - started < _TRY_MS:
        setup.beat = clock.ms()
        if wlan.isconnected():
            return None
        if setup.portal is not None:
            setup.portal.poll()
        now = wlan.status()
        if now != old:
            old = 0
        # The port forgets why a connection failed only once another one holds: what it said before
        # connect() is no news until this try has had its time
        if now < _REASONS and (not old or clock.ms() - started >= _OLD_MS):
            return now
        await asyncio.sleep_ms(_POLL)
    return 0


def _joined(setup, wlan, key):
    try:
        wlan.config(pm=wlan.PM_NONE, reconnects=-1)  # as ladder.py does it
    except (OSError, RuntimeError) as error:
        print("setup: reconnects:", error)
    setup.address = setup.board.addresses(wlan)[0]
    setup.joined_at = clock.ms()
    setup.app.settings.change({"wifi_ssid": setup.ssid, "wifi_key": key})
    from app import security

    security.add(setup.app.access, security.WIFI)
    forget("app.security app.log")
    setup.state = JOINED
