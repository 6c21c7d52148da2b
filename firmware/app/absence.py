"""Away with its links to the firmware. Loaded at the first list after a start and when the owner
leaves or is back, and let go when nothing is waited for."""

from household.away import FLAGS, OFF, SEEN, Away


class Absence(Away):
    """Hours.away."""

    def list(self, hours, r, t, utc, ms: int, new_meter: bool) -> None:
        """A list, after the ledger has had it. `t` is its own time, `utc` what the clock says."""
        self.meter_clock(hours.clock.meter_ok)
        self.power(r.import_w, ms)
        news = utc is not None and self.clock(utc, ms)
        if news:
            hours.note("power_lost", self.reports[0][OFF] or 0)
        if r.import_wh is not None:
            news = self.registers(r.import_wh, t, ms, new_meter) or news
        if news:
            hours.at_hourly("save_away")
        if self.idle():
            hours.away = None

    def now(self):
        """Hours.away_now."""
        if self.waiting() is not None:
            return "waiting"
        if self.reports and not self.reports[0][FLAGS] & SEEN:
            return "report"
        return "planned" if self.plan else None
