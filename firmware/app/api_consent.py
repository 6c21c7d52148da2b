"""/api/v1/consent

    GET                                        see get()
    POST {"answer":"give","secured":"owner"|"encrypted","version"}   from none or withdrawn
    POST {"answer":"secured"}                  the meter has been locked away meanwhile
    POST {"answer":"withdraw"}                 nothing more is read
    POST {"answer":"same"}                     after MOVED: the meter was changed, go on

`version` is that of the wording the owner said yes to. `secured` is what the grid company asks
for: the meter is locked away, or its lists are encrypted.
"""

import json
import os
from binascii import hexlify

from app import clock
from app.consent import GIVEN, MOVED, NONE, WITHDRAWN
from app.rare import forget
from app.reply import Reply
from app.routes import body_of, refuse

VERSION = 1  # of the wording in strings-setup.json, sent with it by setup.js
STATES = ("none", "given", "withdrawn", "moved")


def get(app, request, rest):
    """The object of describe()."""
    return refuse(404, "not_found") if rest else Reply(json.dumps(describe(app)))


def describe(app) -> dict:
    """{"state","version","given_at","ended_at","secured"}. `secured` says "verified" when the
    lists are encrypted and their tags hold, "plain" when they are plain though the owner said
    encrypted: then the owner has to secure the meter."""
    stored = _stored(app.consent)
    return {
        "state": STATES[app.consent.state],
        "version": stored.get("version"),
        "given_at": stored.get("given_at"),
        "ended_at": stored.get("ended_at"),
        "secured": _secured(app, stored),
    }


def post(app, request, rest):
    """Change the answer."""
    body = body_of(request)
    if rest:
        return refuse(404, "not_found")
    answer = body.get("answer")
    reason = "not_valid"
    if answer == "give":
        reason = give(app, request, body)
    elif answer == "withdraw":
        reason = withdraw(app, request)
    elif answer == "secured":
        store(app.consent, app.consent.state, None, {"secured": "owner"})
        reason = None
    elif answer == "same":
        reason = "order"
        if app.consent.state == MOVED:
            store(app.consent, GIVEN, "")
            reason = None
    if reason:
        return refuse(409 if reason == "order" else 400, reason)
    return get(app, request, "")


def give(app, request, body):
    """The owner's yes. Returns why not, or None."""
    if body.get("secured") not in ("owner", "encrypted") or body.get("version") != VERSION:
        return "not_valid"
    consent = app.consent
    if consent.state == MOVED:
        return "order"
    if consent.state == GIVEN:
        return None
    fields = {"version": VERSION, "secured": body["secured"]}
    store(consent, GIVEN, "", fields, app.access.meter_clock.utc(clock.ms()))
    _note(app, request)
    return None


def withdraw(app, request):
    """The owner's no: what is known of the meter in RAM goes at once, and nothing comes after."""
    if app.consent.state in (NONE, WITHDRAWN):
        return "order"
    store(app.consent, WITHDRAWN, None, None, app.access.meter_clock.utc(clock.ms()))
    _note(app, request)
    app.meter.forget()
    return None


def _note(app, request):
    """Into the security log what the consent is now."""
    from app import security

    security.add(app.access, security.CONSENT, app.consent.state, request.peer)
    forget("app.security app.log")


def store(consent, state: int, meter=None, fields=None, utc=None) -> None:
    """Put a state on flash and into force. `meter` the new mark, None as it was. OSError when
    the flash refuses; a no holds in RAM all the same."""
    stored = _stored(consent)
    if state != GIVEN:
        consent.state = state
    stored["salt"] = consent.salt or hexlify(os.urandom(8)).decode()
    stored["meter"] = consent.meter if meter is None else meter
    stored["state"] = state
    stored.update(fields or {})
    if utc:
        stored["given_at" if state == GIVEN else "ended_at"] = utc
    with open(consent.path + ".tmp", "w") as file:
        json.dump(stored, file)
    os.rename(consent.path + ".tmp", consent.path)
    consent.state = state
    consent.salt = stored["salt"]
    consent.meter = stored["meter"]


def _stored(consent):
    try:
        with open(consent.path) as file:
            stored = json.load(file)
        return stored if isinstance(stored, dict) else {}
    except (OSError, ValueError):
        return {}


def _secured(app, stored):
    decoder = app.meter.decoder
    if decoder.encrypted and decoder.verified:
        return "verified"
    if decoder.counters.readings and stored.get("secured") == "encrypted":
        return "plain"
    return stored.get("secured")
