"""The journal on littlefs: what is appended is read back, in order, whatever happened meanwhile."""

import contextlib

import pytest
from fakes.flash import Flash, PowerCut
from fakes.flash_lfs import LfsOs
from fakes.plain_fs import PlainOs
from journal_cuts import fields

from app import erase, history, journal, nest, state
from app.history import Cursor, newest_filed_into
from app.journal import Journal, month_of
from household.days import DayFold, DayRecord
from household.oslo import day_number, first_hour
from household.record import CLOCK, MEASURED, SPLIT, SUM_ONLY, HourRecord, seal

FOLDER = "/journal"
OCTOBER = day_number(2026, 10, 1) * 24  # its first UTC hour
NOVEMBER = day_number(2026, 11, 1) * 24


@contextlib.contextmanager
def littlefs(blocks=64):
    """A new littlefs under the journal's modules; yields it, with the flash as .flash."""
    with LfsOs(Flash(blocks)).on(journal, nest, history, erase, state) as files:
        yield files


def hour(at, span=1, quality=MEASURED, wh=1000, register=5000, flags=0):
    return (at, span, quality, wh, 0, register, 0, flags)


def append(book, *records):
    """One call of append() with one record object, as the ledger does it."""
    record = HourRecord()
    return book.append(record.set(*r) for r in records)


def read(book, start=0, end=1 << 24):
    """(records as tuples, the cursor)."""
    record = HourRecord()
    cursor = Cursor(book, record, start, end)
    found = []
    while cursor.next_into(record):
        found.append(fields(record))
    assert not cursor.next_into(record)
    return found, cursor


def newest(book):
    record = HourRecord()
    return fields(record) if book.newest_into(record) else None


def test_an_empty_journal_has_nothing():
    with littlefs():
        book = Journal(FOLDER)
        assert read(book)[0] == []
        assert newest(book) is None
        assert not newest_filed_into(book, DayRecord())
        assert book.settle() and not book.waiting


def test_hours_come_back_in_order_after_every_restart():
    with littlefs() as files:
        expected = []
        for at in range(OCTOBER - 30, OCTOBER + 50):
            book = Journal(FOLDER)
            expected.append(hour(at, wh=at % 97 * 10, register=at))
            assert append(book, expected[-1])
            assert newest(Journal(FOLDER)) == expected[-1]
        book = Journal(FOLDER)
        found, cursor = read(book)
        assert found == expected
        assert cursor.bad == cursor.hidden == 0
        # 80 records make 9 filings, 3 turns of the nest: by what is on flash, or a start after
        # every record would stop it
        names = sorted(entry[0] for entry in files.ilistdir(FOLDER))
        assert names == ["2026", "n2", "n3"]
        sizes = {entry[0]: entry[3] for entry in files.ilistdir(FOLDER + "/2026")}
        assert sorted(sizes) == ["h09", "h10"]
        assert sizes["h09"] == 30 * 26  # nothing twice
        tail = [entry[3] for entry in files.ilistdir(FOLDER + "/n3")]
        assert tail and max(tail) <= 128  # inside the metadata


def test_a_range_is_half_open_and_a_block_that_reaches_in_belongs_to_it():
    with littlefs():
        book = Journal(FOLDER)
        block = hour(OCTOBER - 40, 60, SUM_ONLY, 7777)
        records = [hour(OCTOBER - 41), block] + [hour(OCTOBER + i) for i in range(20, 30)]
        assert append(book, *records)
        assert read(book, OCTOBER - 41, OCTOBER - 40)[0] == records[:1]
        assert read(book, OCTOBER - 40, OCTOBER - 39)[0] == [block]
        assert read(book, OCTOBER - 10, OCTOBER - 9)[0] == [block]
        assert read(book, OCTOBER, OCTOBER + 1)[0] == [block]
        assert read(book, OCTOBER + 19, OCTOBER + 22)[0] == [block] + records[2:4]
        assert read(book, OCTOBER + 20, OCTOBER + 22)[0] == records[2:4]
        assert read(book, OCTOBER + 30, OCTOBER + 99)[0] == []
        assert read(book, OCTOBER + 22, OCTOBER + 20)[0] == []
        assert read(book, 0, OCTOBER - 41)[0] == []


def test_a_block_over_many_months_without_power():
    with littlefs():
        book = Journal(FOLDER)
        off = hour(OCTOBER - 10, 24 * 190, MEASURED, 0)
        records = [hour(OCTOBER - 11), off, hour(OCTOBER - 10 + 24 * 190)]
        for record in records:
            assert append(book, record)
        assert read(Journal(FOLDER))[0] == records
        assert read(book, NOVEMBER + 800, NOVEMBER + 801)[0] == [off]


