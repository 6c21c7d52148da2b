"""Octets from the HAN port -> MeterDecoder -> Live, and the search for the line's settings.

The UART's own buffer holds 8.5 s at 2400 Bd, so this task may come late but must not wait for
anything: not for Wi-Fi, not for a page, not for flash.
"""

import asyncio

from micropython import const

from app import clock
from hanport.decoder import MeterDecoder
from household.meter_time import MeterClock

_POLL = const(50)  # ms: 12 octets a pass at 2400 Bd, and the larger part of the way to the phone
_IDLE = const(1000)  # ms of silence end a frame; the longest takes 1.3 s but has no such pause
_DWELL = const(25000)  # ms on one line setting: two lists of a Kamstrup
_GARBAGE = const(64)  # octets in a dwell: less is an idle line, and says nothing of its settings
_PASS = const(2048)  # octets in one go, so that a sped-up meter leaves the pages their turn

# (parity, inverted) in the order to try: the Kamstrup behind the optocoupler that
# firmware/README.md describes, then Aidon and Kaifa there, then a receiver that does not invert.
_LINES = ((None, True), (0, True), (None, False), (0, False))


class Meter:
    """Reads for ever. `octets` counts what came, `decoder.counters` what became of it."""

    name = "meter"

    def __init__(self, board, settings, live):
        """Nothing is opened before run()."""
        self.beat = 0
        self.octets = 0
        self.decoder = MeterDecoder(settings["energy_wh"])
        self.clock = MeterClock()
        self._board = board
        self._settings = settings
        self._live = live
        self._view = memoryview(bytearray(512))
        self._source = None
        self._heard_at = None  # of the latest octet; None = the half frame has been given up
        parity, polarity = settings["parity"], settings["polarity"]
        self._lines = [
            line
            for line in _LINES
            if parity in ("auto", "none" if line[0] is None else "even")
            and polarity in ("auto", "inverted" if line[1] else "normal")
        ]
        self._dwell_at = 0
        self._dwell_octets = 0
        self._dwell_seq = 0

    async def run(self) -> None:
        """The task."""
        self._source = self._board.open_meter(self._settings)
        self._set_line(clock.ms())
        while True:
            self.beat = now = clock.ms()
            self._read(now)
            self._look_at_line(now)
            await asyncio.sleep_ms(_POLL)

    def _read(self, now):
        view = self._view
        taken = 0
        while taken < _PASS:
            count = self._source.readinto(view)
            if not count:
                break
            taken += count
            self._feed(view[:count], now)
        if taken:
            self.octets += taken
            self._dwell_octets += taken
            self._heard_at = now
        elif self._heard_at is not None and now - self._heard_at >= _IDLE:
            self._heard_at = None
            self.decoder.flush()
            self._take_readings(now)

    def _feed(self, data, now):
        at = 0
        while at < len(data):
            at += self.decoder.feed(data[at:] if at else data)
            self._take_readings(now)

    def _take_readings(self, now):
        while True:
            reading = self.decoder.next_reading()
            if reading is None:
                return
            self._live.store(reading, now, self.clock.on_reading(reading, now))

    def _look_at_line(self, now):
        """Octets but no list for a dwell: the settings are wrong, and the next ones get a try."""
        if now - self._dwell_at < _DWELL:
            return
        silent = self._live.seq == self._dwell_seq
        if silent and self._dwell_octets >= _GARBAGE and len(self._lines) > 1:
            self._lines.append(self._lines.pop(0))
            self._set_line(now)
            return
        self._dwell_at, self._dwell_octets, self._dwell_seq = now, 0, self._live.seq

    def _set_line(self, now):
        parity, inverted = self._lines[0]
        self._board.set_line(self._source, self._settings["baud"], parity, inverted)
        self.decoder.flush()
        self._take_readings(now)
        self._dwell_at, self._dwell_octets, self._dwell_seq = now, 0, self._live.seq
