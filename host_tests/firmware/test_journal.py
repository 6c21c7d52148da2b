"""The journal on littlefs: what is appended is read back, in order, whatever happened meanwhile."""

import errno

import pytest
from journal_cuts import fields
from journal_world import FOLDER, NOVEMBER, OCTOBER, append, hour, littlefs, newest, plain, read

from app import erase, tail
from app.history import Cursor
from app.journal import Journal
from app.resume import newest_filed_into
from household.day_record import DayRecord
from household.record import CLOCK, MEASURED, SPLIT, SUM_ONLY, HourRecord
from household.seal import seal


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
    with plain() as files:
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
    with plain() as files:
        book = Journal(FOLDER)
        records = [hour(OCTOBER + at, register=at) for at in range(30)]
        append(book, *records[:16])
        del files.files[FOLDER + "/2026/h10"][-11:]
        append(Journal(FOLDER), *records[16:])
        found, cursor = read(Journal(FOLDER))
        assert found == records[:7] + records[8:]
        assert cursor.bad == 1


def test_without_tail_the_newest_record_is_the_last_good_one_filed():
    with plain() as files:
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


@pytest.mark.parametrize("name", ["t0", "t1"])
def test_a_tail_that_cannot_be_read_now_is_not_written_over(monkeypatch, name):
    """One error of the flash, and all is there again at the next try."""
    hours = [hour(OCTOBER + i, wh=100 + i) for i in range(8)]
    with littlefs():
        for one in hours[:7]:
            assert append(Journal(FOLDER), one)
        real = tail.open

        def failing(path, *mode):
            if path.endswith(name):
                raise OSError(errno.EIO, "flash")
            return real(path, *mode)

        with monkeypatch.context() as patch:
            patch.setattr(tail, "open", failing)
            with pytest.raises(OSError):
                Journal(FOLDER)
        book = Journal(FOLDER)
        assert append(book, hours[7])
        assert read(book)[0] == hours


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


def test_a_foreign_records_crc_alone_does_not_make_it_an_hour():
    with plain() as files:
        book = Journal(FOLDER)
        append(book, *[hour(OCTOBER + at) for at in range(9)])
        foreign = bytearray(b"\x07" * 26)
        seal(foreign, 0, 26)
        files.files[FOLDER + "/2026/h10"][0:26] = foreign
        found, cursor = read(Journal(FOLDER))
        assert found == [hour(OCTOBER + at) for at in range(1, 9)]
        assert cursor.bad == 1
