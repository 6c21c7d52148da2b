#!/usr/bin/env python3
"""Decode what a HAN port sent: octets from a file or stdin to one JSON object per reading.

    decode.py [--format hex|bin] [--key HEX] [--auth-key HEX] [--energy-wh 1|10] [--chunk N] [FILE|-]
    decode.py --port /dev/ttyUSB0 --follow [--baud 2400] [--parity none|even] [--key HEX] ...

Hex may hold white space and several frames. Each line on stdout is one reading, in SI units, with
a name only for what the meter sent; the line counters go to stderr as one JSON line. Exit status:
0 with at least one reading, 1 with none, 2 when the arguments or the file cannot be used.

With --port the octets come from a HAN adapter on a serial port of this computer, until Ctrl-C with
--follow, otherwise until the first reading. It needs the package pyserial.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "lib"))

from hanport.decoder import MeterDecoder
from hanport.reading import FIELDS, TEXTS, Reading, decimal_text


def reading_json(reading: Reading) -> str:
    """One reading as a JSON object. Numbers are written from integers, so every digit is exact."""
    members = []
    for name, value in (
        ("timestamp", reading.timestamp_text()),
        ("deviation_min", reading.deviation_min),
        *((name, getattr(reading, name)) for name in TEXTS),
    ):
        if value is not None:
            members.append(f"{json.dumps(name)}: {json.dumps(value)}")
    for attribute, name, divisor in FIELDS:
        value = getattr(reading, attribute)
        if value is not None:
            members.append(f'"{name}": {decimal_text(value, divisor)}')
    return "{" + ", ".join(members) + "}"


def readings(decoder: MeterDecoder, data: bytes, chunk: int):
    """Feed `data` in pieces of `chunk` octets and yield every reading (the same object each time)."""
    view = memoryview(data)
    for start in range(0, len(data), chunk):
        piece = view[start : start + chunk]
        while len(piece):
            piece = piece[decoder.feed(piece) :]
            while (reading := decoder.next_reading()) is not None:
                yield reading
    decoder.flush()
    while (reading := decoder.next_reading()) is not None:
        yield reading


def port_readings(decoder: MeterDecoder, port):
    """Yield readings from an open serial.Serial (timeout 1 s) for ever. A second without an octet
    ends a frame."""
    while True:
        data = port.read(max(1, port.in_waiting))
        if not data:
            decoder.flush()
        while data:
            data = data[decoder.feed(data) :]
            while (reading := decoder.next_reading()) is not None:
                yield reading
        while (reading := decoder.next_reading()) is not None:
            yield reading


def _open(arguments):
    try:
        import serial
    except ImportError:
        _fail("--port needs the Python package pyserial")
    parity = serial.PARITY_EVEN if arguments.parity == "even" else serial.PARITY_NONE
    try:
        return serial.Serial(arguments.port, arguments.baud, parity=parity, timeout=1)
    except (OSError, ValueError) as error:
        _fail(f"cannot open {arguments.port}: {error}")


def _fail(message: str) -> NoReturn:
    print(f"decode.py: {message}", file=sys.stderr)
    raise SystemExit(2)


def _load(path: str, form: str) -> bytes:
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        _fail(f"cannot read {path}: {error.strerror}")
    if form == "bin":
        return data
    try:
        return bytes.fromhex(data.decode("ascii"))
    except UnicodeDecodeError:
        _fail(f"{path} is not hex text; for raw octets use --format bin")
    except ValueError:
        digits = "".join(data.decode("ascii").split())
        odd = next((c for c in digits if c not in "0123456789abcdefABCDEF"), None)
        if odd is None:
            _fail(f"{path}: a hex digit is missing, {len(digits)} digits are not whole octets")
        _fail(f"{path} is not hex: it holds {odd!r}")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _key(text: str) -> bytes:
    from hanport.key_text import parse_key

    try:
        return parse_key(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main(argv=None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="decode.py", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="- is stdin")
    parser.add_argument("--format", choices=("hex", "bin"), default="hex")
    parser.add_argument("--key", type=_key, help="encryption key (GPK60), 32 hex digits")
    parser.add_argument("--auth-key", type=_key, help="authentication key (GPK61), 32 hex digits")
    parser.add_argument(
        "--energy-wh", type=int, choices=(1, 10), help="a Kamstrup's register step"
    )
    parser.add_argument("--chunk", type=_positive, default=256, help="octets fed at a time")
    parser.add_argument("--port", help="serial port of a HAN adapter, instead of a file")
    parser.add_argument("--follow", action="store_true", help="with --port: until Ctrl-C")
    parser.add_argument("--baud", type=_positive, default=2400)
    parser.add_argument("--parity", choices=("none", "even"), default="none")
    arguments = parser.parse_args(argv)
    if arguments.follow and not arguments.port:
        parser.error("--follow needs --port")
    if arguments.auth_key and not arguments.key:
        parser.error("--auth-key needs --key")
    decoder = MeterDecoder(energy_wh=arguments.energy_wh)
    if arguments.key:
        decoder.set_keys(arguments.key, arguments.auth_key)
    if arguments.port:
        source = port_readings(decoder, _open(arguments))
    else:
        data = _load(arguments.file, arguments.format)
        source = readings(decoder, data, arguments.chunk)
    count = 0
    try:
        for reading in source:
            count += 1
            print(reading_json(reading), flush=bool(arguments.port))
            if arguments.port and not arguments.follow:
                break
    except KeyboardInterrupt:
        pass
    except OSError as error:
        print(f"decode.py: {arguments.port} is gone: {error}", file=sys.stderr)
    print(json.dumps(decoder.counters.as_dict()), file=sys.stderr)
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
