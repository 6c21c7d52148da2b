"""Kaifa MA105 and MA304, Norwegian lists (KFM_001 pages 1-5 and captures).

A structure of bare values, told apart by their number: 1, 9 or 13, 14 or 18. The APDU date-time
carries an octet-string tag (09 0C) where the standard has a bare length. Clock: local time
with summer time, deviation not specified, the summer time bit clear. 1 W, 0.001 A, 0.1 V, 1 Wh.
An IT meter sends the current of L2, and 0 for the voltage of L2 (MA304H3E).
"""

from sim.frames import (
    date_time,
    double_long_unsigned,
    octet_string,
    timestamp_text,
)
from sim.values import INSTANT, REGISTERS, quantize, report

NAME = "kaifa"
HEADER = bytes.fromhex("01020110")
LIST_ID = "KFM_001"
OCTET_BITS = 11  # 8E1
FAST_PERIOD = 2
HOURLY_SECOND = 10
HOURLY_REPLACES_TEN_SECOND = True
DELAY_S = (0.05, 0.2)
LATCHED = False

_STEP = {"l1_mv": 100, "l2_mv": 100, "l3_mv": 100}


def _rows(
    names: tuple[str, ...], sample: dict[str, int | None], values: dict[str, object]
) -> list[bytes]:
    out = []
    for name in names:
        value = sample.get(name)
        if value is not None:
            step = _STEP.get(name, 1)
            wire = quantize(name, value, step)
            out.append(double_long_unsigned(wire))
            report(values, name, wire * step)
    return out


def apdu(
    kind: str,
    identity: tuple[str, str],
    sample: dict[str, int | None],
    clock: tuple[int, int],
) -> tuple[bytes, dict[str, object]]:
    """Return the APDU of a list and the values a decoder should find in it.

    kind: "fast", "ten_second" or "hourly". identity: meter number and type. sample: base units.
    clock: local seconds (summer time included) and clock status.
    """
    local, status = clock
    now = octet_string(date_time(local, status=status))
    values: dict[str, object] = {"timestamp": timestamp_text(local)}
    items = []
    if kind == "fast":
        items += _rows(("import_w",), sample, values)
    else:
        # The texts are octet-strings here, visible-strings at the other makers.
        items += [octet_string(text.encode("ascii")) for text in (LIST_ID, *identity)]
        values.update(list_id=LIST_ID, meter_id=identity[0], meter_model=identity[1])
        items += _rows(INSTANT, sample, values)
    if kind == "hourly":
        items.append(now)
        items += _rows(REGISTERS, sample, values)
    head = b"\x0f\x40\x00\x00\x00" + now + bytes((0x02, len(items)))
    return head + b"".join(items), values
