"""/api/v1/settings

GET                                      all that can be read back: no keys, no passwords
POST {"set": {name: value}}              checked all together, stored all together
POST {"nonce","client","proof","sealed"} the same with what is secret: the password is proved
                                         and the object sealed with its ClientKey
"""

import json
from binascii import unhexlify

from app import settings_file
from app.rare import forget
from app.reply import Reply
from app.routes import body_of, refuse


def is_secret(name: str) -> bool:
    """Whether a setting is written and never read back, and never sent in clear."""
    return name.endswith("_key") or name.endswith("_password")


def get(app, request, rest):
    """{name: value}; of a secret only whether there is one."""
    if rest:
        return refuse(404, "not_found")
    return Reply(readable(app))


def readable(app) -> str:
    """The JSON of get()."""
    values = {}
    for name in settings_file.defaults():
        value = app.settings[name]
        values[name] = bool(value) if is_secret(name) else value
    return json.dumps(values)


def post(app, request, rest):
    """Change some."""
    body = body_of(request)
    if rest:
        return refuse(404, "not_found")
    changes = body.get("set")
    if "sealed" in body:
        changes = _unsealed(app, request, body)
        if isinstance(changes, Reply):
            return changes
    if not isinstance(changes, dict) or not changes:
        return refuse(400, "not_valid")
    for name in changes:
        reason = settings_file.problem(name, changes[name])
        if not reason and is_secret(name) and "sealed" not in body:
            reason = "must be sealed"
        if reason:
            return refuse(
                400, "setting", ',"setting":' + json.dumps(name) + ',"why":"' + reason + '"'
            )
    try:
        app.settings.change(changes)
    except OSError:
        return refuse(503, "flash")
    app.access.idle = app.settings["idle_days"] * 24
    _note(app, request, changes)
    return Reply("{}")


def _unsealed(app, request, body):
    """The changes in {"nonce","client","proof","sealed"}, or the Reply that refuses them."""
    from app import proof, scram

    forget("app.proof app.password app.scram app.security app.log")
    found = proof.proved(app, request, body)
    if isinstance(found, Reply):
        return found
    try:
        sealed = unhexlify(body["sealed"])
        return json.loads(scram.unseal(found[1], body["nonce"].encode(), sealed))
    except (TypeError, ValueError):
        return refuse(400, "not_valid")


def _note(app, request, changes):
    from app import security

    event = security.WIFI if "wifi_ssid" in changes else security.SETTINGS
    security.add(app.access, event, 0, request.peer)
