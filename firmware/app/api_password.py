"""/api/v1/password

    POST {"nonce","client","proof","salt","iterations","sealed"}

The old password is proved as at a login; the new one comes sealed with the old one's ClientKey
(password.change()). All that was given with the old one ends: phones, this one too, guests' links and
scripts' tokens. Whoever had the old password could have made himself any of them.
"""

from app import keys, password, proof, security
from app.access import LINK, PHONE, TOKEN
from app.reply import Reply
from app.routes import body_of, refuse


def post(app, request, rest):
    """Change it."""
    access = app.access
    body = body_of(request)
    if rest:
        return refuse(404, "not_found")
    found = proof.proved(app, request, body)
    if isinstance(found, Reply):
        return found
    owner, key, _ = found
    reason = password.change(access.folder, owner, body, key)
    if reason:
        return refuse(400, reason)
    keys.revoke_all(app, (PHONE, TOKEN, LINK), request.conn)
    security.add(access, security.PASSWORD, 0, request.peer)
    return Reply("{}")
