"""Modules that are used now and then give their heap back in between."""

import sys


def forget(name: str) -> None:
    """Let go of a module, "app.settings_file". What others still hold of it stays alive."""
    package, last = name.rsplit(".", 1)
    if name in sys.modules:
        delattr(sys.modules[package], last)
        del sys.modules[name]
