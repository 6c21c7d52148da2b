"""The firmware's way of the data from octets to flash, without network and tasks, on either Python:
decoder -> Live and Hours -> ledger -> journal, with a clock that the caller moves.

    dongle = Dongle(folder, {"grid": "area-1"})
    dongle.feed(ms, frame)             ms since the first start, never falling
    dongle.cut(ms)                     the power goes ...
    dongle.start(ms)                   ... and comes back
    dongle.cut_in(n)                   it will go at the n-th touch of the flash from now: feed()
                                       then returns False

What is on flash is in real files, in the folder.
"""

import asyncio
import builtins
import os

from app import clock, hours
from app.live import Live
from app.settings_file import defaults
from hanport.decoder import MeterDecoder

if not hasattr(os, "ilistdir"):  # CPython

    def _ilistdir(path):
        with os.scandir(path) as entries:
            return [(entry.name, 0x4000 if entry.is_dir() else 0x8000) for entry in entries]

    os.ilistdir = _ilistdir


async def _at_once(ms):
    pass


# Time passes when the caller says so
asyncio.sleep_ms = _at_once


class PowerCut(BaseException):
    """Nothing of the firmware may catch it."""


class _Flash:
    """Counts touches of the flash; the power goes at one of them."""

    def __init__(self):
        self.left = None
        self.open = builtins.open
        builtins.open = self.opened

    def touch(self):
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise PowerCut

    def opened(self, path, mode="r", *rest, **more):
        changes = mode[0] != "r" or "+" in mode
        if not changes or self.left is None:
            return self.open(path, mode, *rest, **more)
        self.touch()
        file = self.open(path, mode, *rest, **more)
        return _File(self, file) if "b" in mode else file


class _File:
    """A file that may lose its power in the middle of a write."""

    def __init__(self, flash, file):
        self.flash = flash
        self.file = file
        self.read = file.read
        self.readinto = file.readinto
        self.seek = file.seek

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def close(self):
        self.file.close()

    def write(self, data):
        data = bytes(data)
        try:
            self.flash.touch()
        except PowerCut:
            self.file.write(data[: len(data) // 2])
            raise
        return self.file.write(data)


flash = _Flash()


class Settings:
    """As app.settings.Settings, in memory."""

    def __init__(self, values):
        self.values = defaults()
        self.values.update(values)

    def __getitem__(self, name):
        return self.values[name]

    def change(self, changes):
        self.values = dict(self.values)
        self.values.update(changes)


def keep_modules():
    """Leave what is loaded in memory: on CPython a year of loading takes longer than the year."""
    hours.forget = lambda name: None


class Dongle:
    """`hours` the app.hours.Hours while the power is on, else None."""

    def __init__(self, folder, settings):
        self.folder = folder
        self.settings = Settings(settings)
        self.hours = None
        self.ms = 0

    def start(self, ms):
        """Power comes."""
        self._zero = ms
        self._at(ms)
        self.live = Live(0)
        self.decoder = MeterDecoder()
        self.hours = hours.Hours(self.folder, self.settings, self.live, False)

    def cut(self, ms):
        """Power goes."""
        self.hours = None
        flash.left = None

    def cut_in(self, touches):
        """Power goes when the flash is changed for the n-th time from now."""
        flash.left = touches

    def _at(self, ms):
        self.ms = ms
        now = ms - self._zero
        clock.ms = lambda: now
        return now

    def feed(self, ms, frame):
        """Octets at a time, and what the task does after them. False when the power went."""
        now = self._at(ms)
        try:
            view = memoryview(frame)
            at = 0
            while at < len(frame):
                at += self.decoder.feed(view[at:])
                self._take(now)
            self.decoder.flush()
            self._take(now)
            self.step()
        except PowerCut:
            self.cut(ms)
            return False
        return True

    def give(self, ms, reading):
        """As feed(), with the Reading that the octets would have been."""
        now = self._at(ms)
        try:
            self.live.store(reading, now)
            self.hours.store(reading, now)
            self.step()
        except PowerCut:
            self.cut(ms)
            return False
        return True

    def _take(self, now):
        while True:
            reading = self.decoder.next_reading()
            if reading is None:
                return
            self.live.store(reading, now)
            self.hours.store(reading, now)

    def step(self):
        """What the task does once a second."""
        task = self.hours.step(self.ms - self._zero)
        try:
            while True:
                task.send(None)
        except StopIteration:
            pass
