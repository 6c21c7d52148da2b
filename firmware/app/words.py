"""JSON text without a dict of it in the heap: numbers exact, what is not known left out."""

import json

from hanport.reading import decimal_text
from household.oslo import civil, offset

NETS = (None, "1p", "it", "tn")  # by household.quality's numbers
VALIDITY = ("valid", "expired", "not_yet")  # by household.validity's


def text(value: str) -> str:
    """A JSON string that may also stand inside a script element of the page."""
    return json.dumps(value).replace("<", "\\u003c")


def pairs(names: str, *values) -> str:
    """'"a":1,"b":true' for "a b", 1, True. None is left out, a tuple (value, divisor) becomes an
    exact decimal, a list of texts an array of them."""
    parts = []
    i = 0
    for name in names.split():
        value = values[i]
        i += 1
        if value is None:
            continue
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif isinstance(value, str):
            value = text(value)
        elif isinstance(value, tuple):
            if value[0] is None:
                continue
            value = decimal_text(value[0], value[1])
        elif isinstance(value, list):
            value = "[" + ",".join([text(one) for one in value]) + "]"
        parts.append('"{}":{}'.format(name, value))
    return ",".join(parts)


def date(day: int) -> str:
    """Local day number -> "2026-11-24"."""
    return "{:04d}-{:02d}-{:02d}".format(*civil(day))


def month(number: int) -> str:
    """12 * year + month - 1 -> "2026-11"."""
    return "{:04d}-{:02d}".format(number // 12, number % 12 + 1)


def local(hour: int) -> str:
    """An hour's start in local time, "2026-10-25T02:00+02:00"."""
    ahead = offset(hour)
    hour += ahead
    return "{}T{:02d}:00+0{}:00".format(date(hour // 24), hour % 24, ahead)


def moment(utc: int) -> str:
    """Unix seconds in local time, "2026-10-25T02:00:05+02:00"."""
    text = local(utc // 3600)
    return "{}:{:02d}:{:02d}{}".format(text[:13], utc // 60 % 60, utc % 60, text[16:])
