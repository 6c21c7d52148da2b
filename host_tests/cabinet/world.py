"""Time that passes when nobody has anything to do, and a meter in it: for the firmware under
MicroPython, in one process, thousands of times as fast as a clock.

The firmware's tasks run as ever; only where asyncio would wait, the clock is moved on instead.
Sockets are real and asked before it moves. install() before the first task.
"""

import time
from asyncio import core

_start = time.ticks_ms()
now = _start  # what asyncio and the firmware take for time.ticks_ms()
least = 50  # ms that the clock moves at once: tasks that look round often do so in bunches
limit = None  # the clock stops here until somebody moves the limit; None: never
at_limit = None  # called then


def ticks():
    """In place of time.ticks_ms()."""
    return now


def passed():
    """ms since the start."""
    return now - _start


def passed_to_ticks(ms):
    """The other way round."""
    return _start + ms


def move(ms):
    """Let time pass in the middle of something, as if it had blocked."""
    global now
    now += ms


def install():
    """From here on asyncio goes by this clock."""
    global now
    core.ticks = ticks
    queue = core._io_queue
    if not isinstance(queue, core.IOQueue):
        return  # installed already

    def step(dt):
        global now
        if queue.map:
            queue.wait_io_event(0)
        if dt <= 0:
            return
        first = core._task_queue.peek()
        if first is not None and time.ticks_diff(first.ph_key, now) <= 0:
            return
        move = dt if dt > least else least
        if limit is not None and now + move > limit:
            if now >= limit:
                at_limit()
                return
            move = limit - now
        now += move

    class Queue:
        map = queue.map

        def __getattr__(self, name):
            return getattr(queue, name)

        def wait_io_event(self, dt):
            step(dt)

    core._io_queue = Queue()


class Line:
    """The meter's octets: readinto() gives what has come by now. `lists` [(ms, octets)]."""

    def __init__(self, lists):
        self.lists = lists
        self.place = 0
        self.at = 0

    def readinto(self, buffer):
        if self.place >= len(self.lists) or self.lists[self.place][0] > passed():
            return None
        octets = self.lists[self.place][1]
        count = min(len(buffer), len(octets) - self.at)
        buffer[:count] = octets[self.at : self.at + count]
        self.at += count
        if self.at == len(octets):
            self.place += 1
            self.at = 0
        return count


def lists_of(path):
    """[(ms, octets)] of a file: entries of 6 octets, ms and length, and the octets."""
    found = []
    with open(path, "rb") as file:
        while True:
            head = file.read(6)
            if not head:
                return found
            found.append(
                (int.from_bytes(head[:4], "little"), file.read(int.from_bytes(head[4:], "little")))
            )
