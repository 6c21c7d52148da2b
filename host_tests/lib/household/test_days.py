"""Hours folded into days: household.days, household.day_record."""

from household import oslo
from household.day_record import BROKEN, DOUBTFUL, PARTIAL, DayRecord
from household.days import DayFold
from household.record import (
    CLOCK,
    MEASURED,
    NEW_METER,
    REGISTER_FELL,
    SPLIT,
    SUM_ONLY,
    HourRecord,
    seal,
)

DAY = oslo.day_number(2027, 1, 15)
H = oslo.first_hour(DAY)
FIELDS = "day hours flags import_wh export_wh max_wh max_hour import_reg_wh export_reg_wh".split()


class Kept:
    """Days as they are handed out, packed and unpacked on the way as on flash."""

    def __init__(self, begin=None):
        self.days = []
        self.fold = DayFold(self.keep)
        if begin is not None:
            self.fold.begin(begin)

    def keep(self, record):
        buf = bytearray(record.SIZE)
        record.pack(buf)
        back = DayRecord()
        assert back.unpack(buf)
        assert values(back) == values(record)
        self.days.append(back)

    def add(self, hour, span, quality, used, given=0, register=None, exported=None, flags=0):
        record = HourRecord()
        record.set(hour, span, quality, used, given, register, exported, flags)
        self.fold.add(record)
        return self


def values(record):
    return tuple(getattr(record, name) for name in FIELDS)


def whole_day(kept, day, energies, register=None):
    """A measured record for each hour of the day, energies going round."""
    first = oslo.first_hour(day)
    for hour in range(first, oslo.first_hour(day + 1)):
        wh = energies[(hour - first) % len(energies)]
        if register is not None:
            register += wh
        kept.add(hour, 1, MEASURED, wh, 0, register, None if register is None else 0)
    return register


def test_a_day_of_measured_hours():
    kept = Kept()
    register = whole_day(kept, DAY, (100, 250, 90), 5000)
    assert kept.fold.record is None
    assert [values(day) for day in kept.days] == [
        (DAY, 24, 0, 8 * 440, 0, 250, H + 1, register, 0),
    ]


def test_a12_the_days_of_23_and_25_hours():
    for date, hours in (((2027, 3, 28), 23), ((2027, 10, 31), 25)):
        day = oslo.day_number(*date)
        kept = Kept()
        start = 1000000
        register = start
        for d in (day - 1, day, day + 1):
            register = whole_day(kept, d, (110, 220, 330, 440, 550), register)
        assert [d.day for d in kept.days] == [day - 1, day, day + 1]
        assert [d.hours for d in kept.days] == [24, hours, 24]
        assert [d.flags for d in kept.days] == [0, 0, 0]
        assert sum(d.import_wh for d in kept.days) == register - start
        before, odd, _ = kept.days
        assert odd.import_wh == odd.import_reg_wh - before.import_reg_wh


def test_the_hour_23_belongs_to_the_day_that_ends():
    kept = Kept()
    whole_day(kept, DAY, (100,))
    kept.days.clear()
    for hour in range(H + 24, H + 47):
        kept.add(hour, 1, MEASURED, 100)
    kept.add(H + 47, 1, MEASURED, 9000).add(H + 48, 1, MEASURED, 8000)
    assert kept.days[0].max_hour == H + 47 and kept.days[0].max_wh == 9000
    assert kept.fold.record.day == DAY + 2 and kept.fold.record.max_wh == 8000


def test_the_first_of_equal_hours_is_the_highest():
    kept = Kept().add(H, 1, MEASURED, 500).add(H + 5, 1, MEASURED, 500)
    assert kept.fold.record.max_hour == H


def test_missing_hours_make_it_minst():
    kept = Kept()
    for hour in range(H, H + 24):
        if hour != H + 7:
            kept.add(hour, 1, SPLIT, 100, 10)
    assert values(kept.days[0]) == (DAY, 23, PARTIAL, 2300, 230, 100, H, None, None)
    kept = Kept().add(H + 3, 1, MEASURED, 70)
    assert kept.days == [] and kept.fold.missing(H + 4) == 3 and kept.fold.missing(H + 10) == 9
    kept.add(H + 30, 1, MEASURED, 80)  # the dongle was away over midnight
    assert values(kept.days[0])[:4] == (DAY, 1, PARTIAL, 70)


def test_a_sum_within_the_day_counts_but_is_no_highest_hour():
    kept = Kept()
    for hour in range(H, H + 10):
        kept.add(hour, 1, MEASURED, 100)
    kept.add(H + 10, 8, SUM_ONLY, 9000, 50)
    for hour in range(H + 18, H + 24):
        kept.add(hour, 1, MEASURED, 200)
    day = kept.days[0]
    assert (day.import_wh, day.export_wh, day.hours, day.flags) == (11200, 50, 16, 0)
    assert (day.max_wh, day.max_hour) == (200, H + 18)
    kept = Kept().add(H, 24, SUM_ONLY, 12000, 0, 77000, 5)
    assert values(kept.days[0]) == (DAY, 0, 0, 12000, 0, None, None, 77000, 5)


def test_a18_a_sum_over_midnight_is_of_neither_day():
    kept = Kept()
    for hour in range(H, H + 22):
        kept.add(hour, 1, MEASURED, 100)
    kept.add(H + 22, 6, SUM_ONLY, 3100)
    for hour in range(H + 28, H + 48):
        kept.add(hour, 1, MEASURED, 100, 0, 5000 + hour, 0)
    first, second = kept.days
    assert (first.import_wh, first.hours, first.flags) == (2200, 22, PARTIAL)
    assert (second.import_wh, second.hours, second.flags) == (2000, 20, PARTIAL)
    assert first.max_wh == second.max_wh == 100
    assert first.import_reg_wh is None and second.import_reg_wh == 5000 + H + 47


