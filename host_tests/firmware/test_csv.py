"""timer.csv as a spreadsheet sees it: rows, sums, the odd days, and nothing that names the meter."""

import csv
import datetime
import io
import zoneinfo

from fakes.plain_fs import PlainOs

from app import csv_days, csv_peaks, history, journal, nest, resume, tail
from app.csv_hours import HoursCsv
from app.csv_table import kwh
from app.journal import Journal
from household.day_record import DOUBTFUL, PARTIAL, DayRecord
from household.oslo import day_number, first_hour
from household.record import MEASURED, SPLIT, SUM_ONLY, HourRecord

HEAD = "start_lokal;start_utc;import_kWh;eksport_kWh;kvalitet;malerstand_kWh"


def export(records, start, end, point=False):
    """The file's octets, for a journal of these records."""
    with PlainOs().on(journal, tail, nest, history, resume):
        book = Journal("/d")
        record = HourRecord()
        book.append(record.set(*fields) for fields in records)
        source = HoursCsv(book, start, end, point)
        parts = []
        while (chunk := source.next_chunk()) is not None:
            assert 0 < len(chunk) <= 768
            parts.append(bytes(chunk))
        assert source.next_chunk() is None
        return b"".join(parts)


def rows(data):
    """The rows below the head, as lists of texts."""
    text = data.decode("utf-8-sig")
    assert text.endswith("\r\n")
    assert text.count("\n") == text.count("\r\n")
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert ";".join(table[0]) == HEAD
    return table[1:]


def wh_sum(table, column):
    """What the spreadsheet's SUM would say, in Wh."""
    total = 0
    for row in table:
        if row[column]:
            whole, _, part = row[column].partition(",")
            total += int(whole) * 1000 + int(part.ljust(3, "0"))
    return total


def test_the_row_of_the_specification():
    start = day_number(2026, 10, 25) * 24
    data = export([(start, 1, MEASURED, 1870, 0, 12345670, 0)], start, start + 1)
    assert data == (
        b"\xef\xbb\xbf" + HEAD.encode() + b"\r\n"
        b"2026-10-25T02:00+02:00;2026-10-25T00:00Z;1,87;0,00;M;12345,67\r\n"
    )


def test_decimal_point_on_request():
    start = day_number(2026, 7, 1) * 24
    data = export([(start, 1, SPLIT, 1873, None, None, None)], start, start + 1, point=True)
    assert data.splitlines()[1] == b"2026-07-01T02:00+02:00;2026-07-01T00:00Z;1.873;;B;"


def test_an_empty_range_is_the_head_alone():
    assert export([], 500000, 500000) == b"\xef\xbb\xbf" + HEAD.encode() + b"\r\n"


def test_the_autumn_day_has_25_rows_and_the_spring_day_23():
    zone = zoneinfo.ZoneInfo("Europe/Oslo")
    for date, count in (((2027, 10, 31), 25), ((2027, 3, 28), 23), ((2027, 6, 1), 24)):
        day = day_number(*date)
        start, end = first_hour(day), first_hour(day + 1)
        table = rows(export([], start, end))
        assert len(table) == count
        for i, row in enumerate(table):
            utc = datetime.datetime.fromtimestamp((start + i) * 3600, datetime.UTC)
            assert row[0] == utc.astimezone(zone).isoformat(timespec="minutes")
            assert row[1] == utc.strftime("%Y-%m-%dT%H:%MZ")
    twice = [row[0] for row in rows(export([], *october_day()))][2:4]
    assert twice == ["2027-10-31T02:00+02:00", "2027-10-31T02:00+01:00"]


def october_day():
    day = day_number(2027, 10, 31)
    return first_hour(day), first_hour(day + 1)


def test_missing_hours_are_rows_without_values():
    start = 507000
    records = [(start + i, 1, MEASURED, 1000, 0, 5000 + i, 0) for i in (0, 1, 4)]
    table = rows(export(records, start - 1, start + 6))
    assert [row[4] for row in table] == ["-", "M", "M", "-", "-", "M", "-"]
    for row in table:
        assert row[4] == "M" or row[2:] == ["", "", "-", ""]


def test_a_total_stands_on_the_blocks_first_row_and_its_register_on_the_last():
    start = 507000
    records = [
        (start, 1, MEASURED, 1000, 10, 10000, 0),
        (start + 1, 6, SUM_ONLY, 3100, 50, 13100, 0),
        (start + 7, 1, MEASURED, 500, 0, 13600, 0),
    ]
    table = rows(export(records, start, start + 8))
    assert [row[2] for row in table] == ["1,00", "3,10", "", "", "", "", "", "0,50"]
    assert [row[3] for row in table] == ["0,01", "0,05", "", "", "", "", "", "0,00"]
    assert "".join(row[4] for row in table) == "MSSSSSSM"
    assert [row[5] for row in table] == ["10,00", "", "", "", "", "", "13,10", "13,60"]
    assert wh_sum(table, 2) == 4600
    # Two files one after the other add up too
    parts = rows(export(records, start, start + 3)) + rows(export(records, start + 3, start + 8))
    assert parts == table


