"""What setup.py does once: look around, show the key, open the dongle's own network."""

from micropython import const

from app import clock
from app.access import DONE
from app.rare import forget

_NETWORKS = const(20)


def begin(setup) -> None:
    """All three. Without a radio there is nothing to look for and to open."""
    app = setup.app
    if setup.radio:
        app.wifi.wlan.active(True)  # the radio makes the random numbers random
        _scan(setup)
    key = _key(app)
    if key is None:
        return
    _show(setup, key)
    if setup.radio:
        _open(setup, key)


def _scan(setup):
    found = {}
    try:
        for ssid, _, _, rssi, security_mode, _ in setup.app.wifi.wlan.scan():
            try:
                name = bytes(ssid).rstrip(b"\0").decode()
            except UnicodeError:
                setup.hidden += 1
                continue
            if name and (name not in found or found[name][1] < rssi):
                found[name] = (name, rssi, security_mode != 0)
    except OSError as error:
        print("setup: scan:", error)  # the name can be typed
    setup.networks = sorted(found.values(), key=lambda one: -one[1])[:_NETWORKS]
    setup.beat = clock.ms()


def _key(app):
    """The set-up key, made now on an empty dongle. None when `owner` is damaged: then only holding
    the button helps."""
    from app import password

    forget("app.password app.scram")
    owner = password.read(app.access.folder)
    if owner is None:
        if app.access.stage == DONE:
            return None
        owner = password.create(app.access.folder)
        _note(app)
    return password.setup_key(owner)


def _note(app):
    from app import security

    security.add(app.access, security.STARTED)
    forget("app.security app.log")


def _show(setup, key):
    from app import console

    console.show(setup.ssid_of_own(), key, setup.board, setup.radio)
    forget("app.console app.qr")


def _open(setup, key):
    from app.portal import Portal

    setup.app.wifi.wlan.active(False)
    setup.own = setup.board.own_network(setup.ssid_of_own(), key)
    setup.own_address = setup.board.own_address(setup.own)
    setup.portal = Portal(setup.board.listen_dns, setup.own_address)
