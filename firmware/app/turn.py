"""What follows when an hour has ended: today's sum and the days before it, the month against its
price sheet, standby load, retention. Everything is made from the journal, so that a cut, a gap or
a late record leaves nothing to be mended. Loaded for it and let go.

The work is done in pieces of a few milliseconds with the others' turn between them.
"""

import asyncio
import gc
import json

from micropython import const

from app import clock
from household.oslo import civil, day_number, first_hour, local_day

_PIECE = const(16)  # records between two pauses

# For who has chosen no price sheet: the month's energy and its highest hours all the same
_NO_SHEET = (
    '{"id":"","name":"","group":"household","valid_from":"2000-01-01","valid_to":"2099-12-31",'
    '"model":"daily_max","steps":[[0,0]],"energy":[[1,12,0,24,0]],"enova":0}'
)


async def turn(hours, hour: int) -> None:
    """Bring `hours` up to the UTC hour that has just begun, or after a new record in it. OSError
    when there is no journal. Each part loads what it needs and lets go of it before the next."""
    day = local_day(hour)
    if hours.today is None or hours.today[0] != day:
        _new_day(hours)
    tail = hours.open_tail()
    try:
        await _days(hours, tail, day, hour)
    finally:
        tail = None
        hours.close()
    gc.collect()
    tariff = _tariff(hours, day)
    hours.drop()
    gc.collect()
    tail = hours.open_tail()
    try:
        month = await _month(hours, tail, hour, tariff)
    finally:
        tail = None
        hours.close()
    gc.collect()
    _look(hours, month, hour)
    hours.rev += 1


def _new_day(hours):
    """What is done once a day."""
    if hours.today is not None:
        hours.at_hourly("save_day")
    if hours.clock.meter_ok and not hours.clock.doubtful:
        journal = hours.open()
        try:
            from app.erase import prune

            journal.hour_months = hours.settings["hour_months"]
            prune(journal)
        finally:
            hours.close()


async def _days(hours, tail, day, hour):
    """Days that have ended go to the journal, today's sum to hours.today."""
    from app.resume import resume_days
    from household.days import DayFold

    def ended(record):
        journal = hours.open()
        try:
            journal.append_day(record)
        finally:
            hours.close()

    fold = DayFold(ended)
    count = 0
    for _ in resume_days(tail, fold, day, hour):
        count = await _pause(hours, count)
    today = fold.record
    if today is None or today.day != day:
        hours.today = day, None, None, hour - first_hour(day), 0, None, None
        return
    hours.today = (
        day,
        today.import_wh,
        today.export_wh,
        fold.missing(hour),
        today.hours,
        today.max_wh,
        today.max_hour,
    )


async def _pause(hours, count):
    """After each record: now and then the others' turn."""
    if count % _PIECE == _PIECE - 1:
        hours.beat = clock.ms()
        await asyncio.sleep_ms(0)
    return count + 1


async def _month(hours, tail, hour, tariff):
    """The Month up to this hour."""
    from app.history import Cursor
    from household.record import HourRecord

    record = HourRecord()
    cursor = Cursor(tail, record, hour, hour)
    from household.month import Month

    month = Month(tariff, hours.quality.fuse_a)
    if not month.restore(hours.month, hour):
        hours.month = None
    start = month.next_hour or _last_month(hour)
    cursor.begin(start, hour)
    count = 0
    while cursor.next_into(record):
        month.add(record.hour, record.span, record.import_wh, record.quality)
        count = await _pause(hours, count)
    return month


def _look(hours, month, hour):
    """The budget, standby load, and whether the goal has been lost."""
    from household.quality_report import fuse_w, standby
    from household.steps import look

    quality = hours.quality
    goal = hours.budget.goal
    fuse = fuse_w(quality.net, quality.fuse_a)
    utc = hours.clock.utc(clock.ms())
    if utc is None or utc // 3600 < hour:
        utc = hour * 3600
    if look(hours.budget, month, utc, hours.settings["target_w"], fuse):
        hours.note("target_lost", hours.budget.lost_w)
    hours.month = month.state()
    hours.standby = standby(hours.running, hour)
    if hours.budget.goal != goal:
        hours.at_hourly("save_house")


def _last_month(hour):
    year, month, _ = civil(local_day(hour))
    month += 12 * year - 2
    return first_hour(day_number(month // 12, month % 12 + 1, 1))


def _tariff(hours, day):
    """The Tariff in force, which may be one without prices."""
    from app import sheets
    from household.tariff import Norgespris, Tariff

    data = None
    grid = hours.settings["grid"]
    if grid:
        data = sheets.sheet(hours.path, grid, day)
    hours.quota_wh = None
    if data is None:
        hours.sheet = None
        return Tariff(json.loads(_NO_SHEET))
    hours.sheet = data["id"], data["name"], data["group"], data["valid_to"]
    if hours.settings["norgespris"]:
        try:
            quota = Norgespris(sheets.read(sheets.QUOTA_FILE))  # pyright: ignore[reportArgumentType]
            hours.quota_wh = quota.quota_wh(data["group"], day)
        except (ValueError, KeyError, TypeError):
            print("the quota of Norgespris cannot be read")
    return Tariff(data)
