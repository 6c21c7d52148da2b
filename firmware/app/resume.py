"""Where the history goes on after a start: the newest record that is filed, and the day under way."""

from app.history import Cursor, file_name, periods
from app.tail import month_of
from household.day_record import DayRecord
from household.oslo import civil, first_hour
from household.record import HourRecord


def newest_filed_into(journal, record, before: int = 1 << 24) -> bool:
    """Fill `record` (its kind says which) with the last good record filed whose key is less than
    `before` (a clock that was wrong may have left later ones). False when there is none.

    For the day to go on from, and for the newest hour when the tail is gone.
    """
    hours = isinstance(record, HourRecord)
    prefix = "h" if hours else "d"
    most = month_of(before) if hours else civil(before)[0]
    data = bytearray(record.SIZE)
    while True:
        last = -1
        for period in periods(journal, prefix):
            if last < period <= most:
                last = period
        if last < 0:
            return False
        with open(file_name(journal, prefix, last), "rb") as file:
            start = file.seek(0, 2) // record.SIZE * record.SIZE
            while start:
                start -= record.SIZE
                file.seek(start)
                file.readinto(data)
                if record.unpack(data) and (record.hour if hours else record.day) < before:
                    return True
        most = last - 1


def resume_days(journal, fold, day: int, hour: int):
    """Bring a household.days.DayFold up to date: it gets the hours before `hour` since the last day
    stored before `day`, and tells its on_day (journal.append_day) of the days that have ended. A
    generator, so that others have their turn: it yields after each record."""
    stored = DayRecord()
    record = HourRecord()
    start = stored.day + 1 if newest_filed_into(journal, stored, day) else 1
    fold.begin(start)
    cursor = Cursor(journal, record, first_hour(start), hour)
    while cursor.next_into(record):
        fold.add(record)
        yield
