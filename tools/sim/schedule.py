"""When a maker's meter sends which list, on its own clock."""

from collections.abc import Iterator
from functools import cache
from types import ModuleType

from sim.timeline import Clock


@cache
def hour_table(
    maker: ModuleType, hourly_second: int, per_hour: int | None
) -> tuple[tuple[float, str], ...]:
    """Return the moments of an hour: seconds from the full hour and the kind of list.

    per_hour: None for all; else the hourly list and so many 10 s lists.
    """
    on_grid = hourly_second % 10 == 0
    taken = hourly_second if maker.HOURLY_REPLACES_TEN_SECOND and on_grid else None
    if per_hour is None:
        tens = range(0, 3600, 10)
    else:
        tens = [int(3600 * (k + 0.5) / per_hour) // 10 * 10 for k in range(per_hour)]
    table = [(float(s), "ten_second") for s in tens if s != taken]
    if per_hour is None and maker.FAST_PERIOD:
        count = int(3600 / maker.FAST_PERIOD)
        fast = (k * maker.FAST_PERIOD for k in range(count))
        table += [(s, "fast") for s in fast if s % 10]
    table.append((float(hourly_second), "hourly"))
    # On the same second the 10 s list goes first.
    return tuple(sorted(table, key=lambda row: (row[0], row[1] == "hourly")))


def moments(
    maker: ModuleType, clock: Clock, hourly_second: int, per_hour: int | None
) -> Iterator[tuple[float, str]]:
    """Yield (UTC second, kind) of what the meter sends while its clock goes like that."""
    table = hour_table(maker, hourly_second, per_hour)
    hour = (clock.since + clock.offset_s) // 3600 * 3600 - clock.offset_s
    while hour < clock.until:
        for second, kind in table:
            if clock.since <= hour + second < clock.until:
                yield hour + second, kind
        hour += 3600
