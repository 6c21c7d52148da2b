#!/usr/bin/env python3
"""A simulated Norwegian smart meter: sends what the HAN port of a real one sends.

    meter_sim.py --meter kamstrup-tn --out tcp:0
    meter_sim.py --meter aidon-it --speed 60 --event +10m:breaker-open:for=300 --out pty
    meter_sim.py --start 2026-01-01T00:00:00Z --duration 86400 --out file:day.bin

With tcp:PORT (0: any free one) the first line on standard output is tcp:127.0.0.1:PORT, with
pty it is the path to open. Octets sent while nobody listens are lost, as they are on a wall.
Ctrl-C or SIGTERM end it.
"""

import argparse
import math
import os
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

from sim.cipher import Cipher, system_title
from sim.events import EVENTS, EventError, parse_utc
from sim.line import Line
from sim.meter import Meter
from sim.models import METERS
from sim.outputs import Output, PtyOutput, TcpOutput
from sim.player import Player
from sim.profiles import PROFILES

FOREVER_S = 100 * 365 * 86400


def number(low: float, high: float):
    """Return a parser of numbers in a range, for argparse."""

    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not (math.isfinite(value) and low <= value <= high):
            raise argparse.ArgumentTypeError(f"{text} is not in {low:g} to {high:g}")
        return value

    return parse


def whole(low: int, high: int):
    """Return a parser of whole numbers in a range, for argparse."""

    def parse(text: str) -> int:
        try:
            value = int(text, 0)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not in {low} to {high}")
        return value

    return parse


def hex_octets(count: int):
    """Return a parser of so many octets in hex, for argparse."""

    def parse(text: str) -> bytes:
        try:
            octets = bytes.fromhex(text)
        except ValueError:
            octets = b""
        if len(octets) != count:
            # Not the text itself: it may be a key.
            raise argparse.ArgumentTypeError(f"must be {2 * count} hex digits")
        return octets

    return parse


def start_time(text: str) -> int | None:
    """Parse --start: UTC seconds, or None for now."""
    if text == "now":
        return None
    try:
        return parse_utc(text)
    except EventError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def destination(text: str) -> str:
    """Check the form of --out."""
    kind, _, rest = text.partition(":")
    good = text in ("pty", "-") or (kind == "file" and rest)
    if kind == "tcp" and rest.isdigit() and int(rest) <= 65535:
        good = True
    if not good:
        raise argparse.ArgumentTypeError(f"{text!r} is not pty, tcp:PORT, file:PATH or -")
    return text


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    events = "\n".join(f"  {n:<13} {a:<17} {what}" for n, (a, what) in EVENTS.items())
    out = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="events, AT:NAME[:ARGS] with AT as +90, +10m, +2h, +1d or ISO UTC;\n"
        f"args with commas, for=SECONDS ends it, so does AT:NAME-end\n{events}",
    )
    add = out.add_argument
    add("--meter", "--sim", choices=METERS, default="kamstrup-tn", metavar="METER",
        help=f"maker and net: {', '.join(METERS)}")  # fmt: skip
    add("--profile", choices=PROFILES, default="home", help="who lives there")
    add("--start", type=start_time, default="now", help="meter's time, ISO UTC or now")
    add("--duration", type=number(0, FOREVER_S), help="seconds of the meter's time")
    add("--speed", type=number(1e-3, 1e6), default=1.0, help="times as fast as a clock")
    add("--paced", action=argparse.BooleanOptionalAction,
        help="as at 2400 baud (default, but not for files)")  # fmt: skip
    add("--unpaced", dest="paced", action="store_false", help="all at once")
    add("--skip-to-lists", type=whole(0, 360), nargs="?", const=3, metavar="N",
        help="only the hourly list and N (3) ten second lists an hour, no idle time")  # fmt: skip
    add("--list2-second", type=whole(0, 59), metavar="S", help="of the hourly list (25; 10)")
    add("--seed", type=whole(0, 1 << 31), default=1, help="the same seed, the same run")
    add("--register-wh", type=whole(0, 4_000_000_000), metavar="WH", help="at the start")
    add("--registers", choices=("latched", "as-sent"), help="of the full hour, or of sending")
    add("--pv", type=whole(0, 100_000), default=0, metavar="W", help="solar cells, peak power")
    add("--event", action="append", default=[], metavar="AT:NAME[:ARGS]", help="see below")
    add("--events", type=Path, metavar="FILE", help="events, one a line, # comments")
    add("--noise", type=number(0, 1), default=0.0, metavar="RATE", help="damage for each octet")
    add("--truth", type=Path, metavar="FILE", help="one JSON line for each list sent")
    add("--encrypt", action="store_true", help="encrypted lists (Kamstrup)")
    add("--key", type=hex_octets(16), metavar="HEX", help="encryption key (GPK60)")
    add("--auth-key", type=hex_octets(16), metavar="HEX", help="authentication key (GPK61)")
    add("--security", type=whole(0, 255), default=0x30, help="0x30, 0x20 or 0x10")
    add("--system-title", type=hex_octets(8), metavar="HEX", help="of the meter")
    add("--counter", type=whole(0, 0xFFFFFFFF), default=1, help="first invocation counter")
    add("--out", type=destination, required=True, help="pty, tcp:PORT, file:PATH or -")
    return out


