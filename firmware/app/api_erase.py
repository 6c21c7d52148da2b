"""/api/v1/erase

    GET                                            {"running": whether history is being erased}
    POST {"what":"history","word":"SLETT"}         hours, days and what was worked out of them
    POST {"what":"all","word":"NULLSTILL","nonce","client","proof"}    everything, and restart

The word is typed by the owner; ERASE and RESET do as well. Stopping to read is api_consent.
"""

import asyncio

from app.rare import forget
from app.reply import Reply
from app.routes import body_of, refuse


def get(app, request, rest):
    """Whether it is at work."""
    if rest:
        return refuse(404, "not_found")
    return Reply('{"running":' + ("true" if app.hours.erasing else "false") + "}")


def post(app, request, rest):
    """Erase."""
    body = body_of(request)
    what = body.get("what")
    if rest:
        return refuse(404, "not_found")
    if what == "history" and body.get("word") in ("SLETT", "ERASE"):
        if not app.hours.erasing:
            _note(app, request)
            app.hours.erasing = app.hours.unfinished = True  # its task does it within a second
        return Reply("{}", 202)
    if what == "all" and body.get("word") in ("NULLSTILL", "RESET"):
        reply = _refusal(app, request, body)
        if reply is None:
            asyncio.create_task(_all(app))
            reply = Reply("{}", 202)
        return reply
    return refuse(400, "not_valid")


def _refusal(app, request, body):
    """The Reply when the password is not proved, else None."""
    from app import api_login, password

    forget("app.api_login app.keys app.password app.scram app.security app.log")
    owner = password.read(app.access.folder)
    if owner is None:
        return refuse(503, "owner_damaged")
    status, key, _ = password.prove(app.access, body, owner)
    return api_login.refused(app, request, status) if key is None else None


def _note(app, request):
    from app import security

    security.add(app.access, security.ERASED, 0, request.client_addr)
    forget("app.security app.log")


async def _all(app):
    from app import reset

    await asyncio.sleep_ms(500)  # the answer is on its way
    reset.begin(app.board, app.access.folder)
