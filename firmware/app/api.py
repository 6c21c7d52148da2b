"""GET /api/v1/events: server-sent events, one per list, the latest value only; and what the page
is sent with. The rest of /api/v1 is in api_*.py (routes.py). Numbers are exact decimal text made
from integers, since the ESP32's floats are too short.
"""

import asyncio

from micropython import const

from app import clock
from app.guard import STREAMS
from app.reply import Reply, error
from hanport.reading import FIELDS, decimal_text

_IN_EVENT = const(10)  # the first ten of FIELDS: powers, currents, voltages
_IMPORT_WH = const(16)
_RETRY = b"retry: 3000\n\n"
_HEARTBEAT = b":\n\n"


class Api:
    """For an App that is still being put together."""

    def __init__(self, app):
        self._app = app
        self._event_of = None  # (seq, age) of the event below
        self._event = b""

    async def events(self) -> Reply:
        """The stream, or 503 while as many as may be are open."""
        guard = self._app.guard
        if guard.streams() >= STREAMS:
            # A page that was closed a moment ago may still hold its place.
            guard.sweep()
            await asyncio.sleep_ms(10)
            if guard.streams() >= STREAMS:
                return error(503)
        return Events(self._app.live, self.event)

    def event(self) -> bytes:
        """The event of the latest list. Made once for all pages."""
        live = self._app.live
        hours = self._app.hours
        ms = clock.ms()
        of = live.seq, live.age_s(ms), hours.rev
        if of != self._event_of:
            state = live.state(ms)
            code = hours.presence.state(ms, state, self._app.meter.verdict(ms))
            parts = [
                'id: {}\ndata: {{"seq":{},"age_s":{},"state":"{}","presence":"{}","rev":{}'.format(
                    live.seq, live.seq, of[1], state, code, hours.rev
                )
            ]
            for i in range(_IN_EVENT):
                if FIELDS[i][1] not in ("import_var", "export_var"):
                    self._field(parts, i)
            if live.hourly:
                self._field(parts, _IMPORT_WH)
            parts.append(hours.event(ms) + "}\n\n")
            self._event = "".join(parts).encode()
            self._event_of = of
        return self._event

    def _field(self, parts, i):
        value = self._app.live.known(i)
        if value is not None:
            parts.append(',"{}":{}'.format(FIELDS[i][1], decimal_text(value, FIELDS[i][2])))


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
        stream.headers = stream.url = stream.body = None  # a stream lasts for days
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
