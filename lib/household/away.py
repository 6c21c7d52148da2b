"""Leaving the cabin, and what the registers say on return: domain.md 4.3. Dropped when idle().

A dongle on the meter's outgoing side dies with the breaker, so the proof is made on return: the
meter's register before and after. Registers come once an hour. The one before is up to an hour
older than the loss of power, the one after comes up to 61 minutes after the return; what was used
in those two pieces is integrated from power and given apart, as "ca.".

        register     power lost          power back       hourly list
    -------|-------------|~~~~~~~~~~~~~~~~~~~|----------------|-----
        before_wh    off_utc              on_utc           after_wh
           <--before_used-->              <---after_used----->

Energies in Wh, times in Unix seconds, None where not known.
"""

# a report is a list with these places, as JSON keeps it
FIELDS = (
    "kind",
    "left_utc",  # when the owner said so
    "off_utc",  # last sign of life; the power went at most ten minutes later
    "on_utc",
    "before_wh",
    "before_utc",
    "before_used_wh",
    "after_wh",
    "after_utc",
    "after_used_wh",
    "outages",
    "flags",
)
_KIND, _LEFT, OFF, _ON, _BEFORE, _BEFORE_AT, _BEFORE_USED = 0, 1, 2, 3, 4, 5, 6
_AFTER, _AFTER_AT, _AFTER_USED, _OUTAGES, FLAGS = 7, 8, 9, 10, 11

POWER_LOST = 0  # kind: the dongle was without power
SWITCHED_OFF = 1  # and the owner had said that everything would be off
HEAT_LEFT_ON = 2  # the owner was away, the dongle was not

METER_DARK = 1  # flags: the meter's clock was lost too: no power for more than about a week
NEW_METER = 2  # the registers are not of one meter
SEEN = 4  # the owner has put the report away
DRAINED = 8  # the owner had drained the water

_REPORTS = 4
_GAP_S = 3600


