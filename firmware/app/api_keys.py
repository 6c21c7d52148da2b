"""/api/v1/keys: the owner's phones, tokens for scripts and guests' links.

GET                                              {"keys":[...]}, what keys.describe() says
POST {"kind":"token","role","name"}              {"token"}: shown this once
POST {"kind":"link","name","hours"}              {"token"}: http://.../login#guest=TOKEN
DELETE /ID                                       one is taken back, and what is open with it
DELETE                                           all phones but this one
"""

from app import keys, security
from app.access import FIRST, LINK, OWNER, PHONE, SLOT, SLOTS, TOKEN, VIEWER
from app.reply import Reply
from app.routes import body_of, refuse

_MOST_HOURS = 8784  # a year


def get(app, request, rest):
    """All that are in force."""
    if rest:
        return refuse(404, "not_found")
    return Reply('{"keys":' + as_json(app.access, request.conn.who) + "}")


def as_json(access, own: int) -> str:
    """The array of them; `own` the slot of who asks."""
    parts = []
    for slot in range(SLOTS):
        if access.alive(slot):
            parts.append(keys.describe(access, slot, slot == own))
    return "[" + ",".join(parts) + "]"


def post(app, request, rest):
    """Another token or link."""
    body = body_of(request)
    name = keys.name_octets(body.get("name"))
    expires = 0
    role = VIEWER
    if rest:
        return refuse(404, "not_found")
    if body.get("kind") == "token":
        kind = TOKEN
        if body.get("role") not in ("viewer", "owner"):
            return refuse(400, "not_valid")
        if body["role"] == "owner":
            role = OWNER
    elif body.get("kind") == "link":
        kind = LINK
        hours = body.get("hours")
        if not isinstance(hours, int) or not 1 <= hours <= _MOST_HOURS:
            return refuse(400, "not_valid")
        expires = app.access.hour() + hours
    else:
        return refuse(400, "not_valid")
    token = keys.add(app.access, kind, role, name, expires)
    if token is None:
        return refuse(409, "keys_full")
    security.add(app.access, security.KEY, kind, request.peer, name)
    return Reply('{"token":"' + token + '"}', 201)


def delete(app, request, rest):
    """Take one back, or all other phones."""
    conn = request.conn
    if not rest:
        for slot in range(SLOTS):
            if slot != conn.who and app.access.data[FIRST + slot * SLOT] >> 2 == PHONE:
                keys.revoke(app, slot)
        security.add(app.access, security.REVOKED, 0, request.peer)
        return Reply("{}")
    if not rest.isdigit() or int(rest) >= SLOTS or not app.access.alive(int(rest)):
        return refuse(404, "not_found")
    slot = int(rest)
    name = keys.name_of(app.access, slot)
    keys.revoke(app, slot, conn)
    security.add(app.access, security.REVOKED, 0, request.peer, name)
    return Reply("{}")
