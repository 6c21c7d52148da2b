"""Where the firmware leaves Python for the flash, the network, the UART or the module loader: every
such call is counted, and a chosen one fails. install() before the firmware is imported. Runs under
MicroPython.

    arm(call, error)    the so many-th call from now on raises error()
    arm(call, None)     from that call on there is no heap, to the end of the task's step
"""

import builtins
import json
import os
import socket
import sys
from asyncio import core

import micropython

count = 0
hit = None  # name of the call that has failed
skipped = ()  # names that do not count
_at = 0
_error = None
_folder = None
_locked = False
_open = builtins.open
_import = builtins.__import__
_MODULES = ("app", "household", "hanport")


def arm(call, error):
    """See above."""
    global count, _at, _error, hit
    count = 0
    hit = None
    _at = call
    _error = error


def calm():
    """Nothing fails any more."""
    global _at
    _at = 0
    unlock()


def lock():
    """No heap for anybody, until unlock()."""
    global _locked
    if not _locked:
        _locked = True
        micropython.heap_lock()


def unlock():
    """At the end of each step."""
    global _locked
    if _locked:
        _locked = False
        micropython.heap_unlock()


def reached(name):
    """A call."""
    global count, hit
    if name in skipped:
        return
    count += 1
    if count == _at:
        hit = name
        if _error is None:
            lock()
        else:
            raise _error()


class _Passing:
    """Passes on all that it has not."""

    def __init__(self, real):
        self.real = real

    def __getattr__(self, name):
        return getattr(self.real, name)


class Sock(_Passing):
    """A socket."""

    def accept(self):
        reached("accept")
        found = Sock(None)  # first: for want of heap for it the connection waits, and is not lost
        found.real, peer = self.real.accept()
        return found, peer

    def read(self, *count):
        reached("sock.read")
        return self.real.read(*count)

    def write(self, data):
        reached("sock.write")
        return self.real.write(data)

    def setblocking(self, flag):
        reached("setblocking")
        self.real.setblocking(flag)

    def connect(self, address):
        reached("connect")
        return self.real.connect(address)

    def close(self):
        self.real.close()  # no heap is needed for it, as there would be for what _Passing does


class Source(_Passing):
    """The UART."""

    def readinto(self, buffer):
        reached("uart")
        return self.real.readinto(buffer)


class _File(_Passing):
    """A file."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __iter__(self):
        return iter(self.real)

    def read(self, *count):
        reached("read")
        return self.real.read(*count)

    def readinto(self, buffer):
        reached("readinto")
        return self.real.readinto(buffer)

    def write(self, data):
        reached("write")
        return self.real.write(data)

    def seek(self, *place):
        reached("seek")
        return self.real.seek(*place)

    def close(self):
        try:
            reached("close")
        finally:
            self.real.close()


def _opened(path, *rest, **more):
    if not path.startswith(_folder) or path.endswith(".rtc"):
        return _open(path, *rest, **more)
    reached("open")
    return _File(_open(path, *rest, **more))


def _bring(name, *rest):
    if name.split(".")[0] in _MODULES and name not in sys.modules:
        reached("import")
    return _import(name, *rest)


class _Os(_Passing):
    """The module."""

    def __getattr__(self, name):
        found = getattr(self.real, name)
        if name in ("getenv", "putenv", "urandom", "getcwd", "chdir"):
            return found

        def call(*values):
            reached(name)
            return found(*values)

        return call


class _Socket(_Passing):
    """The module."""

    def socket(self, *kind):
        reached("socket")
        return Sock(self.real.socket(*kind))


class _Json(_Passing):
    """The module: its own load() and dump() take nothing but real files."""

    def dump(self, value, file):
        file.write(self.real.dumps(value))

    def load(self, file):
        return self.real.loads(file.read())


def enqueue(sock, to_write):
    """In place of conn._enqueue(): the poll wants the real one."""
    queue = core._io_queue
    sock = sock.real if isinstance(sock, Sock) else sock
    yield queue.queue_write(sock) if to_write else queue.queue_read(sock)


def install(folder):
    """Files below `folder` are the flash."""
    global _folder
    _folder = folder
    builtins.open = _opened
    builtins.__import__ = _bring
    sys.modules["os"] = _Os(os)
    sys.modules["json"] = _Json(json)
    sys.modules["socket"] = _Socket(socket)
