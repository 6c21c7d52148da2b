"""Which handler answers which address, and the request it gets.

In place of Microdot, which this firmware used behind guard.py at first. Measured on 32-bit words
(make size): Microdot as installed takes 19.4 KB of the dongle's heap, with everything left out
that is never called 9.0 KB, this file a tenth of the one. The guard parses and bounds requests
and Reply writes answers all the same, so what was left for Microdot to do is below.
"""

import sys

from app.reply import Reply, error
from app.routes import Routes


class Request:
    """One request, read whole: `method`, `path`, `args` (the query, decoded), `headers` (text by
    name in lower case), `body`, `conn` it came by, `peer` as accept() gave it.

    ValueError when the query is no text.
    """

    def __init__(self, conn):
        self.method = conn.method
        self.path, _, query = conn.url.partition("?")
        self.args = {}
        for pair in query.split("&"):
            name, _, value = pair.partition("=")
            self.args.setdefault(_decoded(name), _decoded(value))
        self.headers = conn.headers
        self.body = conn.body
        self.conn = conn
        self.peer = conn.peer


def _decoded(text):
    if "%" not in text and "+" not in text:
        return text
    parts = text.replace("+", " ").split("%")
    out = bytearray(parts[0].encode())
    for part in parts[1:]:
        out.append(int(part[:2], 16))
        out.extend(part[2:].encode())
    return out.decode()


class Router:
    """dispatch() requests: the events, the rest of the API (routes.py), and the page's files."""

    def __init__(self, app, api, marks: dict):
        """`marks`: for each index page in web/, (place, index in page.MARKERS) of its markers."""
        self.app = app
        self.marks = marks
        self.buffer = memoryview(bytearray(512))  # all files pass through it
        self._events = api.events
        self._routes = Routes(app)
        self.done = self._routes.done

    async def dispatch(self, request) -> Reply:
        """A handler that fails is 500 and leaves its traceback on the console."""
        path = request.path
        head = request.method == "HEAD"
        if path == "/metrics":
            path = "/api/v1/metrics"
        try:
            if path[:8] == "/api/v1/" and path != "/api/v1/events":
                reply = await self._routes.answer(request, path[8:])
            elif not head and request.method != "GET":
                reply = error(405)
            elif path[:5] == "/api/":
                reply = await self._events() if path[8:] == "events" else error(404)
            else:
                from app import page

                reply = page.get(self, request)
        except MemoryError:
            raise  # the guard says 503, and when to come again
        except Exception as failure:  # noqa: BLE001  one request's failure is its own
            sys.print_exception(failure)
            reply = error(500)
        reply.is_head = head
        return reply