def test_measured_zeros_over_many_days_are_days():
    kept = Kept()
    begin = oslo.first_hour(oslo.day_number(2027, 10, 12)) + 13
    end = oslo.first_hour(oslo.day_number(2027, 12, 21)) + 17
    for hour in range(begin - 13, begin):
        kept.add(hour, 1, MEASURED, 600)
    kept.add(begin, end - begin, MEASURED, 0, 0, 1234567, 0)
    assert [d.day for d in kept.days] == list(
        range(oslo.day_number(2027, 10, 12), oslo.day_number(2027, 12, 21))
    )
    assert values(kept.days[0])[1:6] == (24, 0, 7800, 0, 600)
    for day in kept.days[1:]:
        assert day.import_wh == day.max_wh == day.flags == 0
        assert day.hours == oslo.first_hour(day.day + 1) - oslo.first_hour(day.day)
    assert kept.fold.record.hours == 17 and kept.fold.missing(end) == 0


def test_nothing_imported_in_a_block_is_known_of_each_hour():
    # a cabin with a solar panel: the import stood still, the export did not
    kept = Kept().add(H, 48, SUM_ONLY, 0, 900, 5000, 900)
    assert [values(d)[:6] for d in kept.days] == [
        (DAY, 24, PARTIAL, 0, None, 0),
        (DAY + 1, 24, PARTIAL, 0, None, 0),
    ]
    kept = Kept().add(H, 24, SUM_ONLY, 0, 900, 5000, 900)
    assert values(kept.days[0])[:6] == (DAY, 24, 0, 0, 900, 0)


def test_days_within_a_block_leave_no_record_but_a_known_register_does():
    kept = Kept().add(H - 30, 24 * 5 + 30, SUM_ONLY, 40000, 0, 99000, 0)
    assert [values(d) for d in kept.days] == [
        (DAY + 4, 0, PARTIAL, None, None, None, None, 99000, 0)
    ]


def test_flags_of_the_hours():
    kept = Kept()
    for hour in range(H, H + 24):
        flags = {H + 3: CLOCK, H + 9: NEW_METER}.get(hour, 0)
        kept.add(hour, 1, MEASURED, 10, flags=flags)
    assert kept.days[0].flags == DOUBTFUL | BROKEN
    kept = Kept().add(H, 48, MEASURED, 0, flags=REGISTER_FELL | CLOCK)
    assert [d.flags for d in kept.days] == [BROKEN | DOUBTFUL, DOUBTFUL]


def test_a_restart_takes_up_the_open_day():
    records = [(H + i, 1, MEASURED, 10 * i + 10, 0, 5000 + i, 0) for i in range(60)]
    records[20:30] = [(H + 20, 10, SUM_ONLY, 77, 0, 5029, 0)]
    straight = Kept()
    for record in records:
        straight.add(*record)
    for cut in range(len(records)):
        before = Kept()
        for record in records[:cut]:
            before.add(*record)
        # from the midnight after the last day that was stored, hours given again included
        stored = before.days
        after = Kept(stored[-1].day + 1 if stored else DAY)
        for record in records:
            after.add(*record)
        assert [values(d) for d in stored + after.days] == [values(d) for d in straight.days]
        assert values(after.fold.record) == values(straight.fold.record)


def test_a_block_that_began_before_the_stored_days_end():
    kept = Kept(DAY).add(H - 5, 29, MEASURED, 0, 0, 100, 0)
    assert [values(d)[:4] for d in kept.days] == [(DAY, 24, 0, 0)]
    kept = Kept(DAY).add(H - 5, 10, SUM_ONLY, 500)
    assert kept.fold.record.import_wh is None
    kept = Kept(DAY).add(H - 5, 5, SUM_ONLY, 500)
    assert kept.fold.record is None


def test_the_octets_of_a_day_are_fixed():
    record = DayRecord()
    record.clear(0x5157)
    record.hours, record.flags = 24, PARTIAL | BROKEN
    record.import_wh, record.max_wh, record.import_reg_wh = 0x010203, 0x0405, 0x060708
    record.max_hour = oslo.first_hour(0x5157) + 17
    buf = bytearray(31)
    record.pack(buf, 1)
    assert bytes(buf[1:26]).hex() == ("575118151103020100ffffffff0504000008070600ffffffff")
    assert buf[0] == buf[30] == 0 and record.SIZE == 29


def test_torn_foreign_and_impossible_day_records():
    kept = Kept()
    whole_day(kept, DAY, (1, 2))
    buf = bytearray(29)
    kept.days[0].pack(buf)
    record = DayRecord()
    for bit in range(29 * 8):
        buf[bit >> 3] ^= 1 << (bit & 7)
        assert not record.unpack(buf)
        buf[bit >> 3] ^= 1 << (bit & 7)
    assert record.unpack(buf) and not record.unpack(buf[:28])
    assert not record.unpack(bytes(29)) and not record.unpack(b"\xff" * 29)
    buf[3] = 0x20
    seal(buf, 0, 29)
    assert not record.unpack(buf)
    for name, value in (("max_hour", H + 25), ("hours", 26), ("import_wh", 1 << 32), ("flags", 8)):
        record = DayRecord()
        record.clear(DAY)
        setattr(record, name, value)
        raised = False
        try:
            record.pack(bytearray(29))
        except ValueError:
            raised = True
        assert raised, name
