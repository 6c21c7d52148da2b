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
from app.history import Cursor, resume_days
from app.rare import forget
from household.oslo import civil, day_number, first_hour, local_day
from household.record import HourRecord

_PIECE = const(16)  # records between two pauses

# For who has chosen no price sheet: the month's energy and its highest hours all the same
_NO_SHEET = (
    '{"id":"","name":"","group":"household","valid_from":"2000-01-01","valid_to":"2099-12-31",'
    '"model":"daily_max","steps":[[0,0]],"energy":[[1,12,0,24,0]],"enova":0}'
)


async def turn(hours, hour: int) -> None:
    """Bring `hours` up to the UTC hour that has just begun, or after a new record in it. OSError
    when there is no journal."""
    journal = hours.open()
    try:
        day = local_day(hour)
        if hours.today is None or hours.today[0] != day:
            _new_day(hours, journal, hour)
        forget("app.erase")
        await _days(hours, journal, day, hour)
        forget("household.days")
        gc.collect()
        data = _sheet(hours, day)
        for name in ("app.sheets", "household.tariff_check", "household.dates"):
            forget(name)
        gc.collect()
        await asyncio.sleep_ms(0)
        await _month(hours, journal, hour, data)
    finally:
        hours.close()
    hours.rev += 1


def _new_day(hours, journal, hour):
    """What is done once a day."""
    if hours.today is not None:
        hours.at_hourly("save_day")
    if hours.clock.meter_ok and not hours.clock.doubtful:
        from app.erase import prune

        journal.hour_months = hours.settings["hour_months"]
        prune(journal, hour)


async def _days(hours, journal, day, hour):
    """Days that have ended go to the journal, today's sum to hours.today."""
    from household.days import DayFold

    fold = DayFold(journal.append_day)
    count = 0
    for _ in resume_days(journal, fold, day, hour):
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


async def _month(hours, journal, hour, data):
    from household.month import Month
    from household.quality_report import fuse_w, standby
    from household.steps import look
    from household.tariff import Tariff

    quality = hours.quality
    month = Month(Tariff(data), quality.fuse_a)
    if not month.restore(hours.month, hour):
        hours.month = None
    start = month.next_hour or _last_month(hour)
    record = HourRecord()
    cursor = Cursor(journal, record, start, hour)
    count = 0
    while cursor.next_into(record):
        month.add(record.hour, record.span, record.import_wh, record.quality)
        count = await _pause(hours, count)
    goal = hours.budget.goal
    fuse = fuse_w(quality.net, quality.fuse_a)
    utc = hours.clock.utc(clock.ms())
    if utc is None or utc // 3600 < hour:
        utc = hour * 3600
    if look(hours.budget, month, utc, hours.settings["target_w"], fuse):
        hours.note("target_lost", hours.budget.lost_w)
    if hours.budget.goal != goal:
        hours.at_hourly("save_house")
    hours.month = month.state()
    hours.standby = standby(hours.running, hour)


def _last_month(hour):
    year, month, _ = civil(local_day(hour))
    month += 12 * year - 2
    return first_hour(day_number(month // 12, month % 12 + 1, 1))


def _sheet(hours, day):
    """The data of the price sheet in force, which may be one without prices."""
    from app import sheets
    from household.tariff import Norgespris

    data = None
    grid = hours.settings["grid"]
    if grid:
        data = sheets.sheet(hours.path, grid, day)
    hours.quota_wh = None
    if data is None:
        hours.sheet = None
        return json.loads(_NO_SHEET)
    hours.sheet = data["id"], data["name"], data["group"], data["valid_to"]
    if hours.settings["norgespris"]:
        try:
            quota = Norgespris(sheets.read(sheets.QUOTA_FILE))  # pyright: ignore[reportArgumentType]
            hours.quota_wh = quota.quota_wh(data["group"], day)
        except (ValueError, KeyError, TypeError):
            print("the quota of Norgespris cannot be read")
    return data
