"""What a household must be able to hold against its bill, case by case; numbers as in the acceptance
list. Runs on either Python, each case in a folder of its own:

    micropython cases.py FOLDER NAME
"""

import json
import os
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE)
if sys.implementation.name == "cpython":
    sys.path.append(HERE + "/../fakes")  # micropython.py

import dongle as dongles  # noqa: E402
from replay import days, records  # noqa: E402

from hanport.reading import Reading  # noqa: E402
from household.oslo import day_number, first_hour, local  # noqa: E402

M, B, S = 1, 2, 3


class Place:
    """A Kamstrup and a dongle. `utc` runs; the register is in Wh, ten at a time as it is sent."""

    def __init__(self, folder, utc, register=12345670, second=25, **settings):
        self.zero = utc
        self.utc = utc
        self.ws = register * 3600
        self.second = second
        self.meter = "5706560000000042"
        self.slow = 1  # the register counts so many times too little
        os.mkdir(folder)
        self.dongle = dongles.Dongle(folder, settings)
        self.dongle.start(0)

    @property
    def hours(self):
        return self.dongle.hours

    def ms(self):
        return (self.utc - self.zero) * 1000 + 700

    def reading(self, watts, hourly, utc=None):
        r = Reading()
        r.maker = "kamstrup"
        r.list_id = "Kamstrup_V0001"
        r.meter_id = self.meter
        r.meter_model = "6841131BN243101040"
        r.year, r.month, r.day, r.hour, r.minute, r.second = standard(utc or self.utc)
        r.import_w = watts
        r.export_w = r.import_var = r.export_var = 0
        r.l1_ma = watts * 4
        r.l2_ma = r.l3_ma = 0
        r.l1_mv = r.l2_mv = r.l3_mv = 231000
        if hourly:
            r.import_wh = self.ws // 36000 * 10
            r.export_wh = 0
        return r

    def use(self, watts, seconds, lists=True, heard=True):
        """Power for so long; with lists every ten seconds, and the hourly ones when heard."""
        end = self.utc + seconds
        while self.utc < end:
            into = self.utc % 3600
            if into % 10 == 0 and lists:
                self.dongle.give(self.ms(), self.reading(watts, False))
            if into == self.second and heard:
                self.dongle.give(self.ms(), self.reading(watts, True))
            # on to the next moment of either kind
            step = 10 - into % 10 if lists else 3600
            step = min(step, (self.second - into) % 3600 or 3600, end - self.utc)
            self.ws += watts * step // self.slow
            self.utc += step

    def records(self):
        return list(records(self.dongle.folder + "/hours"))

    def days(self):
        return list(days(self.dongle.folder + "/hours"))