def test_measured_zeros_are_zeros_in_every_row():
    start = 507000
    table = rows(export([(start, 26, MEASURED, 0, 0, 777000, 0)], start, start + 26))
    assert len(table) == 26
    assert {tuple(row[2:]) for row in table} == {("0,00", "0,00", "M", "777,00")}
    table = rows(export([(start, 26, MEASURED, 0, 90, 777000, 90)], start, start + 26))
    assert wh_sum(table, 3) == 90  # something came out meanwhile: once, not 26 times
    unknown = rows(export([(start, 2, MEASURED, 0, None, 777000, None)], start, start + 2))
    assert {tuple(row[2:]) for row in unknown} == {("0,00", "", "M", "777,00")}


def test_a_month_of_every_kind_adds_up_to_the_register_exactly():
    start = day_number(2027, 10, 1) * 24
    register = 98765432  # single Wh: not every meter rounds to 10
    records = []
    at = start
    for i in range(300):
        span, quality = ((1, MEASURED), (1, SPLIT), (5, SUM_ONLY), (3, MEASURED))[i % 4]
        wh = 0 if span == 3 else (i * 7919) % 12347
        register += wh
        records.append((at, span, quality, wh, 0, register, 0))
        at += span + (i % 11 == 0)
    table = rows(export(records, start, at))
    assert len(table) == at - start
    assert wh_sum(table, 2) == register - 98765432
    assert len({row[1] for row in table}) == len(table)


def test_energy_is_written_exactly():
    assert kwh(None) == ""
    assert kwh(0) == "0,00"
    assert kwh(10) == "0,01"
    assert kwh(5) == "0,005"
    assert kwh(1001) == "1,001"
    assert kwh(0xFFFFFFFE) == "4294967,294"
    assert kwh(12345670, ".") == "12345.67"


def test_the_longest_row_fits_the_room_kept_for_it():
    end = 0xFFFFFFFE
    table = export([(507000, 1, SUM_ONLY, end, end, end, end)], 507000, 507001)
    assert len(table.split(b"\r\n")[1]) + 2 <= 128


def days_journal():
    """A journal with the days 2026-12-30, 31 and 2027-01-02..05; call with the fakes on."""
    book = Journal("/d")
    day = DayRecord()
    first = day_number(2026, 12, 30)
    for i in (0, 1, 3, 4, 5, 6):
        day.clear(first + i)
        day.hours = 24 - i
        day.flags = (0, PARTIAL, 0, PARTIAL | DOUBTFUL, 0, 0, 0)[i]
        day.import_wh = 20000 + i
        day.export_wh = 10 * i
        day.max_wh = (3000, 2000, 0, 1000, 5000, 5000, 700)[i]
        day.max_hour = first_hour(first + i) + 17
        day.import_reg_wh = 9000000 + 20000 * i
        assert book.append_day(day)
    return book, first


def text_of(source):
    parts = []
    while (chunk := source.next_chunk()) is not None:
        parts.append(bytes(chunk))
    return b"".join(parts).decode("utf-8-sig").split("\r\n")


def test_days_with_their_highest_hour_and_what_is_missing():
    with PlainOs().on(journal, tail, nest, history, resume):
        book, first = days_journal()
        lines = text_of(csv_days.DaysCsv(book, first, first + 8))
    assert lines[0].split(";")[:3] == ["dato", "import_kWh", "eksport_kWh"]
    assert lines[1] == ("2026-12-30;20,00;0,00;3,00;2026-12-30T17:00+01:00;24;9000,00;")
    assert lines[2].endswith(";23;9020,00;minst")
    assert lines[3] == "2027-01-01;;;;;;;"
    assert lines[4].endswith(";minst klokke")
    assert lines[8] == "2027-01-06;;;;;;;"
    assert {line.count(";") for line in lines[:-1]} == {7}
    assert lines[9:] == [""]


def test_peaks_of_each_month_on_different_days_highest_first():
    with PlainOs().on(journal, tail, nest, history, resume):
        book, _ = days_journal()
        month = 12 * 2026 + 10
        lines = text_of(csv_peaks.PeaksCsv(book, month, month + 4, point=True))
    assert lines == [
        "maned;nr;start_lokal;kWh",
        "2026-12;1;2026-12-30T17:00+01:00;3.00",
        "2026-12;2;2026-12-31T17:00+01:00;2.00",
        "2027-01;1;2027-01-03T17:00+01:00;5.00",
        "2027-01;2;2027-01-04T17:00+01:00;5.00",
        "2027-01;3;2027-01-02T17:00+01:00;1.00",
        "",
    ]
