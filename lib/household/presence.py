"""The state of the meter and of the line to it, as short codes: domain.md 4.2.

The words live in the page's strings. No list carries the breaker's position, so the most that can
be said is that no current flows through the meter ("zero"); "cut_off" only when the owner has said
so too. Durations run on the monotonic clock, times to show are UTC.
"""

from array import array

# codes of state()
STARTING, IN_USE, ZERO, NEAR_ZERO, CUT_OFF = "starting", "in_use", "zero", "near_zero", "cut_off"
OLD, NO_SIGNAL, NOISE, ENCRYPTED = "old", "no_signal", "noise", "encrypted"

# causes of no signal, likeliest first: plug or cable; the HAN module hangs (the grid company must
# restart the meter); the port is closed (moved out, consent withdrawn); the meter has no power
_CONTACT, _HUNG, _CLOSED, _DEAD = "contact", "han_hung", "han_closed", "meter_dead"

_START_S = 30
_OLD_S = 30
_LOST_S = 120
_ZERO_S = 60
_NEAR_ZERO_W = 15
_NEAR_ZERO_S = 600
_LIVE_MV = 160000


class Presence:
    """Feed reading() with every list and frames() about every 10 s; ask state().

    seen_utc        when the last list came, None never (or the clock was not known)
    zero_utc        since when no current has flowed, None when it does
    cut_utc, cut_wh when the owner said "disconnected at the meter", and the register then; None
    noise           more than 20 % of the frames of five minutes were damaged
    bus             None without the bus-present input, else whether the HAN line has its voltage
    """

    def __init__(self, ms: int):
        self._boot_s = ms // 1000
        self._seen_s = None
        self._zero_s = self._small_s = self._nonzero_s = self._flow_s = None
        self.seen_utc = self.zero_utc = self.cut_utc = self.cut_wh = None
        self._was_zero = False
        self.bus = None
        self.noise = False
        self._sealed_s = None  # when a list came that has no key
        self._sealed = None
        self._last = None  # minute of the slot in use, good and bad frames as counted then
        self._frames = array("H", [0] * 10)  # good by minute % 5, then bad

    def reading(self, r, utc, ms: int) -> bool:
        """One Reading, `utc` None while the clock is not known. True when the owner's
        "disconnected" has just ended because current flows again: log it and keep state()."""
        s = ms // 1000
        if self._seen_s is None or s - self._seen_s > _OLD_S:
            # what went on in the gap is not known
            self._zero_s = self._small_s = self._nonzero_s = self._flow_s = self.zero_utc = None
        elif self._zero(s):
            self._was_zero = True
        self._seen_s = s
        self.seen_utc = utc
        if r.import_w is None:
            return False
        if r.import_w or r.export_w:
            if self._flow_s is None:
                self._flow_s = s
            self._zero_s = self.zero_utc = None
            self._nonzero_s = s
        elif r.import_var or r.export_var or r.l1_ma or r.l2_ma or r.l3_ma:
            self._zero_s = self.zero_utc = self._flow_s = None
        else:
            self._flow_s = None
            whole = r.l1_ma is not None and max(r.l1_mv or 0, r.l2_mv or 0, r.l3_mv or 0)
            if self._zero_s is None and whole and whole >= _LIVE_MV:
                self._zero_s = s
                self.zero_utc = utc
        if r.import_w >= _NEAR_ZERO_W or r.export_w:
            self._small_s = None
        elif self._small_s is None:
            self._small_s = s
        if self._was_zero and self._flow_s is not None and s - self._flow_s >= _ZERO_S:
            self._was_zero = False
            ended = self.cut_utc is not None
            self.cut_utc = self.cut_wh = None
            return ended
        return False

    def _zero(self, s: int) -> bool:
        return self._zero_s is not None and s - self._zero_s >= _ZERO_S

    def frames(self, good: int, bad: int, sealed: int, ms: int) -> None:
        """The decoder's counters so far: frames accepted, frames whose check sum failed, and
        encrypted lists that could not be opened for want of a key."""
        s = ms // 1000
        minute = s // 60
        last = self._last
        if last is None or good < last[1] or bad < last[2]:
            last = (minute, good, bad)
        for m in range(max(last[0] + 1, minute - 4), minute + 1):
            self._frames[m % 5] = self._frames[m % 5 + 5] = 0
        slot = minute % 5
        self._frames[slot] = min(65535, self._frames[slot] + good - last[1])
        self._frames[slot + 5] = min(65535, self._frames[slot + 5] + bad - last[2])
        self._last = (minute, good, bad)
        if self._sealed is not None and sealed > self._sealed:
            self._sealed_s = s
        self._sealed = sealed
        damaged = sum(self._frames[5:])
        # five bad ones at least: one of two frames after a start is no finding
        self.noise = damaged >= 5 and damaged * 5 > sum(self._frames)

    def age_s(self, ms: int):
        """Seconds since the last list, None when none came since the start."""
        return None if self._seen_s is None else ms // 1000 - self._seen_s

    def state(self, ms: int) -> str:
        """The code. A value of at most 120 s goes before noise and encryption: then `noise` is
        a remark, not the state."""
        s = ms // 1000
        age = self.age_s(ms)
        if age is not None and age <= _OLD_S:
            if self._zero(s):
                return ZERO if self.cut_utc is None else CUT_OFF
            small, nonzero = self._small_s, self._nonzero_s
            if small is not None and s - small >= _NEAR_ZERO_S:
                # a load about the meter's threshold shows 0 now and then: "something is on"
                if nonzero is not None and s - nonzero < _NEAR_ZERO_S:
                    return NEAR_ZERO
            return IN_USE
        if age is not None and age <= _LOST_S:
            return OLD
        if self._sealed_s is not None and s - self._sealed_s <= _LOST_S:
            return ENCRYPTED
        if self.noise:
            return NOISE
        if age is None and s - self._boot_s < _START_S:
            return STARTING
        return NO_SIGNAL

    def causes(self) -> tuple:
        """Causes of no signal, likeliest first. The bus's voltage tells a silent module from a
        dead meter; a dead meter means that the grid company has to estimate."""
        if self.bus is None:
            return _CONTACT, _HUNG, _CLOSED, _DEAD
        return (_HUNG, _CLOSED) if self.bus else (_CONTACT, _DEAD)

    def cut_off(self, utc: int, register_wh) -> None:
        """The owner says "I have disconnected at the meter". Lasts until current flows again
        for a minute after it had stopped, or connected()."""
        self.cut_utc = utc
        self.cut_wh = register_wh

    def connected(self) -> None:
        """The owner takes it back."""
        self.cut_utc = self.cut_wh = None

    def state_kept(self) -> list:
        """What must outlive a restart, for restore(); changes with cut_off(), connected() and when
        reading() says True."""
        return [1, self.cut_utc, self.cut_wh, int(self._was_zero)]

    def restore(self, kept) -> bool:
        """Take up a state_kept(); False, and nothing taken, for anything else."""
        if type(kept) is not list or len(kept) != 4 or kept[0] != 1:
            return False
        _, self.cut_utc, self.cut_wh, was_zero = kept
        self._was_zero = bool(was_zero)
        return True
