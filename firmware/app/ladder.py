"""What is done about the Wi-Fi, a step at a time. The port reconnects by itself for ever, so
connect() is called once and left alone; the rest is for when that is known to get stuck, or when
the dongle has been moved.

    connected           the own network closes
    lost                the port's affair for five minutes (one while two networks are known)
    then                radio off and on, the next known network; the same again
    10 minutes without  the dongle's own network opens, with the key of the card and the login as
                        ever. It goes on looking for half a minute in five: meanwhile phones drop
                        off the own network, since there is one radio. While a phone is there it
                        does not look, for half an hour at most
    30 minutes without  restart, if the Wi-Fi was there since the start (else there is nothing that
                        this could mend), but never while lists arrive: metering comes first

No network chosen: the own one is all there is. The same way other settings come into force that
concern the network: MQTT. Loaded for a step; what lasts is on the Wifi.
"""

import asyncio

from micropython import const

from app import clock
from app.rare import forget

_RADIO_OFF = const(1000)  # at once, and the port may report a wrong password for ever
_AGAIN = const(300000)
_NEXT = const(60000)
_OWN = const(600000)
_LOOK = const(30000)
_PHONE = const(1800000)
_RESTART = const(1800000)
_NEVER = const(1 << 60)


async def step(wifi, now: int) -> None:
    """Something has changed, or it is time."""
    wlan = wifi.wlan
    if wifi.values is not wifi.settings.values:
        wifi.values = wifi.settings.values
        choose_mqtt(wifi.app)
    if wlan is None:
        return
    known = networks(wifi.settings)
    connected = wlan.isconnected()
    if known != wifi.known:
        # The connection outlives a soft reset, and a second connect() would fail
        fresh = not connected or wifi.known is not None
        wifi.known = known
        wifi.place = 0
        wifi.since = now
        if fresh and known:
            await _try(wifi, 0)
            return
    if not known:
        wifi.due = _NEVER
        if wlan.active():
            wlan.active(False)
        if wifi.own is None:
            open_own(wifi)
        return
    if connected != wifi.connected:
        wifi.drops += not connected
        wifi.connected = connected
        wifi.since = now
        print("wifi:", wifi.board.addresses(wlan) if connected else "lost")
        wifi.due = now + _wait(wifi)
    if connected:
        close_own(wifi)
        wifi.due = _NEVER
    elif now >= wifi.due:
        await _climb(wifi, now)


async def _climb(wifi, now):
    """The next rung, without a connection."""
    lost = now - wifi.since
    own = wifi.own is not None
    if lost >= _RESTART and wifi.drops and wifi.app.live.state(now) != "live" and not phones(wifi):
        wifi.board.restart()
    if not own and lost >= _OWN:
        await _radio_off(wifi)
        open_own(wifi)
        wifi.due = now + _AGAIN - _LOOK
    elif own and wifi.wlan.active():
        # It has looked long enough: the own network has the radio for itself
        await _radio_off(wifi)
        wifi.due = now + _AGAIN - _LOOK
    elif own and phones(wifi) and lost % (_PHONE + _AGAIN) < _PHONE:
        wifi.due = now + _NEXT
    else:
        await _try(wifi, (wifi.place + 1) % len(wifi.known))


def _wait(wifi):
    """How long the port may try by itself."""
    if wifi.own is not None:
        return _LOOK
    left = wifi.since + _OWN - clock.ms()
    wait = _AGAIN if len(wifi.known) == 1 else _NEXT
    return min(wait, left) if left > 0 else wait


async def _radio_off(wifi):
    if wifi.wlan.active():
        wifi.wlan.disconnect()
        wifi.wlan.active(False)
        await asyncio.sleep_ms(_RADIO_OFF)


async def _try(wifi, place):
    """Connect to a known network, once."""
    await _radio_off(wifi)
    wifi.place = place
    wlan = wifi.wlan
    try:
        wlan.active(True)
        # On USB power: answer at once. The port's own retries: a join of the set-up that failed has
        # ended them, until the next reset
        wlan.config(pm=wlan.PM_NONE, reconnects=-1)
        ssid, key, address = wifi.known[place]
        if address:
            wlan.ifconfig(tuple(address.split(" ")))
            wifi.fixed = True
        elif getattr(wifi, "fixed", False):
            wlan.ipconfig(dhcp4=True)  # the port keeps to the fixed one until the next reset
        wlan.connect(ssid, key)
    except (OSError, RuntimeError) as error:
        # "Wifi Internal Error" while the port is trying already: the ladder goes on. RuntimeError:
        # "Wifi Unknown Error", of which the port has some
        print("wifi: connect:", error)
    wifi.due = clock.ms() + _wait(wifi)


def choose_mqtt(app) -> None:
    """Start MQTT when it is chosen, end it when it no longer is, both when it is another one."""
    chosen = app.settings["mqtt"], app.settings["mqtt_password"]
    for task in app.tasks:
        if task.name == "mqtt":
            if task.chosen == chosen:
                return
            app.tasks = tuple([one for one in app.tasks if one is not task])
            task.job.cancel()
            forget("app.mqtt")
    if chosen[0]:
        from app.mqtt import Mqtt

        task = Mqtt(app, chosen)
        app.tasks += (task,)
        app.begin(task)


def networks(settings):
    """[(name, key, fixed address)] of the networks that are known, the household's first."""
    found = []
    for name in ("wifi", "wifi2"):
        if settings[name + "_ssid"]:
            found.append((settings[name + "_ssid"], settings[name + "_key"], settings["address"]))
    return found


def phones(wifi) -> int:
    """How many are on the own network."""
    try:
        return len(wifi.own.status("stations")) if wifi.own is not None else 0
    except (OSError, RuntimeError, ValueError):
        return 0  # not every radio tells


def open_own(wifi) -> None:
    """The dongle's own network, with the key of the card."""
    from app import password

    board = wifi.board
    key = password.wifi_key(board.data_folder())
    forget("app.password app.scram")
    wifi.own = board.own_network("HAN-" + board.device_id(), key)
    print("wifi: own network")


def close_own(wifi) -> None:
    """The household's is there again."""
    if wifi.own is not None:
        wifi.own.active(False)
        wifi.own = None
