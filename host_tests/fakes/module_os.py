"""Gives a module of the firmware another `os` and `open` for a while."""

import contextlib


@contextlib.contextmanager
def on(files, modules):
    """Let the modules' `os` and `open` be those of `files`."""
    before = [(vars(module), vars(module).copy()) for module in modules]
    for names, _ in before:
        names["open"] = files.open
        if "os" in names:
            names["os"] = files
    try:
        yield files
    finally:
        for names, old in before:
            for name in ("open", "os"):
                names.pop(name, None)
                if name in old:
                    names[name] = old[name]
