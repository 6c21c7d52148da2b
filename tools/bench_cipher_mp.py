"""What ciphering costs: frames a second under MicroPython, a 3-phase list plain and ciphered.

MICROPYPATH=lib:.frozen micropython -X heapsize=2M tools/bench_cipher_mp.py

Both in turn in one run. Exits 1 when the ciphered list (0x30, tag checked) comes at less than half
the plain one's rate.
"""

import json
import sys
import time

from hanport.decoder import MeterDecoder

_FRAMES = 300
_ROUNDS = 15


def octets(text):
    return bytes(int(text[i : i + 2], 16) for i in range(0, len(text), 2))


def run(decoder, frame):
    """Microseconds a frame. The invocation counter is set back, so that one frame will do."""
    cipher = decoder.cipher
    begin = time.ticks_us()
    for _ in range(_FRAMES):
        if cipher is not None:
            cipher.restore(0, -1, 0)
        at = 0
        while at < len(frame):
            at += decoder.feed(frame[at : at + 64])
            if decoder.next_reading() is not None and at < len(frame) - 1:
                raise SystemExit("a reading before the frame's end")
    took = time.ticks_diff(time.ticks_us(), begin)
    return took / _FRAMES


def main():
    with open(sys.argv[0].rsplit("/", 1)[0] + "/../host_tests/vectors/cases.json") as file:
        cases = {case["id"]: case for case in json.load(file)}
    plain, ciphered = cases["syn-plain"], cases["syn-glo-30"]
    decoders = (MeterDecoder(), MeterDecoder())
    decoders[1].set_keys(octets(ciphered["key"]), octets(ciphered["auth_key"]))
    frames = [memoryview(octets(case["bytes"])) for case in (plain, ciphered)]
    best = [1e9, 1e9]
    for _ in range(_ROUNDS):
        for i in range(2):
            best[i] = min(best[i], run(decoders[i], frames[i]))
    for decoder in decoders:
        if decoder.counters.readings != _FRAMES * _ROUNDS:
            raise SystemExit("not every frame was read")
    ratio = best[0] / best[1]
    print("3-phase hourly list under MicroPython: plain %.1f us, ciphered %.1f us" % tuple(best))
    print("ciphered against plain: %.2f of its rate (at least 0.5)" % ratio)
    if ratio < 0.5:
        raise SystemExit(1)


main()