def make_cipher(arguments: argparse.Namespace) -> Cipher | None:
    """Return the cipher asked for. Raises ValueError with a message."""
    if not arguments.encrypt:
        if arguments.key or arguments.auth_key:
            raise ValueError("--key and --auth-key need --encrypt")
        return None
    if not arguments.key:
        raise ValueError("--encrypt needs --key")
    title = arguments.system_title
    if not title:
        meter = METERS[arguments.meter]
        title = system_title(f"{meter.number}{(41 + arguments.seed) % 10000:04d}")
    try:
        return Cipher(
            arguments.key, arguments.auth_key, arguments.security, title, arguments.counter
        )
    except ImportError:
        raise ValueError("--encrypt needs the Python package cryptography") from None


def make_meter(arguments: argparse.Namespace) -> Meter:
    """Return the meter. Raises ValueError or OSError with a message."""
    texts = list(arguments.event)
    if arguments.events:
        for line in arguments.events.read_text(encoding="utf-8").splitlines():
            text = line.partition("#")[0].strip()
            if text:
                texts.append(text)
    return Meter(
        arguments.meter,
        int(time.time()) if arguments.start is None else arguments.start,
        profile=arguments.profile,
        seed=arguments.seed,
        events=texts,
        list2_second=arguments.list2_second,
        register_wh=arguments.register_wh,
        pv_w=arguments.pv,
        latched=None if arguments.registers is None else arguments.registers == "latched",
        cipher=make_cipher(arguments),
    )


def open_output(text: str, patient: bool) -> Output:
    """Return where the octets go. Raises OSError."""
    kind, _, rest = text.partition(":")
    if kind == "tcp":
        return TcpOutput(int(rest), patient)
    if kind == "pty":
        return PtyOutput(patient)
    if kind == "file":
        return Output(open(rest, "wb", buffering=0))
    return Output(os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0))


def run(arguments: argparse.Namespace, meter: Meter, output: Output, truth: TextIO | None) -> None:
    """Play the run. Raises BrokenPipeError when nobody reads standard output any more."""
    said = output.announce()
    if said:
        print(said, flush=True)
    duration = FOREVER_S if arguments.duration is None else arguments.duration
    # From "now" on the meter goes with the computer's clock, to the fraction of a second.
    start = time.time() if arguments.start is None else meter.start
    player = Player(
        Line(meter, arguments.noise),
        output,
        start,
        arguments.speed,
        arguments.paced,
        arguments.skip_to_lists is not None,
        truth,
    )
    player.play(meter.pushes(duration=duration, per_hour=arguments.skip_to_lists))
    player.finish(meter.start + duration)


def interrupt(number: int, frame: object) -> None:
    """Turn a signal into the way Ctrl-C ends a program."""
    raise KeyboardInterrupt


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, or 2 for unusable arguments."""
    options = parser()
    arguments = options.parse_args(argv)
    if arguments.paced is None:
        arguments.paced = not arguments.out.startswith("file:")
    if not arguments.paced and arguments.duration is None:
        options.error("without a pace the run needs --duration")
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, interrupt)
    output = truth = None
    try:
        try:
            meter = make_meter(arguments)
            output = open_output(arguments.out, not arguments.paced)
            truth = open(arguments.truth, "w", encoding="utf-8") if arguments.truth else None
        except (ValueError, OSError) as error:
            options.error(str(error))
        run(arguments, meter, output, truth)
    except (KeyboardInterrupt, BrokenPipeError):
        pass
    except OSError as error:
        print(f"meter_sim.py: {error}", file=sys.stderr)
        return 1
    finally:
        for signal_number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_number, signal.SIG_IGN)  # it is ending already
        for thing in (output, truth):
            if thing:
                thing.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
