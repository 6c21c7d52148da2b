"""GET /api/v1/diagnosis: how the dongle is. GET /api/v1/diagnosis/log: the same with the latest
events as a text file to send on: no names, addresses, networks or meter numbers in it.

firmware/README.md lists the keys. What is not known is left out.
"""

import gc
import json
import os
import sys

import slots

from app import boots, clock
from app.reply import NO_STORE, Reply
from app.routes import refuse
from app.words import pairs


def get(app, request, rest):
    """All of it, as JSON or for a log."""
    if rest == "log":
        return _Log(app)
    if rest:
        return refuse(404, "not_found")
    return Reply("{" + ",".join(_parts(app, True)) + "}")


def _parts(app, names):
    """Without `names`, what tells who or where is left out."""
    now = clock.ms()
    gc.collect()
    yield pairs(
        "version up_s safe_mode micropython board",
        _version(),
        now // 1000,
        app.meter is None,
        "{}.{}.{}".format(*sys.implementation.version[:3]),
        sys.implementation._machine,
    )
    yield '"heap":{' + pairs("used free idf_free idf_largest", *_heap(app.board)) + "}"
    yield '"flash":{' + pairs("size free", *_flash(app.access.folder)) + "}"
    yield '"starts":{' + ",".join(_starts(app.board)) + "}"
    yield '"tasks":[' + ",".join([_task(task, now) for task in app.tasks]) + "]"
    wifi = app.wifi
    wlan = wifi.wlan
    if wlan is not None:
        address = None
        if names and wifi.connected:
            address = wlan.ipconfig("addr4")[0]
        inner = pairs(
            "connected since_s drops own rssi address hostname",
            wifi.connected,
            (now - wifi.since) // 1000,
            wifi.drops,
            wifi.own is not None,
            _rssi(wifi),
            address,
            wifi.hostname if names else None,
        )
        yield '"wifi":{' + inner + "}"
    guard = app.guard
    inner = pairs(
        "open streams refused too_slow",
        len(guard.conns),
        guard.streams(),
        guard.refused,
        guard.too_slow,
    )
    yield '"door":{' + inner + "}"
    if app.meter is not None:
        for part in _meter(app, now):
            yield part


def _meter(app, now):
    live = app.live
    yield (
        '"line":{'
        + pairs(
            "state verdict seq age_s",
            live.state(now),
            app.meter.verdict(now),
            live.seq,
            live.age_s(now),
        )
        + ',"counters":'
        + json.dumps(app.meter.decoder.counters.as_dict())
        + "}"
    )
    time = app.hours.clock
    yield '"clock":{' + pairs("at doubtful", time.utc(now), time.doubtful) + "}"
    yield '"journal":{' + pairs("error", app.hours.error or 0) + "}"
    for task in app.tasks:
        if task.name == "mqtt":
            yield (
                '"mqtt":{'
                + pairs(
                    "connected since_s drops sent error",
                    task.connected,
                    (now - task.since) // 1000,
                    task.drops,
                    task.sent,
                    task.error,
                )
                + "}"
            )


def _version():
    try:
        with open("version.json") as file:
            return json.load(file)["version"]
    except (OSError, ValueError, KeyError):
        return None


def _heap(board):
    found = [gc.mem_alloc(), gc.mem_free(), None, None]
    # (size, free, largest block, least free so far) of each region
    regions = board.heap_regions()
    if regions:
        found[2] = sum([region[1] for region in regions])
        found[3] = max([region[2] for region in regions])
    return found


def _flash(folder):
    try:
        info = os.statvfs(folder)
    except OSError:
        return None, None
    return info[0] * info[2], info[0] * info[3]


def _starts(board):
    data = boots.read(board)
    counts = boots.counts(data)
    yield pairs(boots.CAUSES, *counts)
    yield pairs("deaths last_words", boots.deaths(data), boots.last_words(data) or None)
    yield pairs("slot on_trial", slots.use, slots.on_trial)


def _task(task, now):
    falls = getattr(task, "falls", (0,))[0]
    return "{" + pairs("name beat_ms falls", task.name, max(0, now - task.beat), falls) + "}"


def _rssi(wifi):
    try:
        return wifi.wlan.status("rssi") if wifi.connected else None
    except (OSError, ValueError, TypeError):
        return None  # lost this moment


class _Log(Reply):
    """Sent line by line."""

    def __init__(self, app):
        extra = NO_STORE + 'Content-Disposition: attachment; filename="han-log.txt"\r\n'
        Reply.__init__(self, b"", 200, "text/plain; charset=utf-8", extra)
        self.app = app

    async def write(self, stream) -> None:
        await stream.awrite(self.head(None))
        if self.is_head:
            return
        app = self.app
        for part in _parts(app, False):
            await stream.awrite((part + "\n").encode())
        from app import log, security

        folder = app.access.folder
        names = security.NAMES.split(" ")
        for number, event, figure, utc, _, _ in security.entries(folder):
            line = "security {} {} {} {}\n".format(number, names[event - 1], figure, utc or "-")
            await stream.awrite(line.encode())
        for number, event, utc, figure in log.events(folder + "/hours"):
            line = "event {} {} {} {}\n".format(number, event, figure, utc or "-")
            await stream.awrite(line.encode())
