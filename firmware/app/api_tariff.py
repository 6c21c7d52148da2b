"""/api/v1/tariff: the grid company's price sheet in force, the ones to choose from, and the owner's
own.

    GET
    POST a sheet     checked, kept as the owner's own and put in force
    DELETE           the own sheet goes; the one of the same id that came with the build is in
                     force again, or none
"""

import json
import os

from app import sheets
from app.reply import Reply
from app.routes import body_of, refuse
from app.words import VALIDITY, pairs
from household.tariff import Tariff
from household.validity import validity

_SHOWN = ("id", "company", "name", "place", "group", "valid_from", "valid_to")


def get(app, request, rest):
    """The sheet in force and what there is to choose from."""
    if rest:
        return refuse(404, "not_found")
    return _Sheets(app.hours)


class _Sheets(Reply):
    """Sent a sheet at a time, each read when its turn comes. rows.Rows would open the journal."""

    def __init__(self, hours):
        Reply.__init__(self, b"")
        self.hours = hours

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if not self.is_head:
            for piece in _pieces(self.hours):
                await stream.awrite(piece.encode())


def _pieces(hours):
    grid = hours.settings["grid"]
    yield "{" + pairs("grid own", grid, sheets.read(sheets.own(hours.path)) is not None)
    from app.ranges import today

    day = today(hours)
    data = sheets.sheet(hours.path, grid, day) if grid else None
    if data is not None:
        yield "," + pairs("validity", VALIDITY[validity(Tariff(data), day)])
        yield ',"sheet":' + json.dumps(data)
    data = None
    yield ',"presets":['
    comma = ""
    for name in sorted(sheets.names()):
        data = sheets.read("tariffs/" + name)
        if data is not None:
            yield comma + "{" + pairs(" ".join(_SHOWN), *[data[key] for key in _SHOWN]) + "}"
            comma = ","
    yield "]"
    data = sheets.read(sheets.QUOTA_FILE)
    if data is not None:
        yield ',"norgespris":' + json.dumps(data)
    yield "}"


def post(app, request, rest):
    """The owner's own sheet."""
    if rest:
        return refuse(404, "not_found")
    from household.tariff_check import check

    data = body_of(request)
    problems = check(data)
    if problems:
        told = [{"code": code, "where": where, "value": value} for code, where, value in problems]
        return refuse(400, "tariff", ',"problems":' + json.dumps(told))
    path = sheets.own(app.hours.path)
    try:
        with open(path + ".tmp", "w") as file:
            json.dump(data, file)
        os.rename(path + ".tmp", path)
        _choose(app, request, "own")
    except OSError:
        return refuse(503, "flash")
    return get(app, request, "")


def delete(app, request, rest):
    """Back to the sheets that came with the build."""
    if rest:
        return refuse(404, "not_found")
    path = sheets.own(app.hours.path)
    data = sheets.read(path)
    try:
        os.remove(path)
    except OSError:
        return refuse(404, "not_found")
    grid = ""
    # what it was made from
    if data and data.get("id") != "own" and sheets.files(app.hours.path, str(data.get("id"))):
        grid = data["id"]
    try:
        if app.settings["grid"] == "own":
            _choose(app, request, grid)
    except OSError:
        return refuse(503, "flash")
    return get(app, request, "")


def _choose(app, request, grid):
    app.settings.change({"grid": grid})
    app.hours.due = True
    app.hours.note("tariff")
    from app import security

    security.add(app.access, security.SETTINGS, 0, request.peer)
