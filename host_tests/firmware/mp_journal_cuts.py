"""Runs journal_cuts.py on MicroPython's own littlefs (VfsLfs2 on a flash in RAM).

    micropython mp_journal_cuts.py [full]

Prints how many steps and cuts there were; an exception when something did not hold.
"""

import gc
import sys

import journal_cuts
from mp_volume import Volume

full = "full" in sys.argv
print("{} steps, {} cuts".format(*journal_cuts.run(Volume, range(10) if full else (0, 5))))
gc.collect()
steps = journal_cuts.plan()
cuts = journal_cuts.run_through(Volume, steps, (3, 0, 8, 9), 1 if full else 10)
print(cuts, "cuts through")