def test_the_same_record_told_twice_is_kept_once():
    with littlefs() as files:
        for _ in range(3):
            book = Journal(FOLDER)
            assert append(book, hour(OCTOBER))
            assert append(book, hour(OCTOBER))
        assert read(book)[0] == [hour(OCTOBER)]
        assert [entry[3] for entry in files.ilistdir(FOLDER + "/n0")] == [1 + 26]


def test_of_two_records_for_an_hour_the_later_one_holds():
    with littlefs():
        book = Journal(FOLDER)
        for at in range(10):
            append(book, hour(OCTOBER + at))
        assert append(book, hour(OCTOBER + 3, wh=30), hour(OCTOBER + 9, wh=90))
        found = read(Journal(FOLDER))[0]
        assert found[3] == hour(OCTOBER + 3, wh=30)
        assert found[9] == hour(OCTOBER + 9, wh=90)
        assert len(found) == 10


def test_a_block_written_later_takes_the_hours_before_it():
    with littlefs():
        book = Journal(FOLDER)
        for at in range(8):
            append(book, hour(OCTOBER + at, quality=SPLIT))
        block = hour(OCTOBER + 5, 6, SUM_ONLY, 4000)
        append(book, block)
        assert read(book)[0] == [hour(OCTOBER + at, quality=SPLIT) for at in range(5)] + [block]


def test_a_block_that_lost_an_hour_is_left_out_whole():
    """A clock that was a year ahead wrote it; the true hours came after."""
    with littlefs():
        book = Journal(FOLDER)
        append(book, hour(OCTOBER), hour(OCTOBER + 1, 100, SUM_ONLY, 55))
        append(book, hour(OCTOBER + 50), hour(OCTOBER + 51))
        found, cursor = read(book)
        assert found == [hour(OCTOBER), hour(OCTOBER + 50), hour(OCTOBER + 51)]
        assert cursor.hidden > 0


def test_a_block_from_a_wrong_year_does_not_hide_the_months_before():
    with littlefs():
        book = Journal(FOLDER)
        append(book, hour(OCTOBER))
        append(book, hour(OCTOBER + 1, 9000, SUM_ONLY, 55))  # written next year
        hours = [hour(OCTOBER + at) for at in range(1, 40)]
        append(book, *hours)
        found, cursor = read(book)
        assert found == [hour(OCTOBER), *hours]
        assert cursor.hidden == 1
        assert newest(book) == newest(Journal(FOLDER)) == hours[-1]  # not the one with the year


def test_a_doubtful_clock_takes_no_hour_from_a_good_one():
    with littlefs():
        book = Journal(FOLDER)
        for at in range(6):
            append(book, hour(OCTOBER + at))
        doubtful = hour(OCTOBER + 4, wh=1, flags=CLOCK)
        later = hour(OCTOBER + 6, wh=2, flags=CLOCK)
        append(book, doubtful, hour(OCTOBER + 3, 2, SUM_ONLY, 9, flags=CLOCK), later)
        assert read(book)[0] == [hour(OCTOBER + at) for at in range(6)] + [later]
        corrected = hour(OCTOBER + 6, wh=3, flags=CLOCK)
        append(book, corrected)
        assert read(book)[0][-1] == corrected
        append(book, hour(OCTOBER + 6, wh=4))
        assert read(Journal(FOLDER))[0][-1] == hour(OCTOBER + 6, wh=4)


def test_a_clock_set_back_loses_nothing():
    with littlefs():
        book = Journal(FOLDER)
        ahead = [hour(NOVEMBER + at) for at in range(6)]
        back = [hour(OCTOBER + at) for at in range(6)]
        append(book, *ahead)
        append(book, *back)
        assert newest(book) == newest(Journal(FOLDER)) == back[-1]
        assert read(Journal(FOLDER))[0] == back + ahead


def test_a_torn_record_is_skipped_and_counted():
    with PlainOs().on(journal, nest, history, erase) as files:
        book = Journal(FOLDER)
        records = [hour(OCTOBER + at, register=at) for at in range(40)]
        append(book, *records)
        stored = files.files[FOLDER + "/2026/h10"]
        stored[5 * 26 + 9] ^= 0x10
        stored[7 * 26 : 8 * 26] = b"\xff" * 26
        stored[8 * 26 : 9 * 26] = bytes(26)
        found, cursor = read(Journal(FOLDER))
        assert found == [r for i, r in enumerate(records) if i not in (5, 7, 8)]
        assert cursor.bad == 3


