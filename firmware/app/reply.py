"""HTTP answers: one head for all of them, with the security headers on errors and streams too,
and errors as JSON.
"""

NO_STORE = "Cache-Control: no-store\r\n"

_HEAD = (
    "HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}"
    "Connection: close\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Frame-Options: DENY\r\n"
    "Content-Security-Policy: default-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n\r\n"
)
# one text is a third of the heap of a dict
_ERRORS = (
    "302 Logg inn\n"
    "400 Ugyldig forespørsel\n"
    "401 Logg inn først\n"
    "403 Ikke tillatt for deg\n"
    "404 Finnes ikke\n"
    "405 Ikke tillatt her\n"
    "408 For langsomt\n"
    "411 Lengden mangler\n"
    "413 For stort innhold\n"
    "421 Dongelen har ikke dette navnet\n"
    "431 For stort hode\n"
    "500 Noe gikk galt i dongelen\n"
    "503 Opptatt, prøv igjen om litt\n"
)


class Reply:
    """An answer of a few hundred octets, sent as one block. Routes return these.

    A stream or a file is a subclass with its own write().
    """

    is_head = False

    def __init__(self, body, status: int = 200, kind="application/json", extra=NO_STORE):
        """`body` str or bytes; `extra` more header lines, each ended by CR LF."""
        self.body = body.encode() if isinstance(body, str) else body
        self.status = status
        self.kind = kind
        self.extra = extra

    def head(self, length: int | None) -> bytes:
        """The head as octets; length None for what ends with the connection."""
        status = self.status
        extra = self.extra
        if length is not None:
            extra += "Content-Length: {}\r\n".format(length)
        return _HEAD.format(status, "OK" if status < 300 else "-", self.kind, extra).encode()

    async def write(self, stream) -> None:
        """Send it; `stream` is a guard.Conn."""
        head = self.head(len(self.body))
        await stream.awrite(head if self.is_head else head + self.body)


def error(status: int, location: str = "") -> Reply:
    """{"error": "..."} with that status; `location` for 302."""
    start = _ERRORS.find(str(status)) + 4
    text = _ERRORS[start : _ERRORS.find("\n", start)]
    extra = NO_STORE
    if status == 503:
        extra += "Retry-After: 10\r\n"
    elif status == 302:
        extra += "Location: " + location + "\r\n"
    return Reply('{"error":"' + text + '"}', status, extra=extra)
