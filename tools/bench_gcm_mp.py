"""What it costs to open a ciphered list of 480 octets, with native GHASH and with integers.

    MICROPYPATH=lib micropython -X heapsize=8M tools/bench_gcm_mp.py

Times are the best of sixty short rounds of GloCipher.open(): header, tag, counter, decryption in place.
Exits 1 when native code takes 60 us or leaves 1 KB of heap, or when integers take 1 ms.
"""
# pyright: reportAttributeAccessIssue=false

import gc
import sys
import time

from hanport import ghash, ghash_viper
from hanport.cipher import GloCipher
from hanport.gcm import Gcm

SIZE = 480
KEY = bytes(range(16))
AUTH_KEY = bytes(range(16, 32))
TITLE = b"KAM\x00\x01\x02\x03\x04"
ROUNDS = 60
ANY = 1 << 30


def sealed() -> bytes:
    """A frame with security control 0x30 and counter 1."""
    frame = bytearray(b"\xdb\x08" + TITLE + b"\x82\x01\xf1\x30\x00\x00\x00\x01" + bytes(SIZE))
    gcm = Gcm(KEY)
    gcm.start(bytearray(TITLE + b"\x00\x00\x00\x01"), SIZE)
    additional = bytearray(b"\x30" + AUTH_KEY)
    gcm.hash(additional, 0, 17)
    gcm.hash(frame, 18, SIZE)
    gcm.finish(17, SIZE)
    return bytes(frame) + bytes(gcm.tag[:12])


def cost(hasher, frame: bytes, repeat: int) -> tuple:
    """(us, octets of heap) for one open()."""
    cipher = GloCipher(KEY, AUTH_KEY)
    cipher._gcm = Gcm(KEY, hasher)
    buf = bytearray(frame)
    best = float(ANY)
    for _ in range(ROUNDS):
        gc.collect()
        begin = time.ticks_us()
        for _ in range(repeat):
            buf[:] = frame
            cipher.restore(0, -1, 0)
            cipher.open(buf, 0, len(buf))
        best = min(best, time.ticks_diff(time.ticks_us(), begin) / repeat)
    buf[:] = frame
    cipher.restore(0, -1, 0)
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    cipher.open(buf, 0, len(buf))
    heap = gc.mem_alloc() - before
    gc.enable()
    return best, heap


def main() -> int:
    """Print both; 1 when a limit is missed."""
    missed = False
    frame = sealed()
    for hasher, repeat, max_us, max_heap in (
        (ghash_viper, 40, 60, 1024),
        (ghash, 2, 1000, ANY),
    ):
        us, heap = cost(hasher, frame, repeat)
        print(f"{hasher.__name__:20} {us:7.1f} us {heap:7d} B of heap")
        missed = missed or us >= max_us or heap >= max_heap
    return int(missed)


sys.exit(main())
