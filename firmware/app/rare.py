"""Modules that are used now and then give their heap back in between.

In the tree they stand without a package (flat_modules.py of the tools), hence the care.
"""

import sys


def load(name: str):
    """The module app.NAME."""
    name = "app." + name
    __import__(name)
    return sys.modules[name]


def forget(name: str) -> None:
    """Let go of a module, "app.settings_file". What others still hold of it stays alive."""
    package, _, last = name.rpartition(".")
    if name in sys.modules:
        if package:
            delattr(sys.modules[package], last)
        del sys.modules[name]
