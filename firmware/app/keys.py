"""The slots of access.Access: phones, scripts' tokens and guests' links; given, listed, taken back.

Eight phones, of which four by guests' links, and four tokens and links. A ninth phone takes the
place of the one unused for longest; tokens and links give way to nobody.
"""

import json
import os
from binascii import hexlify
from hashlib import sha256

from micropython import const

from app.access import FIRST, OWNER, PHONE, SLOT, SLOTS, VIEWER

ROLES = ("", "viewer", "owner")
KINDS = ("", "phone", "token", "link")
_PHONES = const(8)
_VIEWERS = const(4)  # of them at most by guests' links
_GIVEN = const(4)  # tokens and links together
_NAME = const(26)


def name_octets(name) -> bytes:
    """A name of at most 22 octets of UTF-8, cut between characters. Control characters go."""
    if not isinstance(name, str):
        return b""
    octets = b""
    for char in name.strip():
        if ord(char) >= 32:
            more = char.encode()
            if len(octets) + len(more) > SLOT - _NAME:
                break
            octets += more
    return octets


def add(access, kind: int, role: int, name: bytes, expires: int = 0):
    """A new token, 32 hex digits that are nowhere kept; None when there is no room. `expires` an
    hour (unix // 3600), 0 never; `name` from name_octets()."""
    slot = _room(access, kind, role)
    if slot is None:
        return None
    token = os.urandom(16)
    at = FIRST + slot * SLOT
    data = access.data
    data[at : at + SLOT] = bytes(SLOT)
    data[at] = kind << 2 | role
    hour = access.hour()
    access.put(at + 1, hour)
    access.put(at + 4, hour)
    access.put(at + 7, expires)
    data[at + 10 : at + 26] = sha256(token).digest()[:16]
    data[at + _NAME : at + _NAME + len(name)] = name
    access.save()
    return hexlify(token).decode()


def _room(access, kind, role):
    free = oldest = None
    phones = viewers = given = 0
    for slot in range(SLOTS):
        head = access.data[FIRST + slot * SLOT]
        if not access.alive(slot):
            free = slot if free is None else free
        elif head >> 2 != PHONE:
            given += 1
        else:
            phones += 1
            viewers += head & 3 == VIEWER
            if (role == OWNER or head & 3 == VIEWER) and (
                oldest is None or _used(access, slot) < _used(access, oldest)
            ):
                oldest = slot
    if kind != PHONE:
        return free if given < _GIVEN else None
    # a guest's link, however often it is followed, takes no place from the owner's phones
    if phones >= _PHONES or (role == VIEWER and viewers >= _VIEWERS):
        return oldest
    return free


def _used(access, slot):
    return access.get(FIRST + slot * SLOT + 4)


def revoke(app, slot: int, but=None) -> None:
    """Take a slot back; what is open with it ends at once, but for the connection `but`."""
    at = FIRST + slot * SLOT
    app.access.data[at : at + SLOT] = bytes(SLOT)
    app.access.save()
    for conn in list(app.guard.conns):
        if conn.who == slot and conn is not but and conn.task:
            conn.task.cancel()


def revoke_all(app, kinds, but=None) -> None:
    """The same for all of these kinds."""
    for slot in range(SLOTS):
        kind = app.access.data[FIRST + slot * SLOT] >> 2
        if kind and kind in kinds:
            revoke(app, slot, but)


def name_of(access, slot: int) -> bytes:
    """Its name in UTF-8."""
    at = FIRST + slot * SLOT
    return bytes(access.data[at + _NAME : at + SLOT]).rstrip(b"\0")


def describe(access, slot: int, own: bool) -> str:
    """A slot as JSON."""
    at = FIRST + slot * SLOT
    data = access.data
    expires = access.get(at + 7)
    return (
        '{{"id":{},"kind":"{}","role":"{}","name":{},"created":{},"used":{},'
        '"expires":{},"this":{}}}'.format(
            slot,
            KINDS[data[at] >> 2],
            ROLES[data[at] & 3],
            json.dumps(name_of(access, slot).decode()),
            _time(access.get(at + 1)),
            _time(access.get(at + 4)),
            _time(expires),
            "true" if own else "false",
        )
    )


def _time(hour):
    """Unix seconds; null for what was never or at a time unknown."""
    return hour * 3600 if hour > 400000 else "null"  # before 2015 only uptime was counted


def guest_session(access, link: int, name: bytes):
    """A phone that follows a guest's link: (token, hours left) of a session as long as the link."""
    at = FIRST + link * SLOT
    expires = access.get(at + 7)
    token = add(access, PHONE, VIEWER, name, expires)
    return token, expires - access.hour()
