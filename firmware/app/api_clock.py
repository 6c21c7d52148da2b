"""/api/v1/clock: what time it is and who says so.

GET
POST {"utc": Unix seconds}    the phone's clock, when its owner wants it to be believed
"""

from app import clock
from app.api_now import clock_pairs
from app.reply import Reply
from app.routes import body_of, refuse
from app.words import pairs

_FIRST = 1704067200  # 2024
_END = 4102444800  # 2100


def get(app, request, rest):
    """The clock."""
    if rest:
        return refuse(404, "not_found")
    time = app.hours.clock
    parts = [pairs("at", time.utc(clock.ms())), clock_pairs(time)]
    return Reply("{" + ",".join([part for part in parts if part]) + "}")


def post(app, request, rest):
    """Hold the meter's clock against the phone's, or take the phone's when there is none."""
    utc = body_of(request).get("utc")
    if rest:
        return refuse(404, "not_found")
    if type(utc) is not int or not _FIRST <= utc < _END:
        return refuse(400, "not_valid")
    app.hours.clock.on_reference(utc, clock.ms())
    app.hours.events |= app.hours.clock.event
    if app.hours.events:
        app.hours.at_hourly("clock_event")
    return get(app, request, "")
