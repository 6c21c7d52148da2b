"""Hour records -> local days (day_record.py)."""

from household import oslo
from household.day_record import BROKEN, DOUBTFUL, PARTIAL, DayRecord
from household.record import CLOCK, NEW_METER, REGISTER_FELL, SUM_ONLY


class DayFold:
    """Takes hour records in order; calls on_day(record) for each day that ends or is left behind.

    `record` is the open day so far, or None between two days. After a restart call begin() with
    the day after the last one stored and feed the hours from its midnight again.
    """

    def __init__(self, on_day):
        self.record = None
        self._on_day = on_day
        self._day = DayRecord()
        self._from = 0  # hours before it are accounted for
        self._first = self._end = 0  # the open day's hours
        self._covered = 0

    def begin(self, day: int) -> None:
        """Ignore hours before the local midnight that begins `day`."""
        self.record = None
        self._from = oslo.first_hour(day)

    def missing(self, until: int) -> int:
        """How many of the open day's hours before `until` are not in its sum."""
        return max(0, min(until, self._end) - self._first - self._covered) if self.record else 0

    def add(self, hour_record) -> None:
        """Take the next HourRecord, whatever its span."""
        hour = max(hour_record.hour, self._from)
        end = hour_record.hour + hour_record.span
        while hour < end:
            if not self.record or not self._first <= hour < self._end:
                self._open(oslo.local_day(hour))
            stop = min(end, self._end)
            whole = hour == hour_record.hour and stop == end
            self._take(hour_record, hour, stop - hour, whole)
            hour = stop
            if stop == self._end:
                if stop == end:
                    self._day.import_reg_wh = hour_record.import_reg_wh
                    self._day.export_reg_wh = hour_record.export_reg_wh
                self._shut()

    def _open(self, day: int) -> None:
        self._shut()
        self.record = self._day
        self.record.clear(day)
        self._first = oslo.first_hour(day)
        self._end = oslo.first_hour(day + 1)
        self._covered = 0

    def _shut(self) -> None:
        record = self.record
        self.record = None
        if record and (record.import_wh is not None or record.import_reg_wh is not None):
            if self._covered < self._end - self._first:
                record.flags |= PARTIAL
            self._on_day(record)

    def _take(self, source, hour: int, count: int, whole: bool) -> None:
        day = self._day
        if source.flags & CLOCK:
            day.flags |= DOUBTFUL
        energy = source.import_wh
        # a sum of nothing says all about its hours
        known = source.quality != SUM_ONLY or energy == 0
        # of a sum's days the first may have no record
        if source.flags & (NEW_METER | REGISTER_FELL) and (hour == source.hour or not known):
            day.flags |= BROKEN
        if energy is None or not (known or whole):
            return
        day.import_wh = (day.import_wh or 0) + energy
        given = source.export_wh
        if given is not None and (whole or not given):
            day.export_wh = (day.export_wh or 0) + given
            given = None
        if given is None:  # nothing left that belongs to another day too
            self._covered += count
        if known:
            day.hours += count
            if day.max_wh is None or energy > day.max_wh:
                day.max_wh = energy
                day.max_hour = hour
