"""HTTP answers: one head for all of them, JSON errors, and Microdot without what is not used.

The security headers go out with every answer, errors and streams too.
"""

import sys

import microdot
from microdot import Microdot, Request, Response

NO_STORE = "Cache-Control: no-store\r\n"

_HEAD = (
    "HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}"
    "Connection: close\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri 'none'\r\n\r\n"
)
_ERRORS = {
    400: "Forespørselen er ikke gyldig.",
    404: "Finnes ikke.",
    405: "Metoden er ikke tillatt her.",
    408: "Forespørselen kom for langsomt.",
    411: "Lengden på innholdet mangler.",
    413: "Innholdet er for stort.",
    421: "Dongelen har ikke dette navnet.",
    431: "Hodet på forespørselen er for stort.",
    500: "Noe gikk galt i dongelen.",
    503: "For mange forbindelser. Prøv igjen om litt.",
}


class Reply(Response):
    """An answer of a few hundred octets, sent as one block. Routes return these.

    A stream or a file is a subclass with its own write().
    """

    is_head = False

    def __init__(self, body, status: int = 200, kind="application/json", extra=NO_STORE):
        """`body` str or bytes; `extra` more header lines, each ended by CR LF."""
        self.body = body.encode() if isinstance(body, str) else body
        self.status_code = status
        self.kind = kind
        self.extra = extra

    def head(self, length: int | None) -> bytes:
        """The head as octets; length None for what ends with the connection."""
        status = self.status_code
        extra = self.extra
        if length is not None:
            extra += "Content-Length: {}\r\n".format(length)
        return _HEAD.format(status, "OK" if status < 300 else "-", self.kind, extra).encode()

    async def write(self, stream) -> None:
        """Send it; `stream` is a guard.Conn."""
        head = self.head(len(self.body))
        await stream.awrite(head if self.is_head else head + self.body)


def error(status: int) -> Reply:
    """{"error": "..."} with that status."""
    extra = NO_STORE + "Retry-After: 10\r\n" if status == 503 else NO_STORE
    return Reply('{"error":"' + _ERRORS[status] + '"}', status, extra=extra)


def make_app(body_limit: int) -> Microdot:
    """The one Microdot, with JSON errors. Call once: it takes out what is never used."""
    Request.max_content_length = Request.max_body_length = body_limit
    app = Microdot()
    app.options_handler = None  # pyright: ignore[reportAttributeAccessIssue]
    for status in (400, 404, 405, 413, 500):
        app.error_handlers[status] = _handler(status)
    # in the dongle's single file this is the name that Microdot itself calls
    microdot.print_exception = _report  # pyright: ignore[reportAttributeAccessIssue]
    # Microdot's own start, cookies, files, forms and body iterators: 3.7 KB of 19. None instead
    # of del, since a deleted entry of a class keeps its value alive.
    for owner, names in (
        (Microdot, "get post put patch delete query before_request after_request run mount abort"),
        (Microdot, "after_error_request errorhandler start_server shutdown"),
        (Microdot, "default_options_handler"),
        (Response, "set_cookie delete_cookie redirect send_file write body_iter complete"),
        (Response, "types_map __init__"),
        (Request, "form files after_request"),
        (microdot, "redirect send_file abort urlencode"),
    ):
        for name in names.split(" "):
            setattr(owner, name, None)
    return app


def _handler(status):
    return lambda request: error(status)


def _report(exception):
    """What Microdot caught. A bad escape in an address or a cut body is the client's affair."""
    if not isinstance(exception, (ValueError, EOFError)):
        sys.print_exception(exception)
