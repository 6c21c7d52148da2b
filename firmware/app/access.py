"""Who may come in: asked by the guard for every request before anything of it is looked up.

A phone has a cookie, a script a bearer token: 128 random bits, of which the dongle keeps half of
the SHA-256 only. Both are slots of one table, which is the file `access`:

    octet 0     layout version        1      wrong passwords in a row
          2..3  security log entries the owner has seen
          4..6  the last hour known (unix // 3600), for starts without a clock
          7     free                  8..    slots, then CRC-32

    slot  0     kind * 4 + role, 0 when free
          1..3  created   4..6  last used (to a day)   7..9  expires, 0 never: hours
         10..25 SHA-256 of the token, first half
         26..47 name, UTF-8, filled up with 0

What changes slots is in keys.py, which is loaded for that. The password is in `owner`, see
password.py: only its stage is held here.

State changes need, beside the cookie, the header X-HAN, which no other site's page can send
without asking first (and OPTIONS is never allowed), and an Origin, if there is one, that is the
address asked. A token of a form would have to be kept per page; this needs no state, and with
SameSite=Strict and the check of Host it closes the same holes.
"""

import os
from binascii import unhexlify
from hashlib import sha256

from micropython import const

from app import clock
from household.seal import intact, seal

VIEWER = const(1)  # reads
OWNER = const(2)
PHONE = const(1)
TOKEN = const(2)  # for scripts
LINK = const(3)  # a guest's link; the phone that follows it has a slot of its own

SLOTS = const(12)
SLOT = const(48)
FIRST = const(8)
SIZE = const(588)  # FIRST + SLOTS * SLOT + 4

NEW = const(0)  # no password: nothing but set-up is there
STARTED = const(1)  # a password, but set-up is not through
DONE = const(2)

_VERSION = const(1)
_OWNER_SIZE = const(104)
_HOUR_MS = const(3600000)
_DAY = const(24)
_REAL = const(400000)  # unix // 3600 of 2015; less is hours since the first start
# Files of login and set-up, and the picture for the home screen: the same on every dongle
_OPEN = " scram door icon "
# Parts of the API that show more than the meter's values: the owner's alone
_OWNERS = " keys security settings export erase password "


