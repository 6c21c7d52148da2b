"""GET /api/v1/export: all that the dongle holds of the household, as one JSON file, to take out
before anything is erased. Sent while it is read, so years of hours take no more room than one.

    {"settings","consent","keys","security","events","history":{"hours"},"daily":{"days"}}

No passwords, and nothing that opens the dongle. The hours, days and peaks are there as CSV too
(/api/v1/hours.csv, /days.csv, /peaks.csv).
"""

import json

from app import (
    api_consent,
    api_days,
    api_hours,
    api_keys,
    api_security,
    api_settings,
    log,
    security,
    table,
)
from app.rare import forget
from app.routes import refuse
from household.oslo import local_day

_MORE = "api_days api_hours api_keys api_security api_settings table words"


def get(app, request, rest):
    """Everything."""
    if rest:
        return refuse(404, "not_found")
    security.add(app.access, security.EXPORTED, 0, request.client_addr)
    parts = (
        '{"settings":' + api_settings.readable(app),
        ',"consent":' + json.dumps(api_consent.describe(app)),
        ',"keys":' + api_keys.as_json(app.access, request.sock[0].who),
    )
    day = table.today(app.hours)
    reply = table.Rows(app.hours, lambda journal: _parts(app, parts, journal, day), "han.json")
    reply.kind = "application/json"
    for name in _MORE.split():
        forget("app." + name)  # what runs on keeps what it needs
    return reply


def _parts(app, parts, journal, day):
    for part in parts:
        yield part
    start = ',"security":['
    for entry in security.entries(app.access.folder):
        yield start + api_security.as_json(entry)
        start = ","
    yield "]" if start == "," else start + "]"
    start = ',"events":['
    for number, event, utc, figure in log.events(journal.path):
        one = {"id": number, "event": event, "time": utc, "figure": figure}
        yield start + json.dumps(one)
        start = ","
    yield "]" if start == "," else start + "]"
    yield ',"history":'
    first = local_day(api_hours.kept(journal, day)[0])
    for piece in api_hours.pieces(journal, first, day + 1):
        yield piece
    yield ',"daily":'
    first = api_days.first_kept(journal, day)
    for piece in api_days.pieces(app.hours, journal, first, day + 1):
        yield piece
    yield "}"