class Away:
    """plan     what leave() was told: [kind, utc, register Wh, its time, used since, drained], or None
    reports     newest first, at most four

    After a start: restore(), boot(), then clock() once and registers() and power() with the lists.
    All that return bool say True when state() must be saved now.
    """

    def __init__(self):
        self.plan = None
        self.reports = []
        self._boot_ms = 0
        self._before = None  # until clock() has judged it
        self._dark = None
        self._new_meter = self._unseen = False  # _unseen: a start has lost what was used before it
        self._early = None  # registers that came before the time was known: Wh, ms, used
        self._w = self._ws = 0
        self._ms = None

    def boot(self, ms: int, alive_utc, register_wh, register_utc, used_wh) -> None:
        """What was known when the dongle was last alive: when that was, the last hourly register,
        when it was read, energy integrated since (see last_alive())."""
        self._boot_ms = ms
        self._before = (alive_utc, register_wh, register_utc, used_wh)

    def clock(self, utc: int, ms: int) -> bool:
        """The time is known at last, perhaps long after boot()."""
        before = self._before
        self._before = None
        if before is None or before[0] is None:
            return False
        on_utc = utc - (ms - self._boot_ms) // 1000
        report = self.waiting()
        if self.plan is not None and self.plan[1] > before[0]:
            before = self.plan[1:5]  # leave() came after what was put by
        alive = before[0]
        if report is not None:  # a start that ended before the ledger was saved is a sign of life
            alive = max(alive, report[_ON])
        if on_utc - alive < _GAP_S:
            if report is None or self._early is None:
                return False
            wh, at, used = self._early
            self._complete(report, wh, utc - (ms - at) // 1000, used)
            return True
        if report is None:
            report = self._open(POWER_LOST, before)
            if self.plan is not None and self.plan[0] == SWITCHED_OFF:
                report[_KIND] = SWITCHED_OFF
                report[_LEFT] = self.plan[1]
                if self.plan[5]:
                    report[FLAGS] |= DRAINED
                self.plan = None
        report[_OUTAGES] += 1
        report[_ON] = on_utc
        if self._dark:
            report[FLAGS] |= METER_DARK
        if self._early is not None:
            wh, at, used = self._early
            self._complete(report, wh, utc - (ms - at) // 1000, used)
        return True

    def meter_clock(self, ok) -> None:
        """MeterClock.meter_ok with the first lists after the start. OMNIPOWER's clock lasts seven
        days without power and then sends the year 2000 and status bit 0."""
        if self._dark is None and ok is not None:
            self._dark = not ok

    def power(self, import_w, ms: int) -> None:
        """Every list's power until the hourly list has come."""
        if self._ms is not None:
            self._ws += self._w * min(ms - self._ms, 30000) // 1000
        self._ms = ms
        if import_w is not None:
            self._w = import_w

    def registers(self, import_wh: int, utc, ms: int, new_meter: bool = False) -> bool:
        """An hourly list at `utc` (None: not known yet). new_meter: another meter, or its register
        went down: the ledger's METER_CHANGED or FELL."""
        self._new_meter = self._new_meter or new_meter
        if self._before is not None or utc is None:
            if self._early is None:
                self._early = (import_wh, ms, self._ws // 3600)
            return False
        report = self.waiting()
        if report is None:
            return False
        self._complete(report, import_wh, utc, self._ws // 3600)
        return True

    def leave(self, kind: int, utc: int, register_wh, register_utc, used_wh, drained) -> None:
        """The owner leaves: SWITCHED_OFF or HEAT_LEFT_ON, at `utc`; the last hourly register, when
        it was read and the energy since; drained: whether the water is, None not asked."""
        self.plan = [kind, utc, register_wh, register_utc, used_wh, drained]

    def back(self, utc: int, ms: int) -> bool:
        """The owner is back and the dongle was alive: report against the plan's register."""
        plan = self.plan
        self.plan = None
        if plan is None:
            return False
        report = self.waiting()
        if report is not None:
            # The power was away within the absence: its evidence is older
            if plan[1] < report[OFF]:
                report[_KIND] = plan[0]
                report[_LEFT] = plan[1]
                report[_BEFORE : _BEFORE_USED + 1] = plan[2:5]
            return True
        report = self._open(plan[0], (plan[1], plan[2], plan[3], plan[4]))
        report[_LEFT] = plan[1]
        report[_ON] = utc
        if plan[5]:
            report[FLAGS] |= DRAINED
        self._unseen = self._new_meter = False
        self._ws = 0
        self._ms = ms
        return True

    def waiting(self):
        """The report that still lacks the register after, or None."""
        report = self.reports[0] if self.reports else None
        return report if report is not None and report[_AFTER] is None else None

    def idle(self) -> bool:
        """Nothing to wait for: the object may go, as long as state() is kept."""
        return self._before is None and self.waiting() is None

    def _open(self, kind: int, before) -> list:
        off_utc, register_wh, register_utc, used_wh = before
        report = [kind, None, off_utc, None, register_wh, register_utc, used_wh]
        self.reports.insert(0, report + [None, None, None, 0, 0])
        del self.reports[_REPORTS:]
        return self.reports[0]

    def _complete(self, report, wh: int, utc: int, used: int) -> None:
        report[_AFTER] = wh
        report[_AFTER_AT] = utc
        report[_AFTER_USED] = None if self._unseen else used
        if self._new_meter or (report[_BEFORE] is not None and wh < report[_BEFORE]):
            report[FLAGS] |= NEW_METER

    def state(self) -> list:
        """For restore(), as JSON 500 octets at most; to be saved only when there is news."""
        return [1, self.plan, self.reports]

    def restore(self, kept) -> bool:
        """Take up a state(); False, and nothing taken, for anything else. A report that waits goes
        on waiting."""
        if type(kept) is not list or len(kept) != 3 or kept[0] != 1:
            return False
        plan, reports = kept[1:]
        if type(reports) is not list or (plan is not None and _places(plan) != 6):
            return False
        if any(_places(report) != len(FIELDS) for report in reports):
            return False
        self.plan = plan
        self.reports = reports
        self._unseen = self.waiting() is not None
        return True


def _places(value) -> int:
    return len(value) if type(value) is list else 0


def last_alive(ledger) -> tuple:
    """(alive_utc, register_wh, register_utc, used_wh) for boot(), from a Ledger just restored: the
    running hour's covered time says how far it had come."""
    running = ledger.running
    alive = ledger.utc
    used = None
    if running.hour is not None:
        alive = max(alive or 0, running.hour * 3600 + running.covered_ms // 1000)
        if ledger.hour == running.hour:
            used = running.import_wh
    return alive, ledger.import_wh, ledger.utc, used


def away_wh(report):
    """Energy between power lost and power back: the registers' difference less what was used in
    the two pieces at its ends, at least 0; "ca."; None when one of them is not known."""
    parts = (report[_BEFORE], report[_BEFORE_USED], report[_AFTER], report[_AFTER_USED])
    if None in parts or report[FLAGS] & NEW_METER:
        return None
    return max(0, parts[2] - parts[0] - parts[1] - parts[3])


def expected_utc(now: int) -> int:
    """When the next hourly list should have come: a minute past the hour."""
    return (now - 90) // 3600 * 3600 + 3660
