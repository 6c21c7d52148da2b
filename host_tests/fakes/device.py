"""A dongle for the page's tests: real HTTP on a real socket, in any state a test asks for.

It serves the page as tools/webbundle.py makes it, fills in the markers of index.html and speaks
the interface of the firmware: GET /, /api/v1/now, /api/v1/events (SSE). What the firmware needs
minutes or a broken meter for, a test says in a line: `device.silence(45)`, `device.mode = "hang"`.
"""

import contextlib
import json
import queue
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fakes.household import Household
from fakes.owner import Owner

# The page is the tested party: it must work under the strictest policy that the firmware sends.
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
RING = 60
# What an event carries of a list; the rest is asked for with /api/v1/now.
HOUR_FIELDS = "wh coverage expected_wh allow_w level".split()
EVENT_FIELDS = "import_w export_w l1_a l2_a l3_a l1_v l2_v l3_v".split()


class FakeDevice:
    """One dongle on a port of its own. Use as a context manager.

    mode: "ok" answers; "hang" takes connections and says nothing, as a dongle out of reach does;
    "refuse" closes them at once.
    """

    def __init__(self, files: dict[str, bytes], max_streams: int = 4):
        self.files = files
        self.assets = json.loads(files["assets.json"])
        self.max_streams = max_streams
        self.mode = "ok"
        self.requests: list[str] = []
        self.streams: list[queue.Queue] = []
        self.fields: dict = {}
        self.power: list[int | None] = [None] * RING
        self.seq = 0
        self.name = "Hytta"
        # What /api/v1/now knows beside the list, and the rest of the API
        self.more: dict = {}
        # (status, headers, body) that the API answers with, all but the stream and /now; None: as
        # it should
        self.instead: tuple[int, dict[str, str], bytes] | None = None
        self.household = Household()
        self.owner = Owner()
        # How long the dongle has run without a list, as long as there was none
        self.never_heard_s = 5
        self._heard: float | None = None
        # A moment of time.monotonic() at which time stands still but for skip(); None: it passes
        self.held: float | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.drop_streams()
        self._server.shutdown()
        self._server.server_close()

    def reading(self, hourly: bool = False, **fields):
        """The meter sends a list: `fields` replace what the last one said.

        hourly: the list carries the registers, so the event says it.
        """
        self.fields = fields
        self.seq += 1
        self._heard = self._time()
        self.power = self.power[1:] + [power_of(fields)]
        event = self._event()
        if hourly:
            event["import_wh"] = fields["import_wh"]
        for stream in list(self.streams):
            stream.put(sse(event))

    def _event(self) -> dict:
        event = {"seq": self.seq, "age_s": self.age(), "state": self.state()}
        event["presence"] = self.more.get("presence") or self.presence()
        event["rev"] = self.more.get("rev", 1)
        hour = self.more.get("hour")
        if hour:
            event["hour"] = [hour.get(name) for name in HOUR_FIELDS]
        return event | {key: self.fields[key] for key in EVENT_FIELDS if key in self.fields}

    def silence(self, seconds: float):
        """As if the last list had come `seconds` ago."""
        self._heard = self._time() - seconds

    def skip(self, seconds: float):
        """The same silence, that much longer."""
        if self._heard is not None:
            self._heard -= seconds

    def _time(self) -> float:
        return time.monotonic() if self.held is None else self.held

    def drop_streams(self):
        for stream in list(self.streams):
            stream.put(None)

    def age(self) -> int | None:
        return None if self._heard is None else int(self._time() - self._heard)

    def state(self) -> str:
        age = self.age()
        if age is None:
            return "starting" if self.never_heard_s <= 30 else "no_signal"
        return "live" if age <= 30 else "old" if age <= 120 else "no_signal"

    def presence(self) -> str:
        """The meter's state as lib/household/presence.py has it, without its waiting times."""
        if self.state() != "live":
            return self.state()
        flows = [
            self.fields.get(name)
            for name in (*EVENT_FIELDS[:5], "import_var", "export_var")
            if self.fields.get(name)
        ]
        return "in_use" if flows or self.fields.get("l1_a") is None else "zero"

    def now(self) -> dict:
        return {
            "state": self.state(),
            "age_s": self.age(),
            "seq": self.seq,
            "name": self.name,
            "presence": self.presence(),
            "rev": 1,
            "at": self.household.at,
            **self.fields,
            **self.more,
            "power": self.power,
        }

    def page(self, cookie: str = "") -> bytes:
        """index.html with its markers filled in, as the firmware does it."""
        choice = dict(part.strip().partition("=")[::2] for part in cookie.split(";"))
        name = f"index.{choice.get('language')}.html"
        page = self.files.get(name, self.files["index.html"])
        # A "<" of a name must not end the script element that holds the JSON.
        now = json.dumps(self.now(), ensure_ascii=False).replace("<", "\\u003c")
        kw = kw_text(power_of(self.fields)) if self.state() == "live" else "–"
        for marker, value in (
            ("%STATE%", self.state()),
            ("%THEME%", choice.get("theme", "")),
            ("%KW%", kw),
            ("%KW.%", kw.replace(",", ".")),
            ("%NOW%", now),
        ):
            page = page.replace(marker.encode(), value.encode())
        return page


