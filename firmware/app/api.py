"""The JSON of /api/v1: the only place that knows its names. Numbers are exact decimal text made
from integers, since the ESP32's floats are too short.

    GET /api/v1/now      all that is known
    GET /api/v1/events   server-sent events, one per list, the latest value only
    GET /api/v1/line     what the line does and what ails it; /line/raw the octets (api_line.py)
"""

import asyncio
import json

from micropython import const

from app import clock
from app.guard import STREAMS
from app.live import GAP, net_power
from app.rare import forget
from app.reply import Reply, error
from hanport.reading import FIELDS, TEXTS, decimal_text

_IN_EVENT = const(10)  # the first ten of FIELDS: powers, currents, voltages
_IMPORT_WH = const(16)
_RETRY = b"retry: 3000\n\n"
_HEARTBEAT = b":\n\n"


class Api:
    """Routes on `app`, reading `live`, and what the line does from `meter`."""

    def __init__(self, app, live, settings, guard, meter):
        self._live = live
        self._meter = meter
        self._settings = settings
        self._guard = guard
        self._event_of = None  # (seq, age) of the event below
        self._event = b""
        app.route("/api/v1/now")(self._now)
        app.route("/api/v1/events")(self._events)
        app.route("/api/v1/line")(self._line)
        app.route("/api/v1/line/<raw>")(self._line)

    def _now(self, request):
        return Reply(self.now())

    def _line(self, request, raw=""):
        from app import api_line

        try:
            return api_line.get(self._meter, self._settings, raw)
        finally:
            forget("app.api_line")

    async def _events(self, request):
        if self._guard.streams() >= STREAMS:
            # A page that was closed a moment ago may still hold its place.
            self._guard.sweep()
            await asyncio.sleep_ms(10)
            if self._guard.streams() >= STREAMS:
                return error(503)
        return Events(self._live, self.event)

    def values(self):
        """(now, kw, state) for the page's markers."""
        state = self._live.state(clock.ms())
        watts = None
        if state == "live":
            watts = net_power(self._live.known(0), self._live.known(1))
        if watts is None:
            kw = "–"
        else:
            rounded = (abs(watts) + 5) // 10
            sign = "\u2212" if watts < 0 and rounded else ""
            kw = "{}{},{:02d}".format(sign, rounded // 100, rounded % 100)
        return self.now(), kw, state

    def now(self) -> str:
        """The JSON object of /api/v1/now."""
        live = self._live
        ms = clock.ms()
        age = live.age_s(ms)
        parts = [
            '{{"state":"{}","age_s":{},"seq":{},"name":{}'.format(
                live.state(ms),
                "null" if age is None else age,
                live.seq,
                _text(self._settings["name"]),
            )
        ]
        for name, text in zip(TEXTS, live.texts):
            if text is not None:
                # four digits are enough to recognise one's own meter
                parts.append(_pair(name, _text(text[-4:] if name == "meter_id" else text)))
        verdict = self._meter.verdict(ms)
        if verdict not in ("ok", "waiting"):
            parts.append(_pair("verdict", _text(verdict)))
        if live.timestamp:
            parts.append(_pair("timestamp", _text(live.timestamp)))
        for i in range(len(FIELDS)):
            self._field(parts, i)
        if live.known(_IMPORT_WH) is not None:
            parts.append(_pair("registers_age_s", (ms - live.hourly_at) // 1000))
        if live.last_hour_wh is not None:
            parts.append(_pair("last_hour_wh", live.last_hour_wh))
            parts.append(_pair("last_hour_start", live.last_hour_start))
        points = ["null" if watts == GAP else str(watts) for watts in live.points(ms)]
        parts.append(',"power":[' + ",".join(points) + "]}")
        return "".join(parts)

    def event(self) -> bytes:
        """The event of the latest list. Made once for all pages."""
        live = self._live
        ms = clock.ms()
        of = live.seq, live.age_s(ms)
        if of != self._event_of:
            parts = [
                'id: {}\ndata: {{"seq":{},"age_s":{},"state":"{}"'.format(
                    live.seq, live.seq, of[1], live.state(ms)
                )
            ]
            for i in range(_IN_EVENT):
                if FIELDS[i][1] not in ("import_var", "export_var"):
                    self._field(parts, i)
            if live.hourly:
                self._field(parts, _IMPORT_WH)
            parts.append("}\n\n")
            self._event = "".join(parts).encode()
            self._event_of = of
        return self._event

    def _field(self, parts, i):
        value = self._live.known(i)
        if value is not None:
            parts.append(_pair(FIELDS[i][1], decimal_text(value, FIELDS[i][2])))


class Events(Reply):
    """The stream. Its slot is `seq`: whoever wakes up finds the latest list or none."""

    def __init__(self, live, event):
        Reply.__init__(self, b"", 200, "text/event-stream")
        self.live = live
        self.event = event

    async def write(self, stream) -> None:
        live = self.live
        if self.is_head:
            await stream.awrite(self.head(None))
            return
        stream.streaming = True
        await stream.awrite(self.head(None) + _RETRY)
        seq = 0
        while True:
            if live.seq != seq:
                seq = live.seq
                await stream.awrite(self.event())
            else:
                await live.changed.wait()
                if live.seq == seq:
                    await stream.awrite(_HEARTBEAT)


def _pair(name, text):
    return ',"{}":{}'.format(name, text)


def _text(text):
    """A JSON string that may also stand inside a script element of the page."""
    return json.dumps(text).replace("<", "\\u003c")
