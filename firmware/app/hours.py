"""Between the lists and the flash: what the household asks of every list is answered here, and
every hourly list goes to the ledger and from there to the journal.

    store()     every list, in the meter's task: quality, presence, the hour in progress, budget
    hourly.py   an hourly list: ledger -> journal; loaded for it and let go
    turn.py     after that, in this task: days, month, step, standby load; the same

What is only needed once an hour is not kept: the ledger is put by as a list of its figures, days
and month are made from the journal. Trouble with the flash never comes near the meter's task.
"""

import asyncio
import gc

from micropython import const

from app import clock
from app.rare import forget
from household.budget import Budget
from household.meter_time import MeterClock
from household.presence import Presence
from household.quality import Quality
from household.running import RunningHour

_POLL = const(1000)
_LOOK_MS = const(10000)  # one list: as often as the warnings may change
_SAVE_MS = const(600000)
_READ_S = const(120)
_AGAIN_MS = const(10000)

# with nobody at the journal: all that knows a HourRecord must go together
_HOURLY = (
    "app.hourly app.kept app.turn app.absence app.journal app.tail app.history app.nest app.state "
    "app.erase app.rows app.ranges app.words app.sheets app.open_day app.csv_table app.csv_hours "
    "app.csv_days app.csv_peaks app.month_sums app.resume household.day_record household.gap "
    "app.api_hours app.hours_json app.api_days app.days_json app.api_months app.months_json "
    "app.api_peaks app.peaks_json household.record household.ledger household.days "
    "household.month_sum household.dates household.tariff household.tariff_check household.month "
    "household.steps household.quality_report household.scale_check household.away "
    "household.validity"
)

_BOOKING = "app.hourly app.kept app.absence app.state household.ledger household.gap household.scale_check"


