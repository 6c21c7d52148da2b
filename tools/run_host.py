#!/usr/bin/env python3
"""The firmware on this computer, fed by the simulated meter: what `make run` starts.

    python tools/run_host.py --sim aidon-it --speed 60 --http 8080 --profile cabin

What else stands on the command line is for the meter: --event +10m:breaker-open for instance.
Builds build/unix, starts tools/meter_sim.py and then the firmware under the MicroPython Unix
port with a small heap, prints the link and passes their output on. Ctrl-C, a closed terminal
or the end of either of the two ends both. The household's data stays in build/unix-data.
"""

import argparse
import contextlib
import ctypes
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# The dongle's 104 KB are 146 KB of 64-bit words by what is always loaded (make size), 158 KB by what a
# request loads. On 150 KB requests that follow each other without a breath are refused now and then,
# which test_history_heap.py is about. This has room; the tests use it too. --heap 150K: as a dongle.
HEAP = "190K"
STARTUP_S = 20
STOP_S = 3
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


# What board_unix.restart() ends with, and the shortest run after which that is believed
RESTART = 3
RUN_S = 2
# The file `owner` of app/password.py: where its stage and the set-up key are
STAGE, DONE, KEY = 1, 2, slice(86, 100)


class RunError(Exception):
    """What keeps it from running, for the reader."""


def die_with_parent() -> None:
    """In the child: end when run_host.py does, even if that was killed outright."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command: list, **options) -> subprocess.Popen:
    # A session of its own: a Ctrl-C in the terminal reaches run_host.py alone, which then ends
    # the others in order.
    return subprocess.Popen(
        command, start_new_session=True, preexec_fn=die_with_parent, text=True, **options
    )


def stop(process: subprocess.Popen) -> None:
    """End a child and whatever it started, politely first."""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            continue
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return


def check_port(port: int) -> None:
    """RunError when another program listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))
        except PermissionError:
            raise RunError(f"port {port} needs root: make run HTTP=8080") from None
        except OSError:
            raise RunError(
                f"port {port} is taken by another program: make run HTTP={port + 1}"
            ) from None


def build(out: Path) -> None:
    command = [sys.executable, ROOT / "tools" / "build.py", "--board", "unix", "--quiet"]
    if subprocess.call([*command, "--out", out]):
        raise RunError("the firmware does not build (see above)")


def start_meter(arguments: argparse.Namespace) -> tuple[subprocess.Popen, int]:
    """The simulated meter and the TCP port it sends on, which it prints first."""
    command = [sys.executable, "-u", ROOT / "tools" / "meter_sim.py", "--out", "tcp:0"]
    command += ["--sim", arguments.sim, "--profile", arguments.profile]
    command += ["--speed", arguments.speed, "--seed", arguments.seed, *arguments.meter]
    meter = start(command, stdout=subprocess.PIPE)
    assert meter.stdout is not None
    limit = time.monotonic() + STARTUP_S
    while time.monotonic() < limit:
        if not select.select([meter.stdout], [], [], 0.2)[0]:
            continue
        line = meter.stdout.readline()
        if not line:
            break
        found = re.search(r"tcp:(?:[\w.]+:)?(\d+)", line)
        if found:
            return meter, int(found[1])
        print(f"meter: {line.rstrip()}", flush=True)
    stop(meter)
    raise RunError("the simulated meter did not start (see above)")


def start_firmware(arguments: argparse.Namespace, tree: Path, meter: int) -> subprocess.Popen:
    data = arguments.data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    environment = dict(
        os.environ,
        MICROPYPATH=":lib:.frozen",
        HAN=f"tcp:127.0.0.1:{meter}",
        HTTP=str(arguments.http),
        DATA=str(data),
    )
    command = [BIN / "micropython", "-X", f"heapsize={arguments.heap}", "main.py"]
    return start(command, cwd=tree, env=environment, stdin=subprocess.DEVNULL)


def wait_for_page(port: int, firmware: subprocess.Popen) -> None:
    """Return when the firmware answers; RunError when it ends or stays silent."""
    limit = time.monotonic() + STARTUP_S
    while time.monotonic() < limit:
        if firmware.poll() is not None:
            raise RunError(f"the firmware ended at start with code {firmware.returncode}")
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/api/v1/now", timeout=2):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise RunError(f"the firmware does not answer on port {port} after {STARTUP_S} s")


def lan_address() -> str | None:
    """This computer's address on the home network, if it has one. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def setup_link(data: Path) -> str:
    """What follows the address while the firmware has not been set up: its page and key."""
    limit = time.monotonic() + STOP_S
    while not (data / "owner").exists():  # it is made once the page answers
        if time.monotonic() > limit:
            return ""
        time.sleep(0.05)
    owner = (data / "owner").read_bytes()
    return f"setup#{owner[KEY].decode()}" if owner[STAGE] != DONE else ""


def announce(arguments: argparse.Namespace) -> None:
    page = setup_link(arguments.data)
    meter = f"{arguments.sim}, {arguments.profile}"
    if arguments.speed != "1":
        meter += f", {arguments.speed} times as fast as a clock"
    print(f"\n  http://localhost:{arguments.http}/{page}    a simulated meter ({meter})")
    address = lan_address()
    if address:
        print(f"  http://{address}:{arguments.http}/{page}    from a phone on the same network")
    if page:
        print("\nIt is empty: the link sets it up. What it keeps is in", arguments.data)
    print("\nCtrl-C ends it.", flush=True)


def watch(children: dict[str, subprocess.Popen]) -> str:
    """Pass the meter's words on until a child ends; returns which one."""
    meter = children["simulated meter"]
    assert meter.stdout is not None
    while True:
        for name, process in children.items():
            if process.poll() is not None:
                return name
        if select.select([meter.stdout], [], [], 0.3)[0]:
            line = meter.stdout.readline()
            if line:
                print(f"meter: {line.rstrip()}", flush=True)
            else:
                time.sleep(0.3)


def run(arguments: argparse.Namespace) -> int:
    tree = arguments.tree.resolve()
    check_port(arguments.http)
    build(tree)
    children: dict[str, subprocess.Popen] = {}
    try:
        meter, meter_port = start_meter(arguments)
        children["simulated meter"] = meter
        children["firmware"] = start_firmware(arguments, tree, meter_port)
        wait_for_page(arguments.http, children["firmware"])
        announce(arguments)
        while True:
            started = time.monotonic()
            ended = watch(children)
            code = children[ended].returncode
            if ended != "firmware" or code != RESTART or time.monotonic() - started < RUN_S:
                break
            print("The firmware starts again.", flush=True)
            children[ended] = start_firmware(arguments, tree, meter_port)
        raise RunError(f"the {ended} ended with code {children[ended].returncode}")
    finally:
        # A second Ctrl-C must not leave the other one running.
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        for process in reversed(children.values()):
            stop(process)


def interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sim", default="kamstrup-tn", help="which meter")
    parser.add_argument("--profile", default="home", help="whose load: home or cabin")
    parser.add_argument("--speed", default="1", help="how many times as fast as a clock")
    parser.add_argument("--seed", default="1", help="the same seed gives the same day")
    parser.add_argument("--http", type=int, default=8080, help="the page's port")
    parser.add_argument("--tree", type=Path, default=ROOT / "build" / "unix")
    parser.add_argument("--data", type=Path, default=ROOT / "build" / "unix-data")
    parser.add_argument("--heap", default=HEAP, help="the firmware's heap")
    arguments, arguments.meter = parser.parse_known_args()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupt)
    try:
        return run(arguments)
    except RunError as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nEnded.", flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
