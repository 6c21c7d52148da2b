"""Modules that are used now and then give their heap back in between.

This is what it does where the sources run as they are. The tree has rare_packed.py in its place.
"""

import sys


def load(names: str, place: int):
    """The module at that place of a list of modules, "app.api_now app.api_days"."""
    name = names.split()[place]
    __import__(name)
    return sys.modules[name]


def forget(names: str) -> None:
    """Let go of modules, "app.settings_file app.log". What others still hold of them stays alive."""
    for name in names.split():
        if name in sys.modules:
            package, _, last = name.rpartition(".")
            delattr(sys.modules[package], last)
            del sys.modules[name]


_kept = []


def keep() -> None:
    """What is loaded now stays for good."""
    _kept.extend(sys.modules)


def tidy(but: str = "") -> None:
    """Let go of all modules but those, and what is in `but`."""
    for name in list(sys.modules):
        if name not in _kept and name not in but and name[:4] == "app.":
            forget(name)
