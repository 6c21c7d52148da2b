"""A local month from its day records: its energy, and the highest hour of each day.

Between two days whose registers at midnight are known the energy is their difference, exact even
over a gap; elsewhere it is the sum of the days, "minst" when something is missing in them.
For the history; the running month against its tariff is in month.py.
"""

from array import array

from household import oslo
from household.day_record import BROKEN, PARTIAL

UNKNOWN = 0xFFFFFFFF


class MonthSum:
    """A local month from its DayRecords, in order.

    `maxima[i]`, array of 31: the highest hour of day i + 1 in Wh, UNKNOWN for a day without a
    known hour (a day measured as nothing has 0). `hour_of(i)`: which hour that is.
    """

    def __init__(self):
        self.maxima = array("I", [UNKNOWN] * 31)
        self._at = bytearray(31)
        self.begin(1970, 1)

    def begin(self, year: int, month: int, import_reg_wh=None, export_reg_wh=None) -> None:
        """Start anew, with the registers at the month's first midnight where they are known: those
        of the DayRecord of the day before."""
        self.first = self._next = oslo.day_number(year, month, 1)
        self.days = oslo.month_days(year, month)
        for i in range(31):
            self.maxima[i] = UNKNOWN
        self._registers = [import_reg_wh, export_reg_wh]
        self._sum = [0, 0]  # up to the last registers
        self._loose = [0, 0]  # since then, from the days
        self._hole = [False, False]  # since then, days or hours are missing
        self._broken = [False, False]  # since then, the series was
        self._missing = [False, False]  # before them
        self._seen = [False, False]

    def hour_of(self, i: int) -> int:
        """unix // 3600 of the highest hour of day i + 1; only where maxima[i] is known."""
        return oslo.first_hour(self.first + i) + self._at[i]

    def add(self, day) -> None:
        """Take the next DayRecord of the month; those of other months are ignored."""
        i = day.day - self.first
        if not 0 <= i < self.days:
            return
        if day.max_wh is not None:
            self.maxima[i] = day.max_wh
            self._at[i] = day.max_hour - oslo.first_hour(day.day)
        hole = day.day != self._next or day.flags & PARTIAL
        self._next = day.day + 1
        self._channel(0, day.import_wh, day.import_reg_wh, hole, day.flags & BROKEN)
        self._channel(1, day.export_wh, day.export_reg_wh, hole, day.flags & BROKEN)

    def _channel(self, which: int, energy, register, hole, broken) -> None:
        if energy is None:
            hole = True
        else:
            self._loose[which] += energy
            self._seen[which] = True
        if hole:
            self._hole[which] = True
        if broken:
            self._broken[which] = True
        if register is None:
            return
        before = self._registers[which]
        if before is None or self._broken[which] or register < before:
            self._sum[which] += self._loose[which]
            self._missing[which] = self._missing[which] or self._hole[which]
        else:  # exact, whatever was missing in between
            self._sum[which] += register - before
            self._seen[which] = True
        self._registers[which] = register
        self._loose[which] = 0
        self._hole[which] = self._broken[which] = False

    def import_total(self, until: int) -> tuple:
        """(Wh or None, whether energy is missing) of the days before `until` (a day number)."""
        return self._total(0, until)

    def export_total(self, until: int) -> tuple:
        """The same for export."""
        return self._total(1, until)

    def _total(self, which: int, until: int) -> tuple:
        if not self._seen[which]:
            return None, True
        absent = self._next < min(until, self.first + self.days)
        missing = self._missing[which] or self._hole[which] or absent
        return self._sum[which] + self._loose[which], missing


def highest(sums) -> list:
    """Indexes of the three days with the highest hours, highest first, the earlier before its
    equal."""
    order = [i for i in range(sums.days) if sums.maxima[i] != UNKNOWN]
    order.sort(key=lambda i: (-sums.maxima[i], i))
    return order[:3]
