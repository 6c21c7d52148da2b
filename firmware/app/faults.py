"""What follows when a task has died or was stopped because it hung. Loaded for that."""

import gc
import sys

from micropython import const

from app import boots, clock
from app.rare import forget

_FIRST_MS = const(1000)
_LONGEST_MS = const(32000)
_METER_MS = const(4000)  # readings must be back within a minute, whatever kept them
_TICK = const(500)  # of the health check
_CALM_MS = const(600000)  # so long without trouble, and the waits begin anew


def died(app, task, error) -> int:
    """Count it, tell of it, and say how many ms to wait before it runs again: 1 s, 2 s ... 32 s."""
    gc.collect()
    now = clock.ms()
    count, row, at = getattr(task, "falls", (0, 0, 0))
    if now - at > _CALM_MS:
        row = 0
    task.falls = count + 1, row + 1, now
    wait = min(_FIRST_MS << min(row, 6), _METER_MS if task.name == "meter" else _LONGEST_MS)
    task.still = -(wait // _TICK)  # nobody expects a sign of life until then
    print("task", task.name, "again in", wait, "ms")
    sys.print_exception(error)
    boots.tell(app.board, task.name, error)
    forget("app.boots")
    return wait
