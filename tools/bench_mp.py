"""The MicroPython half of bench.py: time and heap per frame, as one line of JSON.

MICROPYPATH=lib:.frozen micropython -O3 tools/bench_mp.py FRAME_HEX CHUNK ROUNDS FRAMES
"""

import gc
import json
import sys
import time

from hanport.decoder import MeterDecoder


def feed(decoder, chunks):
    """Drain the decoder as the firmware does; returns the number of readings."""
    readings = 0
    for chunk in chunks:
        i = 0
        n = len(chunk)
        while i < n:
            i += decoder.feed(chunk[i:n])
            while decoder.next_reading() is not None:
                readings += 1
    return readings


def main(frame, chunk, rounds, frames):
    stream = memoryview(frame * frames)
    chunks = [stream[i : i + chunk] for i in range(0, len(stream), chunk)]
    decoder = MeterDecoder()
    feed(decoder, chunks)
    times = []
    for _ in range(rounds):
        gc.collect()
        begin = time.ticks_us()
        readings = feed(decoder, chunks)
        times.append(time.ticks_diff(time.ticks_us(), begin) / frames)
        if readings != frames:
            raise SystemExit("%d readings of %d frames" % (readings, frames))
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    feed(decoder, chunks)
    after = gc.mem_alloc()
    # The slices that this loop itself makes are not the decoder's: measured alone, taken off
    begin = gc.mem_alloc()
    for piece in chunks:
        piece[0:chunk]
    own = gc.mem_alloc() - begin
    gc.enable()
    print(json.dumps({"us": times, "heap": (after - before - own) / frames}))


main(bytes.fromhex(sys.stdin.readline().strip()), *[int(text) for text in sys.argv[1:4]])
