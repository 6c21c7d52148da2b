#!/usr/bin/env python3
"""The bytes of a real meter into a file, for `make decode` and for a bug report.

    python tools/capture.py --port /dev/ttyUSB0 [--seconds 60] [recording.bin]

For a HAN adapter on a serial port of this computer: 2400 baud, 8N1 as Kamstrup sends or 8E1
(--parity even) as Aidon and Kaifa do. Each run of bytes is shown as it comes; the file holds
exactly what came. Note that a recording holds the meter's number.
"""

import argparse
import contextlib
import sys
import time
from pathlib import Path

import serial

PARITIES = {"none": serial.PARITY_NONE, "even": serial.PARITY_EVEN, "odd": serial.PARITY_ODD}
# The line is idle for longer between two lists than within one
_GAP_S = 0.3


def open_port(port: str, baud: int, parity: str) -> serial.Serial:
    return serial.Serial(port, baudrate=baud, parity=PARITIES[parity], timeout=0.1)


def record(source, target, seconds: float) -> int:
    """Copy until the time is up. Returns the number of octets."""
    octets = run = 0
    heard = started = time.monotonic()
    while time.monotonic() - started < seconds:
        data = source.read(4096)
        now = time.monotonic()
        if data:
            target.write(data)
            target.flush()
            octets += len(data)
            run += len(data)
            heard = now
        elif run and now - heard > _GAP_S:
            print(f"{now - started:7.1f} s  {run} bytes", flush=True)
            run = 0
    if run:
        print(f"{time.monotonic() - started:7.1f} s  {run} bytes", flush=True)
    return octets


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, help="default: capture-DATE-TIME.bin")
    parser.add_argument("--port", required=True)
    parser.add_argument("--baud", type=int, default=2400)
    parser.add_argument("--parity", choices=sorted(PARITIES), default="none")
    parser.add_argument("--seconds", type=float, default=60)
    arguments = parser.parse_args()
    file = arguments.file or Path(time.strftime("capture-%Y%m%d-%H%M%S.bin"))
    if arguments.port == "auto":
        parser.error("which port? make capture PORT=/dev/ttyUSB0")
    if file.exists():
        parser.error(f"{file} is there already and is not overwritten")
    octets = 0
    try:
        with (
            open_port(arguments.port, arguments.baud, arguments.parity) as source,
            file.open("xb") as target,
        ):
            print(f"{arguments.port} -> {file}, {arguments.seconds:g} s, Ctrl-C ends it earlier")
            with contextlib.suppress(KeyboardInterrupt):
                octets = record(source, target, arguments.seconds)
    except (serial.SerialException, OSError) as error:
        print(f"capture: {error}", file=sys.stderr)
        return 1
    octets = octets or file.stat().st_size
    print(f"{file}: {octets} bytes. Next: make decode FILE={file}")
    return 0 if octets else 1


if __name__ == "__main__":
    sys.exit(main())
