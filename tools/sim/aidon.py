"""Aidon 65xx, Norwegian lists (HAN interface description v1.1A, pages 5-10).

An array of structures {OBIS, value, {scaler, unit}}. No date-time in the APDU; the hourly list
holds the clock as an object, at the full hour, with deviation 0 although the time is local.
Hundredths of a second are not specified.
"""

from sim.frames import (
    date_time,
    double_long_unsigned,
    long_signed,
    long_unsigned,
    octet_string,
    timestamp_text,
    visible_string,
)
from sim.values import quantize, report

NAME = "aidon"
HEADER = bytes.fromhex("41088313")
LIST_ID = "AIDON_V0001"
OCTET_BITS = 11  # 8E1
FAST_PERIOD = 2.5
HOURLY_SECOND = 10
HOURLY_REPLACES_TEN_SECOND = True
DELAY_S = (0.05, 0.2)
LATCHED = True

_U32, _U16, _I16 = double_long_unsigned, long_unsigned, long_signed


def _obis(code: str) -> bytes:
    return octet_string(bytes.fromhex(code))


def _scaler_unit(code: str) -> bytes:
    scaler, unit = bytes.fromhex(code)
    return bytes((0x02, 0x02, 0x0F, scaler, 0x16, unit))


_W, _VAR = _scaler_unit("001b"), _scaler_unit("001d")
_A, _V = _scaler_unit("ff21"), _scaler_unit("ff23")
_WH, _VARH = _scaler_unit("011e"), _scaler_unit("0120")

# OBIS, name, base units per wire unit, encoder, scaler and unit; in the order of the lists
_INSTANT = (
    (_obis("0100010700ff"), "import_w", 1, _U32, _W),
    (_obis("0100020700ff"), "export_w", 1, _U32, _W),
    (_obis("0100030700ff"), "import_var", 1, _U32, _VAR),
    (_obis("0100040700ff"), "export_var", 1, _U32, _VAR),
    (_obis("01001f0700ff"), "l1_ma", 100, _I16, _A),
    (_obis("0100330700ff"), "l2_ma", 100, _I16, _A),
    (_obis("0100470700ff"), "l3_ma", 100, _I16, _A),
    (_obis("0100200700ff"), "l1_mv", 100, _U16, _V),
    (_obis("0100340700ff"), "l2_mv", 100, _U16, _V),
    (_obis("0100480700ff"), "l3_mv", 100, _U16, _V),
)
_REGISTERS = (
    (_obis("0100010800ff"), "import_wh", 10, _U32, _WH),
    (_obis("0100020800ff"), "export_wh", 10, _U32, _WH),
    (_obis("0100030800ff"), "import_varh", 10, _U32, _VARH),
    (_obis("0100040800ff"), "export_varh", 10, _U32, _VARH),
)


def _identity(code: str, text: str) -> bytes:
    return b"\x02\x02" + _obis(code) + visible_string(text)


def _rows(rows: tuple, sample: dict[str, int | None], values: dict[str, object]) -> list[bytes]:
    out = []
    for obis, name, step, encode, scaler_unit in rows:
        value = sample.get(name)
        if value is not None:
            wire = quantize(name, value, step)
            out.append(b"\x02\x03" + obis + encode(wire) + scaler_unit)
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
    clock: local standard seconds (the hourly list says the full hour of it) and clock status.
    """
    values: dict[str, object] = {}
    items = []
    if kind == "fast":
        items += _rows(_INSTANT[:1], sample, values)
    else:
        items.append(_identity("0101000281ff", LIST_ID))
        items.append(_identity("0000600100ff", identity[0]))
        items.append(_identity("0000600107ff", identity[1]))
        values.update(list_id=LIST_ID, meter_id=identity[0], meter_model=identity[1])
        items += _rows(_INSTANT, sample, values)
    if kind == "hourly":
        hour = clock[0] - clock[0] % 3600
        stamp = date_time(hour, 0xFF, b"\x00\x00", clock[1])
        items.append(b"\x02\x02" + _obis("0000010000ff") + octet_string(stamp))
        values.update(timestamp=timestamp_text(hour), deviation_min=0)
        items += _rows(_REGISTERS, sample, values)
    head = b"\x0f\x40\x00\x00\x00\x00" + bytes((0x01, len(items)))
    return head + b"".join(items), values
