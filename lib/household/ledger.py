"""From the meter's registers to hours with provenance: measured, split, or one sum.

A register read at the first list of an hour closes the hours before it:

    registers   R0          R1          R2 = R1                     R3
    lists        |-----------|-----------|-----x-----x-----------|---
    hours        MEASURED     MEASURED 0  one total, R3 - R2: SPLIT when power was
                                          seen throughout, else SUM_ONLY

Nothing is invented and nothing lost: what is recorded always adds up to the difference of the
registers, to the Wh. An hour with no record is missing; the running hour is in running.py.

An hourly list is known by having registers, never by its second: Kamstrup documents xx:00:05, seen
are :05 to :55. Registers within 90 s of the hour count as read on it. This also serves the meters
that send registers every 10 s (Aidon and Kaifa in Sweden, P1): their first list in the hour is the
boundary, the rest of the hour is ignored. `latched` False takes what was used between xx:00:00
and the list off the registers; off by default, as no source says OMNIPOWER needs it.

Energies in Wh; `utc` in Unix seconds is the list's own time, MeterClock.on_reading()'s answer.
"""

from household.record import CLOCK, MEASURED, NEW_METER, REGISTER_FELL, SUM_ONLY, HourRecord
from household.running import KEPT, UNKNOWN, RunningHour

# bits of Ledger.event
METER_CHANGED = 1
FELL = 2  # a register went down
LATE = 4  # no registers within 90 s of this hour: it ends with a later list
REPEATED = 8  # the list had been sent before
GAP = 16  # hourly lists were missing
WENT_BACK = 32  # the clock stands before hours that are already recorded

_BOUNDARY_S = 90
_WAIT_HOURS = 48  # for the time to catch up with what is recorded; beyond it the clock was wrong
_LIMIT_WH = 0xFFFFFFFF  # not to be reached, as in record.py


