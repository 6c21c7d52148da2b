"""Octets from the HAN port -> MeterDecoder -> Live, and the line's settings.

The UART's own buffer holds 8.5 s at 2400 Bd, so this task may come late but must not wait for
anything: not for Wi-Fi, not for a page, not for flash.
"""

import asyncio

from micropython import const

from app import clock
from app.rare import forget
from hanport.decoder import MeterDecoder
from household.line import Doctor
from household.meter_time import MeterClock

_POLL = const(50)  # ms: 12 octets a pass at 2400 Bd, and the larger part of the way to the phone
_IDLE = const(1000)  # ms of silence end a frame; the longest takes 1.3 s but has no such pause
_LOST = const(30000)  # ms with octets but without a list, and the line's settings are in doubt
_PASS = const(2048)  # octets in one go, so that a sped-up meter leaves the pages their turn


class Meter:
    """Reads for ever. `decoder.counters` tell what came and what became of it, `doctor` what that
    means; `clock` is the meter's; `search` is a hanport LineSearch while there is one, else None."""

    name = "meter"

    def __init__(self, board, settings, live):
        """Nothing is opened before run()."""
        self.beat = 0
        self.decoder = MeterDecoder()
        self.doctor = Doctor(clock.ms())
        self.clock = MeterClock()
        self.search = None
        self._board = board
        self._settings = settings
        self._live = live
        self._view = memoryview(bytearray(256))
        self._source = None
        self._quiet = True  # the half frame has been given up
        self._heard_at = self._looked_at = 0

    async def run(self) -> None:
        """The task."""
        if self._source is None:
            from app import reader_settings

            reader_settings.apply(self.decoder, self._settings)
            forget("app.reader_settings")
            self._source = self._board.open_meter(self._settings)
            self._set_line(self._settings["line"] or 0)
        while True:
            self.beat = now = clock.ms()
            self._read(now)
            if now - self._looked_at >= 1000:
                self._looked_at = now
                self._look_at_line(now)
            await asyncio.sleep_ms(_POLL)

    def verdict(self, ms: int) -> str:
        """What ails the line, a code of household.line."""
        return self.doctor.verdict(ms, self.search is not None and self.search.searching)

    def _read(self, now):
        view = self._view
        taken = 0
        while taken < _PASS:
            count = self._source.readinto(view)
            if not count:
                break
            taken += count
            at = 0
            while at < count:
                at += self.decoder.feed(view[at:count])
                self._take_readings(now)
        if taken:
            self._quiet = False
            self._heard_at = now
        elif not self._quiet and now - self._heard_at >= _IDLE:
            self._quiet = True
            self.decoder.flush()
            self._take_readings(now)

    def _take_readings(self, now):
        while True:
            reading = self.decoder.next_reading()
            if reading is None:
                return
            self._live.store(reading, now, self.clock.on_reading(reading, now))

    def _set_line(self, choice):
        from hanport.line_search import setting

        baud, even, opposite = setting(choice)
        forget("hanport.line_search")
        inverted = self._settings["inverted"] != opposite
        self._board.set_line(self._source, baud, 0 if even else None, inverted)

    def _look_at_line(self, now):
        """Once a second. A line without octets has nothing to try settings on."""
        self.doctor.tick(self.decoder.counters, now)
        search = self.search
        if now - self._heard_at > _LOST or self._settings["line_locked"]:
            self.search = None
        elif search is None:
            if now - self._live.at > _LOST:
                from hanport.line_search import LineSearch

                known = self._settings["line"]
                self.search = LineSearch(known or 0, known is not None, now)
        else:
            counts = self.decoder.counters.as_dict()
            damaged = counts["hcs_errors"] + counts["fcs_errors"] + counts["too_long"]
            if search.step(counts["frames"], damaged, now):
                self._set_line(search.choice)
            elif now - self._live.at <= _LOST and not search.searching:
                self.search = None
                self._keep_line(search.choice)

    def _keep_line(self, choice):
        if choice != self._settings["line"]:
            try:
                self._settings.change({"line": choice})
            except OSError as error:
                print("settings:", error)  # found again after the next start
