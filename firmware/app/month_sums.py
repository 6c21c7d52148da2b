"""Local months from the day records alone."""

from app.history import Cursor
from household.day_record import DayRecord
from household.month_sum import MonthSum
from household.oslo import day_number


def months(journal, first: int, end: int):
    """Yield (month, household.month_sum.MonthSum) for the local months first <= month < end, which are
    12 * year + month - 1; the same Month object each time. From the day records alone: the day
    under way is the caller's to add (month.add(fold.record))."""
    day = DayRecord()
    month = MonthSum()
    start = day_number(first // 12, first % 12 + 1, 1)
    cursor = Cursor(journal, day, start - 1, day_number(end // 12, end % 12 + 1, 1))
    more = cursor.next_into(day)
    registers = None, None  # at the month's first midnight
    if more and day.day < start:
        registers = day.import_reg_wh, day.export_reg_wh
        more = cursor.next_into(day)
    for number in range(first, end):
        month.begin(number // 12, number % 12 + 1, registers[0], registers[1])
        after = month.first + month.days
        registers = None, None
        while more and day.day < after:
            month.add(day)
            if day.day == after - 1:
                registers = day.import_reg_wh, day.export_reg_wh
            more = cursor.next_into(day)
        yield number, month
