"""Clock and ledger together, wired as the app wires them: from a meter's lists to hours."""

from hanport.reading import Reading
from household import oslo
from household.ledger import REPEATED, Ledger
from household.meter_time import JUMP, LOCAL, MeterClock
from household.record import CLOCK, MEASURED, NEW_METER, SPLIT, SUM_ONLY


class Dongle:
    """The app's few lines between decoder and journal."""

    def __init__(self, maker, ahead_min, deviation=None, zone=None):
        self.maker = maker
        self.ahead = ahead_min
        self.deviation = deviation
        self.clock = MeterClock(zone)
        self.ledger = Ledger()
        self.hours = []  # (local hour label, quality, Wh, flags)
        self.born = None

    def on_reading(self, reading, ms):
        clock = self.clock
        ledger = self.ledger
        utc = clock.on_reading(reading, ms)
        if clock.event & JUMP:
            ledger.clock_jumped()
        ledger.on_power(reading.import_w, reading.export_w, clock.utc(ms), ms)
        if reading.has_registers():
            for r in ledger.on_registers(
                reading.import_wh, reading.export_wh, utc, reading.meter_id, clock.doubtful
            ):
                label = oslo.local(r.hour * 3600)[3]
                self.hours.append((label, r.quality, r.import_wh, r.flags))

    def list(self, utc, watt=1000, register=None, shown=None):
        """A list that arrives at `utc`, with the clock of `shown` where the maker sends one."""
        if self.born is None:
            self.born = utc
        reading = Reading()
        reading.maker = self.maker
        reading.meter_id = "42"
        reading.import_w = watt
        reading.import_wh = register
        if self.maker != "aidon" or register is not None:
            at = (utc if shown is None else shown) + 60 * self.ahead
            reading.year, reading.month, reading.day = oslo.civil(at // 86400)
            reading.hour, reading.minute = at % 86400 // 3600, at % 3600 // 60
            reading.second = at % 60
            reading.deviation_min = self.deviation
            reading.clock_status = 0
        self.on_reading(reading, (utc - self.born) * 1000 + 1200)


def utc_of(year, month, day, hour):
    return (oslo.day_number(year, month, day) * 24 + hour) * 3600


def test_a11_kamstrups_summer_hour_is_booked_where_it_belongs():
    dongle = Dongle("kamstrup", 60)
    begin = utc_of(2025, 9, 9, 13)  # the meter shows 14, the wall clock 15
    for hour in range(3):
        dongle.list(begin + 3600 * hour + 25, 1000, 50000 + 1000 * hour)
    assert dongle.hours == [(15, MEASURED, 1000, NEW_METER), (16, MEASURED, 1000, 0)]


def test_an_aidon_whose_list_repeats():
    dongle = Dongle("aidon", 60, 0)
    begin = utc_of(2027, 2, 3, 14)
    register = 0
    for second in range(10, 5 * 3600 + 11, 10):
        hour, past = second // 3600, second % 3600
        if past != 10:
            dongle.list(begin + second, 2000 + 1000 * hour)
            continue
        register = (0, 2000, 5000, 5000, 14000, 20000)[hour]
        stale = 3600 if hour == 3 else 0  # at 17 it sends 16 again
        dongle.list(begin + second, 2000 + 1000 * hour, 70000 + register, begin + second - stale)
        assert dongle.clock.event == 0
        assert dongle.ledger.event == REPEATED or hour != 3
        assert dongle.clock.utc((begin + second - dongle.born) * 1000 + 1200) == begin + second
    assert [h[:2] for h in dongle.hours] == [
        (15, MEASURED),
        (16, MEASURED),
        (17, SPLIT),
        (18, SPLIT),
        (19, MEASURED),
    ]
    parts = [h[2] for h in dongle.hours]
    assert parts[:2] == [2000, 3000] and parts[2] + parts[3] == 9000 and parts[4] == 6000
    assert abs(parts[2] - 4000) < 5 and abs(parts[3] - 5000) < 5


def test_kaifas_autumn_night_has_25_hours():
    dongle = Dongle("kaifa", 0)
    begin = utc_of(2027, 10, 30, 21)  # 23:00 on the 30th
    for hour in range(28):
        utc = begin + 3600 * hour + 10
        dongle.ahead = 60 * oslo.offset(utc // 3600)
        dongle.list(utc, 1000, 80000 + 100 * hour)
    labels = [h[0] for h in dongle.hours]
    assert labels == [23, 0, 1, 2, 2] + list(range(3, 24)) + [0]
    assert all(h[1:3] == (MEASURED, 100) for h in dongle.hours)


def test_a_zone_that_is_learnt_doubles_no_hour():
    dongle = Dongle("kamstrup", 120)  # ordered with a summer time table
    begin = utc_of(2027, 7, 1, 10)
    register = 500000
    for hour in range(60):
        utc = begin + 3600 * hour
        register += 1000
        dongle.list(utc + 25, 1000, register)
        if hour in (20, 30, 40):
            dongle.clock.on_reference(utc + 26, (utc + 26 - dongle.born) * 1000 + 1200)
            if dongle.clock.event & JUMP:
                dongle.ledger.clock_jumped()
    assert dongle.clock.zone == LOCAL and not dongle.clock.doubtful
    assert sum(h[2] for h in dongle.hours) == 59 * 1000
    double = [h for h in dongle.hours if h[2] != 1000]
    assert [h[1:] for h in double] == [(SUM_ONLY, 2000, CLOCK)]
    assert all(h[1] == MEASURED for h in dongle.hours if h[2] == 1000)
    doubtful = [h for h in dongle.hours if h[3] & CLOCK]
    assert 20 <= len(doubtful) <= 22
    assert dongle.hours[-1][0] == oslo.local(begin + 3600 * 58)[3]


def test_a_meter_that_was_dark_for_weeks_waits_for_the_time():
    dongle = Dongle("kamstrup", 60)
    begin = utc_of(2027, 3, 1, 10)
    dongle.list(begin + 25, 0, 600000)
    back = begin + 30 * 86400
    year_2000 = utc_of(2000, 1, 1, 0)
    # after a restart: the state is there, the clock is not
    state = dongle.ledger.state()
    after = Dongle("kamstrup", 60)
    after.ledger.restore(state)
    after.list(back + 1825, 0, 600000, year_2000)
    assert after.hours == [] and after.clock.meter_ok is False
    after.list(back + 3625, 500, 600000)
    # the register stood still: an hour is told for each that was away
    assert after.hours == [(11, MEASURED, 0, NEW_METER)]
    assert after.ledger.end == back // 3600 + 1
