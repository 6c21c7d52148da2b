"""A MicroPython REPL on a pseudo-terminal: what mpremote finds at the end of a serial cable."""

import contextlib
import os
import pty
import subprocess
import sys
import tty
from collections.abc import Iterator
from pathlib import Path

MICROPYTHON = Path(sys.executable).parent / "micropython"


@contextlib.contextmanager
def repl(folder: Path, heap: str = "1M") -> Iterator[str]:
    """A REPL of the Unix port with `folder` as its root directory; gives the pty's name."""
    board, host = pty.openpty()
    tty.setraw(board)
    process = subprocess.Popen(
        [MICROPYTHON, "-X", f"heapsize={heap}"],
        cwd=folder,
        stdin=board,
        stdout=board,
        stderr=board,
        start_new_session=True,
        env=dict(os.environ, MICROPYPATH=":lib:.frozen", TERM="dumb"),
    )
    try:
        with joined(host) as name:
            yield name
    finally:
        process.kill()
        process.wait()
        os.close(board)


@contextlib.contextmanager
def joined(board_side: int) -> Iterator[str]:
    """A second pty, joined to the first one's master: mpremote opens this one by its name."""
    import threading

    master, slave = pty.openpty()
    tty.setraw(slave)
    stop = threading.Event()
    threads = [
        threading.Thread(target=_pump, args=(board_side, master, stop)),
        threading.Thread(target=_pump, args=(master, board_side, stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield os.ttyname(slave)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for descriptor in (board_side, master, slave):
            os.close(descriptor)


def _pump(source: int, target: int, stop) -> None:
    import select

    while not stop.is_set():
        if select.select([source], [], [], 0.05)[0]:
            try:
                data = os.read(source, 4096)
            except OSError:
                return
            while data:
                data = data[os.write(target, data) :]
