"""Days in the journal: read back, taken up after a restart, summed to months."""

from journal_world import FOLDER, append, hour, littlefs

from app import month_sums, resume
from app.history import Cursor
from app.journal import Journal
from app.resume import newest_filed_into
from household.day_record import DayRecord
from household.days import DayFold
from household.oslo import day_number, first_hour
from household.record import HourRecord


def test_days_come_back_in_order_and_a_day_told_again_replaces_the_first():
    with littlefs():
        book = Journal(FOLDER)
        first = day_number(2026, 12, 20)
        day = DayRecord()
        for number in range(first, first + 30):
            day.clear(number)
            day.import_wh = number
            assert book.append_day(day)
        day.clear(first + 5)
        day.import_wh = 7
        assert book.append_day(day)
        cursor = Cursor(Journal(FOLDER), day, first + 3, first + 20)
        found = []
        while cursor.next_into(day):
            found.append((day.day, day.import_wh))
        assert found == [(n, 7 if n == first + 5 else n) for n in range(first + 3, first + 20)]
        assert newest_filed_into(book, day)
        assert day.day == first + 29


def test_the_days_are_taken_up_after_a_restart_where_they_were_left():
    with littlefs():
        book = Journal(FOLDER)
        first = first_hour(day_number(2026, 10, 20))
        fold = DayFold(book.append_day)
        for at in range(first + 5, first + 24 * 9 + 7):
            append(book, hour(at, register=at))
            if at < first + 24 * 4 + 3:
                record = HourRecord()
                assert book.newest_into(record)
                fold.add(record)
        fold = DayFold(Journal(FOLDER).append_day)
        today = day_number(2026, 10, 29)
        for _ in resume.resume_days(Journal(FOLDER), fold, today, first + 24 * 9 + 7):
            pass
        assert fold.record.day == day_number(2026, 10, 29)
        day = DayRecord()
        cursor = Cursor(book, day, 0, 1 << 15)
        found = []
        while cursor.next_into(day):
            found.append((day.hours, day.import_wh))
        # a day begun at five, and the Sunday with 25 hours
        assert found == [(19, 19000)] + [(24, 24000)] * 4 + [(25, 25000)] + [(24, 24000)] * 3
        assert fold.record.hours == 6


def test_months_are_exact_from_the_registers_of_the_days():
    with littlefs():
        book = Journal(FOLDER)
        day = DayRecord()
        first = day_number(2026, 9, 30)
        for number in range(first, day_number(2026, 12, 3)):
            if number % 7 == 3:
                continue  # the dongle was out
            day.clear(number)
            day.hours = 24
            day.import_wh = 1000
            day.import_reg_wh = 5000 * (number - first)
            book.append_day(day)
        until = day_number(2026, 12, 3)
        found = [
            (month, sums.import_total(until)[0])
            for month, sums in month_sums.months(book, 12 * 2026 + 8, 12 * 2026 + 13)
        ]
        assert [month % 12 + 1 for month, _ in found] == [9, 10, 11, 12, 1]
        assert [wh for _, wh in found[1:4]] == [31 * 5000, 30 * 5000, 2 * 5000]
        assert found[4][1] is None
