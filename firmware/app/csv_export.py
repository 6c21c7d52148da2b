"""timer.csv: the hours as a spreadsheet opens them in Norway, a packet at a time.

UTF-8 with BOM, semicolons, decimal comma (or point), CRLF, one row per clock hour. A missing hour
is a row with empty values and quality "-", never 0. A block that only has a total ("S") has it
on its first row and the register on its last: the column's sum is then exact. Import for this
when an export is asked for; nothing of the meter's identity is in it.
"""

from micropython import const

from app.history import Cursor
from app.words import date, local
from household.record import LETTERS, MEASURED, HourRecord

_CHUNK = const(768)
_ROW = const(128)  # no row is longer: 24 + 18 octets of time, three numbers of up to 11, and ";"
_HEAD = "\ufeffstart_lokal;start_utc;import_kWh;eksport_kWh;kvalitet;malerstand_kWh\r\n"


def kwh(wh, comma: str = ",") -> str:
    """Wh -> kWh exactly, two decimals or, where the meter gives single Wh, three. None -> ""."""
    if wh is None:
        return ""
    if wh % 10:
        return "%d%s%03d" % (wh // 1000, comma, wh % 1000)
    return "%d%s%02d" % (wh // 1000, comma, wh % 1000 // 10)


class Csv:
    """A table in chunks: `head`, then what _row(i) gives for first <= i < end, each at most _ROW
    octets."""

    def __init__(self, head: str, first: int, end: int):
        self._head = head
        self._at = first
        self._end = end
        self._buf = bytearray(_CHUNK)

    def next_chunk(self):
        """The next octets, at most 768 (a view, valid until the next call), or None at the end."""
        buf = self._buf
        size = 0
        row = self._head
        self._head = ""
        while row or self._at < self._end:
            if not row:
                row = self._row(self._at)  # pyright: ignore[reportAttributeAccessIssue]
                self._at += 1
            octets = row.encode()
            buf[size : size + len(octets)] = octets
            size += len(octets)
            row = ""
            if size > _CHUNK - _ROW:
                break
        return memoryview(buf)[:size] if size else None


class HoursCsv(Csv):
    """The hours `start` <= hour < `end` (unix // 3600) of the journal as CSV.

    A block that began before `start` has no total here: it stands in the file with its first hour.
    """

    def __init__(self, journal, start: int, end: int, point: bool = False):
        super().__init__(_HEAD, start, end)
        self._record = HourRecord()
        self._cursor = Cursor(journal, self._record, start, end)
        self._comma = "." if point else ","
        self._have = self._cursor.next_into(self._record)

    def _row(self, hour):
        record = self._record
        while self._have and record.hour + record.span <= hour:
            self._have = self._cursor.next_into(record)
        if not self._have or hour < record.hour:
            return self._line(hour, None, None, 0, None)
        # Measured zeros hold for each of the block's hours, a total for the whole only
        zeros = record.quality == MEASURED and record.import_wh == 0 and not record.export_wh
        first = zeros or hour == record.hour
        last = zeros or hour == record.hour + record.span - 1
        return self._line(
            hour,
            record.import_wh if first else None,
            record.export_wh if first else None,
            record.quality,
            record.import_reg_wh if last else None,
        )

    def _line(self, hour, import_wh, export_wh, quality, register):
        comma = self._comma
        return "%s;%sT%02d:00Z;%s;%s;%s;%s\r\n" % (
            local(hour),
            date(hour // 24),
            hour % 24,
            kwh(import_wh, comma),
            kwh(export_wh, comma),
            LETTERS[quality],
            kwh(register, comma),
        )
