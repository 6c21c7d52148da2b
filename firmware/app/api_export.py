"""GET /api/v1/export: all that the dongle holds of the household, as one JSON file, to take out
before anything is erased. Sent while it is read, so years of hours take no more room than one.

    {"settings","consent","keys","security","events","history":{"hours"},"daily":{"days"}}

No passwords, and nothing that opens the dongle. The hours, days and peaks are there as CSV too
(/api/v1/hours.csv, /days.csv, /peaks.csv). Each part's module is loaded when its turn comes and let
go: together they would take more than there is.
"""

import gc
import json

from app import clock
from app.rare import forget
from app.reply import NO_STORE, Reply
from app.routes import refuse

_PIECE = 600  # octets
_HEAD = NO_STORE + 'Content-Disposition: attachment; filename="han.json"\r\n'


class _Export(Reply):
    """The parts, one after the other."""

    def __init__(self, app, own):
        Reply.__init__(self, b"", 200, "application/json", _HEAD)
        self.app = app
        self.own = own

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if self.is_head:
            return
        parts = _parts(self.app, self.own)
        held = b""
        try:
            for piece in parts:
                stream.born = clock.ms()  # years of hours take their time, each piece its own
                held += piece.encode()
                if len(held) >= _PIECE:
                    await stream.awrite(held)
                    held = b""
            await stream.awrite(held)
        finally:
            parts.close()  # and with it the journal


def get(app, request, rest):
    """Everything."""
    if rest:
        return refuse(404, "not_found")
    _note(app, request)
    return _Export(app, request.conn.who)


def _parts(app, own):
    yield '{"settings":' + _settings(app)
    yield ',"consent":' + _consent(app)
    yield ',"keys":' + _keys(app, own)
    start = ',"security":['
    for text in _security(app):
        yield start + text
        start = ","
    yield "]" if start == "," else start + "]"
    start = ',"events":['
    for text in _events(app):
        yield start + text
        start = ","
    yield "]" if start == "," else start + "]"
    yield ',"history":'
    yield from _opened(app, _hours)
    yield ',"daily":'
    yield from _opened(app, _days)
    yield "}"


def _opened(app, part):
    """What part(app, journal) yields; between two the journal's heap is one piece again."""
    gc.collect()
    journal = app.hours.open()
    try:
        yield from part(app, journal)
    finally:
        app.hours.close()


def _note(app, request):
    from app import security

    security.add(app.access, security.EXPORTED, 0, request.peer)
    forget("app.security app.log")


def _settings(app):
    from app import api_settings

    forget("app.api_settings app.settings_file")
    return api_settings.readable(app)


def _consent(app):
    from app import api_consent

    forget("app.api_consent")
    return json.dumps(api_consent.describe(app))


def _keys(app, own):
    from app import api_keys

    forget("app.api_keys app.keys")
    return api_keys.as_json(app.access, own)


def _security(app):
    from app import api_security, security

    forget("app.api_security app.security app.log")
    for entry in security.entries(app.access.folder):
        yield api_security.as_json(entry)


def _events(app):
    from app import log

    forget("app.log")
    for number, event, utc, figure in log.events(app.hours.path):
        yield json.dumps({"id": number, "event": event, "time": utc, "figure": figure})


def _hours(app, journal):
    from app.api_hours import kept
    from app.hours_json import pieces
    from app.ranges import today
    from household.oslo import local_day

    forget("app.api_hours app.hours_json app.ranges app.rows app.words household.dates")
    day = today(app.hours)
    yield from pieces(journal, local_day(kept(journal, day)[0]), day + 1)


def _days(app, journal):
    from app.api_days import first_kept
    from app.days_json import pieces
    from app.ranges import today

    forget("app.api_days app.days_json app.ranges app.rows app.words household.dates")
    day = today(app.hours)
    yield from pieces(app.hours, journal, first_kept(journal, day), day + 1)