class Access:
    """`data` the table; `stage` NEW, STARTED or DONE; `meter_clock` tells the time if it can."""

    def __init__(self, folder: str, meter_clock, idle_days: int):
        self.folder = folder
        self.idle = idle_days * _DAY  # hours; 0 never
        self.meter_clock = meter_clock
        self.failed_at = clock.ms()  # a wait for the next password starts anew with the power
        self.notices = 0  # entries of the security log that the owner is to be told of
        self.nonces = None  # password.make_nonce() once somebody logs in
        self.data = bytearray(SIZE)
        try:
            with open(folder + "/access", "rb") as file:
                file.readinto(self.data)
        except OSError:
            pass  # the first start
        if not intact(self.data, 0, SIZE) or self.data[0] != _VERSION:
            self.data = bytearray(SIZE)
            self.data[0] = _VERSION
        self._hour_at = self.failed_at
        self._hour = self.get(4)
        self.read_stage()

    def read_stage(self) -> None:
        """From `owner`. A file that is there but cannot be read opens nothing."""
        self.stage = NEW
        from app import first_read

        try:
            owner = first_read.read(self.folder + "/owner")
            if owner is not None:
                self.stage = owner[1] if intact(owner, 0, _OWNER_SIZE) else DONE
        except OSError:
            self.stage = DONE  # closed, whatever is in it

    def check(self, conn) -> int:
        """0 to go on, else the status to answer: 302 to a page, 401 or 403. Sets conn.who (a
        slot, -1 for nobody) and conn.role."""
        path = conn.url.split("?")[0]
        is_api = path.startswith("/api/v1/")
        head = (path[8:] if is_api else path[1:]).split("/")[0].split(".")[0]
        changes = conn.method not in ("GET", "HEAD")
        get = conn.headers.get
        token = get("authorization", "")
        if changes and not token.startswith("Bearer "):
            origin = get("origin", "")
            if not get("x-han") or (origin and origin.split("//")[-1] != get("host")):
                return 403
            if get("sec-fetch-site", "same-origin") != "same-origin":
                return 403
        known = self.stage != NEW and self._enter(conn, token)
        # The page to log in at, and set-up, with their files and their part of the API. Styles are
        # shared with the page, and say nothing of anybody
        if not changes and not is_api and (" " + head + " " in _OPEN or path[-4:] == ".css"):
            return 0
        if (head == "login" and self.stage != NEW) or (head == "setup" and self.stage != DONE):
            return 0
        if not known:
            is_page = not changes and not is_api and "." not in path and head != "metrics"
            return 302 if is_page else 401
        if conn.role != OWNER and head != "session" and (changes or " " + head + " " in _OWNERS):
            return 403
        return 0

    def _enter(self, conn, token):
        if token.startswith("Bearer "):
            slot = self.find(token[7:].strip(), TOKEN)
        else:
            slot = self.find(_cookie(conn.headers.get("cookie", "")), PHONE)
        if slot < 0:
            return False
        conn.who = slot
        conn.role = self.data[FIRST + slot * SLOT] & 3
        at = FIRST + slot * SLOT + 4
        hour = self.hour()
        if abs(hour - self.get(at)) >= _DAY:
            self.put(at, hour)
            self.save()
        return True

    def find(self, token: str, kind: int) -> int:
        """The slot of a token in hex that is in force, -1 for none."""
        try:
            digest = sha256(unhexlify(token)).digest()[:16]
        except ValueError:
            return -1
        view = memoryview(self.data)
        for slot in range(SLOTS):
            at = FIRST + slot * SLOT
            if self.data[at] >> 2 == kind and view[at + 10 : at + 26] == digest:
                return slot if self.alive(slot) else -1
        return -1

    def alive(self, slot: int) -> bool:
        """Whether the slot is in use and has not run out."""
        at = FIRST + slot * SLOT
        hour = self.hour()
        expires = self.get(at + 7)
        if self.data[at] >> 2 == PHONE and self.idle and hour - self.get(at + 4) > self.idle:
            return False
        return self.data[at] != 0 and (not expires or hour < expires)

    def hour(self) -> int:
        """unix // 3600, by the meter's clock. Until that is known: the last one known before the
        start and what has passed since, so that nothing lives longer than the power was on."""
        ms = clock.ms()
        hour = self._hour + (ms - self._hour_at) // _HOUR_MS
        utc = self.meter_clock.utc(ms)
        if utc is None:
            return hour
        self._hour = utc // 3600
        self._hour_at = ms
        if hour < _REAL:
            self._catch_up(self._hour - hour)
        return self._hour

    def _catch_up(self, hours):
        """The time is known for the first time: what was given before counts from now on."""
        for slot in range(SLOTS):
            at = FIRST + slot * SLOT
            for place in (at + 1, at + 4, at + 7):
                value = self.get(place)
                # made, used, and the end if there is one
                if self.data[at] and value < _REAL and (value or place < at + 7):
                    self.put(place, value + hours)
        self.save()

    def get(self, at: int) -> int:
        """An hour of the table."""
        return int.from_bytes(memoryview(self.data)[at : at + 3], "little")

    def put(self, at: int, hour: int) -> None:
        """Set an hour of the table."""
        self.data[at : at + 3] = hour.to_bytes(3, "little")

    def save(self) -> None:
        """The table onto flash. Never raises: a full flash must not keep the owner out."""
        self.put(4, self.hour())
        seal(self.data, 0, SIZE)
        path = self.folder + "/access"
        try:
            with open(path + ".tmp", "wb") as file:
                file.write(self.data)
            os.rename(path + ".tmp", path)
        except OSError as error:
            print("access:", error)


def _cookie(header):
    """The value of the cookie "han" in a Cookie header."""
    for part in header.split(";"):
        part = part.strip()
        if part[:4] == "han=":
            return part[4:]
    return ""
