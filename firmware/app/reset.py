"""Factory state: nothing of the household is left, on flash or in RAM.

begin() leaves a mark and restarts; the next start calls finish() before it opens anything. So a
cut of the power at any moment only delays it, and no object in RAM can write anything back.
"""

import os

from app.erase import fill, remove


def _mark(folder):
    return folder + ".reset"  # start.py looks for it


def begin(board, folder: str) -> None:
    """From here on there is no way back. Does not return."""
    with open(_mark(folder), "wb"):
        pass
    board.restart()


def finish(board, folder: str) -> None:
    """Erase all; about a minute on a dongle. Each file is overwritten where the file system does
    that, removed, and with the folder go the blocks that littlefs keeps small files in. Filling
    the free space then writes over what they held (erase.py says why)."""
    _empty(folder)
    board.feed()
    if board.FLASH_KEEPS:
        for _ in fill(folder + ".fill"):
            board.feed()
        os.remove(folder + ".fill")
    board.memory(b"")
    os.remove(_mark(folder))


def _empty(folder):
    try:
        names = [(entry[0], entry[1]) for entry in os.ilistdir(folder)]
    except OSError:
        return  # gone already, before the cut
    for name, kind in names:
        path = folder + "/" + name
        if kind == 0x4000:
            _empty(path)
        else:
            remove(path)
    os.rmdir(folder)