def test_half_a_record_at_the_end_does_not_displace_what_follows():
    with PlainOs().on(journal, nest, history, erase) as files:
        book = Journal(FOLDER)
        records = [hour(OCTOBER + at, register=at) for at in range(30)]
        append(book, *records[:16])
        del files.files[FOLDER + "/2026/h10"][-11:]
        append(Journal(FOLDER), *records[16:])
        found, cursor = read(Journal(FOLDER))
        assert found == records[:7] + records[8:]
        assert cursor.bad == 1


def test_without_tail_the_newest_record_is_the_last_good_one_filed():
    with PlainOs().on(journal, nest, history, erase) as files:
        book = Journal(FOLDER)
        append(book, *[hour(OCTOBER + at) for at in range(-6, 14)])
        files.files[FOLDER + "/n0/t0"][:] = b"x" * 60
        filed = files.files[FOLDER + "/2026/h10"]
        filed[-1] ^= 1
        book = Journal(FOLDER)
        assert book.bad == 3
        assert newest(book) == hour(OCTOBER + len(filed) // 26 - 2)
        assert append(book, hour(OCTOBER + 14))
        assert newest(Journal(FOLDER)) == hour(OCTOBER + 14)


def test_reading_goes_on_while_records_are_appended():
    with littlefs():
        book = Journal(FOLDER)
        records = [hour(at, register=at) for at in range(OCTOBER - 5, OCTOBER + 105)]
        append(book, *records[:60])
        record = HourRecord()
        cursor = Cursor(book, record, 0, 1 << 24)
        found = []
        more = records[60:]
        while cursor.next_into(record):
            found.append(fields(record))
            if more and len(found) > 8:  # October has been looked through by then
                append(book, more.pop(0))
        assert found == records


def test_a_month_pruned_while_it_is_read_ends_there():
    with littlefs():
        book = Journal(FOLDER, 1)
        records = [hour(OCTOBER + at) for at in range(100)] + [hour(NOVEMBER)]
        append(book, *records)
        record = HourRecord()
        cursor = Cursor(book, record, 0, 1 << 24)
        assert cursor.next_into(record)
        assert erase.prune(book, NOVEMBER + 24 * 80) == 1
        found = []
        while cursor.next_into(record):
            found.append(fields(record))
        # What had been read from the file already, and what is in the tail
        assert found == records[1:12] + records[96:]


def test_a_record_that_does_not_fit_is_an_error_and_nothing_else_is_lost():
    with littlefs():
        book = Journal(FOLDER)
        with pytest.raises(ValueError, match="out of range"):
            append(book, hour(OCTOBER), hour(OCTOBER + 1, wh=-5))
        assert append(book, hour(OCTOBER + 2))
        assert read(Journal(FOLDER))[0] == [hour(OCTOBER), hour(OCTOBER + 2)]


# Days


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
        for _ in history.resume_days(Journal(FOLDER), fold, today, first + 24 * 9 + 7):
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
            for month, sums in history.months(book, 12 * 2026 + 8, 12 * 2026 + 13)
        ]
        assert [month % 12 + 1 for month, _ in found] == [9, 10, 11, 12, 1]
        assert [wh for _, wh in found[1:4]] == [31 * 5000, 30 * 5000, 2 * 5000]
        assert found[4][1] is None


# Letting go


