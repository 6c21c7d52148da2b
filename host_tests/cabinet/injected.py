"""asyncio's tasks, each in a wrapper that can be told to die, hang, keep the processor or starve at
its next step. install() before the first one. Runs under MicroPython.

A task of App.tasks goes by its own name, others by their function's.
"""

import asyncio
import errno
from asyncio import core

import boundary
import world

STARVE_MS = 35000  # longer than MQTT's ping waits
ERRORS = {
    "value": lambda: ValueError("injected"),
    "oserror": lambda: OSError(errno.EIO),
    "enomem": lambda: OSError(errno.ENOMEM),
    "memory": lambda: MemoryError("injected"),
}

names = set()  # all that there have been
next_name = None  # of the next App._keep()
orders = {}  # name: [kind, times left]
done = 0  # orders carried out
_block = None
_create_task = core.create_task
_OWN = "h_"  # functions of the tests' own begin so


def order(name, kind, times=1):
    """The next step of that task ends so, or so many. kind: of ERRORS, hang, block, or starve: all its
    steps of the next 35 s have no heap."""
    orders[name] = [kind, world.passed() + STARVE_MS if kind == "starve" else times]


def calm():
    """Nothing more."""
    orders.clear()
    boundary.unlock()


class Coroutine:
    """In the task's place."""

    def __init__(self, coroutine, name):
        self.coroutine = coroutine
        self.name = name
        self.hung = None
        self.spared = 0  # steps: a task that died first waits, and that wait is its keeper's

    def _kind(self):
        wanted = orders.get(self.name)
        if wanted is None:
            return None
        if self.spared:
            self.spared -= 1
            return None
        if wanted[0] == "starve":
            if world.passed() > wanted[1]:
                del orders[self.name]
                return None
            return "starve"
        wanted[1] -= 1
        if not wanted[1]:
            del orders[self.name]
        return wanted[0]

    def send(self, value):
        global done
        if self.hung is not None:
            return self.hung.send(value)
        kind = self._kind()
        done += kind is not None
        try:
            if kind is None:
                return self.coroutine.send(value)
            if kind == "hang":
                self.hung = asyncio.Event().wait()
                return self.hung.send(None)
            if kind == "block":
                _block()
            if kind == "starve":
                boundary.lock()
                return self.coroutine.send(value)
            self.spared = 1
            return self.coroutine.throw(ERRORS[kind]())
        finally:
            boundary.unlock()

    def throw(self, error):
        if self.hung is not None:
            self.hung = None  # whoever throws it out of that wait
        try:
            return self.coroutine.throw(error)
        finally:
            boundary.unlock()

    def close(self):
        self.coroutine.close()


def create_task(coroutine):
    """In place of asyncio.create_task()."""
    global next_name
    name = str(coroutine).split("'")[1]
    if name[:2] == _OWN:
        return _create_task(coroutine)
    if name == "_keep":
        name = next_name
    names.add(name)
    return _create_task(Coroutine(coroutine, name))


def install(block):
    """From here on. block() keeps the processor for itself."""
    global _block
    _block = block
    core.create_task = create_task
    asyncio.create_task = create_task
