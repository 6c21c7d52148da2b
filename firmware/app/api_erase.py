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
        if app.hours.erasing is None:
            return refuse(409, "safe_mode")
        if not app.hours.erasing:
            _note(app, request)
            app.hours.erasing = app.hours.unfinished = True  # its task does it within a second
        return Reply("{}", 202)
    if what == "all" and body.get("word") in ("NULLSTILL", "RESET"):
        found = _proved(app, request, body)
        if isinstance(found, Reply):
            return found
        asyncio.create_task(_all(app))
        return Reply("{}", 202)
    return refuse(400, "not_valid")


def _proved(app, request, body):
    from app import proof

    forget("app.proof app.password app.scram app.security app.log")
    return proof.proved(app, request, body)


def _note(app, request):
    from app import security

    security.add(app.access, security.ERASED, 0, request.peer)
    forget("app.security app.log")


async def _all(app):
    from app import reset

    await asyncio.sleep_ms(500)  # the answer is on its way
    reset.begin(app.board, app.access.folder)