def sse(event: dict) -> bytes:
    return f"id: {event['seq']}\ndata: {json.dumps(event)}\n\n".encode()


def power_of(fields: dict) -> int | None:
    if fields.get("export_w") and not fields.get("import_w"):
        return -fields["export_w"]
    return fields.get("import_w")


def kw_text(watts: int | None) -> str:
    """As the page writes it: "2,35", "-0,40" with a real minus, "–" for unknown."""
    if watts is None:
        return "–"
    hundredths = (abs(watts) + 5) // 10
    whole = f"{hundredths // 100:,}".replace(",", "\u00a0")
    sign = "\u2212" if watts < 0 and hundredths else ""
    return f"{sign}{whole},{hundredths % 100:02d}"


def _handler(device: FakeDevice) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format, *args):
            pass

        def do_GET(self):
            device.requests.append(self.path)
            # A page that went away in the middle of an answer is no news.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._answer()

        def do_POST(self):
            size = int(self.headers.get("Content-Length") or 0)
            octets = self.rfile.read(size)
            device.requests.append(self.path)
            if self.headers.get("Content-Type") == "application/octet-stream":
                body = {"octets": octets}
            else:
                body = json.loads(octets or b"{}")
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._api(self.command, body)

        do_DELETE = do_POST

        def _api(self, method, body=None):
            """Everything below /api/v1/ but what is of the moment."""
            if device.instead:
                status, headers, wrong = device.instead
                self._send(wrong, "application/json", status=status, more=headers)
                return
            url = urllib.parse.urlsplit(self.path)
            path = url.path.removeprefix("/api/v1/")
            query = dict(urllib.parse.parse_qsl(url.query))
            history = device.household.answer(path, query) if method == "GET" else None
            status, found = (200, history) if history else (0, None)
            if not history:
                status, found = device.owner.answer(method, path, query, body) or (404, {})
            self._send(json.dumps(found).encode(), "application/json", status=status)

        def _answer(self):
            if device.mode != "ok":
                while device.mode == "hang":
                    time.sleep(0.05)
                self.close_connection = True
                return
            if self.path == "/":
                page = device.page(self.headers.get("Cookie") or "")
                self._send(page, "text/html; charset=utf-8", cache="no-store")
            elif self.path == "/api/v1/now":
                self._send(json.dumps(device.now()).encode(), "application/json")
            elif self.path == "/api/v1/events":
                self._stream()
            elif self.path.startswith("/api/v1/"):
                self._api("GET")
            else:
                self._asset(self.path[1:])

        def _asset(self, name):
            if name + ".html.gz" in device.files:  # a page of its own, /login.en
                name += ".html"
            content = device.files.get(name + ".gz")
            kinds = [kind for served, kind in device.assets.values() if served == name]
            if content is None or not kinds:
                self._send(b'{"error":"not found"}', "application/json", status=404)
                return
            self._send(content, kinds[0], cache="public, max-age=31536000, immutable", gz=True)

        def _send(self, body, kind, status=200, cache="no-store", gz=False, more=None):
            self.send_response(status)
            for header in (more or {}).items():
                self.send_header(*header)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", cache)
            self.send_header("Content-Security-Policy", POLICY)
            if gz:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)

        def _stream(self):
            if len(device.streams) >= device.max_streams:
                self._send(b'{"error":"too many streams"}', "application/json", status=503)
                return
            events: queue.Queue = queue.Queue()
            device.streams.append(events)
            self.close_connection = True
            try:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(b"retry: 3000\n\n")
                if device.seq:  # a new stream begins with the list that is known
                    self.wfile.write(sse(device._event()))
                while (event := self._next(events)) is not None:
                    self.wfile.write(event)
            except OSError:
                pass
            finally:
                device.streams.remove(events)

        def _next(self, events):
            # A comment now and then: a page that has gone is noticed by the failing write.
            while True:
                try:
                    event = events.get(timeout=0.2)
                except queue.Empty:
                    event = b":\n\n"
                if device.mode == "ok" or event is None:
                    return event

    return Handler
