"""Kamstrup OMNIPOWER, Norwegian lists (HAN-NVE interface description rev 3.1, pages 9-14).

The APDU date-time has tag 0C and no octet-string tag, in every list: local standard time all
year, deviation not specified. Scales are not sent: 1 W, 0.01 A, 1 V, 10 Wh.

Real 1-phase meters keep the element counts of the 3-phase lists (19 and 23 hex) and put a null
in the place of the OBIS code and of the value they lack; the document (page 12) says that they
leave both out. In a sample None stands for such nulls, an absent name for nothing at all.
"""

from sim.frames import (
    date_time,
    double_long_unsigned,
    long_unsigned,
    octet_string,
    timestamp_text,
    visible_string,
)
from sim.values import quantize, report

NAME = "kamstrup"
HEADER = bytes.fromhex("2b2113")
LIST_ID = "Kamstrup_V0001"
OCTET_BITS = 10  # 8N1
FAST_PERIOD = None
HOURLY_SECOND = 25
HOURLY_REPLACES_TEN_SECOND = False
DELAY_S = (0.25, 0.75)  # from the timestamp to the first octet: lists end 1 to 2 s after it
LATCHED = True

_NULL = b"\x00"
_U32, _U16 = double_long_unsigned, long_unsigned


def _obis(code: str) -> bytes:
    return octet_string(bytes.fromhex(code))


# OBIS, name, base units per wire unit, encoder
_INSTANT = (
    (_obis("0101010700ff"), "import_w", 1, _U32),
    (_obis("0101020700ff"), "export_w", 1, _U32),
    (_obis("0101030700ff"), "import_var", 1, _U32),
    (_obis("0101040700ff"), "export_var", 1, _U32),
    (_obis("01011f0700ff"), "l1_ma", 10, _U32),
    (_obis("0101330700ff"), "l2_ma", 10, _U32),
    (_obis("0101470700ff"), "l3_ma", 10, _U32),
    (_obis("0101200700ff"), "l1_mv", 1000, _U16),
    (_obis("0101340700ff"), "l2_mv", 1000, _U16),
    (_obis("0101480700ff"), "l3_mv", 1000, _U16),
)
_REGISTERS = (
    (_obis("0101010800ff"), "import_wh", 10, _U32),
    (_obis("0101020800ff"), "export_wh", 10, _U32),
    (_obis("0101030800ff"), "import_varh", 10, _U32),
    (_obis("0101040800ff"), "export_varh", 10, _U32),
)
_METER_ID = _obis("0101000005ff")
_METER_MODEL = _obis("0101600101ff")
_CLOCK = _obis("0001010000ff")


class _Items:
    """The elements of a list as they are put in, their count and what they should be read as."""

    def __init__(self, sample: dict[str, int | None]) -> None:
        self.sample = sample
        self.parts: list[bytes] = []
        self.count = 0
        self.values: dict[str, object] = {}

    def add(self, *parts: bytes) -> None:
        self.parts += parts
        self.count += len(parts)

    def add_rows(self, rows: tuple) -> None:
        for obis, name, step, encode in rows:
            if name not in self.sample:
                continue
            value = self.sample[name]
            if value is None:
                self.add(_NULL, _NULL)
            else:
                wire = quantize(name, value, step)
                self.add(obis, encode(wire))
                report(self.values, name, wire * step)


def apdu(
    kind: str,
    identity: tuple[str, str],
    sample: dict[str, int | None],
    clock: tuple[int, int],
) -> tuple[bytes, dict[str, object]]:
    """Return the APDU of a list and the values a decoder should find in it.

    kind: "ten_second" or "hourly". identity: meter number and type. sample: base units.
    clock: local standard seconds and the clock status.
    """
    local, status = clock
    now = date_time(local, status=status)
    items = _Items(sample)
    items.values.update(
        timestamp=timestamp_text(local),
        list_id=LIST_ID,
        meter_id=identity[0],
        meter_model=identity[1],
    )
    items.add(visible_string(LIST_ID))
    items.add(_METER_ID, visible_string(identity[0]), _METER_MODEL, visible_string(identity[1]))
    items.add_rows(_INSTANT)
    if kind == "hourly":
        items.add(_CLOCK, octet_string(now))
        items.add_rows(_REGISTERS)
    head = b"\x0f\x00\x00\x00\x00\x0c" + now + bytes((0x02, items.count))
    return head + b"".join(items.parts), items.values
