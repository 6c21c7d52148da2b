"""What is worked out from files of this checkout, kept in build/kept from one run to the next.

To work out the dongle's sources takes 8 s of a processor, to press the page 2 s more, and every
process of the tests, make size and make release ask for the same. A result is named by the digest
of all that it comes from, so that a kept one cannot be out of date; HAN_KEEP=0 works it out anew.
"""

import contextlib
import fcntl
import hashlib
import os
import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "kept"
_PROGRAMS = ("", "shrink")  # the folders whose programs work it out
_EACH = 12  # of one kind: some boards, some states of the checkout
# A file that is not there, is cut short, or has a class in it that is no more
_UNREADABLE = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    OSError,
    ValueError,
)
T = TypeVar("T")


def kept(kind: str, of: str, paths: Iterable[Path], make: Callable[[], T]) -> T:
    """make(), or what it returned before for the same `of` and the same contents of `paths`, of
    tools/ and of the pins. What it returns must survive pickle."""
    if os.environ.get("HAN_KEEP") == "0":
        return make()
    target = FOLDER / f"{kind}-{_digest(of, paths)}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes meanwhile waits and finds it
        with contextlib.suppress(*_UNREADABLE):
            found = pickle.loads(target.read_bytes())
            target.touch()
            return found
        found = make()
        partial = target.with_suffix(".part")
        partial.write_bytes(pickle.dumps(found))
        partial.replace(target)
        by_age = sorted(FOLDER.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
        for path in by_age[:-_EACH]:
            path.unlink()
        return found


def _digest(of: str, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{of}\0{sys.version}\0".encode())
    tools = [path for part in _PROGRAMS for path in sorted((ROOT / "tools" / part).glob("*.py"))]
    for path in (*tools, ROOT / "pyproject.toml", ROOT / "tools" / "constraints.txt", *paths):
        content = path.read_bytes()
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:32]
