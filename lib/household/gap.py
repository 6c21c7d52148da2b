"""The hours of a gap: its exact total, shared out by what was integrated from power meanwhile.

hours       first          ...          last     registers are known at both ends only
estimates   run. estimate(first) ... estimate(last)
shares      total * estimate / sum of the estimates, the rounding carried: they add up to the Wh
"""

from household.record import CLOCK, SPLIT
from household.running import UNKNOWN


def shares(block, running):
    """A generator of the hours of `block`, an HourRecord with one total for its span, as SPLIT
    records in its place: the same object filled again for each. None when an estimate of `running`
    (a RunningHour) is missing, or there is a total and nothing to share it out by."""
    end = block.hour + block.span
    import_sum = export_sum = 0
    for hour in range(block.hour, end):
        estimate = running.estimate(hour)
        if estimate == UNKNOWN:
            return None
        import_sum += estimate
        export_sum += running.export_estimate(hour)
    if (block.import_wh and not import_sum) or (block.export_wh and not export_sum):
        return None
    return _hours(block, running, end, import_sum, export_sum)


def _hours(record, running, end, import_sum, export_sum):
    """Only the last hour ends with registers that were read, and only the first is the first of a
    new series."""
    first = record.hour
    total = record.import_wh
    given = record.export_wh
    import_reg_wh = record.import_reg_wh
    export_reg_wh = record.export_reg_wh
    flags = record.flags
    seen = sent = used = out = 0
    for hour in range(first, end):
        seen += running.estimate(hour)
        sent += running.export_estimate(hour)
        until = total * seen // import_sum if total else 0
        exported = given * sent // export_sum if given else 0
        last = hour + 1 == end
        yield record.set(
            hour,
            1,
            SPLIT,
            until - used,
            None if given is None else exported - out,
            import_reg_wh if last else None,
            export_reg_wh if last else None,
            flags,
        )
        used = until
        out = exported
        flags &= CLOCK
