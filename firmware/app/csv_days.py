"""dager.csv and topper.csv: the days, and each month's three highest hours on three days.

The form is csv_export.py's. A day without a record is a row without values. "minst" in the last
column: energy of some hours is missing; "klokke": the meter's clock was in doubt.
"""

from app.csv_export import Csv, kwh
from app.history import Cursor, months
from app.words import date, local
from household.days import DOUBTFUL, PARTIAL, DayRecord
from household.month_sum import UNKNOWN

_DAYS = (
    "\ufeffdato;import_kWh;eksport_kWh;hoyeste_time_kWh;hoyeste_time_start;timer;"
    "malerstand_kWh;merknad\r\n"
)
_PEAKS = "\ufeffmaned;nr;start_lokal;kWh\r\n"


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


class PeaksCsv(Csv):
    """The three highest daily maxima of each local month, first <= 12 * year + month - 1 < end."""

    def __init__(self, journal, first: int, end: int, point: bool = False, today=None):
        """`today`: a DayRecord of the day under way, whose highest hour counts too."""
        super().__init__(_PEAKS, first, end)
        self._today = today
        self._comma = "." if point else ","
        self._months = months(journal, first, end)

    def _row(self, number):
        month = next(self._months)[1]
        if self._today is not None:
            month.add(self._today)  # which takes it in its own month only
        maxima = month.maxima
        order = [i for i in range(month.days) if maxima[i] != UNKNOWN]
        order.sort(key=lambda i: (-maxima[i], i))
        rows = ""
        for rank, i in enumerate(order[:3]):
            rows += "%04d-%02d;%d;%s;%s\r\n" % (
                number // 12,
                number % 12 + 1,
                rank + 1,
                local(month.hour_of(i)),
                kwh(maxima[i], self._comma),
            )
        return rows
