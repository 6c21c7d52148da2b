"""/api/v1/setup: the first start, a step at a time. Each POST is a step and can come again.

    GET                                      where it stands, see _status()
    POST /consent  {"secured":"owner"|"encrypted","version"}
    POST /password {"nonce","salt","iterations","sealed"}        password.change()
    POST /wifi     {"ssid","nonce","sealed"} or {"alone":true}   sealed: the network's key
    POST /home     {"profile","fuse_a","grid","name"}            ends it

With "Authorization: Setup KEY", the key that the console shows; who comes over the dongle's own
network has proved it by being there. Open until set-up is through.

What a step needs is loaded for it and let go before the answer is put together: set-up has the
least room of all.
"""

import json
from binascii import unhexlify

from app import clock, password, scram
from app.access import DONE, NEW
from app.consent import GIVEN
from app.rare import forget
from app.reply import Reply
from app.routes import body_of, refuse


def get(app, request, rest):
    """Where set-up stands, and a nonce for the next step."""
    owner = _owner(app, request)
    if rest:
        return refuse(404, "not_found")
    if owner is None:
        return refuse(401, "setup_key")
    return Reply(_status(app, request, owner))


def post(app, request, rest):
    """A step. Nothing about the network is taken before there is a password."""
    owner = _owner(app, request)
    if owner is None:
        return refuse(401, "setup_key")
    step = {"consent": _consent, "password": _password, "wifi": _wifi, "home": _home}.get(rest)
    if step is None:
        return refuse(404, "not_found")
    try:
        reason = step(app, request, owner, body_of(request))
    except OSError:
        return refuse(503, "flash")
    if reason:
        return refuse(409 if reason in ("order", "try_again") else 400, reason)
    return Reply(_status(app, request, owner))


def _owner(app, request):
    """`owner` when the request may do this, else None."""
    owner = password.read(app.access.folder)
    if owner is None or app.setup is None or app.setup.is_own(request.peer):
        return owner if app.setup is not None else None
    head = request.headers.get("authorization", "")
    given = "".join([char for char in head[6:].upper() if char.isalpha() or char.isdigit()])
    if head[:6] != "Setup " or not _equal(given, password.setup_key(owner).replace("-", "")):
        return None
    return owner


def _equal(a, b):
    difference = len(a) ^ len(b)
    for i in range(min(len(a), len(b))):
        difference |= ord(a[i]) ^ ord(b[i])
    return difference == 0


def _step(app):
    if app.consent.state != GIVEN:
        return "consent"
    if app.access.stage == NEW:
        return "password"
    if app.setup.radio and app.setup.state not in ("joined", "alone"):
        return "wifi"
    return "home" if app.access.stage != DONE else "done"


def _status(app, request, owner):
    setup = app.setup
    counters = app.meter.decoder.counters
    networks = []
    for ssid, dbm, secured in setup.networks:
        networks.append(
            '{{"ssid":{},"dbm":{},"secured":{}}}'.format(
                json.dumps(ssid), dbm, "true" if secured else "false"
            )
        )
    status = {
        "step": _step(app),
        "network": setup.ssid_of_own(),
        "hostname": app.wifi.hostname,
        "nonce": password.make_nonce(app.access),
        "iterations": password.ITERATIONS,
        "radio": setup.radio,
        "hidden": setup.hidden,
        "wifi": setup.state,
        "reason": setup.reason,
        "ssid": setup.ssid,
        "address": setup.address,
    }
    if setup.is_own(request.peer):
        status["key"] = password.setup_key(owner)  # its sender has typed it already
    return (
        '{{"networks":[{}],"meter":{{"octets":{},"frames":{},"readings":{},"model":{}}},{}'.format(
            ",".join(networks),
            counters.octets,
            counters.frames,
            counters.readings,
            json.dumps(app.live.texts[2]),
            json.dumps(status)[1:],
        )
    )


def _consent(app, request, owner, body):
    from app import api_consent

    forget("app.api_consent")
    return api_consent.give(app, request, body)


def _note(app, request):
    """The password is set: into the security log."""
    from app import security

    security.add(app.access, security.PASSWORD, 0, request.peer)
    forget("app.security app.log")


def _password(app, request, owner, body):
    if app.consent.state != GIVEN or app.access.stage == DONE:
        return "order"
    if not password.take_nonce(app.access, body.get("nonce")):
        return "try_again"
    reason = password.change(app.access.folder, owner, body, bytes(owner[86:100]))
    if reason is None:
        app.access.read_stage()
        _note(app, request)
    return reason


def _wifi(app, request, owner, body):
    setup = app.setup
    if app.access.stage == NEW or not setup.radio:
        return "order"
    if body.get("alone") is True:
        app.settings.change({"wifi_ssid": "", "wifi_key": ""})
        setup.stay_alone()
        return None
    ssid = body.get("ssid")
    if not isinstance(ssid, str) or not 1 <= len(ssid.encode()) <= 32:
        return "ssid_not_valid"
    if not password.take_nonce(app.access, body.get("nonce")):
        return "try_again"
    try:
        nonce = body["nonce"].encode()
        key = scram.unseal(bytes(owner[86:100]), nonce, unhexlify(body["sealed"])).decode()
    except (KeyError, TypeError, ValueError):
        return "not_valid"
    if key and not 8 <= len(key.encode()) <= 63 and len(key) != 64:
        return "wifi_key_length"
    setup.join(ssid, key)
    return None


def _home(app, request, owner, body):
    if _step(app) not in ("home", "done"):
        return "order"
    changes = {}
    for name in ("profile", "fuse_a", "grid", "name"):
        if name in body:
            changes[name] = body[name]
    try:
        app.settings.change(changes)
    except ValueError:
        return "not_valid"
    owner[1] = DONE
    password.write(app.access.folder, owner)
    app.access.read_stage()
    app.setup.joined_at = clock.ms()  # the own network stays long enough to say so
    return None
