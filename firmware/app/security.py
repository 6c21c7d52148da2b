"""The security log: who came in or tried to, and what was changed. Never what was said.

A log of log.py: the latest 100 entries at least are always there. Imported for each entry and
let go.

    octet 0..1   number, counting up and round     2      event
          3      a figure: wrong tries, a role, what was erased
          4..7   Unix time, 0 when no clock was known
          8..11  IPv4 address, 0 when it came from the dongle itself
         12..35  a name, UTF-8, filled up with 0   36..39 CRC-32
"""

from struct import pack_into, unpack_from

from micropython import const

from app import clock, log

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

_SIZE = const(40)
_FILE = "/security."


def add(access, event: int, figure: int = 0, peer=None, name: bytes = b"") -> None:
    """Append an entry. Never raises: a full flash must not keep the owner out."""
    entry = bytearray(_SIZE)
    utc = access.meter_clock.utc(clock.ms()) or 0
    pack_into("<HBBI", entry, 0, 0, event, min(figure, 255), utc)
    entry[8:12] = _address(peer)
    name = name[:22]
    entry[12 : 12 + len(name)] = name
    try:
        log.append(access.folder + _FILE, entry)
    except OSError as error:
        print("security log:", error)
    if event in NOTICES:
        access.notices += 1


def entries(folder: str):
    """Yield (number, event, figure, time, address, name) of each whole entry, newest first."""
    for entry in log.newest(folder + _FILE, _SIZE):
        number, event, figure, utc = unpack_from("<HBBI", entry, 0)
        address = "{}.{}.{}.{}".format(*entry[8:12])
        name = bytes(entry[12:36]).rstrip(b"\0").decode()
        yield number, event, figure, utc, address, name


def unseen(access) -> int:
    """How many entries of NOTICES the owner has not seen."""
    seen = access.data[2] | access.data[3] << 8
    count = 0
    for number, event, *_ in entries(access.folder):
        if not 0 < (number - seen) & 0xFFFF < 0x8000:
            break
        count += event in NOTICES
    return count


def _address(peer):
    """Four octets of a socket's peer: ("192.0.2.1", 80) on the ESP32, a sockaddr on Unix."""
    if isinstance(peer, tuple):
        return bytes([int(part) for part in peer[0].split(".")])
    return bytes(peer[4:8]) if peer else b"\0\0\0\0"