def standard(utc):
    """The Kamstrup's clock: UTC+1 all year."""
    day, rest = divmod(utc + 3600, 86400)
    from household.oslo import civil

    return civil(day) + (rest // 3600, rest // 60 % 60, rest % 60)


def midnight(year, month, day):
    return first_hour(day_number(year, month, day)) * 3600


# the cases


def a9_last_hour_is_the_registers_difference(folder):
    """24 hours with list 2 at :05, :25, :35 and :55."""
    for second in (5, 25, 35, 55):
        place = Place(folder + str(second), 1790000000 // 3600 * 3600, second=second)
        place.use(800, 3600, lists=False)
        before = None
        for hour in range(24):
            place.use(500 + 370 * hour % 5200, 3600, lists=False)
            register = place.dongle.live.values[16]
            last = place.hours.last
            assert last[0] * 3600 == place.utc // 3600 * 3600 - 7200
            assert last[1] == 1 and last[4] == "M" and not last[5]
            if before is not None:
                assert last[2] == register - before, (second, hour, last)
            before = register


def a11_summer_clock_is_standard_time(folder):
    """A list with 0C 07E9 09 09 02 0E 0B 00 FF 8000 00: 14:11:00 is 15:11, hour 15-16."""
    place = Place(folder, 1757423460)  # 2025-09-09T13:11Z
    r = place.reading(500, False)
    assert (r.hour, r.minute) == (14, 11)
    place.dongle.give(place.ms(), r)
    utc = place.hours.clock.utc(place.ms())
    assert local(utc)[3:5] == (15, 11)
    place.use(1000, 3600 * 2)
    record = place.records()[-1]
    assert local(record[0] * 3600)[:4] == (2025, 9, 9, 16)
    assert place.hours.today[0] == day_number(2025, 9, 9)


def a12_days_of_23_and_25_hours(folder):
    """31 Oct 2027 has 25 hours, 28 Mar 2027 has 23; sums are the registers' differences."""
    for year, month, day, length in ((2027, 10, 31, 25), (2027, 3, 28, 23)):
        place = Place(folder + str(month), midnight(year, month, day) - 3600)
        place.use(700, 3600, lists=False)
        for hour in range(length + 2):
            place.use(1000 + 100 * hour, 3600, lists=False)
        number = day_number(year, month, day)
        row = next(row for row in place.days() if row[0] == number)
        assert row[1] == length
        inside = [
            r for r in place.records() if first_hour(number) <= r[0] < first_hour(number + 1)
        ]
        assert len(inside) == length
        begin = inside[0][5] - inside[0][3]
        assert row[3] == sum(r[3] for r in inside) == inside[-1][5] - begin
        assert row[4] == max(r[3] for r in inside)


def a13_three_days_with_the_hours_at_midnight(folder):
    """Peaks 23-24 and 00-01 belong to two days; two high hours of one day count once."""
    start = midnight(2026, 11, 1)
    place = Place(folder, start, grid="area-1")
    high = {23: 6000, 24: 5900, 25: 5800, 24 * 2 + 12: 4000, 24 * 3 + 5: 3000}
    for hour in range(24 * 4):
        place.use(high.get(hour, 500), 3600, lists=False)
    place.use(500, 60, lists=False)
    # the register is read 25 s into the hour and the next, in steps of 10 Wh
    peaks = [(hour - start // 3600, wh) for hour, wh, _ in place.hours.budget.peaks]
    assert [hour for hour, _ in peaks] == [23, 24, 60], peaks
    for hour, wh in peaks:
        exact = (high[hour] * 3575 + high.get(hour + 1, 500) * 25) / 3600
        assert abs(wh - exact) < 10, (hour, wh, exact)


def a17_lists_of_the_hour_before(folder):
    """The clock says 16, 17, 17, 19; registers +1.768, +0, +8.056: no zero, no double, no peak."""
    start = midnight(2026, 2, 3) + 15 * 3600
    place = Place(folder, start, 50000000)
    clocks = ((1, 0), (2, 1768), (2, 0), (4, 8056))
    for at, (clock_hour, rise) in enumerate(clocks):
        place.utc = start + (at + 1) * 3600 + 25
        place.ws += rise * 3600
        r = place.reading(3000, True, start + clock_hour * 3600 + 25)
        r.import_wh = place.ws // 3600
        place.dongle.give(place.ms(), r)
    told = [r[:4] for r in place.records()]
    hour = start // 3600
    assert told == [[hour + 1, 1, M, 1768], [hour + 2, 2, S, 8056]]
    assert [peak[1] for peak in place.hours.budget.peaks] == [1768]


def a18_six_hours_without_power(folder):
    """3.10 kWh used meanwhile: one sum, hours missing. Nothing used: six measured zeros."""
    start = midnight(2026, 4, 10) + 6 * 3600
    for used in (3100, 0):
        place = Place(folder + str(used), start, grid="area-1")
        place.use(1000, 2 * 3600)
        place.use(2000, 3600)
        place.use(0, 60)
        assert [r[1:3] for r in place.records()] == [[1, M]] * 3
        peaks = place.hours.budget.peaks
        assert [peak[1] for peak in peaks] == [2000 - 10]  # until 9:00:25
        place.dongle.cut(place.ms())
        place.ws += used * 3600
        place.utc += 6 * 3600 - 180
        place.dongle.start(place.ms())
        place.use(0, 180)
        told = place.records()
        assert len(told) == 4
        block = told[-1]
        assert block[:4] == [start // 3600 + 3, 6, S if used else M, used]
        assert place.hours.budget.peaks == peaks
        assert place.hours.today[3] == 6  # before the dongle came
        assert place.hours.today[4] == (3 if used else 9)  # hours that are known
        assert place.hours.today[1] == sum(r[3] for r in told)


def a19_while_you_were_away(folder):
    """Off and on, registers before and after, and starts in between; waits for the hourly list."""
    start = midnight(2026, 10, 12) + 12 * 3600
    place = Place(folder, start, 12345670)
    place.use(1200, 2 * 3600 + 420)
    off = place.utc
    register = place.dongle.live.values[16]
    place.dongle.cut(place.ms())
    place.utc = off + 70 * 86400 + 1800
    place.dongle.start(place.ms())
    on = place.utc
    place.use(300, 600)
    assert place.hours.away_now == "waiting"
    place.dongle.cut(place.ms())  # once more before the hourly list
    place.utc += 900
    place.dongle.start(place.ms())
    place.use(300, 300)
    assert place.hours.away_now == "waiting"
    place.use(300, 3600)
    assert place.hours.away_now == "report"
    assert place.hours.away is None  # its heap is given back
    after = place.dongle.live.values[16]
    place.dongle.cut(place.ms())
    place.utc += 60
    place.dongle.start(place.ms())
    place.use(300, 30)
    assert place.hours.away_now == "report"
    from app import kept

    (report,) = kept.away(place.hours).reports
    assert report[0] == 0  # power lost
    assert off - 600 <= report[2] <= off
    assert on <= report[3] <= on + 10
    assert (report[4], report[7]) == (register, after)
    assert report[10] == 1  # the second start was no absence
    block = [r for r in place.records() if r[1] > 1000]
    assert len(block) == 1 and block[0][2] == S and block[0][3] == after - register


def a_register_that_counts_ten_times_too_slowly_is_told(folder):
    """Power says ten times what the register does: suspect after two hours; right again, no more."""
    place = Place(folder, midnight(2026, 5, 4), 12345670)
    place.use(2000, 3600)
    assert place.hours.scale is None
    for hours in (2, 3):  # the first has no whole hour before it
        place.slow = 10
        place.use(2000, 3600)
        place.use(2000, 60)
        scale = place.hours.scale
        assert scale is not None and scale[0] == 1, (hours, scale)
    assert place.hours.scale[2] == 2
    place.slow = 1
    place.use(2000, 2 * 3600)
    assert place.hours.scale is None


def run(names):
    """The case that the command names."""
    folder, name = sys.argv[1:3]
    names[name](folder + "/d")
    print(json.dumps("ok"))


if __name__ == "__main__":
    run(globals())
