"""A small state that outlives a restart: the running hour, or being away. Two files in turn.

Each save goes to the older of NAME.0 and NAME.1, closed by a CRC-32, with a serial number that says
which is newer: a cut spoils at most the one being written. No rename: on littlefs that costs
twice the erases (0.04 against 0.095 a save of 104 octets; ten minutes' saves for ten years are
45 cycles a block against 108).

    octets 0..n    compact JSON
           n       serial, one octet, counting up and round
           n+1..   CRC-32

Up to 128 octets lie in the folder's own blocks; above that each save would take 4 KB.
The board's RTC memory may be given too (RTC().memory's read and write): it survives a reset, takes
every save and no wear, and loses to a newer file.
"""

import json

from micropython import const

from household.record import intact, seal

_EVERY_MS = const(600000)
_DAY_MS = const(86400000)
_MOST = const(128)
_MOST_DAILY = const(2048)


class State:
    """One named state (a list or dict that JSON can hold) under the journal's folder.

    memory: None, or an object whose read() gives octets and whose write(octets) keeps them.
    daily: for what is too big to be saved often: up to 2043 octets of JSON, once a day.
    """

    def __init__(self, path: str, name: str, memory=None, daily: bool = False):
        self._path = path + "/" + name + "."
        self._memory = memory
        self._daily = daily
        self._serial = None  # of the newest whole file; None before load()
        self._saved_ms = None
        self.error = 0  # errno of the last save that failed, 0 when all is well

    def load(self):
        """The state saved last, or None when there is none that is whole."""
        newest = None
        self._serial = 0
        for slot in range(3):
            data = self._slot(slot)
            if data is None:
                continue
            serial = data[-5]
            # The serials of two slots in turn differ by little: the newer is less than half
            # a round ahead
            if newest is None or (serial - self._serial) & 0xFF < 128:
                try:
                    newest = json.loads(bytes(memoryview(data)[:-5]))
                    if slot < 2:  # the memory's is that of the file to come
                        self._serial = serial
                except ValueError:
                    pass  # whole, but not ours
        return newest

    def save(self, state, ms: int, now: bool = False) -> bool:
        """Save, on flash at most every ten minutes (or day) unless `now`. True: it is on flash.

        ms: monotonic milliseconds. Raises ValueError for a state of more than 123 octets of
        JSON: that is a mistake in the program and would wear the flash out.
        """
        text = json.dumps(state, separators=(",", ":")).encode()
        size = len(text) + 5
        if size > (_MOST_DAILY if self._daily else _MOST):
            raise ValueError("state too big")
        if self._serial is None:
            self.load()  # or the newest one would be written over
        data = bytearray(size)
        data[: len(text)] = text
        serial = (self._serial + 1) & 0xFF
        data[-5] = serial
        seal(data, 0, size)
        if self._memory is not None:
            self._memory.write(data)
        every = _DAY_MS if self._daily else _EVERY_MS
        if not now and self._saved_ms is not None and ms - self._saved_ms < every:
            return False
        try:
            with open(self._path + "01"[serial & 1], "wb") as file:
                file.write(data)
        except OSError as error:
            self.error = error.errno
            return False
        self.error = 0
        self._serial = serial
        self._saved_ms = ms
        return True

    def forget(self) -> None:
        """Empty the board's memory. The files go with the folder (erase.wipe())."""
        if self._memory is not None:
            self._memory.write(b"")

    def _slot(self, slot):
        if slot == 2:
            data = self._memory and self._memory.read()
        else:
            try:
                with open(self._path + "01"[slot], "rb") as file:
                    data = file.read(_MOST_DAILY + 1)
            except OSError:
                return None
        return data if data and 5 < len(data) and intact(data, 0, len(data)) else None
