"""GET /api/v1/line and /api/v1/line/raw. Loaded for one request and let go."""

import json

from app import clock
from app.rare import forget
from app.reply import NO_STORE, Reply, error


def get(meter, settings, raw: str):
    """The Reply. No key and no id in it: of keys only whether there are any."""
    if raw:
        return _raw(meter) if raw == "raw" else error(404)
    from hanport.line_search import setting

    decoder = meter.decoder
    search = meter.search
    choice = search.choice if search is not None else settings["line"] or 0
    baud, even, opposite = setting(choice)
    forget("hanport.line_search")
    counters = decoder.counters
    answer = {
        "verdict": meter.verdict(clock.ms()),
        "searching": search is not None and search.searching,
        "setting": {
            "line": choice,
            "baud": baud,
            "parity": "even" if even else "none",
            "inverted": settings["inverted"] != opposite,
            "locked": settings["line_locked"],
        },
        "counters": counters.as_dict(),
        "keys": decoder.cipher is not None,
    }
    damaged = meter.doctor.damaged_percent()
    if damaged is not None:
        answer["damaged_percent"] = damaged
    if counters.readings:
        encryption = "encrypted" if decoder.encrypted else "plain"
        answer["encryption"] = "verified" if decoder.verified else encryption
    return Reply(json.dumps(answer))


def _raw(meter):
    """The octets that came last, as hex that tools/decode.py reads, every id masked."""
    from hanport import mask

    text = mask.hex_lines(mask.masked(meter.decoder.recent()))
    forget("hanport.mask")
    head = 'Content-Disposition: attachment; filename="han-raw.hex"\r\n'
    return Reply(text, kind="text/plain", extra=NO_STORE + head)
