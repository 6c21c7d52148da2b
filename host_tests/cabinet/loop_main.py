"""main.py with a stop watch: how long each step of each asyncio task keeps the loop. Runs within the built
tree, in place of main.py (prove_block.py). Every step of more than 5 ms goes into the file STEPS as
"us us-waited", the latter for a processor that others had; the collector's pauses are in them."""

import asyncio
import os
import time
from asyncio import core

_create_task = core.create_task
_path = os.getenv("STEPS") or "steps"


def _waited():
    """us that this process has waited for a processor (Linux)."""
    with open("/proc/self/schedstat") as file:
        return int(file.read().split()[1]) // 1000


class Timed:
    """In a coroutine's place."""

    def __init__(self, coroutine):
        self.coroutine = coroutine

    def _step(self, go_on, what):
        began, used = time.ticks_us(), _waited()
        try:
            return go_on(what)
        finally:
            took = time.ticks_diff(time.ticks_us(), began)
            if took > 5000:
                with open(_path, "a") as file:
                    file.write(f"{took} {_waited() - used}\n")

    def send(self, value):
        return self._step(self.coroutine.send, value)

    def throw(self, error):
        return self._step(self.coroutine.throw, error)

    def close(self):
        self.coroutine.close()


def create_task(coroutine):
    """In place of asyncio.create_task()."""
    return _create_task(Timed(coroutine))


core.create_task = create_task
asyncio.create_task = create_task

import main  # noqa: E402, F401
