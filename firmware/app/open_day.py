"""Today so far, for the routes that tell of days."""

from household.day_record import PARTIAL, DayRecord


def open_day(hours):
    """Today so far as a DayRecord, or None."""
    today = hours.today
    if today is None or today[1] is None:
        return None
    record = DayRecord()
    record.clear(today[0])
    record.import_wh, record.export_wh = today[1:3]
    record.flags = PARTIAL if today[3] else 0
    record.hours, record.max_wh, record.max_hour = today[4:]
    return record
