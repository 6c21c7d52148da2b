"""Whether the meter may be read: nothing is, before the owner has said yes, nor after a no.

    NONE  -> GIVEN       the owner says yes, to a wording with a version
    GIVEN -> WITHDRAWN   the owner says no: nothing more is read, within one list
    GIVEN -> MOVED       a list from another meter than the one agreed on: "Har du flyttet?"
    WITHDRAWN, MOVED -> GIVEN   the owner says yes again

Kept in the file `consent`. Of the meter there are eight octets of a salted hash, no number. What
changes the answer is in api_consent.py.
"""

from binascii import hexlify
from hashlib import sha256

from micropython import const

from app.rare import forget

NONE = const(0)
GIVEN = const(1)
WITHDRAWN = const(2)
MOVED = const(3)

_SILENT = const(30000)  # ms: as long as a reading counts as live


class Consent:
    """`state`; `meter` the hash of the meter agreed on, "" until its first list."""

    def __init__(self, folder: str):
        self.path = folder + "/consent"
        self.state = NONE
        self.meter = self.salt = ""
        self._known = None  # the number that was compared last
        self._at = 0
        from app import first_read

        first_read.state(self)

    def admits(self, reading, ms: int) -> bool:
        """Whether this list may be used. Some lists do not name their meter: they count once a
        list that does has been seen, and until the line has been silent."""
        if self.state != GIVEN:
            return False
        if ms - self._at > _SILENT:
            self._known = None
        number = reading.meter_id
        if number is not None and number != self._known:
            mark = self.mark(number)
            if mark != self.meter:
                if self.meter:
                    self._store(MOVED, None)
                    return False
                self.meter = mark
                self._store(GIVEN, mark)
            self._known = number
        self._at = ms
        return self._known is not None or not self.meter

    def _store(self, state, mark):
        from app import api_consent

        try:
            api_consent.store(self, state, mark)
        except OSError as error:
            print("consent:", error)  # holds until the next start, and is found again then
        forget("app.api_consent")

    def mark(self, number: str) -> str:
        """What is kept of a meter's number."""
        return hexlify(sha256((self.salt + number).encode()).digest()[:8]).decode()
