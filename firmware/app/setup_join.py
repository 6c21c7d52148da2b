"""Joining the household's network while the dongle's own one stays up: setup.py, step "wifi"."""

import asyncio

from micropython import const

from app import clock
from app.rare import forget
from app.setup import FAILED, JOINED

_POLL = const(50)
_TRY_MS = const(20000)
_TRIES = const(2)
_NOT_FOUND = const(201)  # network.STAT_NO_AP_FOUND
_WRONG_KEY = const(202)  # network.STAT_WRONG_PASSWORD


async def join(setup, key: str) -> None:
    """Ends with setup.state JOINED, and the network stored, or FAILED and the reason."""
    wlan = setup.app.wifi.wlan
    status = 0
    for _ in range(_TRIES):  # a right key can be called wrong the first time
        status = await _try(setup, wlan, key)
        if status is None:
            _joined(setup, wlan, key)
            return
    if status == _NOT_FOUND:
        setup.reason = "wifi_not_found"
    else:
        setup.reason = "wifi_key_wrong" if status == _WRONG_KEY else "wifi_no_answer"
    setup.state = FAILED
    # While it goes on looking for a network the radio drops who is on the own one
    wlan.active(False)


async def _try(setup, wlan, key):
    """None once connected, else the last status."""
    status = 0
    try:
        wlan.active(False)
        wlan.active(True)
        wlan.config(reconnects=0)
        wlan.connect(setup.ssid, key)
    except OSError as error:
        print("setup: connect:", error)
    started = clock.ms()
    while clock.ms() - started < _TRY_MS:
        setup.beat = clock.ms()
        if wlan.isconnected():
            return None
        if setup.portal is not None:
            setup.portal.poll()
        now = wlan.status()
        if now in (_NOT_FOUND, _WRONG_KEY):
            status = now
            break
        await asyncio.sleep_ms(_POLL)
    return status


def _joined(setup, wlan, key):
    wlan.config(reconnects=-1)
    setup.address = setup.board.addresses(wlan)[0]
    setup.joined_at = clock.ms()
    setup.app.settings.change({"wifi_ssid": setup.ssid, "wifi_key": key})
    from app import security

    security.add(setup.app.access, security.WIFI)
    forget("app.security app.log")
    setup.state = JOINED
