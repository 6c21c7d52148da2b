"""GET /api/v1/metrics, also /metrics: OpenMetrics 1.0 text for a scraper with a token of the
owner's. What is not known is left out."""

import gc

from app import boots, clock
from app.reply import Reply
from app.routes import refuse
from hanport.reading import FIELDS, decimal_text

_KIND = "application/openmetrics-text; version=1.0.0; charset=utf-8"
# by the end of the JSON name: family, unit, divisor. One text: short strings would stay in the heap
_UNITS = """_wh han_energy watthours 1
_varh han_reactive_energy varhours 1
_var han_reactive_power vars 1
_w han_power watts 1
_a han_current amperes 1000
_v han_voltage volts 1000"""


def get(app, request, rest):
    """All of them."""
    if rest:
        return refuse(404, "not_found")
    return _Metrics(app)


class _Metrics(Reply):
    """Sent as it is made: in one piece it would take 16 KB of the heap on its way."""

    def __init__(self, app):
        Reply.__init__(self, b"", 200, _KIND)
        self.app = app

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if self.is_head:
            return
        for lines in families(self.app):
            await stream.awrite(("\n".join(lines) + "\n").encode())
        await stream.awrite(b"# EOF\n")


def families(app):
    """Yield the exposition, some lines at a time."""
    now = clock.ms()
    live = app.live
    for row in _UNITS.split("\n"):
        end, family, unit, divisor = row.split(" ")
        counter = end[-1] == "h"
        samples = []
        for i, field in enumerate(FIELDS):
            name = field[1]
            value = live.known(i) if name[-len(end) :] == end else None
            if value is None or (not counter and live.state(now) != "live"):
                continue
            where = name[: -len(end)]
            key = "direction" if where in ("import", "export") else "phase"
            if "_" in where:  # a phase's own power
                continue
            sample = '{}_{}{}{{{}="{}"}} {}'
            total = "_total" if counter else ""
            number = decimal_text(value, int(divisor))
            samples.append(sample.format(family, unit, total, key, where, number))
        if samples:
            lines = []
            _family(lines, family + "_" + unit, "counter" if counter else "gauge", unit)
            yield lines
            yield samples
    lines = []
    _one(lines, "han_lists", "counter", live.seq)
    age = live.age_s(now)
    if age is not None:
        _one(lines, "han_list_age_seconds", "gauge", age, "seconds")
    _one(lines, "han_up_seconds", "gauge", now // 1000, "seconds")
    gc.collect()
    _one(lines, "han_heap_used_bytes", "gauge", gc.mem_alloc(), "bytes")
    _one(lines, "han_task_failures", "counter", app.failures)
    _one(lines, "han_wifi_drops", "counter", app.wifi.drops)
    yield lines
    lines = []
    _family(lines, "han_frames", "counter")
    for name, count in app.meter.decoder.counters.as_dict().items():
        lines.append('han_frames_total{{result="{}"}} {}'.format(name, count))
    yield lines
    lines = []
    _family(lines, "han_starts", "counter")
    counts = boots.counts(boots.read(app.board))
    for i, cause in enumerate(boots.CAUSES.split(" ")):
        lines.append('han_starts_total{{cause="{}"}} {}'.format(cause, counts[i]))
    yield lines


def _family(lines, name, kind, unit=""):
    lines.append("# TYPE {} {}".format(name, kind))
    if unit:
        lines.append("# UNIT {} {}".format(name, unit))


def _one(lines, name, kind, value, unit=""):
    _family(lines, name, kind, unit)
    lines.append("{}{} {}".format(name, "_total" if kind == "counter" else "", value))
