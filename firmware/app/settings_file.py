"""settings.json: typed values with defaults, saved so that a power cut leaves the old or the new
file and never half of one.

A file that cannot be read is kept as settings.bad and the defaults apply: the meter is read all
the same. A value of the wrong type or out of range falls back to its default. Keys that this
version does not know are kept, so that going back a version and forward again loses nothing.
"""

import json
import os

_VERSION = 1

# key, default, least, most, one after the other: a tuple for each would take twice as much. Least
# and most are of a text its length in UTF-8 octets, of a number its value. With None as its default
# a value may be left to the board's table or to the decoder.
# fmt: off
_FIELDS = (
    "name", "", 0, 48,
    "idle_days", 90, 0, 3650,  # a phone unused for so long has to log in again; 0 never
    "hostname", "", 0, 32,  # empty: han- and the board's own digits
    "wifi_ssid", "", 0, 32,  # empty: no Wi-Fi
    "wifi_key", "", 0, 64,
    "wifi2_ssid", "", 0, 32,  # another one that is known: a phone's hotspot
    "wifi2_key", "", 0, 64,
    "address", "", 0, 63,  # "address mask gateway dns"; empty: the router gives one
    "mqtt", "", 0, 120,  # mqtt://USER@HOST:PORT, or mqtts://; empty: no MQTT
    "mqtt_password", "", 0, 64,
    "uart", None, 0, 2,
    "rx", None, 0, 48,
    "tx", None, 0, 48,
    "bus", None, 0, 48,  # pin that tells whether the bus has voltage, where one is fitted
    "bus_low", False, 0, 0,  # low means that it has
    "inverted", True, 0, 0,  # the line idles low at rx, as behind an optocoupler to ground
    "line", None, 0, 7,  # choice of hanport.line_search that has worked
    "line_locked", False, 0, 0,  # the owner's word: no search
    # what a Kamstrup's lists leave unsaid; None: by the country in its type
    "energy_wh", None, 1, 10,  # step of its registers, Wh
    "current_ma", None, 1, 10,
    "voltage_mv", None, 10, 1000,
    # GPK60 and GPK61 from the grid company, 32 hex digits; empty: the lists are plain
    "encryption_key", "", 0, 80,
    "authentication_key", "", 0, 80,
    "refuse_plain", False, 0, 0,  # encrypted lists were promised: no others are believed
    "profile", "home", 0, 5,
    "fuse_a", 0, 0, 80,  # main fuse; 0: not known
    "net", "", 0, 2,  # empty: by the meter's type
    "grid", "", 0, 32,  # id of a price sheet in tariffs/, or own; empty: none
    "target_w", 0, 0, 100000,  # limit of the step to keep below; 0: the one the month is in
    "norgespris", False, 0, 0,
    "frost", False, 0, 0,
    "latched", True, 0, 0,  # hourly lists have the registers of the full hour
    "zone", None, -720, 9999,  # learnt: household.meter_time
    "hour_months", 13, 1, 36,  # how long hours are kept
)
# fmt: on

_CHOICES = {
    "energy_wh": (1, 10),
    "current_ma": (1, 10),
    "voltage_mv": (10, 1000),
    "profile": ("home", "cabin"),
    "net": ("", "1p", "it", "tn"),
    "hour_months": (1, 13, 36),
}


def defaults() -> dict:
    """The value of every key that nobody has chosen."""
    return {_FIELDS[i]: _FIELDS[i + 1] for i in range(0, len(_FIELDS), 4)}


def _field(key):
    """(default, least, most), None for what is no setting."""
    for i in range(0, len(_FIELDS), 4):
        if _FIELDS[i] == key:
            return _FIELDS[i + 1 : i + 4]
    return None


def problem(key: str, value) -> str | None:
    """Why `value` may not be stored under `key`, in words, or None when it may."""
    field = _field(key)
    if field is None:
        return "is no setting"
    default, least, most = field
    if value is None and default is None:
        return None
    choices = _CHOICES.get(key)
    # True == 1, and is no choice for a number
    if choices and (value not in choices or isinstance(value, bool)):
        return "must be one of " + ", ".join([str(choice) or "empty" for choice in choices])
    if isinstance(default, bool):
        return None if isinstance(value, bool) else "must be true or false"
    if isinstance(default, str):
        if not isinstance(value, str):
            return "must be text"
        if not least <= len(value.encode()) <= most:
            return "must be {} to {} octets long".format(least, most)
        if key == "hostname" and not _is_hostname(value):
            return "must be of a-z, 0-9 and -"
        if key == "address" and value and not _is_address(value):
            return "must be four addresses: its own, mask, gateway, name server"
        if key == "mqtt" and value:
            from app.mqtt_url import parts

            return None if parts(value) else "must be mqtt://USER@HOST:PORT or mqtts://"
        return _key_problem(value) if key in ("encryption_key", "authentication_key") else None
    # bool is an int in Python, and true is no pin
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        return "must be a whole number from {} to {}".format(least, most)
    return None


def _key_problem(text):
    if not text:
        return None  # plain lists: the cipher's module stays out of the heap
    from hanport.key_text import parse_key

    try:
        parse_key(text)
    except ValueError as error:
        return str(error)
    return None


def _is_hostname(text):
    for char in text:
        if char not in "abcdefghijklmnopqrstuvwxyz0123456789-":
            return False
    return not (text.startswith("-") or text.endswith("-"))


def _is_address(text):
    words = text.split(" ")
    for word in words:
        octets = word.split(".")
        for octet in octets:
            if not octet.isdigit() or int(octet) > 255:
                return False
        if len(octets) != 4:
            return False
    return len(words) == 4


def migrate(stored: dict) -> dict:
    """Bring what any version has stored to this one. Version 1 is the first; what a later one has
    stored is taken as it is, and its number kept."""
    if not isinstance(stored.get("v"), int):
        stored["v"] = _VERSION
    return stored


def load(path: str, problems: list) -> dict:
    """All values, by key. Appends to `problems` what was wrong with the file."""
    from app import first_read

    values = {"v": _VERSION}
    try:
        data = first_read.read(path)
        if data is not None:  # else the first start
            stored = json.loads(data)
            if not isinstance(stored, dict):
                raise ValueError
            values = migrate(stored)
    except (OSError, ValueError):  # the flash, or neither JSON nor an object, or no UTF-8
        problems.append("settings.json cannot be read and is kept as settings.bad")
        try:
            os.rename(path, path[:-4] + "bad")
        except OSError:
            pass  # the flash is full or gone: the defaults apply all the same
    chosen = defaults()
    for key in chosen:
        reason = problem(key, values[key]) if key in values else None
        if reason:
            problems.append(key + " " + reason)
        if reason or key not in values:
            values[key] = chosen[key]
    return values


def store(path: str, values: dict, changes: dict) -> dict:
    """The values with the changes, once they are on the flash. ValueError says what is wrong with
    which change, OSError that they could not be written."""
    for key in changes:
        reason = problem(key, changes[key])
        if reason:
            raise ValueError(key + " " + reason)
    values = dict(values)
    values.update(changes)
    kept = {}
    chosen = defaults()
    for key in values:  # a default is not written: a later version may have a better one
        if key not in chosen or values[key] != chosen[key]:
            kept[key] = values[key]
    with open(path + ".tmp", "w") as file:
        json.dump(kept, file)
    # littlefs replaces atomically; removing first would leave a moment with no file at all
    os.rename(path + ".tmp", path)
    return values
