"""GET /api/v1/line: what ails the line, and what came over it. GET /api/v1/line/raw: the last octets
as hex for a bug report, without meter numbers (hanport.mask)."""

import json

from app import clock
from app.reply import NO_STORE, Reply
from app.routes import refuse
from app.words import pairs
from hanport.line_search import setting

_PIECE = 256  # octets


def get(app, request, rest):
    """The doctor's verdict, settings, counters, or the raw octets."""
    if rest == "raw":
        return _Raw(app.meter.decoder)
    if rest:
        return refuse(404, "not_found")
    return Reply("{" + ",".join(_parts(app)) + "}")


def _parts(app):
    meter = app.meter
    settings = app.settings
    decoder = meter.decoder
    search = meter.search
    choice = settings["line"] or 0
    if search is not None and search.searching and not settings["line_locked"]:
        choice = search.choice
    baud, even, opposite = setting(choice)
    yield pairs(
        "verdict searching damaged_percent encryption keys bus",
        meter.verdict(clock.ms()),
        search is not None and search.searching,
        meter.doctor.damaged_percent(),
        _encryption(decoder),
        decoder.cipher is not None,
        meter.bus(),
    )
    inner = pairs(
        "line baud parity inverted locked",
        choice,
        baud,
        "even" if even else "none",
        settings["inverted"] != opposite,
        settings["line_locked"],
    )
    yield '"setting":{' + inner + "}"
    yield '"counters":' + json.dumps(decoder.counters.as_dict())
    names = "energy_wh current_ma voltage_mv"
    inner = pairs(names, *[settings[name] for name in names.split()])
    yield '"scales":{' + inner + "}"
    scale = app.hours.scale
    if scale is not None:
        power, error_wh, times = scale
        inner = pairs("suspect error_wh hours", times > 1 and power != 0, error_wh, times)
        if power:  # a power of ten: no float needed
            factor = "1" + "0" * power if power > 0 else "0." + "0" * (-power - 1) + "1"
            inner += ',"factor":' + factor
        yield '"scale":{' + inner + "}"


def _encryption(decoder):
    """None before the first list."""
    if not decoder.counters.readings:
        return None
    if not decoder.encrypted:
        return "plain"
    return "verified" if decoder.verified else "encrypted"


class _Raw(Reply):
    """Masked as a whole, since an id may lie across two pieces, and sent in pieces."""

    def __init__(self, decoder):
        extra = NO_STORE + 'Content-Disposition: attachment; filename="han.txt"\r\n'
        Reply.__init__(self, b"", 200, "text/plain", extra)
        self.decoder = decoder

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if self.is_head:
            return
        from hanport import mask

        octets = memoryview(mask.masked(self.decoder.recent()))
        for at in range(0, len(octets), _PIECE):
            await stream.awrite(mask.hex_lines(octets[at : at + _PIECE]).encode())
