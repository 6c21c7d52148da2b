"""The part of the API that is used now and then: /api/v1/NAME/... is answered by app/api_NAME.py,
which is loaded for it and let go again.

Such a module has get(), post() or delete() with (app, request, rest): `app` the App, `rest` what
follows the name's slash. They return a Reply, or are coroutines that do. Whether the request may
be made at all was settled by access.check().
"""

import asyncio
import json

from app.rare import forget, load, tidy
from app.reply import Reply, error

_NESTS = 99
_NAMES: str = (
    "login session keys password security consent setup settings erase export now hours days "
    "months peaks events away tariff line quality clock update diagnosis metrics"
)
# in the same order, for rare.load()
_MODULES = (
    "app.api_login app.api_session app.api_keys app.api_password app.api_security app.api_consent "
    "app.api_setup app.api_settings app.api_erase app.api_export app.api_now app.api_hours "
    "app.api_days app.api_months app.api_peaks app.api_events app.api_away app.api_tariff "
    "app.api_line app.api_quality app.api_clock app.api_update app.api_diagnosis app.api_metrics"
)


class Routes:
    """For an App that is still being put together."""

    def __init__(self, app):
        self._app = app

    async def answer(self, request, what: str) -> Reply:
        """The Reply to a request for /api/v1/`what`."""
        name, _, rest = what.partition("/")
        if name[-4:] == ".csv" and not rest:
            name, rest = name[:-4], ".csv"
        try:
            place = _NAMES.split().index(name)
        except ValueError:
            return error(404)
        wait = 100 if name in "hours days months peaks export" else 0
        while self._app.hours.turning or (wait and self._app.hours.users):
            await asyncio.sleep_ms(20)  # one at a time: a history takes half of what heap is left
            wait -= 1
        module = load(_MODULES, place)
        handler = getattr(module, request.method.lower().replace("head", "get"), None)
        if handler is None:
            return error(405)
        reply = handler(self._app, request, rest)
        if not isinstance(reply, Reply):
            reply = await reply
        return reply

    def done(self) -> None:
        """A reply has been sent: what was loaded for it can go. Not before, since what writes it
        would load a part of it a second time."""
        if not self._app.hours.users:  # else somebody needs what it has loaded, see hours.py
            # an update under way raises what its own copy of the module knows
            if self._app.update:
                tidy("app.update")
            else:
                tidy()


def body_of(request):
    """The request's JSON object; {} when it is none. Nor is one with more lists and objects in it
    than any request has: a kilobyte of brackets takes fifty of the heap."""
    body = request.body
    count = 0
    for octet in body:
        count += octet == 91 or octet == 123  # [ and {
    try:
        if count > _NESTS:
            raise ValueError
        if b"\\u" in body:
            from app import escapes

            body = escapes.joined(body)
            forget("app.escapes")
        body = json.loads(body)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def refuse(status: int, why: str, more: str = "") -> Reply:
    """{"error": why} for a reason that the page has words for."""
    return Reply('{"error":"' + why + '"' + more + "}", status)
