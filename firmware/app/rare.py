"""Modules that are used now and then give their heap back in between.

In the tree they stand without a package (flat_modules.py of the tools), hence the care.
"""

import sys


def load(name: str):
    """The module app.NAME."""
    name = "app." + name
    __import__(name)
    return sys.modules[name]


def forget(names: str) -> None:
    """Let go of modules, "app.settings_file app.log". What others still hold of them stays alive."""
    for name in names.split():
        package, _, last = name.rpartition(".")
        if name in sys.modules:
            if package:
                delattr(sys.modules[package], last)
            # a deleted entry keeps its value until the place is used again, and with it the module
            sys.modules[name] = None  # pyright: ignore[reportArgumentType]
            del sys.modules[name]


_kept = []


def keep() -> None:
    """What is loaded now stays for good."""
    _kept.extend(sys.modules)


def tidy(but: str = "") -> None:
    """Let go of all modules but those, and app.`but`."""
    for name in list(sys.modules):
        if name not in _kept and name.rpartition(".")[2] != but:
            forget(name)
