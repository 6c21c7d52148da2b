"""A dongle on USB: its port, and the MicroPython behind it, for deploy.py and provision.py."""

import contextlib
import io

import serial.tools.list_ports
from mpremote.transport import TransportError
from mpremote.transport_serial import SerialTransport

# The running firmware's watchdog outlives a soft reset: it would bite in the middle of the copy.
# It cannot be stopped, only lengthened; the hard reset at the end does away with it.
_WATCHDOG = """
try:
 import machine
 machine.WDT(timeout=3600000)
except (ImportError, AttributeError):
 pass
"""

_FREE = "import os\ns = os.statvfs('.')\nprint(s[0] * s[3])"


class DongleError(Exception):
    """No dongle is there, or it does not do what is asked; the message says what to do."""


# It went away: pulled out, or it restarted by itself
GONE = (TransportError, OSError)


def find_port(port: str) -> str:
    """The port itself, or for "auto" the only one on USB."""
    if port != "auto":
        return port
    usb = [found.device for found in serial.tools.list_ports.comports() if found.vid is not None]
    if not usb:
        raise DongleError(
            "no dongle found on USB: plug it in, or name its port: PORT=/dev/ttyUSB0"
        )
    if len(usb) > 1:
        raise DongleError(f"more than one USB port ({', '.join(usb)}): name one: PORT={usb[0]}")
    return usb[0]


class Dongle:
    """A MicroPython at the other end of a serial port, in its raw REPL."""

    def __init__(self, port: str, soft_reset: bool) -> None:
        try:
            # The timeout is for a pty, on which mpremote would wait for ever
            self.transport = SerialTransport(port, baudrate=115200, timeout=0.5)
        except TransportError:
            raise DongleError(
                f"{port} cannot be opened: is it there, may you read it (group dialout), and is "
                "no other program using it?"
            ) from None
        try:
            # What the transport prints on failure is the raw bytes; the message below is for people
            with contextlib.redirect_stdout(io.StringIO()):
                self.transport.enter_raw_repl(soft_reset=False)
                self.run(_WATCHDOG)
                if soft_reset:
                    # Frees the heap that the interrupted firmware still holds
                    self.transport.exit_raw_repl()
                    self.transport.enter_raw_repl()
        except (TransportError, OSError):
            self.transport.close()
            raise DongleError(
                f"no MicroPython answers on {port}: is it flashed (make flash)? Hold the button "
                "while you plug it in, so that the firmware does not start, and try again."
            ) from None

    def run(self, code: str) -> str:
        return self.transport.exec(code).decode()

    def free(self) -> int:
        """Octets that its file system has left."""
        return int(self.run(_FREE))

    def remove(self, name: str) -> None:
        self.run(f"import os\nos.remove({name!r})")

    def make_folders(self, files: dict[str, bytes]) -> None:
        folders: dict[str, None] = {}
        for name in files:
            parts = name.split("/")[:-1]
            folders.update(dict.fromkeys("/".join(parts[: i + 1]) for i in range(len(parts))))
        code = "import os\nfor d in %r:\n try:\n  os.mkdir(d)\n except OSError:\n  pass"
        self.run(code % list(folders))

    def write(self, name: str, content: bytes, progress) -> None:
        """Beside the old file, then renamed: whoever reads it sees the old or the new one."""
        part = name + ".part"
        self.transport.fs_writefile(part, content, progress_callback=progress)
        self.run(f"import os\nos.rename({part!r}, {name!r})")

    def reset(self) -> None:
        """A hard reset: it ends the lengthened watchdog too."""
        self.transport.exec_raw_no_follow("import machine\nmachine.reset()")

    def close(self) -> None:
        with contextlib.suppress(OSError, TransportError):
            if self.transport.in_raw_repl:
                self.transport.exit_raw_repl()
            self.transport.close()
