"""What state the meter is in, as short codes: domain.md 4.2.

The words are in the page's strings. No list carries the breaker's position, so the most that can
be said is that no current flows through the meter ("zero"); "cut_off" only when the owner has said
so too. Durations run on the monotonic clock, times to show are UTC.

    starting     < 30 s since the start, no list yet
    in_use       the kW figure says it
    zero         P, Q and all currents 0 and a voltage of at least 160 V, for 60 s
    near_zero    below 15 W for 10 min: something is on
    cut_off      zero, and the owner has disconnected at the meter
    old          latest list 30 to 120 s ago
    no_signal    longer; causes() has why, likeliest first
    noise        no_signal, because the frames are damaged
    encrypted    no_signal, because the lists cannot be opened
"""


class Presence:
    """Feed reading() with every list; ask state().

    zero_utc        since when no current has flowed, None when it does or the time is not known
    cut_utc, cut_wh what cut_off() was told; to be kept over a restart by whoever tells it
    """

    def __init__(self):
        self.zero_utc = self.cut_utc = self.cut_wh = None
        # seconds: of the latest list; since when all is 0, power is below 15 W, current flows; and
        # when it last did
        self._s = self._zero_s = self._small_s = self._flow_s = self._flowed_s = None
        # after a start the dongle cannot know whether the current had stopped meanwhile: believe it
        self._stopped = True

    def reading(self, r, utc, ms: int) -> bool:
        """One Reading, `utc` None while the clock is not known. True when current flows again
        and that has just ended the owner's cut_off()."""
        s = ms // 1000
        if self._s is None or s - self._s > 30:  # what went on in the gap is not known
            self._zero_s = self._small_s = self._flow_s = self._flowed_s = self.zero_utc = None
        elif self._zero(s):
            self._stopped = True
        self._s = s
        if r.import_w is None:
            return False
        flows = r.import_w or r.export_w
        if flows or r.import_var or r.export_var or r.l1_ma or r.l2_ma or r.l3_ma:
            self._zero_s = self.zero_utc = None
        elif self._zero_s is None and r.l1_ma is not None:  # power alone does not show it
            if max(r.l1_mv or 0, r.l2_mv or 0, r.l3_mv or 0) >= 160000:
                self._zero_s = s
                self.zero_utc = utc
        if r.import_w >= 15 or r.export_w:
            self._small_s = None
        elif self._small_s is None:
            self._small_s = s
        if not flows:
            self._flow_s = None
            return False
        self._flowed_s = s
        if self._flow_s is None:
            self._flow_s = s
        if not self._stopped or self.cut_utc is None or s - self._flow_s < 60:
            return False
        self.cut_utc = self.cut_wh = None
        return True

    def _zero(self, s: int) -> bool:
        return self._zero_s is not None and s - self._zero_s >= 60

    def state(self, ms: int, link: str, verdict: str = "ok") -> str:
        """The code. `link`: "starting", "live", "old" or "no_signal" by the age of the latest list;
        `verdict`: the line doctor's (line.py). While values come, noise is only a remark."""
        if link == "starting" or link == "no_signal":
            if verdict in ("key_missing", "key_wrong", "auth_key_wrong", "refused"):
                return "encrypted"
            return "noise" if verdict == "noisy" and link == "no_signal" else link
        if link == "old":
            return link
        s = ms // 1000
        if self._zero(s):
            return "zero" if self.cut_utc is None else "cut_off"
        # a load about the meter's threshold shows as 0 now and then
        if self._small_s is not None and self._flowed_s is not None:
            if s - self._small_s >= 600 > s - self._flowed_s:
                return "near_zero"
        return "in_use"

    def cut_off(self, utc, register_wh) -> None:
        """The owner says "I have disconnected at the meter", at `utc`; (None, None) takes it back.
        Lasts until current has flowed for a minute after having stopped."""
        self.cut_utc = utc
        self.cut_wh = register_wh
        self._stopped = False


def causes(bus=None) -> tuple:
    """Causes of no signal, likeliest first: contact (plug or cable), han_hung (the grid company
    must restart the meter), han_closed (moved out, consent withdrawn), meter_dead (no power: the
    grid company will estimate). `bus`: whether the HAN line has its voltage, None not sensed."""
    if bus is None:
        return "contact", "han_hung", "han_closed", "meter_dead"
    return ("han_hung", "han_closed") if bus else ("contact", "meter_dead")
