"""States of meter and line: household.presence (domain.md 4.2, A8)."""

from hanport.reading import Reading
from household.presence import Presence, causes

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
        self.p = Presence()

    def lists(self, r, seconds, step=10):
        """The same list every `step` s for so long; whether a cut-off ended meanwhile."""
        ended = False
        for _ in range(0, seconds, step):
            ended = self.p.reading(r, UTC + self.s, self.s * 1000) or ended
            self.s += step
        return ended

    def state(self, later=0, link="live"):
        return self.p.state((self.s + later) * 1000, link)


def test_the_links_states_come_through():
    line = Line()
    for link in ("starting", "old", "no_signal"):
        assert line.state(0, link) == link
    line.lists(reading(), 10)
    assert line.state() == "in_use"
    assert line.state(30, "old") == "old"


def test_why_there_is_no_signal():
    p = Presence()
    for verdict in ("key_missing", "key_wrong", "auth_key_wrong", "refused"):
        assert p.state(0, "no_signal", verdict) == "encrypted"
        assert p.state(0, "starting", verdict) == "encrypted"
        assert p.state(0, "live", verdict) == "in_use"
    assert p.state(0, "no_signal", "noisy") == "noise"
    assert p.state(0, "starting", "noisy") == "starting"
    assert p.state(0, "old", "noisy") == "old"
    assert p.state(0, "live", "noisy") == "in_use"
    assert p.state(0, "no_signal", "went_silent") == "no_signal"


def test_causes_are_ordered_and_split_by_the_bus():
    assert causes() == ("contact", "han_hung", "han_closed", "meter_dead")
    assert causes(True) == ("han_hung", "han_closed")
    assert causes(False) == ("contact", "meter_dead")


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


def test_any_one_value_speaks_against_zero():
    for name in ("import_var", "export_var", "l1_ma", "l2_ma", "l3_ma", "export_w"):
        line = Line()
        r = reading(0, amps=(0, 0, 0))
        line.lists(r, 60)
        assert line.state() == "zero"
        setattr(r, name, 1)
        line.lists(r, 10)
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


def test_three_lists_missed_are_not_a_gap():
    line = Line()
    line.lists(NOTHING, 90, 30)
    assert line.state() == "zero"
    line = Line()
    line.lists(NOTHING, 93, 31)
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


def test_cut_off_after_a_restart():
    line = Line()
    line.p.cut_utc, line.p.cut_wh = UTC, 5  # as it was kept
    line.lists(NOTHING, 60)
    assert line.state() == "cut_off"
    line = Line()
    line.p.cut_utc, line.p.cut_wh = UTC, 5
    assert not line.lists(reading(), 60)
    assert line.lists(reading(), 10)  # connected again while the dongle was dark
    assert line.p.cut_wh is None


def test_cut_off_can_be_taken_back():
    line = Line()
    line.p.cut_off(UTC, None)
    line.lists(NOTHING, 60)
    assert line.state() == "cut_off"
    line.p.cut_off(None, None)
    assert line.state() == "zero"
    assert not line.lists(reading(), 200)