class Ledger:
    """The base: registers `import_wh`, `export_wh` that hold at the start of `hour` (None before
    the first list) as read at `utc`. `exact` False when they are older or younger than that start.

    `event` is what the last list brought about, `changed` True when state() should be saved,
    `error_wh` integrated minus measured for the last measured hour or None, for the log.
    """

    def __init__(self, latched: bool = True, running=None):
        """`running`: a RunningHour that is there already, see keep()."""
        self.latched = latched
        self.running = running or RunningHour()
        self.import_wh = self.export_wh = None
        self.hour = self.utc = self.meter_id = None
        self.exact = False
        self.event = 0
        self.changed = False
        self.error_wh = None
        self.end = 0  # all that is recorded lies before this hour
        self._flags = NEW_METER  # for the next record
        self._before_fall = ()  # (import, export, hour, exact) until the next list confirms it
        self._late = 0  # the hour LATE was said of
        self._record = HourRecord()

    def on_power(self, import_w, export_w, utc, ms: int) -> None:
        """Every list's powers, before its registers; `utc` is MeterClock.utc(ms)."""
        self.running.on_power(import_w, export_w, utc, ms)

    def clock_jumped(self) -> None:
        """MeterClock reported JUMP: the hours around it have no whole length, so only a sum."""
        self._flags |= CLOCK
        self.exact = False
        self.changed = True

    def on_registers(self, import_wh, export_wh, utc, meter_id, doubtful: bool = False):
        """Take a list's registers (`export_wh` None: not sent). Returns the records to append, as
        an iterable of one HourRecord filled again for each: store them in one write."""
        self.event = 0
        if utc is None or not self._plausible(import_wh, export_wh):
            return ()
        if meter_id:
            meter_id = meter_id[-24:]  # what state() has room for
        hour = utc // 3600
        late = utc % 3600 > _BOUNDARY_S
        if self.hour is None or (meter_id and self.meter_id and meter_id != self.meter_id):
            if self.hour is not None:
                self.event = METER_CHANGED
            self._flags |= NEW_METER
            self._before_fall = ()
            return self._begin(import_wh, export_wh, hour, not late, utc, meter_id, doubtful)
        again = utc <= self.utc
        if again and import_wh <= self.import_wh and (self.exact or utc == self.utc):
            self.event = REPEATED
            return ()
        if self._less(import_wh, export_wh, self.import_wh, self.export_wh):
            return self._fall(import_wh, export_wh, hour, not late, utc, meter_id, doubtful)
        if self._before_fall:
            self._confirm_fall(self._before_fall, import_wh, export_wh)
        if again or hour < self.hour:  # the register went on, so it is the clock
            self.event = WENT_BACK
            self._flags |= CLOCK
            self._base(self.import_wh, self.export_wh, hour, False, utc)
            return ()
        if not late:
            import_wh, export_wh = self._at_the_hour(
                import_wh, export_wh, hour, self.import_wh, self.export_wh
            )
        # an unchanged register holds at every hour since, however late in the hour it is read
        same = import_wh == self.import_wh and export_wh == self.export_wh
        if hour == self.hour:
            return ()
        if late and not same:
            if hour != self._late:
                self.event = LATE
            self._late = hour
            return ()
        return self._close(self.hour, import_wh, export_wh, hour, same, utc, meter_id, doubtful)

    def _plausible(self, import_wh, export_wh) -> bool:
        return import_wh is not None and 0 <= import_wh < _LIMIT_WH > (export_wh or 0) >= 0

    def _less(self, import_wh, export_wh, than_import, than_export) -> bool:
        if export_wh is not None and than_export is not None and export_wh < than_export:
            return True
        return import_wh < than_import

    def _base(self, import_wh, export_wh, hour: int, exact: bool, utc: int) -> None:
        if hour < self.end:
            # Two records for one hour would be wrong whatever they say: wait for the time to pass
            # what is recorded, and let the energy be part of the sum that comes then.
            exact = False
            if self.end - hour > _WAIT_HOURS:
                self.end = hour
            hour = self.end
        self.import_wh = import_wh
        self.export_wh = export_wh
        self.hour = hour
        self.exact = exact
        self.utc = utc
        self.changed = True

    def _begin(self, import_wh, export_wh, hour, exact, utc, meter_id, doubtful):
        """A base with nothing before it."""
        if doubtful:
            self._flags |= CLOCK
        if exact:
            import_wh, export_wh = self._at_the_hour(import_wh, export_wh, hour, 0, 0)
        self.meter_id = meter_id or self.meter_id
        self._base(import_wh, export_wh, hour, exact, utc)
        return ()

    def _fall(self, import_wh, export_wh, hour, exact, utc, meter_id, doubtful):
        self.event = FELL
        self._flags |= REGISTER_FELL
        if not self._before_fall:
            self._before_fall = (self.import_wh, self.export_wh, self.hour, self.exact)
        return self._begin(import_wh, export_wh, hour, exact, utc, meter_id, doubtful)

    def _confirm_fall(self, old, import_wh, export_wh) -> None:
        """Registers back where they were: one list was wrong, and the old base still holds."""
        self._before_fall = ()
        if not self._less(import_wh, export_wh, old[0], old[1]):
            self.import_wh, self.export_wh, self.hour, self.exact = old
            self._flags &= ~REGISTER_FELL

    def _at_the_hour(self, import_wh, export_wh, hour: int, least_import, least_export) -> tuple:
        """Registers read at send time -> as they were at xx:00:00, where power was seen."""
        running = self.running
        if not self.latched and running.hour == hour:
            import_wh = max(least_import, import_wh - running.import_wh)
            if export_wh is not None:
                export_wh = max(least_export or 0, export_wh - running.export_wh)
        return import_wh, export_wh

    def _close(self, first, import_wh, export_wh, hour, same, utc, meter_id, doubtful):
        """Registers that hold at `hour`: record everything since the base, which is at `first`."""
        exact = self.exact
        if same and not exact:
            first += 1  # the part of it before the base is not known to be zero
        span = hour - first
        total = import_wh - self.import_wh
        given = None
        if export_wh is not None and self.export_wh is not None:
            given = export_wh - self.export_wh
        flags = self._flags | (CLOCK if doubtful else 0)
        self.error_wh = None
        if span > 1:
            self.event = GAP
        records = ()
        if 0 < span < 65536:
            quality = SUM_ONLY
            if same or (exact and span == 1):
                quality = MEASURED
                if span == 1 and self.running.estimate(first) != UNKNOWN:
                    self.error_wh = self.running.estimate(first) - total
            record = self._record.set(
                first, span, quality, total, given, import_wh, export_wh, flags
            )
            records = (record,)
            if quality == SUM_ONLY and exact and span <= KEPT:
                from household.gap import shares  # hours are seldom missing

                records = shares(record, self.running) or records
            self._flags = 0
            self.end = hour
        if doubtful:
            self._flags |= CLOCK
        self.meter_id = meter_id or self.meter_id
        self._base(import_wh, export_wh, hour, True, utc)
        return records

    def keep(self) -> list:
        """All but `running`, for resume(): between the hours that is enough of a ledger."""
        return [
            self.import_wh,
            self.export_wh,
            self.hour,
            self.utc,
            self.meter_id,
            self.end,
            self._flags << 1 | self.exact,
            self._before_fall,
            self._late,
        ]

    def resume(self, kept: list) -> None:
        """Go on from keep()."""
        self.import_wh, self.export_wh, self.hour, self.utc, self.meter_id = kept[:5]
        self.end, flags, self._before_fall, self._late = kept[5:]
        self.exact = bool(flags & 1)
        self._flags = flags >> 1

    def state(self) -> list:
        """What must survive a restart: ints, None and a text, under 120 octets as JSON. Save it
        when `changed` is set, and every ten minutes while power flows."""
        self.changed = False
        running = self.running
        state = self.keep()[:7]
        state += [running.hour, running.import_wh, running.export_wh, running.covered_ms // 1000]
        return state

    def restore(self, state, last=None) -> None:
        """Take up a saved state() (None: lost) and the journal's newest HourRecord. The record wins
        when it is the younger: the power may have gone between the two writes. Back-fills nothing.
        """
        if state:
            running = self.running
            self.resume(state[:7] + [(), 0])
            running.hour, running.import_wh, running.export_wh, covered = state[7:]
            running.covered_ms = covered * 1000
        if last is None or last.import_reg_wh is None:
            return
        end = last.hour + last.span
        if self.hour is None:
            # lost, or begun anew by the owner's no, which is no loss
            younger = end > self.end
        elif self._flags & (NEW_METER | REGISTER_FELL):  # registers of two series: only time tells
            younger = end > self.hour
        elif last.import_reg_wh == self.import_wh:
            younger = self.exact and end > self.hour
        else:  # the younger one, or the last that got to the flash before those that did not
            younger = True
        if younger:
            self._flags = (self._flags | last.flags) & CLOCK
            self.end = end
            self._base(last.import_reg_wh, last.export_reg_wh, end, True, end * 3600)
