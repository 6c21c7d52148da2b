"""Where the octets go: a pseudo terminal, a TCP port, a file or standard output.

A meter does not wait for listeners. While nobody has the pty open or the port connected, and
while a listener's buffer is full, octets are lost; write() says whether they got through.
With patient=True it is the other way round: write() waits for the listener (for runs that do
not keep time).
"""

import errno
import os
import select
import socket
import time
import tty
from io import FileIO

_POLL_S = 0.02
_LINGER_S = 0.5


class Output:
    """Base of the outputs; usable as it is for unbuffered files opened by the caller."""

    def __init__(self, file: FileIO) -> None:
        self._file = file

    def announce(self) -> str | None:
        """Return what a person or a program needs to connect, or None."""
        return None

    def write(self, octets: bytes) -> bool:
        """Send; returns whether somebody was there. Raises OSError when that cannot change."""
        view = memoryview(octets)
        while view:
            view = view[self._file.write(view) :]
        return True

    def wait(self, seconds: float) -> None:
        """Let time pass, and listeners come and go."""
        time.sleep(max(0.0, seconds))

    def close(self) -> None:
        """Send what is under way and let go."""
        self._file.close()


class TcpOutput(Output):
    """A port on 127.0.0.1; the client that came last gets the octets."""

    def __init__(self, port: int, patient: bool = False) -> None:
        """port: 0 lets the system choose. Raises OSError when it is taken."""
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(4)
        self._listener.setblocking(False)
        self._client: socket.socket | None = None
        self._patient = patient

    def announce(self) -> str:
        return f"tcp:127.0.0.1:{self._listener.getsockname()[1]}"

    def _poll(self, seconds: float) -> None:
        """Take in who connects within that time; what a client says is thrown away."""
        watched = [self._listener] + ([self._client] if self._client else [])
        for ready in select.select(watched, [], [], seconds)[0]:
            if ready is self._listener:
                self._drop()
                self._client = self._listener.accept()[0]
                self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._client.setblocking(False)
            elif ready is self._client:
                try:
                    gone = not ready.recv(4096)
                except OSError:
                    gone = True
                if gone:
                    self._drop()

    def _drop(self) -> None:
        if self._client:
            self._client.close()
            self._client = None

    def write(self, octets: bytes) -> bool:
        self._poll(0)
        while self._patient and not self._client:
            self._poll(1)
        view = memoryview(octets)
        while view and self._client:
            try:
                view = view[self._client.send(view) :]
            except BlockingIOError:
                if not self._patient:
                    return False
                select.select([], [self._client], [], 1)
            except OSError:
                self._drop()
        return not view

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            left = until - time.monotonic()
            self._poll(max(0.0, left))
            if left <= 0:
                return

    def close(self) -> None:
        if self._client:
            try:
                self._client.shutdown(socket.SHUT_WR)
                self._client.setblocking(True)
                self._client.settimeout(1)
                while self._client.recv(4096):
                    pass
            except OSError:
                pass  # gone already, or it keeps the connection: both fine at the end
            self._drop()
        self._listener.close()


class PtyOutput(Output):
    """The master end of a pseudo terminal."""

    def __init__(self, patient: bool = False) -> None:
        self._master, slave = os.openpty()
        self._path = os.ttyname(slave)
        os.close(slave)  # from now on a hang-up tells that nobody has it open
        os.set_blocking(self._master, False)
        self._patient = patient
        self._poller = select.poll()
        self._poller.register(self._master, select.POLLIN)
        self._open = False

    def announce(self) -> str:
        return self._path

    def _listening(self) -> bool:
        events = dict(self._poller.poll(0)).get(self._master, 0)
        is_open = not events & select.POLLHUP
        if is_open and not self._open:
            tty.setraw(self._master)  # the last close reset it: no echo, no line editing
        if is_open and events & select.POLLIN:
            try:
                os.read(self._master, 4096)
            except OSError:
                is_open = False
        self._open = is_open
        return is_open

    def write(self, octets: bytes) -> bool:
        view = memoryview(octets)
        while view:
            if self._listening():
                try:
                    view = view[os.write(self._master, view) :]
                    continue
                except OSError as error:
                    if error.errno not in (errno.EAGAIN, errno.EIO):
                        raise
            if not self._patient:
                return False
            time.sleep(_POLL_S)
        return True

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            self._listening()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, _POLL_S))

    def close(self) -> None:
        # Closing throws away what the listener has not read yet.
        until = time.monotonic() + _LINGER_S
        while self._listening() and time.monotonic() < until:
            time.sleep(_POLL_S)
        os.close(self._master)
