"""Which handler answers which address, and the request it gets.

In place of Microdot, which this firmware used behind guard.py at first. Measured on 32-bit words
(make size): Microdot as installed takes 19.4 KB of the dongle's heap, with everything left out
that is never called 9.0 KB, this file a tenth of the one. The guard parses and bounds requests
and Reply writes answers all the same, so what was left for Microdot to do is below.
"""

import sys

from app.reply import error


class Request:
    """One request, read whole: `method`, `path`, `args` (the query, decoded), `headers` (octets by
    name in lower case), `body`; `client_addr` and `sock` (conn, conn) of its connection.

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
        self.client_addr = conn.peer
        self.sock = (conn, conn)


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
    """route() handlers, then dispatch() requests; the first pattern that fits answers.

    A pattern is an address, or one that ends in <name>, a last part without "/", or in
    <path:name>, all the rest; the handler gets that part as its second argument.
    """

    def __init__(self):
        self._routes = []

    def route(self, pattern: str, methods=("GET",)):
        """A decorator, as Microdot's."""

        def decorated(handler):
            self._routes.append((pattern, methods, handler))
            return handler

        return decorated

    async def dispatch(self, request):
        """The Reply of the handler: a function or a coroutine, with (request) or (request, rest).
        A handler that fails is 500 and leaves its traceback on the console."""
        method = request.method
        head = method == "HEAD"
        status = 404
        for pattern, methods, handler in self._routes:
            fixed, variable, kind = pattern.partition("<")
            rest = request.path[len(fixed) :]
            if not request.path.startswith(fixed) or bool(rest) != bool(variable):
                continue
            if rest and kind[:5] != "path:" and "/" in rest:
                continue
            if ("GET" if head else method) not in methods:
                status = 405
                continue
            try:
                reply = handler(request, rest) if variable else handler(request)
                if hasattr(reply, "send"):
                    reply = await reply
            except Exception as failure:  # noqa: BLE001  one request's failure is its own
                sys.print_exception(failure)
                reply = error(500)
            reply.is_head = head
            return reply
        return error(status)
