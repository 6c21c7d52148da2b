"""The ten minutes in which a new version has to show that it works. Loaded on trial only.

It does when for one minute all tasks have gone round, none of them has died, and what was there
when the update began is there again: the meter's lists, the Wi-Fi. Then it stays; else the version
before comes back (switch.py).
"""

import asyncio

import switch
from micropython import const

from app import clock

_LIMIT_MS = const(600000)
_STEADY_MS = const(60000)
_LOOK_MS = const(5000)
_BEAT_MS = const(30000)


class Trial:
    """A task, gone from app.tasks once it stays; else it restarts the dongle."""

    name = "trial"

    def __init__(self, app):
        self.app = app
        self.begun = self.beat = clock.ms()

    async def run(self) -> None:
        """The task. Should it die itself, the ten minutes go on all the same."""
        app = self.app
        words = switch.read()
        needs = words[5] if words else "-"
        since = None
        failures = app.failures
        while clock.ms() - self.begun < _LIMIT_MS:
            await asyncio.sleep_ms(_LOOK_MS)
            self.beat = now = clock.ms()
            if app.failures != failures or not is_well(app, needs, now):
                failures = app.failures
                since = None
            elif since is None:
                since = now
            elif now - since >= _STEADY_MS:
                try:
                    switch.confirm()
                    app.tasks = tuple([task for task in app.tasks if task is not self])
                    return
                except OSError as error:  # the flash is full or out of order
                    print("trial:", error)
        print("update: not well within ten minutes, going back")
        switch.go_back("time")
        app.board.restart()


def is_well(app, needs: str, now: int) -> bool:
    """Whether all tasks go round and what `needs` names ("meter", "wifi") is there."""
    for task in app.tasks:
        if now - task.beat > _BEAT_MS:
            return False
    if "meter" in needs and app.live.state(now) != "live":
        return False
    wlan = app.wifi.wlan
    return "wifi" not in needs or (wlan is not None and wlan.isconnected())
