"""GET /api/v1/events/log and /api/v1/events.csv: what has happened, newest first (log.EVENTS)."""

from app import log
from app.routes import refuse
from app.rows import Rows
from app.words import moment, pairs

_MOST = 100
_HEAD = "\ufefftid_lokal;tid_utc;hendelse;verdi\r\n"


def get(app, request, rest):
    """`count` entries (50) before the entry numbered `before`."""
    path = app.hours.path
    if rest == ".csv":
        return Rows(app.hours, lambda journal: _csv(path), "hendelser.csv")
    if rest != "log":
        return refuse(404, "not_found")
    before = _whole(request.args, "before", 0xFFFF)
    count = _whole(request.args, "count", _MOST)
    if before is False or count is False or count == 0:
        return refuse(400, "before is 0 to 65535, count 1 to 100")
    return Rows(app.hours, lambda journal: _pieces(path, before, count or 50))


def _whole(args, name, most):
    """The number, None when it was not given, False when it is none."""
    text = args.get(name)
    if text is None:
        return None
    # int() takes "1_0" and " 1", and other alphabets' digits
    if not 0 < len(text) < 6:
        return False
    for char in text:
        if char not in "0123456789":
            return False
    return int(text) if int(text) <= most else False


def _pieces(path, before, count):
    yield '{"entries":['
    comma = ""
    more = False
    for number, event, utc, figure in log.events(path):
        if before is not None:
            if number == before:
                before = None
            continue
        if not count:
            more = True
            break
        count -= 1
        inner = pairs(
            "n utc local event value",
            number,
            utc,
            None if utc is None else moment(utc),
            event,
            figure,
        )
        yield comma + "{" + inner + "}"
        comma = ","
    yield '],"more":' + ("true}" if more else "false}")


def _csv(path):
    yield _HEAD
    for _, event, utc, figure in log.events(path):
        at = "" if utc is None else moment(utc)
        yield "{};{};{};{}\r\n".format(at, utc or "", event, figure)
