"""What the owner has chosen: typed values with defaults, one JSON file, saved so that a power cut
leaves the old or the new file and never half of one.

A file that cannot be read is kept as settings.bad and the defaults apply: the meter is read all
the same. A value of the wrong type or out of range falls back to its default. Keys that this
version does not know are kept, so that going back a version and forward again loses nothing.
"""

import json
import os

_VERSION = 1

# key: (default, least, most): of a text its length in UTF-8 octets, of a number its value.
# Default None: as the board's table or the decoder has it.
_FIELDS = {
    "name": ("", 0, 48),
    "hostname": ("", 0, 32),
    "wifi_ssid": ("", 0, 32),
    "wifi_key": ("", 0, 64),
    "uart": (None, 0, 2),
    "rx": (None, 0, 48),
    "tx": (None, 0, 48),
    "baud": (2400, 300, 115200),
    "parity": ("auto", 0, 0),
    "polarity": ("auto", 0, 0),
    "energy_wh": (None, 0, 0),
}
_CHOICES = {
    "parity": ("auto", "none", "even"),
    "polarity": ("auto", "normal", "inverted"),
    "energy_wh": (1, 10),
}


def problem(key: str, value) -> str | None:
    """Why `value` may not be stored under `key`, in words, or None when it may."""
    field = _FIELDS.get(key)
    if field is None:
        return "is no setting"
    default, least, most = field
    if value is None and default is None:
        return None
    if key in _CHOICES:
        if value in _CHOICES[key] and not isinstance(value, bool):
            return None
        return "must be one of {}".format(_CHOICES[key])
    if isinstance(default, str):
        if not isinstance(value, str):
            return "must be text"
        if not least <= len(value.encode()) <= most:
            return "must be {} to {} octets long".format(least, most)
    # bool is an int in Python, and true is no pin
    elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        return "must be a whole number from {} to {}".format(least, most)
    if key == "hostname" and not _is_hostname(value):
        return "must be of a-z, 0-9 and -"
    return None


def _is_hostname(text):
    for char in text:
        if char not in "abcdefghijklmnopqrstuvwxyz0123456789-":
            return False
    return not (text.startswith("-") or text.endswith("-"))


def migrate(stored: dict) -> dict:
    """Bring the stored dict of any earlier version to this one. Version 1 is the first."""
    stored["v"] = max(_VERSION, stored.get("v", _VERSION))
    return stored


class Settings:
    """The values by key: settings["name"]. `problems` says what was wrong with the stored file."""

    def __init__(self, folder: str):
        """Read folder/settings.json; never fails on what is in it."""
        self._path = folder + "/settings.json"
        self.problems = []
        self._stored = self._load()

    def __getitem__(self, key: str):
        """The stored value, or the default. KeyError for a key that is no setting."""
        default = _FIELDS[key][0]
        return self._stored.get(key, default)

    def set(self, key: str, value) -> None:
        """Change one value in memory; save() keeps it. ValueError says what is wrong with it."""
        reason = problem(key, value)
        if reason:
            raise ValueError(key + " " + reason)
        self._stored[key] = value

    def save(self) -> None:
        """Write all. OSError when the flash is full or gone; the old file is then still there."""
        scratch = self._path + ".tmp"
        with open(scratch, "w") as file:
            json.dump(self._stored, file)
        # littlefs replaces atomically; removing first would open a window with no file at all
        os.rename(scratch, self._path)

    def _load(self):
        try:
            with open(self._path) as file:
                stored = json.load(file)
            if not isinstance(stored, dict):
                raise ValueError("not an object")
            if not isinstance(stored.get("v", 1), int):
                raise ValueError("no version")
        except OSError:
            return {"v": _VERSION}  # the first start
        except ValueError:  # not JSON, or not text: UnicodeError is a ValueError
            self.problems.append("settings.json cannot be read; kept as settings.bad")
            try:
                os.rename(self._path, self._path[:-4] + "bad")
            except OSError:
                pass  # a full or read-only flash: the defaults apply all the same
            return {"v": _VERSION}
        stored = migrate(stored)
        for key in _FIELDS:
            if key in stored:
                reason = problem(key, stored[key])
                if reason:
                    self.problems.append(key + " " + reason)
                    del stored[key]
        return stored
