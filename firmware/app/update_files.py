"""What update.py does with paths and folders. Loaded while an update runs."""

import os

import slots

VERSION = "version.json"

_BLOCK = 4096
_FILES = (VERSION, "update.keys")
_FOLDERS = ("app", "lib", "web", "tariffs")
# Beside main.py: all of make build's tree but what starts the others
_OURS = (
    "app",
    "lib/rare.bin",
    "lib/octets_viper.mpy",
    "lib/ghash_viper.mpy",
    "lib/hanport",
    "lib/household",
    "web",
    "tariffs",
)
_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/"
_IS_FOLDER = 0x4000


def allowed(path: str) -> bool:
    """Whether a bundle may have a file of this path: letters, digits and a few signs, no part
    empty or beginning with a dot, within the folders that are a bundle's."""
    parts = path.split("/")
    for part in parts:
        if not part or part[0] == ".":
            return False
    for char in path:
        if char not in _CHARACTERS:
            return False
    return parts[0] in _FOLDERS if len(parts) > 1 else path in _FILES


def folder_of(path: str) -> str:
    """The path without its last part, "" for none."""
    return path[: max(path.rfind("/"), 0)]


def blocks(size: int) -> int:
    """Flash blocks that littlefs takes for a file of `size` octets: all but the first block of a
    long one begin with pointers."""
    return size // (_BLOCK - 64) + 1


def total_blocks() -> int:
    """All blocks of the file system. How many are free it does not tell: littlefs, asked by
    statvfs(), counts every folder twice."""
    space = os.statvfs(slots.home or "/")
    return space[1] * space[2] // _BLOCK


def make_folder(path: str) -> None:
    """Make it unless it is there."""
    try:
        os.mkdir(path)
    except OSError:
        os.stat(path)  # there already, or OSError


def open_within(base: str, path: str):
    """A new file base/path for writing, with the folders on the way to it."""
    at = path.find("/")
    while at > 0:
        make_folder(base + "/" + path[:at])
        at = path.find("/", at + 1)
    return open(base + "/" + path, "wb")


def staying():
    """Yield (path, is a folder) of all that an update leaves, what is inside first."""
    doomed = [path + "/" for name in others() for path in _tops(name)]
    for path, is_folder in _below(slots.home):
        for prefix in doomed:
            if (path + "/").startswith(prefix):
                break
        else:
            yield path, is_folder


def others() -> list[str]:
    """The folders that do not run. They make room for an update."""
    return [name for name in (".", "a", "b") if name != slots.use]


def clear(name: str):
    """Remove a folder that does not run, its version.json before all else. Yields in between."""
    try:
        os.remove(slots.path_of(name) + "/" + VERSION)
    except OSError:
        pass  # not there
    for top in _tops(name):
        for path, is_folder in _below(top):
            if is_folder:
                os.rmdir(path)
            else:
                os.remove(path)
            yield


def _tops(name):
    # Beside main.py there may be other people's files too
    if name != ".":
        return [slots.path_of(name)]
    return [slots.home + "/" + folder for folder in _OURS]


def _below(path):
    try:
        # a list of texts alone: it may have to find room in a heap that is nearly full
        names = [entry[0] + "/" * (entry[1] == _IS_FOLDER) for entry in os.ilistdir(path or "/")]
    except (
        OSError,
        AttributeError,
    ):  # "/" lists what is mounted, too: rare.py's shelf has no list
        try:
            os.stat(path)
            yield path, False
        except OSError:
            pass  # not there
        return
    for name in names:
        name = path + "/" + name
        if name[-1] == "/":
            yield from _below(name[:-1])
        else:
            yield name, False
    yield path, True
