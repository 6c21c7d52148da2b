"""timer.csv: the hours, one row per clock hour, in csv_table.py's form. A missing hour
is a row with empty values and quality "-", never 0. A block that only has a total ("S") has it
on its first row and the register on its last: the column's sum is then exact. Import for this
when an export is asked for; nothing of the meter's identity is in it.
"""

from app.csv_table import Csv, kwh
from app.history import Cursor
from app.words import date, local
from household.record import LETTERS, MEASURED, HourRecord

_HEAD = "\ufeffstart_lokal;start_utc;import_kWh;eksport_kWh;kvalitet;malerstand_kWh\r\n"


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
