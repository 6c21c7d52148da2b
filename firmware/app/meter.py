"""Octets from the HAN port -> MeterDecoder -> Live and Hours, and the line's settings. Nothing is read
without the owner's consent (consent.py).

The UART's own buffer holds 8.5 s at 2400 Bd, so this task may come late but must not wait for
anything: not for Wi-Fi, not for a page, not for flash.
"""

import asyncio

from micropython import const

from app import clock
from app.consent import GIVEN
from app.rare import forget
from hanport.decoder import MeterDecoder
from household.line import Doctor

_POLL = const(50)  # ms: 12 octets a pass at 2400 Bd, and the larger part of the way to the phone
_IDLE = const(1000)  # ms of silence end a frame; the longest takes 1.3 s but has no such pause
_LOST = const(30000)  # ms with octets but without a list, and the line's settings are in doubt
_PASS = const(2048)  # octets in one go, so that a sped-up meter leaves the pages their turn


class Meter:
    """Reads for ever. `decoder.counters` tell what came and what became of it; `search` is a
    hanport LineSearch while there is one, else None."""

    name = "meter"

    def __init__(self, board, settings, live, consent, hours):
        """Nothing is opened before run()."""
        self.beat = 0
        self.decoder = MeterDecoder()
        self.hours = hours
        self.doctor = Doctor(clock.ms())
        self.search = None
        self.keys_mark = 0
        self._values = None  # settings that are in force
        self._board = board
        self._settings = settings
        self._live = live
        self._consent = consent
        self._view = memoryview(bytearray(256))
        self._source = None
        self._missed = False  # lists came that were not to be read
        self._quiet = True  # the half frame has been given up
        self._heard_at = self._looked_at = 0

    async def run(self) -> None:
        """The task."""
        while True:
            self.beat = now = clock.ms()
            if self._consent.state != GIVEN:
                self._missed = True
                await asyncio.sleep_ms(_POLL)
                continue
            if self._source is None:
                self._source = self._board.open_meter(self._settings)
            elif self._missed:
                while self._source.readinto(self._view):
                    pass  # what came without consent
            self._missed = False
            if self._values is not self._settings.values:
                self._values = self._settings.values
                self._apply()
            self._read(now)
            if now - self._looked_at >= 1000:
                self._looked_at = now
                self._look_at_line(now)
            await asyncio.sleep_ms(_POLL)

    def forget(self) -> None:
        """Drop all that is known of the meter in RAM: the consent was withdrawn."""
        self.decoder = MeterDecoder()
        self.search = self._values = None
        self.keys_mark = 0
        self._live.clear(clock.ms())
        self._live.wake()
        self.hours.at_hourly("stop")

    def verdict(self, ms: int) -> str:
        """What the line doctor says, household.line."""
        searching = self.search is not None and self.search.searching
        return self.doctor.verdict(ms, searching, self.bus())

    def bus(self) -> bool | None:
        """Whether the bus has voltage, None where nothing senses it."""
        pin = self._settings["bus"]
        return None if pin is None else self._board.level(pin) != self._settings["bus_low"]

    def _apply(self):
        from app import reader_settings

        reader_settings.apply(self, self._settings)
        forget("app.reader_settings")
        if self.search is None or self._settings["line_locked"]:
            self._set_line(self._settings["line"] or 0)

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
            if self._consent.admits(reading, now):
                self._live.store(reading, now)
                self.hours.store(reading, now)
            elif self._consent.state != GIVEN:
                self.forget()  # another meter: not even its values may stay
                return

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
