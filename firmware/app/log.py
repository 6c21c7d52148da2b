"""What has happened, on flash: two files of 100 entries, filled in turn, so that the latest 100 at
least are always there. Imported for an entry or a look, and let go.

    octet 0..1   number, counting up and round
          ...    the rest is the caller's
          -4..   CRC-32

The household's events (in the journal's folder, they go with the history):

    octet 2      place in EVENTS    3  free      4..7   Unix time, 0 when no clock was known
          8..11  a figure, signed: seconds, Wh, watts, what the event's name says
         12..15  CRC-32
"""

from struct import pack_into, unpack_from

from micropython import const

from household.seal import intact, seal

ENTRIES = const(100)  # in one file

# The words for them are the page's. New ones go to the end: the places are on flash.
EVENTS = (
    "start meter_changed register_fell late repeated gap clock_back clock_jump clock_zone "
    "clock_wrong clock_right signal_lost signal_back cut_off cut_off_ended away_left away_back "
    "power_lost target_lost neutral_fault phase_loss fuse_trip fuse_overload voltage_warning "
    "frost_low frost_zero frost_ok scale_suspect journal_error journal_ok tariff reading_stopped "
    "erased"
)  # split() when used: the list takes 1.5 KB, and a security log's entry needs none of it

_SIZE = const(16)
_FILE = "/events."
_NEAR = const(8)


def append(path: str, entry) -> None:
    """Number and seal the entry (a bytearray) and add it to path + "0" or "1". OSError when the
    flash refuses."""
    size = len(entry)
    last, slot, count = _end(path, size)
    entry[:2] = (last + 1 & 0xFFFF).to_bytes(2, "little")
    seal(entry, 0, size)
    if count >= ENTRIES:
        slot ^= 1
        count = 0
    with open(path + "01"[slot], "r+b" if count else "wb") as file:
        file.seek(count * size)  # over half an entry, if a cut has left one
        file.write(entry)


def newest(path: str, size: int):
    """Yield the entries that are whole, newest first; the same bytearray each time."""
    entry = bytearray(size)
    filling = _end(path, size)[1]
    for slot in (filling, filling ^ 1):
        try:
            with open(path + "01"[slot], "rb") as file:
                for i in range(file.seek(0, 2) // size - 1, -1, -1):
                    file.seek(i * size)
                    file.readinto(entry)
                    if intact(entry, 0, size):
                        yield entry
        except OSError:
            pass  # not begun yet


def _end(path, size):
    """(last number, the slot that is being filled, entries in it)."""
    best = 0, 0, 0
    entry = bytearray(size)
    for slot in (0, 1):
        try:
            with open(path + "01"[slot], "rb") as file:
                count = file.seek(0, 2) // size
                if not count:
                    continue
                file.seek((count - 1) * size)
                file.readinto(entry)
        except OSError:
            continue
        number = entry[0] | entry[1] << 8
        if not best[2] or 0 < (number - best[0]) & 0xFFFF < 0x8000:
            best = number, slot, count
    return best


def add(folder: str, event: str, utc: int | None, figure: int = 0) -> None:
    """Add an event of the household, unless one of its kind is among the latest of this hour: a
    fault that comes and goes must not wear out the flash. OSError as append()."""
    kind = EVENTS.split().index(event)  # pyright: ignore[reportArgumentType]
    path = folder + _FILE
    near = 0
    for entry in newest(path, _SIZE):
        _, other, _, then, _ = unpack_from("<HBBIi", entry)
        near += 1
        if near > _NEAR:
            break
        if other == kind and then // 3600 == (utc or 0) // 3600:
            return
    entry = bytearray(_SIZE)
    figure = max(-0x7FFFFFFF, min(figure, 0x7FFFFFFF))
    pack_into("<HBBIi", entry, 0, 0, kind, 0, utc or 0, figure)
    append(path, entry)


def events(folder: str):
    """Yield (number, event, Unix time or None, figure), newest first."""
    names = EVENTS.split()
    for entry in newest(folder + _FILE, _SIZE):
        number, kind, _, utc, figure = unpack_from("<HBBIi", entry)
        if kind < len(names):  # else of a later version
            yield number, names[kind], utc or None, figure
