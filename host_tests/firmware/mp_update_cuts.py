"""Runs update_cuts.py on MicroPython's own littlefs (VfsLfs2 on a flash in RAM).

    micropython mp_update_cuts.py OLD NEW KEYS BLOCKS TEARS FIRST EVERY RUNNING [BESIDE ...]

OLD and NEW are bundles, KEYS an update.keys. Prints how many cuts there were; an exception when
something did not hold.
"""

import sys
from binascii import unhexlify

import update_cuts
from mp_volume import Volume

old, new, keys, blocks, tears, first, every, running = sys.argv[1:9]
with open(keys) as file:
    trusted = [unhexlify(line.split()[0]) for line in file.read().split("\n") if line]
tears = [int(tear) for tear in tears.split(",")]
with open(old, "rb") as file:
    old = file.read()
with open(new, "rb") as file:
    new = file.read()
dongle = update_cuts.Dongle(old, new, trusted, running, sys.argv[9:])
cuts, flash = update_cuts.run_update(Volume, dongle, int(blocks), tears, int(first), int(every))
print(f"{cuts} cuts in the update")
print(f"{update_cuts.run_trial(Volume, dongle, flash, range(10))} cuts on trial")
