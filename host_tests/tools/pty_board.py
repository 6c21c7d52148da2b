"""A MicroPython REPL on a pseudo-terminal: what mpremote finds at the end of a serial cable."""

import contextlib
import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Iterator
from pathlib import Path

MICROPYTHON = Path(sys.executable).parent / "micropython"
_LFLAG = 3
_CTRL_C = re.compile(rb"(\x03)")


def _take_terminal() -> None:
    """In the child: its standard input becomes the terminal whose Ctrl-C is its own."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@contextlib.contextmanager
def repl(folder: Path, heap: str = "1M", **environment: str) -> Iterator[str]:
    """A REPL of the Unix port with `folder` as its root directory; gives the pty's name."""
    host, board = pty.openpty()
    tty.setraw(board)
    # but for Ctrl-C, which interrupts a running program as it does on a board
    settings = termios.tcgetattr(board)
    settings[_LFLAG] |= termios.ISIG
    termios.tcsetattr(board, termios.TCSANOW, settings)
    process = subprocess.Popen(
        [MICROPYTHON, "-X", f"heapsize={heap}"],
        cwd=folder,
        stdin=board,
        stdout=board,
        stderr=board,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env=dict(os.environ, MICROPYPATH=":lib:.frozen", TERM="dumb", **environment),
    )
    try:
        # What comes before the prompt is thrown away, see _pump
        _read_until(host, b">>> ")
        with joined(host) as name:
            yield name
    finally:
        process.kill()
        process.wait()
        os.close(board)


@contextlib.contextmanager
def joined(board_side: int) -> Iterator[str]:
    """A second pty, joined to the first one's master: mpremote opens this one by its name."""
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


def _read_until(descriptor: int, ending: bytes) -> None:
    seen = b""
    while not seen.endswith(ending):
        assert select.select([descriptor], [], [], 10)[0], f"the REPL does not start: {seen!r}"
        seen += os.read(descriptor, 4096)


def _pump(source: int, target: int, stop: threading.Event) -> None:
    while not stop.is_set():
        if select.select([source], [], [], 0.05)[0]:
            try:
                data = os.read(source, 4096)
            except OSError:
                return
            for part in _CTRL_C.split(data):
                while part:
                    written = os.write(target, part)
                    # The Unix port throws away what comes while its program ends; a board does not
                    time.sleep(0.5 if part == b"\x03" else 0)
                    part = part[written:]
