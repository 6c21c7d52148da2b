"""States of meter and line: household.presence (domain.md 4.2, A5, A8)."""

from hanport.reading import Reading
from household.presence import Presence

UTC = 1791900000


def reading(power=500, var=0, amps=(2000, 1000, 500), volts=(230000, 231000, 229000), export=0):
    r = Reading()
    r.import_w = power
    r.export_w = export
    r.import_var = var
    r.export_var = 0
    r.l1_ma, r.l2_ma, r.l3_ma = amps
    r.l1_mv, r.l2_mv, r.l3_mv = volts
    return r


NOTHING = reading(0, amps=(0, 0, 0))


class Line:
    """A meter's line with its two clocks."""

    def __init__(self):
        self.s = 0
        self.p = Presence(0)

    def lists(self, r, seconds, step=10):
        """The same list every `step` s for so long; whether a cut-off ended meanwhile."""
        ended = False
        for _ in range(0, seconds, step):
            ended = self.p.reading(r, UTC + self.s, self.s * 1000) or ended
            self.s += step
        return ended

    def state(self, later=0):
        return self.p.state((self.s + later) * 1000)


def test_from_start_to_no_signal_and_back():
    line = Line()
    assert line.state() == "starting"
    assert line.state(29) == "starting"
    assert line.state(30) == "no_signal"
    assert line.p.age_s(5000) is None
    line.lists(reading(), 10)
    assert line.state() == "in_use"
    assert line.p.age_s(7000) == 7
    assert line.state(20) == "in_use"
    assert line.state(21) == "old"
    assert line.state(110) == "old"
    assert line.state(111) == "no_signal"
    assert line.p.seen_utc == UTC
    line.s += 500
    line.lists(reading(), 10)
    assert line.state() == "in_use"


def test_a8_no_current_through_the_meter():
    line = Line()
    line.lists(reading(), 60)
    line.lists(NOTHING, 60)
    assert line.state(-1) == "in_use"  # 59 s
    assert line.state(0) == "zero"
    assert line.p.zero_utc == UTC + 60
    line.lists(reading(20), 10)
    assert line.state() == "in_use"
    assert line.p.zero_utc is None


def test_zero_wants_everything_zero_and_a_live_voltage():
    some = (
        reading(0, var=3, amps=(0, 0, 0)),
        reading(0, amps=(0, 10, 0)),
        reading(0, amps=(0, 0, 0), export=4),
        reading(0, amps=(0, 0, 0), volts=(100000, 20000, 0)),
        reading(0, amps=(None, None, None)),
        reading(0, amps=(0, 0, 0), volts=(None, None, None)),
    )
    for r in some:
        line = Line()
        line.lists(r, 300)
        assert line.state() == "in_use"


def test_zero_on_it_and_one_phase():
    for r in (
        reading(0, amps=(0, None, 0)),
        reading(0, amps=(0, 0, 0), volts=(230000, 0, 230000)),
        reading(0, amps=(0, None, None), volts=(230000, None, None)),
    ):
        line = Line()
        line.lists(r, 60)
        assert line.state() == "zero"


def test_fast_lists_carry_power_only():
    line = Line()
    fast = Reading()
    fast.import_w = 0
    line.lists(fast, 300, 2)
    assert line.state() == "in_use"  # currents not seen: nothing can be said
    for _ in range(12):
        line.lists(NOTHING, 2, 2)
        line.lists(fast, 8, 2)
    assert line.state() == "zero"
    fast.import_w = 3
    line.lists(fast, 2, 2)
    assert line.state() == "in_use"


def test_near_zero_after_ten_minutes():
    line = Line()
    line.lists(reading(8), 600)
    assert line.state(-1) == "in_use"
    assert line.state() == "near_zero"
    line.lists(reading(14), 600)
    assert line.state() == "near_zero"
    line.lists(reading(15), 10)
    assert line.state() == "in_use"


def test_a_load_about_the_meters_threshold_is_near_zero_too():
    line = Line()
    for _ in range(40):
        line.lists(reading(6), 10)
        line.lists(NOTHING, 20)
    assert line.state() == "near_zero"
    line.lists(NOTHING, 60)
    assert line.state() == "zero"


