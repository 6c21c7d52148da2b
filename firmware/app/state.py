"""A small state that outlives a restart: the running hour, or being away. Two files in turn.

Each save goes to the older of NAME.0 and NAME.1, closed by a CRC-32, with a serial number that says
which is newer: a cut spoils at most the one being written. No rename: on littlefs that costs
twice the erases (0.04 against 0.095 a save of 104 octets).

    octets 0..n    compact JSON
           n       serial, one octet, counting up and round
           n+1..   CRC-32

Up to 128 octets lie in the folder's own blocks; above that each save would take 4 KB. How often is
the caller's affair (hourly.py).
"""

import json

from micropython import const

from household.seal import intact, seal

_MOST = const(128)
_ENOENT = const(2)
_MOST_DAILY = const(2048)


class State:
    """One named state (a list or dict that JSON can hold).

    place: the journal's nest, for what is saved every ten minutes; or the path of a folder, for
    what is saved when something happens.
    daily: for what is too big to be saved more often: up to 2043 octets of JSON.
    """

    def __init__(self, place, name: str, daily: bool = False):
        self._place = place
        self._name = "/" + name + "."
        self._daily = daily
        self._serial = None  # of the newest whole file; None before load()
        self.error = 0  # errno of the last save that failed, 0 when all is well

    def load(self):
        """The state saved last, or None when there is none that is whole."""
        self._serial = None
        newest = self._take(self._read(0, 0), None)
        newest = self._take(self._read(0, 1), newest)
        if self._serial is None and not isinstance(self._place, str):
            newest = self._take(self._read(1, 0), newest)
            newest = self._take(self._read(1, 1), newest)
        self._serial = self._serial or 0
        return newest

    def _take(self, data, newest):
        """The state in `data`, if it is whole and newer than the one known; else that one."""
        if not data or len(data) < 7 or not intact(data, 0, len(data)):
            return newest
        # Two in turn differ by little: the newer one is less than half a round ahead
        if self._serial is not None and (data[-5] - self._serial) & 0xFF >= 128:
            return newest
        try:
            state = json.loads(bytes(memoryview(data)[:-5]))
        except ValueError:
            return newest  # whole, but not ours
        self._serial = data[-5]
        return state

    def _folder(self, back=0):
        return self._place if isinstance(self._place, str) else self._place.folder(back)

    def _read(self, back, slot):
        for _ in range(2):  # an older one taken for the newest would be written over it
            try:
                with open(self._folder(back) + self._name + "01"[slot], "rb") as file:
                    size = file.seek(0, 2)
                    file.seek(0)
                    # read() of more than there is takes the heap for it all the same
                    return file.read(min(size, _MOST_DAILY + 1))
            except OSError as error:
                if error.errno == _ENOENT:
                    break
        return None

    def save(self, state) -> bool:
        """True: it is on flash.

        Raises ValueError for a state of more than 123 octets of JSON (2043 where it is daily): that
        is a mistake in the program and would wear the flash out.
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
        try:
            with open(self._folder() + self._name + "01"[serial & 1], "wb") as file:
                file.write(data)
        except OSError as error:
            self.error = error.errno
            return False
        self.error = 0
        self._serial = serial
        return True
