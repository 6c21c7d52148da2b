"""The journal with the power cut at every single write: the scenario, for both Pythons.

A household's five days around a month's end, step by step: hours, a block across the month, a
split gap, a record told twice, days, states, and a month that is let go. Before each step the
flash is kept; then the step is done again and again from there, with the power cut at its first
write or erase, its second, and so on, each cut torn at several places. After every cut the file
system is mounted anew and the journal must hold what was confirmed, and nothing else but the step
that was under way. Then the step is repeated, as the ledger does, and must succeed.

mount(flash, format) -> an object with close(): the way to a file system, different per Python.
`blank` makes the flash (or disk), with cut_at(), revive() and `dead` as in fakes.flash. `strict`
is for littlefs: half a record is never even seen.
"""

from fakes.flash import Flash, PowerCut

from app import history
from app.erase import prune
from app.history import Cursor
from app.journal import Journal
from app.resume import newest_filed_into
from app.state import State
from household.day_record import DayRecord
from household.oslo import first_hour, local_day
from household.record import CLOCK, MEASURED, SPLIT, SUM_ONLY, HourRecord

FOLDER = "/cut/journal"
BLOCKS = 24


def fields(record):
    """An hour record as a tuple in set()'s order."""
    return (
        record.hour,
        record.span,
        record.quality,
        record.import_wh,
        record.export_wh,
        record.import_reg_wh,
        record.export_reg_wh,
        record.flags,
    )


def day_fields(record):
    return (record.day, record.import_wh, record.max_wh, record.max_hour, record.import_reg_wh)


def plan():
    """The steps: (kind, payload), kinds "hours", "day", "state", "prune"."""
    steps = []
    register = 12000000
    # 2026-10-28T06Z and on, over the end of October
    hour = 498030
    day = local_day(hour)
    steps.append(
        ("hours", [(hour - 9000 + i, 1, MEASURED, 10, None, 5, None, 0) for i in range(3)])
    )
    for i in range(44):
        if i == 20:
            records = []
            for part in range(6):
                register += 310
                whole = register if part == 5 else None
                records.append((hour, 1, SPLIT, 310, 0, whole, 0 if whole else None, 0))
                hour += 1
        elif i == 33:
            register += 7777
            records = [(hour, 60, SUM_ONLY, 7777, None, register, None, CLOCK)]
            hour += 60
        else:
            register += 10 * i
            records = [(hour, 1, MEASURED, 10 * i, 0, register, 0, 0)]
            hour += 1
        steps.append(("hours", records))
        if i % 10 == 7:
            steps.append(("hours", records))  # told twice
        steps.append(("state", [register, 0, hour, hour * 3600 + 5, "6840000000001234", hour, i]))
        if local_day(hour) > day:
            steps.append(("day", (day, 10000 + i, 500 + i, first_hour(day) + 7, register)))
            day = local_day(hour)
        if i == 25:
            steps.append(("prune", hour))
    return steps


class Expected:
    """What is confirmed: hours by first hour, days by day, the state."""

    def __init__(self):
        self.hours = {}
        self.days = {}
        self.state = None
        self.newest = None

    def confirm(self, kind, payload):
        if kind == "hours":
            for record in payload:
                self.hours[record[0]] = self.newest = record
        elif kind == "day":
            self.days[payload[0]] = payload
        elif kind == "state":
            self.state = payload
        else:
            self.hours = {h: r for h, r in self.hours.items() if h > payload - 3000}


