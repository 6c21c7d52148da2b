"""The part of the API that is used now and then: /api/v1/NAME/... is answered by app/api_NAME.py,
which is loaded for it and let go again.

Such a module has get(), post() or delete() with (app, request, rest): `app` the App, `rest` what
follows the name's slash. They return a Reply, or are coroutines that do. Whether the request may
be made at all was settled by access.check().
"""

import json

from app.rare import forget
from app.reply import Reply, error

_NAMES = " login session keys password security consent setup erase export "


class Routes:
    """The route on a Microdot."""

    def __init__(self, microdot, app):
        self._app = app
        microdot.route("/api/v1/<path:what>", methods=["GET", "POST", "DELETE"])(self._answer)

    async def _answer(self, request, what):
        name, _, rest = what.partition("/")
        if " " + name + " " not in _NAMES:
            # A route of its own may be there for GET
            return error(404 if request.method in ("GET", "HEAD") else 405)
        name = "api_" + name
        module = getattr(__import__("app." + name), name)
        handler = getattr(module, request.method.lower().replace("head", "get"), None)
        try:
            if handler is None:
                return error(405)
            reply = handler(self._app, request, rest)
            if not isinstance(reply, Reply):
                reply = await reply
            return reply
        finally:
            forget("app." + name)


def body_of(request):
    """The request's JSON object; {} when it is none."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def refuse(status: int, why: str, more: str = "") -> Reply:
    """{"error": why} for a reason that the page has words for (strings-access.json)."""
    return Reply('{"error":"' + why + '"' + more + "}", status)
