"""topper.csv: each month's three highest hours on three days, in csv_table.py's form."""

from app.csv_table import Csv, kwh
from app.month_sums import months
from app.words import local
from household.month_sum import highest

_PEAKS = "\ufeffmaned;nr;start_lokal;kWh\r\n"


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
        rows = ""
        for rank, i in enumerate(highest(month)):
            rows += "%04d-%02d;%d;%s;%s\r\n" % (
                number // 12,
                number % 12 + 1,
                rank + 1,
                local(month.hour_of(i)),
                kwh(maxima[i], self._comma),
            )
        return rows
