"""Which folder runs: what switch.py has chosen. Nothing else, since it stays in the heap."""

home = ""  # path of the folder that holds main.py, "" for the root
use = "."  # "." beside main.py, "a" or "b"
on_trial = False


def path_of(name: str) -> str:
    """The path of folder ".", "a" or "b", to put "/file" behind."""
    return home if name == "." else home + "/" + name