def test_a_gap_starts_zero_over():
    line = Line()
    line.lists(NOTHING, 60)
    line.s += 60
    line.lists(NOTHING, 10)
    assert line.state() == "in_use"


def test_cut_off_only_with_both_word_and_zero():
    line = Line()
    line.lists(reading(), 60)
    line.p.cut_off(UTC, 12345670)
    assert line.state() == "in_use"
    assert not line.lists(reading(), 600)  # said before it was done: stays
    line.lists(NOTHING, 60)
    assert line.state() == "cut_off"
    assert (line.p.cut_utc, line.p.cut_wh) == (UTC, 12345670)
    assert not line.lists(reading(), 60)  # 50 s of current
    assert line.lists(reading(), 10)
    assert line.p.cut_utc is None
    line.lists(NOTHING, 60)
    assert line.state() == "zero"


def test_cut_off_survives_a_restart_and_can_be_taken_back():
    line = Line()
    line.p.cut_off(UTC, None)
    line.lists(NOTHING, 100)
    kept = line.p.state_kept()
    again = Line()
    assert again.p.restore(kept)
    again.lists(NOTHING, 60)
    assert again.state() == "cut_off"
    assert again.lists(reading(), 70)
    again = Line()
    again.p.restore(kept)
    assert again.lists(reading(), 70)  # connected again while the dongle was dark
    again.p.cut_off(UTC, 5)
    again.p.connected()
    assert again.p.cut_utc is None
    for bad in (None, [], [2, 1, 1, 0], [1, 1], "1234"):
        assert not again.p.restore(bad)


def test_causes_are_ordered_and_split_by_the_bus():
    p = Presence(0)
    assert p.causes() == ("contact", "han_hung", "han_closed", "meter_dead")
    p.bus = True
    assert p.causes() == ("han_hung", "han_closed")
    p.bus = False
    assert p.causes() == ("contact", "meter_dead")


def count(p, good, bad, minutes, start=0):
    """`good` and `bad` frames a minute, told every 10 s; returns the counters' end."""
    for i in range(start, start + minutes * 6 + 1):
        p.frames(good * i // 6, bad * i // 6, 0, i * 10000)
    return start + minutes * 6


def test_noise_above_a_fifth_of_five_minutes():
    for good, bad, noisy in ((6, 0, False), (24, 6, False), (24, 12, True), (0, 6, True)):
        p = Presence(0)
        count(p, good, bad, 6)
        assert p.noise is noisy


def test_noise_passes_and_is_a_remark_while_values_come():
    p = Presence(0)
    for i in range(31):
        p.frames(0, i, 0, i * 10000)
    assert p.state(310000) == "noise"
    p.reading(reading(), UTC, 310000)
    assert p.noise
    assert p.state(312000) == "in_use"
    assert p.state(400000) == "old"
    for i in range(31, 70):
        p.frames(i, 30, 0, i * 10000)
    assert not p.noise


def test_few_frames_are_no_noise():
    p = Presence(0)
    p.frames(0, 0, 0, 0)
    p.frames(1, 4, 0, 10000)
    assert not p.noise


def test_counters_that_start_over_are_no_flood():
    p = Presence(0)
    p.frames(1000, 900, 0, 0)
    p.frames(3, 0, 0, 10000)
    p.frames(4, 0, 0, 20000)
    assert not p.noise


def test_frames_told_late_forget_all_old_slots():
    p = Presence(0)
    for i in range(31):
        p.frames(0, i, 0, i * 10000)
    p.frames(0, 30, 0, 3600000)
    assert not p.noise


def test_encrypted_without_a_key():
    p = Presence(0)
    p.frames(0, 0, 7, 0)
    p.frames(0, 0, 8, 10000)
    assert p.state(12000) == "encrypted"
    assert p.state(130001) == "encrypted"
    assert p.state(131000) == "no_signal"
    p.reading(reading(), UTC, 140000)  # the key was entered
    assert p.state(141000) == "in_use"
