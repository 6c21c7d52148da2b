"""The security log: who came in or tried to, and what was changed. Never what was said.

Two files of 100 entries, security.0 and security.1, filled in turn: the latest 100 at least are
always there. Imported for each entry and let go.

    octet 0..1   number, counting up and round     2      event
          3      a figure: wrong tries, a role, what was erased
          4..7   Unix time, 0 when no clock was known
          8..11  IPv4 address, 0 when it came from the dongle itself
         12..35  a name, UTF-8, filled up with 0   36..39 CRC-32
"""

from struct import pack_into, unpack_from

from micropython import const

from app import clock
from household.seal import intact, seal

# events
LOGIN = const(1)  # another phone; name
GUEST = const(2)  # a phone by a guest's link; name
FAILED = const(3)  # wrong passwords in a row, figure of them
PASSWORD = const(4)  # set or changed
KEY = const(5)  # a token or link given, figure its kind
REVOKED = const(6)  # a phone, token or link taken back; name
CONSENT = const(7)  # figure: the consent's state
ERASED = const(8)  # history erased
STARTED = const(9)  # set-up begun on an empty dongle
WIFI = const(10)  # joined or changed
UPDATE = const(11)
SETTINGS = const(12)
EXPORTED = const(13)
NAMES = (
    "login guest failed password key revoked consent erased started wifi update settings exported"
)
# what the owner is told of on the page
NOTICES = (LOGIN, GUEST, FAILED, PASSWORD, UPDATE)

ENTRIES = const(100)
SIZE = const(40)


def add(access, event: int, figure: int = 0, peer=None, name: bytes = b"") -> None:
    """Append an entry. Never raises: a full flash must not keep the owner out."""
    last, slot, count = _end(access.folder)
    entry = bytearray(SIZE)
    utc = access.meter_clock.utc(clock.ms()) or 0
    pack_into("<HBBI", entry, 0, (last + 1) & 0xFFFF, event, min(figure, 255), utc)
    entry[8:12] = _address(peer)
    name = name[:22]
    entry[12 : 12 + len(name)] = name
    seal(entry, 0, SIZE)
    if count >= ENTRIES:
        slot ^= 1
    try:
        with open(_path(access.folder, slot), "wb" if count >= ENTRIES else "ab") as file:
            file.write(entry)
    except OSError as error:
        print("security log:", error)
    if event in NOTICES:
        access.notices += 1


def entries(folder: str):
    """Yield (number, event, figure, time, address, name) of each whole entry, oldest first."""
    newest = _end(folder)[1]
    entry = bytearray(SIZE)
    for slot in (newest ^ 1, newest):
        try:
            with open(_path(folder, slot), "rb") as file:
                while file.readinto(entry) == SIZE:
                    if intact(entry, 0, SIZE):
                        number, event, figure, utc = unpack_from("<HBBI", entry, 0)
                        address = "{}.{}.{}.{}".format(*entry[8:12])
                        name = bytes(entry[12:36]).rstrip(b"\0").decode()
                        yield number, event, figure, utc, address, name
        except OSError:
            pass  # not begun yet


def unseen(access) -> int:
    """How many entries of NOTICES the owner has not seen."""
    seen = access.data[2] | access.data[3] << 8
    count = 0
    for number, event, *_ in entries(access.folder):
        if event in NOTICES and 0 < (number - seen) & 0xFFFF < 0x8000:
            count += 1
    return count


def _path(folder, slot):
    return folder + "/security." + "01"[slot]


def _end(folder):
    """(last number, the slot that is being filled, entries in it)."""
    best = 0, 0, 0
    entry = bytearray(SIZE)
    for slot in (0, 1):
        try:
            with open(_path(folder, slot), "rb") as file:
                count = file.seek(0, 2) // SIZE
                if not count:
                    continue
                file.seek((count - 1) * SIZE)
                file.readinto(entry)
        except OSError:
            continue
        number = entry[0] | entry[1] << 8
        if not best[2] or (number - best[0]) & 0xFFFF < 0x8000:
            best = number, slot, count
    return best


def _address(peer):
    """Four octets of a socket's peer: ("192.0.2.1", 80) on the ESP32, a sockaddr on Unix."""
    if isinstance(peer, tuple):
        return bytes([int(part) for part in peer[0].split(".")])
    return bytes(peer[4:8]) if peer else b"\0\0\0\0"
