#!/usr/bin/env python3
"""Frames a second: lib/hanport against amshan in the same run, on CPython and MicroPython.

    python tools/bench.py [--rounds 9] [--chunk 64]

Both get the same stream of one 3-phase Kamstrup list in the same pieces, check its FCS and give
named and scaled values. Rounds alternate, so that a busy machine slows both; the figures are
medians. Exits 1 when hanport is less than 12 times as fast on CPython, or when the decoder
leaves more than 64 B of heap a frame under MicroPython.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import han.autodecoder
import han.hdlc

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "lib"))

from hanport.decoder import MeterDecoder  # noqa: E402

CASE = "amshan-kamstrup-se-list-real-sample"
MIN_RATIO = 12
MAX_HEAP = 64
# Enough for a round of some 50 ms on either side
FRAMES = 400
AMSHAN_FRAMES = 40


def case() -> tuple[bytes, dict]:
    text = (ROOT / "host_tests" / "vectors" / "cases.json").read_text(encoding="utf-8")
    found = next(one for one in json.loads(text) if one["id"] == CASE)
    return bytes.fromhex(found["bytes"]), found["values"]


def pieces(frame: bytes, frames: int, chunk: int) -> list[bytes]:
    stream = frame * frames
    return [stream[i : i + chunk] for i in range(0, len(stream), chunk)]


def hanport_readings(decoder: MeterDecoder, chunks: list[bytes]) -> list[int]:
    """Active power of each reading, in W."""
    powers = []
    for chunk in chunks:
        view = memoryview(chunk)
        i = 0
        while i < len(view):
            i += decoder.feed(view[i:])
            while (reading := decoder.next_reading()) is not None:
                powers.append(reading.import_w)
    return powers


def amshan_readings(reader: han.hdlc.HdlcFrameReader, auto, chunks: list[bytes]) -> list[int]:
    """Active power of each reading, in W."""
    powers = []
    for chunk in chunks:
        for frame in reader.read(chunk):
            if frame.is_valid:
                values = auto.decode_message(frame)
                powers.append(values["active_power_import"] if values else None)
    return powers


def timed(function, *arguments, frames: int, expect: int) -> float:
    """Microseconds a frame. SystemExit when not every frame gave the expected power."""
    begin = time.perf_counter()
    powers = function(*arguments)
    took = time.perf_counter() - begin
    if powers != [expect] * frames:
        raise SystemExit(f"bench: {function.__name__} did not read {frames} frames rightly")
    return took * 1e6 / frames


def micropython(frame: bytes, chunk: int, rounds: int) -> dict:
    """Microseconds a frame of each round, and heap a frame, under the MicroPython Unix port."""
    command = [Path(sys.executable).parent / "micropython", "-O3", "-X", "heapsize=2M"]
    command += [ROOT / "tools" / "bench_mp.py", chunk, rounds, FRAMES]
    done = subprocess.run(
        [str(part) for part in command],
        input=frame.hex() + "\n",
        env=dict(os.environ, MICROPYPATH=f"{ROOT / 'lib'}:.frozen"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"bench: MicroPython: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def measure(chunk: int, rounds: int) -> dict:
    frame, values = case()
    expect = values["import_w"]
    decoder = MeterDecoder()
    reader = han.hdlc.HdlcFrameReader(False)
    auto = han.autodecoder.AutoDecoder()
    many, few = pieces(frame, FRAMES, chunk), pieces(frame, AMSHAN_FRAMES, chunk)
    ours, theirs, under_mp, heap = [], [], [], 0.0
    # The first round warms caches up and is not counted.
    for number in range(rounds + 1):
        a = timed(amshan_readings, reader, auto, few, frames=AMSHAN_FRAMES, expect=expect)
        h = timed(hanport_readings, decoder, many, frames=FRAMES, expect=expect)
        if number:
            theirs.append(a)
            ours.append(h)
            result = micropython(frame, chunk, 1)
            under_mp += result["us"]
            heap = max(heap, result["heap"])
    return {
        "octets": len(frame),
        "amshan": statistics.median(theirs),
        "hanport": statistics.median(ours),
        "hanport_mp": statistics.median(under_mp),
        "heap": heap,
    }


# What a program has on the heap of CPython once it has imported the decoder and read one list
_MEMORY = {
    "amshan": """
import han.autodecoder, han.hdlc
values = [han.autodecoder.AutoDecoder().decode_message(one)
          for one in han.hdlc.HdlcFrameReader(False).read(frame) if one.is_valid]
assert values[0]["active_power_import"]
""",
    "hanport": """
from hanport.decoder import MeterDecoder
decoder = MeterDecoder()
decoder.feed(memoryview(frame))
assert decoder.next_reading().import_w
""",
}


def memory(frame: bytes) -> dict[str, int]:
    """Octets by decoder, by tracemalloc, each in a process of its own. The second of two runs, with
    the bytecode at hand: compiling the sources leaves as much again on the heap."""
    found = {}
    for name, source in _MEMORY.items():
        told = (
            "import tracemalloc\ntracemalloc.start()\n"
            + f"frame = bytes.fromhex({frame.hex()!r})\n"
        )
        told += source + "print(tracemalloc.get_traced_memory()[0])"
        with tempfile.TemporaryDirectory() as cache:
            environ = dict(os.environ, PYTHONPATH=str(ROOT / "lib"), PYTHONPYCACHEPREFIX=cache)
            environ.pop("PYTHONDONTWRITEBYTECODE", None)
            octets = 0
            for _ in range(2):
                done = subprocess.run(
                    [sys.executable, "-c", told],
                    env=environ,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if done.returncode:
                    raise SystemExit(f"bench: memory of {name}: {done.stderr}")
                octets = int(done.stdout)
        found[name] = octets
    return found


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--chunk", type=int, default=64, help="octets handed over at a time")
    arguments = parser.parse_args()
    print(f"{arguments.rounds} rounds ...", flush=True)
    result = measure(arguments.chunk, arguments.rounds)
    ratio = result["amshan"] / result["hanport"]
    print(f"{CASE}, {result['octets']} octets, in pieces of {arguments.chunk}")
    print(f"{'':28}{'us a frame':>12}{'frames a s':>12}{'ratio':>8}")
    for name, key in (
        ("amshan 2.1.1 on CPython", "amshan"),
        ("hanport on CPython", "hanport"),
        ("hanport on MicroPython", "hanport_mp"),
    ):
        us = result[key]
        print(f"{name:28}{us:12.1f}{1e6 / us:12.0f}{result['amshan'] / us:8.1f}")
    print(f"heap a frame under MicroPython: {result['heap']:.1f} B (limit {MAX_HEAP})")
    for name, octets in memory(case()[0]).items():
        print(f"heap of CPython with {name} and one list: {octets / 1000:.0f} KB")
    print(f"ratio on CPython: {ratio:.1f} (at least {MIN_RATIO})")
    return 0 if ratio >= MIN_RATIO and result["heap"] <= MAX_HEAP else 1


if __name__ == "__main__":
    sys.exit(main())
