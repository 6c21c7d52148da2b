"""The HAN doctor: what ails the line, from the decoder's counters over the last five minutes.

Each verdict is a code; the page has the words and the owner's next step for it:

    ok            lists come and are read
    waiting       nothing yet, and too early to tell
    no_signal     no octet ever: no module, cable, port not opened yet, or polarity
    went_silent   lists came before, now not an octet: frozen HAN module, port closed, meter dark
    no_bus        as these two, and the board senses no bus voltage: cable out or meter dark
    searching     octets but no good frame; other line settings are being tried
    garbled       octets but no good frame, and every setting has been tried: wiring, or no HAN port
    noisy         more than one frame in five is damaged: a plug or cable
    key_missing   the meter encrypts and no key has been entered
    key_wrong     the key does not fit
    auth_key_wrong the encryption key fits, the authentication key does not
    refused       played back, or less protected than before
    unknown_list  good frames whose list nobody has described to us
"""

from array import array

_MINUTES = 5
# what is counted, as the decoder's counters to add up
_SUMS = (
    ("octets",),
    ("frames",),
    ("hcs_errors", "fcs_errors", "truncated", "too_long"),
    ("readings",),
    ("no_key",),
    ("wrong_key",),
    ("wrong_auth_key",),
    ("replay", "downgrade"),
    ("unknown_list", "list_errors", "apdu_errors", "unknown_security", "not_data"),
)
_OCTETS, _FRAMES, _DAMAGED, _READINGS, _NO_KEY = 0, 1, 2, 3, 4
_WRONG_KEY, _WRONG_AUTH_KEY, _REFUSED, _UNKNOWN = 5, 6, 7, 8
_KINDS = len(_SUMS)

_LIVE_MS = 30000
_SILENT_MS = 60000
_PATIENCE_MS = 60000  # one Kamstrup list is due every 10 s, one detection step takes 25 s


class Doctor:
    """Call tick() about once a second, minute by minute it remembers; verdict() at any time."""

    def __init__(self, ms: int):
        """`ms`: the monotonic clock of all calls, in milliseconds."""
        self._ring = array("I", bytes(4 * _KINDS * _MINUTES))
        self._base = array("I", bytes(4 * _KINDS))
        self._slot = 0
        self._minute = self._start = self._octet_at = self._reading_at = ms
        self._octets = self._readings = 0

    def tick(self, counters, ms: int) -> None:
        """Take over `counters` (hanport.counters.Counters) as they stand at `ms`."""
        if counters.octets != self._octets:
            self._octets = counters.octets
            self._octet_at = ms
        if counters.readings != self._readings:
            self._readings = counters.readings
            self._reading_at = ms
        if ms - self._minute >= 60000:
            self._minute = ms
            self._slot = (self._slot + 1) % _MINUTES
            for kind in range(_KINDS):
                self._ring[self._slot * _KINDS + kind] = 0
                self._base[kind] = self._sum(counters, kind)
        for kind in range(_KINDS):
            count = self._sum(counters, kind) - self._base[kind]
            self._ring[self._slot * _KINDS + kind] = count

    def verdict(self, ms: int, searching: bool = False, bus=None) -> str:
        """The code that holds at `ms`. `searching`: line settings are being tried; `bus`: what the
        board senses of the bus voltage, None when it has no such input."""
        silent = ms - self._octet_at
        if not self._octets or silent > _SILENT_MS:
            if bus is False:
                return "no_bus"
            if self._readings:
                return "went_silent"
            return "no_signal" if silent > _SILENT_MS else "waiting"
        live = self._readings and ms - self._reading_at <= _LIVE_MS
        if not live:
            for kind, code in (
                (_NO_KEY, "key_missing"),
                (_WRONG_AUTH_KEY, "auth_key_wrong"),
                (_WRONG_KEY, "key_wrong"),
                (_REFUSED, "refused"),
                (_UNKNOWN, "unknown_list"),
            ):
                if self._recent(kind):
                    return code
        damaged = self.damaged_percent()
        if damaged is not None and damaged > 20:
            return "noisy"
        if live:
            return "ok"
        if not self._recent(_FRAMES) and ms - self._start > _PATIENCE_MS:
            return "searching" if searching else "garbled"
        return "waiting"

    def damaged_percent(self):
        """Share of damaged frames in the last five minutes, or None with fewer than five frames or
        none of them good (that is no noise but a wrong setting)."""
        good = self._recent(_FRAMES)
        damaged = self._recent(_DAMAGED)
        if not good or good + damaged < 5:
            return None
        return 100 * damaged // (good + damaged)

    def _recent(self, kind: int) -> int:
        return sum(self._ring[slot * _KINDS + kind] for slot in range(_MINUTES))

    def _sum(self, counters, kind: int) -> int:
        total = 0
        for name in _SUMS[kind]:
            total += getattr(counters, name)
        return total
