"""What a flash that fails once, a full one, an owner's no and a wrong clock may not take from a household,
case by case. Runs on either Python as cases.py does:

    micropython cases_kept.py FOLDER NAME
"""

import builtins
import errno
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path.insert(0, HERE)

import cases  # noqa: E402
from cases import M, Place, S, midnight  # noqa: E402

MONDAY = midnight(2026, 5, 4)
KWH = 3600 * 1000  # in Ws


class Fault:
    """With it, the first `times` calls of open() in such a mode for a path with `part` fail."""

    def __init__(self, part, times=1, modes="r"):
        self.part = part
        self.times = times
        self.modes = modes

    def __enter__(self):
        self.was = builtins.open

        def opened(path, mode="r", *rest):
            if self.times and self.part in path and mode[0] in self.modes:
                self.times -= 1
                raise OSError(errno.EIO, "flash")
            return self.was(path, mode, *rest)

        builtins.open = opened
        return self

    def __exit__(self, *_):
        builtins.open = self.was


def house(folder, **settings):
    """A Place after five hours at 1 kW and the list after them."""
    place = Place(folder, MONDAY, 5000000, grid="area-1", **settings)
    place.use(1000, 5 * 3600 + 60)
    return place


def leave(place, kind):
    """The owner says so, as at /api/v1/away."""
    from app.api_away import _away, _last

    hours = place.hours
    utc = hours.clock.utc(place.ms())
    away = _away(hours)
    _, register, at, used = _last(hours)
    away.leave(kind, utc, register, at, used, True)
    hours.away = away
    hours.at_hourly("save_away")
    hours.away = None
    return utc, register


def dark(place, seconds, fault):
    """The power goes for so long; what follows it, and the hourly list. Whether the fault was met."""
    place.dongle.cut(place.ms())
    place.utc += seconds
    with fault:
        place.dongle.start(place.ms())
        place.use(0, 60)
    place.use(0, 2 * 3600)
    return fault.times == 0


def away_of(place):
    from app import kept

    return kept.away(place.hours)


def no_and_yes_with_a_restart_between(folder):
    """The month without a consent is no one's, whether the power was away meanwhile or not."""
    for restart in (False, True):
        place = house(folder + str(restart))
        place.hours.at_hourly("stop")
        before = len(place.records())
        if restart:
            place.dongle.cut(place.ms())
        place.ws += 700 * KWH
        place.utc += 30 * 86400
        if restart:
            place.dongle.start(place.ms())
        place.use(1000, 3 * 3600)
        got = [(row[1], row[2], row[3]) for row in place.records()[before:]]
        assert got == [(1, M, 1000)] * len(got) and got, (restart, got)


def another_meter_after_a_restart_is_no_energy(folder):
    """Moved, and the yes after a cut: the new meter's register is no difference to the old one's."""
    place = house(folder)
    place.hours.at_hourly("stop")
    before = len(place.records())
    place.dongle.cut(place.ms())
    place.utc += 86400
    place.meter = "5706560000000099"
    place.ws = 45000 * KWH
    place.dongle.start(place.ms())
    place.use(1000, 3 * 3600)
    assert all(row[3] <= 1000 for row in place.records()[before:])
    assert place.hours.budget.edge_wh == 0


def five_minutes_of_2040_take_nothing_along(folder):
    place = house(folder)
    place.use(1000, 35 * 3600)
    hours, days = len(place.records()), len(place.days())
    assert days == 1
    for _ in range(30):
        place.utc += 10
        reading = place.reading(1000, False)
        reading.year = 2040
        place.dongle.give(place.ms(), reading)
    place.utc += 10
    place.use(1000, 2 * 3600)
    assert len(place.records()) >= hours and len(place.days()) >= days


def a_day_is_whole_though_its_file_could_not_be_read_once(folder):
    place = Place(folder, MONDAY, 5000000, grid="area-1")
    place.use(1000, 86400 - 3600)
    place.use(6000, 3600 + 20)
    with Fault("/h05") as fault:
        place.use(1000, 60)
        assert fault.times == 0
    place.use(1000, 2 * 3600)
    day = place.days()[0]
    assert (day[1], day[3], day[4]) == (24, 29030, 5990), day
    assert place.hours.budget.missing_hours == 72  # May's first three days


def an_absence_is_known_though_the_flash_failed_once(folder):
    """At the start, each of the files in turn; of two that take turns perhaps one is not there yet."""
    met = 0
    for part in ("/t0", "/hour.0", "/hour.1", "/house.0", "/house.1", "/away.0", "/away.1"):
        place = house(folder + part.replace("/", "-"), profile="cabin")
        utc, register = leave(place, 1)
        place.hours.presence.cut_off(utc, register)
        place.hours.at_hourly("save_house")
        if dark(place, 3 * 86400, Fault(part)):
            met += 1
        report = away_of(place).reports[0]
        assert (report[0], report[1], report[11]) == (1, utc, 8), (part, report)
        assert report[2] >= utc and report[4] == register, (part, report)
        assert place.hours.presence.cut_utc == utc, part
    assert met >= 4


def nothing_is_lost_when_a_full_disk_loses_its_power(folder):
    place = Place(folder, MONDAY, 5000000, grid="area-1")
    place.use(1000, 3 * 3600 + 60)
    with Fault("/h05", -1, "a"):
        place.use(1000, 16 * 3600)
        assert place.hours.journal.waiting
        place.dongle.cut(place.ms())
    place.utc += 600
    place.dongle.start(place.ms())
    place.use(1000, 3 * 3600)
    rows = place.records()
    assert sum(row[3] for row in rows) == rows[-1][5] - rows[0][5] + rows[0][3]
    assert any(row[2] == S for row in rows)


def a_new_meters_first_sum_over_midnight_breaks_the_series(folder):
    place = Place(folder, midnight(2026, 5, 1), 5000000, grid="area-1")
    place.use(1000, 3 * 86400 + 60)
    place.dongle.cut(place.ms())
    place.meter = "5706560000000099"
    place.ws = 7000 * KWH
    place.utc = midnight(2026, 5, 6) - 3600
    place.dongle.start(place.ms())
    place.use(1000, 60)
    place.dongle.cut(place.ms())
    place.utc += 5400
    place.ws += 1500 * 3600
    place.dongle.start(place.ms())
    place.use(1000, 1800 + 86400)
    from app.journal import Journal
    from app.month_sums import months

    journal = Journal(place.dongle.folder + "/hours", 13)
    number = 2026 * 12 + 4
    for _, sums in months(journal, number, number + 1):
        assert sums.import_total(99999)[0] <= 110000


def heat_left_on_and_a_cut_before_the_owner_is_back(folder):
    """What was used in the days away is told, though a report of the cut still waits."""
    place = house(folder, profile="cabin")
    utc, register = leave(place, 2)
    place.use(500, 3 * 86400 - 3600, lists=False)
    place.dongle.cut(place.ms())
    place.utc += 7200
    place.dongle.start(place.ms())
    place.use(500, 600)
    hours = place.hours
    assert hours.away.back(hours.clock.utc(place.ms()), place.ms())
    hours.at_hourly("save_away")
    place.use(500, 2 * 3600)
    report = away_of(place).reports[0]
    assert (report[0], report[1], report[4]) == (2, utc, register)
    assert report[7] - register >= 34000


if __name__ == "__main__":
    cases.run(globals())
