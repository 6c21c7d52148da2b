"""dager.csv: the days, in csv_table.py's form.

A day without a record is a row without values. "minst" in the last
column: energy of some hours is missing; "klokke": the meter's clock was in doubt.
"""

from app.csv_table import Csv, kwh
from app.history import Cursor
from app.words import date, local
from household.day_record import DOUBTFUL, PARTIAL, DayRecord

_DAYS = (
    "\ufeffdato;import_kWh;eksport_kWh;hoyeste_time_kWh;hoyeste_time_start;timer;"
    "malerstand_kWh;merknad\r\n"
)


class DaysCsv(Csv):
    """The local days `start` <= day < `end` (since 1970-01-01)."""

    def __init__(self, journal, start: int, end: int, point: bool = False):
        super().__init__(_DAYS, start, end)
        self._comma = "." if point else ","
        self._day = DayRecord()
        self._cursor = Cursor(journal, self._day, start, end)
        self._have = self._cursor.next_into(self._day)

    def _row(self, number):
        day = self._day
        if not self._have or day.day != number:
            return date(number) + ";;;;;;;\r\n"
        comma = self._comma
        notes = []
        if day.flags & PARTIAL:
            notes.append("minst")
        if day.flags & DOUBTFUL:
            notes.append("klokke")
        row = "%s;%s;%s;%s;%s;%d;%s;%s\r\n" % (
            date(number),
            kwh(day.import_wh, comma),
            kwh(day.export_wh, comma),
            kwh(day.max_wh, comma),
            "" if day.max_hour is None else local(day.max_hour),
            day.hours,
            kwh(day.import_reg_wh, comma),
            " ".join(notes),
        )
        self._have = self._cursor.next_into(day)
        return row
