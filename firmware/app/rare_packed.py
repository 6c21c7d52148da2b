"""rare.py as the tree has it: what is loaded for a moment has a number there instead of a name.

All those modules stand in one file (rare_modules.py of the tools), lib/rare.bin: for each a place in it,
three octets with the lowest first, then the .mpy files. An import wants a file and a name, and
MicroPython keeps the names of both for ever: so there is a file system with one file, always of the
same name, and in it is what is wanted now. On 32-bit words that spares 24 octets a module, and the
table of names does not double; on flash each file would take a block of 4 KB.
"""

import sys

import vfs

_NAME = "z"
_FILE = "/z.mpy"  # what _Shelf is asked for
_ARCHIVE = "lib/rare.bin"

# Made before it is needed: for want of heap MicroPython would say that there is no such module
_FOUND = (0x8000,) + (0,) * 9

_loaded = {}  # number -> module
_kept = []
_wanted = 0


class _Shelf:
    def mount(self, readonly, mkfs):
        pass

    def stat(self, path):
        if path == _FILE:
            return _FOUND
        raise OSError(2)  # not one for all: it would grow with each time

    def open(self, path, mode):
        file = open(_ARCHIVE, "rb")
        file.seek(3 * _wanted)
        file.seek(int.from_bytes(file.read(3), "little"))
        return file


vfs.mount(_Shelf(), "/z")
sys.path.insert(0, "/z")  # before the folders of the flash, which take longer to say no


def module(number: int):
    """The module of that number."""
    global _wanted
    found = _loaded.get(number)
    if found is None:
        _drop(sys.modules, _NAME)  # of another one that is at its own imports
        _wanted = number
        try:
            found = __import__(_NAME)
        finally:
            _drop(sys.modules, _NAME)
        _loaded[number] = found
    return found


def load(names, place: int):
    """The module at that place of a list of modules."""
    return module(names[place])


def forget(names) -> None:
    """Let go of modules; a string is the name of one that is a file of its own."""
    if isinstance(names, str):
        package, _, last = names.rpartition(".")
        if package and names in sys.modules:
            delattr(sys.modules[package], last)
        _drop(sys.modules, names)
        return
    for number in names:
        _drop(_loaded, number)


def _drop(modules, name):
    if name in modules:
        modules[name] = None  # a deleted entry keeps its value until the place is used again
        del modules[name]


def keep() -> None:
    """What is loaded now stays for good."""
    global _kept
    _kept = list(sys.modules) + list(_loaded)


def tidy(but=b"") -> None:
    """Let go of all modules but those, and what is in `but`."""
    for name in list(sys.modules):
        if name not in _kept:
            forget(name)
    for number in list(_loaded):
        if number not in _kept and number not in list(but):
            _drop(_loaded, number)