class Hours:
    """Read by api_now.py and the routes of the history:

    clock, running, budget, presence, quality   as in household/
    last        newest hour record: (hour, span, import_wh, export_wh, quality's letter, whether the
                clock was in doubt), or None
    today       (day, import_wh, export_wh, hours missing, hours known, max_wh, max_hour) up to the
                last whole hour, or None
    standby     (W, hours known) or None
    sheet       (id, name, group, valid_to) of the price sheet in force, or None; `quota_wh`
    scale       (power of ten or 0, error in Wh, hours in a row) while the register and the power do
                not fit, else None
    away_now    "planned", "waiting", "report" or None
    rev         counts what the hourly work has changed
    """

    name = "hours"

    def __init__(self, folder: str, settings, live, flash_keeps: bool):
        """`flash_keeps`: what is erased has to be written over, see erase.wipe()."""
        self.beat = 0
        self.flash_keeps = flash_keeps
        self.path = folder + "/hours"
        self.settings = settings
        self.live = live
        self.clock = MeterClock(settings["zone"])
        self.running = RunningHour()
        self.budget = Budget()
        self.presence = Presence()
        self.quality = Quality()
        self.journal = self.last = self.today = self.standby = self.sheet = self.quota_wh = None
        self.scale = self.away = self.away_now = self.frost = self.month = self.ledger = None
        self.cipher = self.cipher_mark = None  # the decoder's, for its counter to be kept
        self.rev = self.error = self.users = 0
        self.due = True  # turn() has something to do
        self.waiting = None  # an hourly list that is not booked yet
        self.erasing = self.unfinished = False  # unfinished: the power went while erasing
        self.turning = False  # turn() is at work: whoever needs heap should wait for it
        self.hour = None  # of the latest turn()
        self._values = self._model = None  # settings that are in force, and the meter's type
        self.away_known = False  # start_away() has been
        self.events = 0  # the clock's, see clock_event()
        self.seen = ()  # id, registers and time of the latest hourly list, see _is_news()
        self._alerts = ()
        self._looked_at = self._saved_at = self._turn_at = 0
        self._read_for = 0
        self._signal = True
        self.at_hourly("start")

    # every list

    def store(self, r, ms: int) -> None:
        """A list that may be used."""
        t = self.clock.on_reading(r, ms)
        utc = self.clock.utc(ms)
        self.events |= self.clock.event
        if self.events:
            self.at_hourly("clock_event")
        if not self.away_known:
            self.at_hourly("start_away")
        self.quality.sample(r, utc, ms)
        if self.presence.reading(r, utc, ms):
            self.note("cut_off_ended")
            self.at_hourly("save_house")
        self.running.on_power(r.import_w, r.export_w, utc, ms)
        if self.frost is not None and self.frost.sample(r.import_w, utc, ms):
            self.note("frost_" + (self.frost.alert or "ok"), self.frost.alert_utc or 0)
        new_meter = False
        if r.has_registers() and self._is_news(r, t):
            self.waiting = r.import_wh, r.export_wh, t, r.meter_id, self.clock.doubtful
            new_meter = self.at_hourly("book")
        if self.away is not None:
            self.away.list(self, r, t, utc, ms, new_meter)
        if utc is None:
            self.budget.forecast(None, None, 0)
        else:
            so_far = self.running.so_far(utc, ms)[0]
            self.budget.forecast(so_far, self.running.mean_2min(), utc % 3600)

    def event(self, ms: int) -> str:
        """The hour in progress, for the pages: [Wh, coverage in 1/1000, Wh expected at its end, W
        for the rest of it, level]."""
        utc = self.clock.utc(ms)
        if utc is None:
            return ""
        so_far, _, coverage = self.running.so_far(utc, ms)
        budget = self.budget
        parts = []
        for value in (so_far, coverage, budget.expected_wh, budget.allow_w):
            parts.append("null" if value is None else str(value))
        parts.append('"' + budget.level + '"' if budget.level else "null")
        return ',"hour":[' + ",".join(parts) + "]"

    def _is_news(self, r, t):
        """Whether the ledger has to be asked. Some meters send registers in every list, and of an
        hour the first is what counts, unless they have fallen or are another meter's."""
        if t is None:
            return False
        before = self.seen
        self.seen = now = r.meter_id, r.import_wh or 0, r.export_wh or 0, t
        return (
            not before
            or self.waiting is not None
            or (now[0] or before[0]) != before[0]
            or now[1] < before[1]
            or now[2] < before[2]
            or t < before[3]
            or t // 3600 != before[3] // 3600
        )

    # what is loaded for a moment

    def at_hourly(self, what: str):
        """Do what a function of hourly.py says; None when there was no heap for it now."""
        try:
            from app import hourly

            return getattr(hourly, what)(self)
        except MemoryError:
            gc.collect()
            return None
        finally:
            self.drop()
            if self.users:  # the journal stays, and this need not: it knows no record of its own
                forget(_BOOKING)

    def note(self, event: str, figure: int = 0) -> None:
        """Write down an event of log.EVENTS."""
        try:
            from app import log

            log.add(self.path, event, self.clock.utc(clock.ms()), figure)
        except (OSError, MemoryError):
            pass  # what it was about is dealt with all the same
        finally:
            forget("app.log")

    def open(self):
        """The journal, for as long as until close(). OSError when there is none."""
        if self.journal is None:
            from app.journal import Journal

            self.journal = Journal(self.path, self.settings["hour_months"])
        self.users += 1
        return self.journal

    def open_tail(self):
        """What there is to read of it, likewise."""
        self.users += 1
        try:
            if self.journal is not None:
                return self.journal
            from app.tail import Tail

            return Tail(self.path)
        except Exception:  # for want of heap a module may be said not to be there
            self.close()
            raise

    def close(self) -> None:
        """Done with the journal."""
        self.users -= 1
        self.drop()

    def drop(self) -> None:
        """Give the heap back, unless somebody is at it or records wait for a full disk."""
        if self.users:
            return
        if self.journal is not None:
            self.error = self.journal.error
            if self.journal.waiting or self.journal.frozen:
                return
            self.journal = None
        forget(_HOURLY)

    # the task

    async def run(self) -> None:
        """The task: what follows an hour, and what is looked at now and then."""
        while True:
            await self.step(clock.ms())
            await asyncio.sleep_ms(_POLL)

    async def step(self, ms: int) -> None:
        """Once a second."""
        self.beat = ms
        if self.unfinished:
            try:
                from app import erase_history

                await erase_history.erase(self)
                self.unfinished = False
            except MemoryError:
                gc.collect()  # in the next second
        if self.waiting:
            self.at_hourly("book")
        model = self.live.texts[2]
        if self.settings.values is not self._values or model != self._model:
            self._values = self.settings.values
            self._model = model
            self.due = True
            self.at_hourly("settings")
        utc = self.clock.utc(ms)
        # both at once do not fit the heap: what is being read goes first, for two minutes at most
        self._read_for = self._read_for + 1 if self.users else 0
        if 0 < self._read_for <= _READ_S:
            return
        if utc is not None and (self.due or utc // 3600 != self.hour) and ms >= self._turn_at:
            await self._turn(utc // 3600, ms)
        if ms - self._looked_at >= _LOOK_MS:
            self._looked_at = ms
            self._look(ms, utc)
        if ms - self._saved_at >= _SAVE_MS:
            self._saved_at = ms
            self.at_hourly("save")

    async def _turn(self, hour, ms):
        self.due = False
        self.hour = hour
        self.turning = True
        try:
            from app import turn

            await turn.turn(self, hour)
        except OSError as error:
            print("journal:", error)
        except MemoryError:
            gc.collect()
            self.due = True
            self._turn_at = ms + _AGAIN_MS
        finally:
            self.turning = False
            self.drop()

    def _look(self, ms, utc):
        """What is worth writing down."""
        signal = self.live.state(ms) != "no_signal"
        if signal != self._signal and self.live.seq:
            self._signal = signal
            self.note("signal_back" if signal else "signal_lost")
        alerts = self.quality.alerts(utc)
        for code in alerts:
            if code not in self._alerts and not code.endswith("notice") and code != "imbalance":
                self.note(code)
        self._alerts = alerts
