#!/usr/bin/env python3
"""Weeks in the meter cabinet in minutes: the built firmware in the heap of the dongle, with a clock
that this program moves (soak_clock.py).

    python host_tests/cabinet/soak.py --days 30

A list every ten seconds and an hourly one at their moments, noise on the line, four pages that come
and go, CSV downloads, MQTT, a broker and a Wi-Fi that go and come. Fails when the firmware starts
anew, a whole list is not counted, or the live heap at the end is 1 KB above that of the first day.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for part in ("tools", "lib", "host_tests", "host_tests/fakes"):
    sys.path.append(str(ROOT / part))

from sim.meter import Meter  # noqa: E402
from soak_cabinet import Cabinet, SoakError  # noqa: E402

START = 1767225600
DAY_MS = 86_400_000
HEAP_KB = 150  # the dongle's 104 on 64-bit words; what moves the clock comes on top
ROUTES = ("/api/v1/now", "/api/v1/days", "/api/v1/diagnosis", "/metrics", "/", "/api/v1/line")
DOWNLOADS = ("/api/v1/hours.csv", "/api/v1/days.csv", "/api/v1/peaks.csv")


class Soak(Cabinet):
    """Weeks of a household in it."""

    def __init__(self, folder: Path, seed: int, heap: int):
        super().__init__(folder, heap)
        self.random = random.Random(seed)
        self.sent = self.damaged = 0
        self.mqtt = None  # what the diagnosis says of it

    def life(self):
        """Now and then something of what a household does."""
        dice = self.random.random
        if dice() < 0.02 and len(self.pages) < 4:
            self.open_page()
        if self.pages and dice() < 0.02:
            self.pages.pop(self.random.randrange(len(self.pages))).close()
        if dice() < 0.01:
            self.ask(self.random.choice(ROUTES))
        if dice() < 0.001:
            self.ask(self.random.choice(DOWNLOADS))
        if dice() < 0.001:
            self.broker.there = not self.broker.there
        if dice() < 0.0008:
            self.wifi = 1 - self.wifi
        if dice() < 0.01:
            self.feed(self.random.randbytes(self.random.randrange(1, 60)))

    def run(self, days: float):
        end = int(days * DAY_MS)
        baseline = None
        day = 0
        self.wait()
        self.move(5000)
        # Names stay in the heap for ever once they are loaded: all routes once before it counts
        for path in ROUTES + DOWNLOADS:
            self.ask(path)
        for push in Meter("kamstrup-tn", START).pushes(START, days * 86400):
            at = int((push.utc + push.delay - START) * 1000) + 2000
            if at >= end:
                break
            self.life()
            self.move(max(at, self.now))
            frame = push.frame
            if self.random.random() < 0.003:
                place = self.random.randrange(20, len(frame) - 3)
                frame = frame[:place] + bytes([frame[place] ^ 0x10]) + frame[place + 1 :]
                self.damaged += 1
            else:
                self.sent += 1
            self.feed(frame)
            if at // DAY_MS != day or (baseline is None and at > min(end // 2, DAY_MS)):
                day = at // DAY_MS
                heap = self.at_rest()
                baseline = baseline or heap
                print(f"day {day}: heap {heap} B, {self.sent} lists", flush=True)
        self.move(self.now + 5000)
        return baseline, self.at_rest()

    def at_rest(self) -> int:
        """The live heap with nobody there, and no list lost so far."""
        for page in self.pages:
            page.close()
        self.pages = []
        self.move(self.now + 4000)
        answer = self.ask("/api/v1/diagnosis")
        if not answer.startswith(b'{"version"'):
            raise SoakError(f"{self.complaint}\n{self.tail()}")
        told = json.loads(answer)
        counters = told["line"]["counters"]
        if counters["readings"] != self.sent:
            raise SoakError(f"{self.sent} lists sent, {counters['readings']} read: {counters}")
        if sum(told["starts"][name] for name in ("planned", "crash", "watchdog", "unknown")):
            raise SoakError(f"it started anew: {told['starts']}")
        if told["starts"]["deaths"]:
            raise SoakError(f"a task died: {told['starts']['last_words']}")
        self.mqtt = told.get("mqtt")
        self.move(self.now + 3000)
        return self.heap


def soak(folder: Path, days: float, seed: int = 1, heap: int = HEAP_KB) -> dict:
    """The figures; SoakError when something did not hold."""
    began = time.monotonic()
    one = Soak(folder, seed, heap)
    try:
        first, last = one.run(days)
        if last > first + 1024:
            raise SoakError(f"the heap grew from {first} to {last} B")
        if "Traceback" in one.log.read_text(errors="replace"):
            raise SoakError(one.tail())
    finally:
        one.stop()
    return {
        "days": days,
        "lists": one.sent,
        "damaged": one.damaged,
        "requests": one.requests,
        "refused": one.refused,
        "events": one.events,
        "mqtt": one.mqtt,
        "mqtt connects": one.broker.connects,
        "mqtt messages": one.broker.published,
        "heap most": one.most,
        "heap first": first,
        "heap last": last,
        "seconds": round(time.monotonic() - began),
    }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--heap", type=int, default=HEAP_KB, help="KB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            told = soak(Path(folder), arguments.days, arguments.seed, arguments.heap)
        except SoakError as error:
            print(f"soak: {error}", file=sys.stderr)
            return 1
    for name, figure in told.items():
        print(f"{name:14} {figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
