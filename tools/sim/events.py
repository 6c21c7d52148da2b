"""What happens to the meter and its line: parsing and looking up.

AT:NAME[:ARGS]     AT is +SECONDS, +5m, +2h, +1d from the start, or ISO UTC
+10m:breaker-open              until +1h:breaker-open-end
+10m:breaker-open:for=300      the same for 300 s
2026-01-31T11:30:00Z:meter-swap:5706560000000099,wh=0
"""

import re
from bisect import insort
from datetime import UTC, datetime
from typing import Any, NamedTuple

FOREVER = 1 << 62
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}

# name: positional arguments (those in brackets may be left out), and what it does
EVENTS = {
    "breaker-open": ("", "the breaker opens: voltage, no current, lists go on"),
    "supply-lost": ("", "no supply: silence, and 15 s more after it is back"),
    "phase-lost": ("PHASE", "L1, L2 or L3 is lost upstream"),
    "voltage": ("VOLT [PHASE]", "supply of that voltage, on one phase or all"),
    "neutral-fault": ("", "the neutral breaks (TN only)"),
    "load": ("WATT", "so much more is drawn"),
    "meter-swap": ("[NUMBER]", "another meter, after for= seconds (300), register wh= (0)"),
    "clock-offset": ("SECONDS", "the meter's clock is that wrong"),
    "clock-lost": ("", "the clock starts from 2000-01-01, status invalid"),
    "list2-lost": ("[COUNT]", "hourly lists that never come"),
    "list2-stale": ("[COUNT]", "the list of the hour before comes instead, clock and all"),
    "list2-twice": ("[COUNT]", "hourly lists that come again 10 s later"),
    "list2-late": ("SECONDS [COUNT]", "hourly lists that come that much later"),
    "han-frozen": ("", "the meter lives, its HAN module says nothing"),
    "unplugged": ("", "the cable is out: the meter goes on, nobody hears"),
    "noise": ("RATE", "octets damaged, lost and invented, each with that probability"),
    "lost-bytes": ("COUNT", "so many octets of the next list are lost"),
    "wrong-parity": ("", "the receiver is set to 8E1 at 8N1, or the other way round"),
    "inverted": ("", "the receiver has the wrong polarity"),
}
_COUNTED = ("list2-lost", "list2-stale", "list2-twice", "list2-late")


class EventError(ValueError):
    """What is wrong with an event, for the person who wrote it."""


class Event(NamedTuple):
    """Something that holds in begin <= UTC second < end."""

    begin: int
    end: int
    name: str
    args: dict[str, Any]


def parse_utc(text: str) -> int:
    """Return UTC seconds of an ISO 8601 time; without a zone it is UTC.

    Raises EventError.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise EventError(f"{text!r} is not a time like 2026-01-31T11:30:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def _split(text: str, start: int) -> tuple[int, str, str]:
    found = re.fullmatch(r"([0-9T:.Z+-]+?|\+[\d.]+[smhd]?):([a-z][a-z0-9-]*)(?::(.*))?", text)
    if not found:
        raise EventError(f"{text!r} is not AT:NAME[:ARGS], e.g. +10m:breaker-open:for=300")
    at, name, args = found.groups()
    relative = re.fullmatch(r"\+(\d+(?:\.\d+)?)([smhd]?)", at)
    if relative:
        begin = start + int(float(relative[1]) * _UNITS[relative[2]])
    else:
        begin = parse_utc(at)
    return begin, name, args or ""


def _number(text: str, what: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise EventError(f"{what} must be a number, not {text!r}") from None
    if not low <= value <= high:
        raise EventError(f"{what} must be {low:g} to {high:g}, not {text}")
    return value


def _phase(text: str) -> int:
    if text.upper() not in ("L1", "L2", "L3"):
        raise EventError(f"a phase is L1, L2 or L3, not {text!r}")
    return int(text[1]) - 1


def _argument(place: str, text: str) -> object:
    if place == "PHASE":
        return _phase(text)
    if place == "NUMBER":
        if not re.fullmatch(r"\d{1,16}", text):
            raise EventError(f"a meter number is up to 16 digits, not {text!r}")
        return text
    low, high = {
        "VOLT": (0, 600),
        "WATT": (0, 100_000),
        "SECONDS": (-10 * 365 * 86400, 10 * 365 * 86400),
        "COUNT": (1, 10_000),
        "RATE": (0, 1),
    }[place]
    value = _number(text, place, low, high)
    return value if place in ("RATE", "VOLT") else int(value)


def _arguments(name: str, text: str) -> dict[str, Any]:
    places = EVENTS[name][0].split()
    out: dict[str, Any] = {}
    given = [part for part in text.split(",") if part]
    keys = {"for": (0, 1e9), "wh": (0, 4e9)}
    while given and "=" in given[-1]:
        key, _, value = given.pop().partition("=")
        if key not in keys or (key == "wh" and name != "meter-swap"):
            raise EventError(f"{name} has no argument {key}=")
        out[key] = int(_number(value, key, *keys[key]))
    if len(given) > len(places):
        raise EventError(f"too many arguments for {name}: {','.join(given)}")
    for place, value in zip(places, given, strict=False):
        out[place.strip("[]").lower()] = _argument(place.strip("[]"), value)
    for place in places[len(given) :]:
        if not place.startswith("["):
            raise EventError(f"{name} needs {place}")
    return out


def _make(begin: int, name: str, text: str) -> Event:
    args = _arguments(name, text)
    if name in _COUNTED:
        # Any stretch of n hours holds exactly n hourly lists.
        args.setdefault("for", 3600 * args.get("count", 1))
    if name == "list2-late" and not 0 <= args["seconds"] <= 3000:
        raise EventError("list2-late can be 0 to 3000 s")
    if name == "meter-swap":
        args.setdefault("for", 300)
        args.setdefault("wh", 0)
    if name == "lost-bytes":
        args.setdefault("for", 0)
    return Event(begin, begin + args["for"] if "for" in args else FOREVER, name, args)


def parse_events(texts: list[str], start: int) -> list[Event]:
    """Return the events in order. start: UTC seconds that +times count from.

    Raises EventError with a message for the person who wrote them.
    """
    events: list[Event] = []
    for begin, name, args in sorted((_split(text, start) for text in texts), key=lambda e: e[0]):
        ends = name.removesuffix("-end")
        if name in EVENTS:
            insort(events, _make(begin, name, args), key=lambda e: e.begin)
        elif ends in EVENTS:
            still = [k for k, e in enumerate(events) if e.name == ends and e.end > begin]
            if not still or args:
                raise EventError(f"{name}: there is nothing to end, or it has arguments")
            events[still[-1]] = events[still[-1]]._replace(end=begin)
        else:
            raise EventError(f"unknown event {name!r}; there are: {', '.join(EVENTS)}")
    return events
