"""GET /api/v1/quality: voltage of today and yesterday, what L2 can carry, standby load."""

from app.reply import Reply
from app.routes import refuse
from app.words import NETS, pairs
from household.quality_report import day_row, l2_bounds


def get(app, request, rest):
    """All of it."""
    if rest:
        return refuse(404, "not_found")
    hours = app.hours
    quality = hours.quality
    parts = [pairs("net fuse_a", NETS[quality.net], quality.fuse_a or None)]
    parts.append('"phases":[' + ",".join([_phase(quality, i) for i in range(3)]) + "]")
    if quality.unmeasured & 16:
        l1_ma, l3_ma = app.live.known(4), app.live.known(6)
        if l1_ma is not None and l3_ma is not None:
            least, most = l2_bounds(l1_ma, l3_ma)
            inner = pairs("least most", (least, 1000), (most, 1000))
            parts.append('"l2_bounds_a":{' + inner + "}")
    if hours.standby is not None:
        parts.append('"standby":{' + pairs("w hours", *hours.standby) + "}")
    return Reply("{" + ",".join([part for part in parts if part]) + "}")


def _phase(quality, phase):
    parts = [pairs("minutes_outside_24h", quality.minutes_outside(phase))]
    for name, yesterday in (("today", False), ("yesterday", True)):
        row = day_row(quality, phase, yesterday)
        if row is not None:
            inner = pairs(
                "min_v min_utc max_v max_utc minutes_outside",
                (row[0], 1000),
                row[1] * 60,
                (row[2], 1000),
                row[3] * 60,
                row[4],
            )
            parts.append('"' + name + '":{' + inner + "}")
    return "{" + ",".join(parts) + "}"