def test_retention_goes_by_calendar_months_and_the_day_files_by_years():
    with littlefs(128):
        for months in (1, 13, 36):
            book = Journal(FOLDER, months)
            for back in range(40, -1, -1):
                month = month_of(OCTOBER) - back
                at = day_number(month // 12, month % 12 + 1, 15) * 24
                append(book, hour(at))
            append(book, *[hour(OCTOBER + 400 + at) for at in range(5)])
            day = DayRecord()
            for year in range(2014, 2027):
                day.clear(day_number(year, 6, 1))
                day.import_wh = 1
                book.append_day(day)
            erase.prune(book, OCTOBER + 500)
            left = [month_of(r[0]) for r in read(book)[0]]
            assert min(left) == month_of(OCTOBER) - months
            assert len(set(left)) == months + 1
            years = list(history.periods(book, "d"))
            assert min(years) == 2016
            assert max(years) == 2026
            list(erase.wipe(book, False))


def test_a_clock_ahead_by_years_takes_nothing_along_on_its_own_word():
    with littlefs():
        book = Journal(FOLDER, 1)
        old = [hour(OCTOBER + at) for at in range(50)]
        append(book, *old)
        wrong = OCTOBER + 24 * 3650
        append(book, *[hour(wrong + at) for at in range(20)])
        assert erase.prune(book) == 0
        assert read(book)[0][:50] == old
        append(book, *[hour(wrong + at) for at in range(20, 32)])  # it has held for a day
        assert erase.prune(book) == 1


def raw_traces(content, register):
    """How often a register's four octets stand anywhere in the flash."""
    return bytes(content).count(register.to_bytes(4, "little"))


def test_wiping_leaves_no_octet_of_a_record_on_the_flash():
    marks = range(0x1BADB000, 0x1BADB000 + 400)
    with littlefs(48) as files:
        book = Journal(FOLDER)
        keep = state.State(book.nest, "hour")
        for i, mark in enumerate(marks):
            append(book, hour(OCTOBER + i, register=mark))
            keep.save([mark, "6840000000001234"], 0, True)
            if i % 24 == 0:
                day = DayRecord()
                day.clear(OCTOBER // 24 + i // 24)
                day.import_reg_wh = mark
                book.append_day(day)
        found = sum(raw_traces(files.flash.content, mark) for mark in marks)
        assert found > 400
        assert bytes(files.flash.content).count(b"6840000000001234") > 10
        steps = sum(1 for _ in erase.wipe(book, True))
        assert steps > 40
        assert [mark for mark in marks if raw_traces(files.flash.content, mark)] == []
        assert bytes(files.flash.content).count(b"6840000000001234") == 0
        assert bytes(book._ring).count(0) == len(book._ring)
        assert read(book)[0] == []
        assert newest(Journal(FOLDER)) is None
        assert keep.save([1], 0, True)
        assert append(book, hour(NOVEMBER))
        assert read(Journal(FOLDER))[0] == [hour(NOVEMBER)]


def test_a_wipe_cut_short_is_known_and_finished_at_the_next_start():
    marks = range(0x1BADB000, 0x1BADB000 + 60)
    operation = 1
    while True:
        with littlefs(20) as files:
            book = Journal(FOLDER)
            append(book, *[hour(OCTOBER + i, register=mark) for i, mark in enumerate(marks)])
            files.flash.cut_at(operation, 5)
            with contextlib.suppress(PowerCut):
                list(erase.wipe(book, True))
            if not files.flash.dead:
                assert operation > 100
                break
        with LfsOs(files.flash.revive(), False).on(journal, nest, history, erase, state) as files:
            book = Journal(FOLDER)
            if book.unfinished:
                list(erase.wipe(book, True))
            found = read(book)[0]
            assert found == [] or (operation == 1 and len(found) == len(marks))
            assert found or not [m for m in marks if raw_traces(files.flash.content, m)]
            assert not Journal(FOLDER).unfinished
            assert append(book, hour(NOVEMBER))
        operation += 1 if operation < 30 else 7


def test_records_that_come_while_wiping_wait_and_are_kept():
    with littlefs(32):
        book = Journal(FOLDER)
        append(book, *[hour(OCTOBER + at) for at in range(100)])
        wiping = erase.wipe(book, True)
        next(wiping)
        assert not append(book, hour(NOVEMBER))
        assert not book.append_day(DayRecord())
        state.State(book.nest, "hour").save([1], 0)
        for _ in wiping:
            pass
        assert read(Journal(FOLDER))[0] == [hour(NOVEMBER)]


def test_removing_overwrites_where_the_file_system_lets_it():
    with PlainOs().on(journal, nest, history, erase) as files:
        book = Journal(FOLDER, 1)
        append(book, *[hour(OCTOBER + at, register=0x1BADB000) for at in range(100)])
        content = files.files[FOLDER + "/2026/h10"]
        assert erase.prune(book, NOVEMBER + 24 * 100) == 1
        assert bytes(content).count(0) == len(content)
        assert FOLDER + "/2026/h10" not in files.files


def test_a_foreign_records_crc_alone_does_not_make_it_an_hour():
    with PlainOs().on(journal, nest, history, erase) as files:
        book = Journal(FOLDER)
        append(book, *[hour(OCTOBER + at) for at in range(9)])
        foreign = bytearray(b"\x07" * 26)
        seal(foreign, 0, 26)
        files.files[FOLDER + "/2026/h10"][0:26] = foreign
        found, cursor = read(Journal(FOLDER))
        assert found == [hour(OCTOBER + at) for at in range(1, 9)]
        assert cursor.bad == 1
