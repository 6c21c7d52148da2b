"""A13 and the sums of days and months, against datetime and zoneinfo over two years of luck."""

from collections import defaultdict
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ledger_world import World

from household.day_record import PARTIAL, DayRecord
from household.days import DayFold
from household.month_sum import UNKNOWN, MonthSum
from household.record import MEASURED, SPLIT, HourRecord

OSLO = ZoneInfo("Europe/Oslo")
FIRST = int(datetime(2026, 12, 31, 23, tzinfo=UTC).timestamp()) // 3600
HOURS = 2 * 365 * 24 + 24
EPOCH = date(1970, 1, 1)


def date_of(hour):
    return datetime.fromtimestamp(hour * 3600, OSLO).date()


def reference(stored):
    """{date: {hour: Wh}} of the hours that are known, {date: set of hours whose energy is in the
    day's sum}, {date: sum}."""
    known = defaultdict(dict)
    inside = defaultdict(set)
    sums = defaultdict(int)
    for hour, span, quality, used, given, *_ in stored:
        days = {date_of(h) for h in range(hour, hour + span)}
        if quality in (MEASURED, SPLIT) or used == 0:
            for h in range(hour, hour + span):
                known[date_of(h)][h] = used
                if len(days) == 1 or not given:
                    inside[date_of(h)].add(h)
            for day in days:
                sums[day] += used
        elif len(days) == 1:
            day = days.pop()
            sums[day] += used
            inside[day].update(range(hour, hour + span))
    return known, inside, sums


def length(day):
    start = datetime(day.year, day.month, day.day, tzinfo=OSLO).timestamp()
    after = date.fromordinal(day.toordinal() + 1)
    return (
        int(datetime(after.year, after.month, after.day, tzinfo=OSLO).timestamp() - start) // 3600
    )


def folded(stored):
    days = []

    def keep(record):
        buf = bytearray(record.SIZE)
        record.pack(buf)
        copy = DayRecord()
        assert copy.unpack(buf)
        days.append(copy)

    fold = DayFold(keep)
    for fields in stored:
        fold.add(HourRecord().set(*fields))
    return days


def check(world):
    days = folded(world.stored)
    known, inside, sums = reference(world.stored)
    by_date = {date.fromordinal(EPOCH.toordinal() + day.day): day for day in days}
    assert [d.day for d in days] == sorted({d.day for d in days})
    last = max(by_date)
    for day in set(sums) | set(known):
        if day > last:
            continue  # still open
        record = by_date[day]
        assert record.import_wh == sums[day], day
        assert record.hours == len(known[day])
        assert bool(record.flags & PARTIAL) == (len(inside[day]) < length(day)), day
        if known[day]:
            top = max(known[day].values())
            assert record.max_wh == top
            assert record.max_hour == min(h for h, wh in known[day].items() if wh == top)
        else:
            assert record.max_wh is None
    return check_months(world, days, known, last)


def check_months(world, days, known, last):
    registers = {}
    for hour, span, _, _, _, import_reg, *_ in world.stored:
        registers[hour + span] = import_reg
    total = MonthSum()
    exact = 0
    for year in (2027, 2028):
        for month in range(1, 13):
            start = date(year, month, 1)
            after = date(year + month // 12, month % 12 + 1, 1)
            if after > last:
                continue
            begin, end = (
                int(datetime(d.year, d.month, 1, tzinfo=OSLO).timestamp()) // 3600
                for d in (start, after)
            )
            total.begin(year, month, registers.get(begin))
            for record in days:
                total.add(record)
            peaks = {d: max(h.values()) for d, h in known.items() if start <= d < after and h}
            expected = sorted(((wh, d.day) for d, wh in peaks.items()), reverse=True)[:3]
            found = sorted(
                ((wh, i + 1) for i, wh in enumerate(total.maxima) if wh != UNKNOWN), reverse=True
            )[:3]
            assert found == expected
            for _, day in found:
                assert date_of(total.hour_of(day - 1)) == date(year, month, day)
            until = (after - EPOCH).days
            if registers.get(begin) is not None and registers.get(end) is not None:
                changed = any(begin <= world.first + m[0] / 3600 < end for m in world.meters[1:])
                if not changed:
                    exact += 1
                    by_register = registers[end] - registers[begin]
                    assert total.import_total(until) == (by_register, False)
    return exact


def test_two_years_of_a_household_and_of_cabins():
    exact = check(World(40, FIRST, HOURS))
    exact += check(World(50, FIRST, HOURS, cabin=True))
    exact += check(World(60, FIRST, HOURS, cabin=True, solar=True))
    assert exact >= 20  # of 72 months, those with a register at both midnights
