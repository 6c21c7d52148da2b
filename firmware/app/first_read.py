"""The files that decide how the dongle starts: settings.json, owner and consent. A flash that
stammers is asked again, and what cannot be read never passes for what is not there. Loaded for it."""

import json
import time

from micropython import const

from app.consent import GIVEN, MOVED, WITHDRAWN

_TRIES = const(3)
_ENOENT = const(2)
_AGAIN_MS = const(50)


def read(path: str):
    """A file's octets, None when there is none. OSError when it cannot be read at all."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError as error:
            if error.errno == _ENOENT:
                return None
            if not left:
                raise
            time.sleep_ms(_AGAIN_MS)
    return None


def state(one) -> None:
    """What the owner has said. Damaged or out of reach, it is asked for again."""
    try:
        stored = json.loads(read(one.path) or "{}")
        one.meter = stored["meter"]
        one.salt = stored["salt"]
        if stored["state"] in (GIVEN, WITHDRAWN, MOVED):
            one.state = stored["state"]
    except (KeyError, OSError, TypeError, ValueError):
        pass
