"""The page and its files, sent in small pieces from flash.

index.html is sent with what is known now put into its markers, so that the first paint has the
figure: %NOW% the JSON of /api/v1/now, %KW% the power ("%KW.%" with a decimal point), %STATE%
Live's state, %THEME% what the phone's cookie says. index.en.html is the same in English, for
phones whose cookie says so. Loaded for a request and let go. All else is stored compressed, and
named by its content so that a phone asks for it once. Other pages, /login for instance, are small
and asked for anew.
"""

import os

from app import clock
from app.live import net_power
from app.rare import forget
from app.reply import NO_STORE, Reply, error

MARKERS = (b"%NOW%", b"%KW%", b"%KW.%", b"%STATE%", b"%THEME%")
_FOLDER = "web/"
_HTML = "text/html; charset=utf-8"
_TYPES = {
    "css": "text/css",
    "js": "text/javascript",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}
_FOR_EVER = "Cache-Control: public, max-age=31536000, immutable\r\nETag: "


def get(router, request) -> Reply:
    """The Reply to GET / and /NAME; /login is login.html.gz, /login.en login.en.html.gz."""
    name = request.path[1:]
    if not name:
        return _index(router, request)
    kind = _TYPES.get(name[name.rfind(".") + 1 :])
    if kind is None:
        name += ".html"
        kind = _HTML
    try:
        os.stat(_FOLDER + name + ".gz")
    except OSError:
        kind = None
    if kind is None or "/" in name:
        return error(404)
    gzip = "Content-Encoding: gzip\r\n"
    if kind is _HTML:
        return File(router, name + ".gz", kind, NO_STORE + gzip)
    # The name is the content's hash: who has the name has the content.
    tag = '"' + name + '"'
    extra = _FOR_EVER + tag + "\r\n"
    if tag in request.headers.get("if-none-match", ""):
        return Reply(b"", 304, kind, extra)
    return File(router, name + ".gz", kind, extra + gzip)


def _index(router, request):
    if "index.html" not in router.marks:
        return error(404)
    name = "index." + _choice(request, "language") + ".html"
    if name not in router.marks:
        name = "index.html"
    theme = _choice(request, "theme")
    if theme not in ("light", "dark"):
        theme = ""
    now, kw, state = _values(router.app, request.conn.role)
    values = [text.encode() for text in (now, kw, kw.replace(",", "."), state, theme)]
    return File(router, name, _HTML, NO_STORE, router.marks[name], values)


def _values(app, role):
    """(now, kw, state) for the page's markers."""
    live = app.live
    state = live.state(clock.ms())
    watts = net_power(live.known(0), live.known(1)) if state == "live" else None
    if watts is None:
        kw = "–"
    else:
        rounded = (abs(watts) + 5) // 10
        sign = "\u2212" if watts < 0 and rounded else ""
        kw = "{}{},{:02d}".format(sign, rounded // 100, rounded % 100)
    from app import api_now

    now = api_now.now(app, role)
    forget("app.api_now")
    app.hours.drop()
    return now, kw, state


def _choice(request, name):
    """What the phone's cookie of that name says, "" when there is none."""
    for part in request.headers.get("cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


class File(Reply):
    """A file, with `values` in the places of the markers."""

    def __init__(self, router, name, kind, extra, marks=(), values=()):
        Reply.__init__(self, b"", 200, kind, extra)
        self.path = _FOLDER + name
        self.buffer = router.buffer
        self.marks = marks
        self.values = values

    async def write(self, stream) -> None:
        size = length = os.stat(self.path)[6]
        for _, i in self.marks:
            length += len(self.values[i]) - len(MARKERS[i])
        await stream.awrite(self.head(length))
        if self.is_head:
            return
        with open(self.path, "rb") as file:
            at = 0
            for mark, i in self.marks:
                await stream.send_file(file, mark - at, self.buffer)
                await stream.awrite(self.values[i])
                at = file.seek(mark + len(MARKERS[i]))
            await stream.send_file(file, size - at, self.buffer)