class Store:
    """The journal as after a start: everything made anew on what the flash holds."""

    def __init__(self):
        self.journal = Journal(FOLDER, 1)
        self.state = State(self.journal.nest, "hour")

    def do(self, kind, payload):
        """One step. True when it is confirmed, False when the power went."""
        try:
            return self._do(kind, payload)
        except PowerCut:
            return False

    def _do(self, kind, payload):
        if kind == "hours":
            record = HourRecord()
            return self.journal.append(record.set(*r) for r in payload)
        if kind == "day":
            day = DayRecord()
            day.clear(payload[0])
            _, day.import_wh, day.max_wh, day.max_hour, day.import_reg_wh = payload
            return self.journal.append_day(day)
        if kind == "state":
            return self.state.save(payload)
        try:
            prune(self.journal, payload)
        except OSError:
            return False
        return True

    def check(self, expected, kind=None, payload=None, strict=True):
        """Everything confirmed is there and nothing else, but for the step under way."""
        record = HourRecord()
        under_way = payload if kind == "hours" else []
        cursor = Cursor(self.journal, record, 0, 1 << 24)
        seen = {}
        end = 0
        while cursor.next_into(record):
            got = fields(record)
            assert got == expected.hours.get(got[0]) or got in under_way or kind == "prune", got
            assert got[0] >= end
            end = got[0] + got[1]
            seen[got[0]] = got
        for hour in expected.hours:
            assert hour in seen or (kind == "prune" and hour <= payload - 3000), hour
        assert cursor.hidden == 0
        if kind != "prune" and len(under_way) < 2:  # several may in part be told twice
            assert self._filed(record.SIZE) <= len(seen) or not strict, "filed twice"
        # A file on its way out, overwritten but not yet removed, holds what is no record
        assert self.journal.bad + cursor.bad == 0 or kind == "prune" or not strict
        if self.journal.newest_into(record):
            assert fields(record) == expected.newest or fields(record) in under_way
        else:
            assert expected.newest is None
        self._check_days(expected, kind, payload, strict)
        state = State(self.journal.nest, "hour").load()
        assert state == expected.state or (kind == "state" and state == payload), state

    def _filed(self, size):
        sizes = 0
        for month in history.periods(self.journal, "h"):
            sizes += history.os.stat(history.file_name(self.journal, "h", month))[6]
        return sizes // size

    def _check_days(self, expected, kind, payload, strict):
        day = DayRecord()
        cursor = Cursor(self.journal, day, 0, 1 << 15)
        seen = {}
        while cursor.next_into(day):
            got = day_fields(day)
            assert got == expected.days.get(got[0]) or (kind == "day" and got == payload), got
            seen[got[0]] = got
        for number in expected.days:
            assert number in seen, number
        assert cursor.hidden == 0 and not (cursor.bad and strict)
        assert newest_filed_into(self.journal, day) == bool(seen)


def run_step(mount, flash, expected, kind, payload, tears, strict):
    """Cut one step at its every write, torn in each way. Returns how many cuts were made."""
    cuts = 0
    operation = 1
    while True:
        for tear in tears:
            trial = flash.revive()
            volume = mount(trial, False)
            store = Store()
            trial.cut_at(operation, tear)
            confirmed = store.do(kind, payload)
            volume.close()
            if not trial.dead:
                assert confirmed
                return cuts
            cuts += 1
            volume = mount(trial.revive(), False)
            store = Store()
            if confirmed and kind != "prune":  # before the cut came: that counts in full
                expected.confirm(kind, payload)
            store.check(expected, kind, payload, strict)
            assert store.do(kind, payload), "not accepted after the cut"
            store.check(expected, kind, payload, strict)
            volume.close()
        operation += 1


def run_through(mount, steps, tears, every=1, blank=lambda: Flash(BLOCKS), strict=True):
    """The whole plan from the start, without a restart, until the power goes at one write; for
    every `every`-th write. Returns how many cuts were made."""
    operation = 1
    cuts = 0
    while True:
        flash = blank()
        volume = mount(flash, True)
        store = Store()
        expected = Expected()
        flash.cut_at(operation, tears[cuts % len(tears)])
        for kind, payload in steps:
            confirmed = store.do(kind, payload)
            if flash.dead:
                break
            assert confirmed
            expected.confirm(kind, payload)
        volume.close()
        if not flash.dead:
            return cuts
        cuts += 1
        operation += every
        volume = mount(flash.revive(), False)
        Store().check(expected, kind, payload, strict)
        volume.close()


def run(mount, tears, blank=lambda: Flash(BLOCKS), strict=True):
    """Every step cut at every write. Returns (steps, cuts)."""
    flash = blank()
    volume = mount(flash, True)
    Store()
    volume.close()
    expected = Expected()
    cuts = done = 0
    for kind, payload in plan():
        cuts += run_step(mount, flash, expected, kind, payload, tears, strict)
        # The step itself, for good, on a flash that has seen no cut
        flash = flash.revive()
        volume = mount(flash, False)
        store = Store()
        assert store.do(kind, payload)
        expected.confirm(kind, payload)
        store.check(expected)
        volume.close()
        done += 1
    return done, cuts
