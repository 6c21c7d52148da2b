"""Around quality.Quality, what is asked now and then: the meter's net, a day's voltages, the standby
load, the state to keep over a restart. Imported when used.
"""

from array import array

from household.quality import IT, ONE_PHASE, TN, UNKNOWN
from household.running import UNKNOWN as NO_ESTIMATE


def net_of(model) -> int:
    """ONE_PHASE, IT (also TT, three wires), TN (four wires) or UNKNOWN from the meter's type text.

    Kamstrup: 18 characters, the sixth is the number of measuring systems. Kaifa MA105, MA304x3,
    MA304x4. Aidon 651x, 652x, 653x. Unknown must be asked for: the voltages cannot tell.
    """
    model = model or ""
    if len(model) == 18 and model.startswith("68"):
        return "123".find(model[5]) + 1
    if model.startswith("MA105"):
        return ONE_PHASE
    if model.startswith("MA304") and len(model) > 6:
        return (UNKNOWN, IT, TN)["34".find(model[6]) + 1]
    if len(model) == 4 and model.startswith("65"):
        return "123".find(model[2]) + 1
    return UNKNOWN


def fuse_w(net: int, fuse_a: int):
    """Power at the main fuse's rating in W: U I, 3 U I on TN, sqrt(3) U I on IT, with 230 V; None
    when net or fuse is not known."""
    return (0, 2300, 3984, 6900)[net] * fuse_a // 10 or None


def l2_bounds(l1_ma: int, l3_ma: int) -> tuple:
    """Least and most that L2 can carry on a three-wire net, mA (Kirchhoff)."""
    return abs(l1_ma - l3_ma), l1_ma + l3_ma


def day_row(quality, phase: int, yesterday: bool = False):
    """(lowest mean mV, its unix minute, highest mean mV, its unix minute, minutes outside) of the
    local day `quality.day` or the day before, None when not a minute of it is known."""
    k = 5 * phase + (15 if yesterday else 0)
    row = quality.table[k : k + 5]
    return None if row[0] < 0 else tuple(row)


def standby(running, hour: int):
    """(W, hours known): the lowest clock hour of the 24 before the UTC hour `hour`, from
    running.RunningHour's integrated power because the register's step is 10 Wh. Hours with export
    do not count: what the house used is not seen. None before six hours are known. W * 730 is
    Wh a month."""
    least = None
    known = 0
    for h in range(hour - 24, hour):
        wh = running.estimate(h)
        if wh != NO_ESTIMATE and not running.export_estimate(h):
            known += 1
            if least is None or wh < least:
                least = wh
    return (least, known) if known >= 6 else None


def state(quality) -> list:
    """Ints for restore(), about 300 octets as JSON: the last 24 hours, today, yesterday."""
    kept = [1, quality.hour, quality.day, quality.seen, quality.neutral_utc]
    kept.extend(quality.outside)
    kept.extend(quality.table)
    return kept


def restore(quality, kept) -> bool:
    """Take up a state(); False, and nothing taken, for anything else."""
    if type(kept) is not list or len(kept) != 107 or kept[0] != 1:
        return False
    try:
        outside = bytearray(kept[5:77])
        table = array("i", kept[77:])
    except (TypeError, ValueError, OverflowError):
        return False
    quality.hour, quality.day, quality.seen, quality.neutral_utc = kept[1:5]
    quality.outside = outside
    quality.table = table
    return True
