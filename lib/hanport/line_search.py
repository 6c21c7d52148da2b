"""Which line setting to listen with: baud rate, parity and polarity, found by trying.

MicroPython's UART shows neither parity nor framing errors, so a setting is judged by frames whose
checksum is good: two in a row settle it. A search starts when no setting is known or when nothing
good has come for ten minutes; never while frames are good.
"""

# (baud rate, even parity), Kamstrup's first; every one is tried in both polarities
SETTINGS = ((2400, False), (2400, True), (9600, False), (115200, False))
CHOICES = 2 * len(SETTINGS)

_DWELL_MS = 26000  # at 2400 a list every 10 s, and the first one may be joined in its middle
_DWELL_FAST_MS = 13000
_GIVE_UP_MS = 600000
_ENOUGH = 2


def setting(choice: int):
    """(baud rate, even parity, opposite polarity) of a choice 0..CHOICES-1."""
    baud, even = SETTINGS[choice >> 1]
    return baud, even, choice & 1 == 1


class LineSearch:
    """Call step() about once a second. `choice` is what the UART should be set to."""

    def __init__(self, choice: int, known: bool, ms: int, locked: bool = False):
        """Start with `choice`. `known`: it has worked before. `locked`: the owner's word, kept
        whatever comes. `ms`: the monotonic clock of all calls."""
        self.choice = choice
        self.locked = locked
        self.searching = not known and not locked
        self.rounds = 0  # how often all choices have been tried in vain
        self._first = choice
        self._since = self._good_at = ms
        self._good = self._damaged = self._run = 0

    def step(self, good: int, damaged: int, ms: int) -> bool:
        """Take over the decoder's counts of good and damaged frames; True when `choice` changed."""
        if damaged != self._damaged:
            self._damaged = damaged
            self._run = 0
        if good != self._good:
            self._run += good - self._good
            self._good = good
            self._good_at = ms
            if self._run >= _ENOUGH:
                self.searching = False
                self.rounds = 0
        if self.locked:
            return False
        if not self.searching:
            if ms - self._good_at < _GIVE_UP_MS:
                return False
            self.searching = True
            self._first = self.choice
        else:
            dwell = _DWELL_MS if SETTINGS[self.choice >> 1][0] == 2400 else _DWELL_FAST_MS
            good_here = self._good_at if self._run else self._since
            if ms - max(self._since, good_here) < dwell:
                return False
        self._since = ms
        self._run = 0
        self.choice = (self.choice + 1) % CHOICES
        if self.choice == self._first:
            self.rounds += 1
        return True
