"""What is let go is gone: by age, by wish, and from the flash itself."""

import contextlib

from fakes.flash import PowerCut
from fakes.flash_lfs import LfsOs
from journal_world import (
    FOLDER,
    MODULES,
    NOVEMBER,
    OCTOBER,
    append,
    hour,
    littlefs,
    newest,
    plain,
    read,
)

from app import erase, history, state
from app.journal import Journal, month_of
from household.day_record import DayRecord
from household.oslo import day_number


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
            keep.save([mark, "6840000000001234"])
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
        assert keep.save([1])
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
        with LfsOs(files.flash.revive(), False).on(*MODULES) as files:
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
        state.State(book.nest, "hour").save([1])
        for _ in wiping:
            pass
        assert read(Journal(FOLDER))[0] == [hour(NOVEMBER)]


def test_removing_overwrites_where_the_file_system_lets_it():
    with plain() as files:
        book = Journal(FOLDER, 1)
        append(book, *[hour(OCTOBER + at, register=0x1BADB000) for at in range(100)])
        content = files.files[FOLDER + "/2026/h10"]
        assert erase.prune(book, NOVEMBER + 24 * 100) == 1
        assert bytes(content).count(0) == len(content)
        assert FOLDER + "/2026/h10" not in files.files
