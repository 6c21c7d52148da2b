"""OBIS codes A-B:C.D.E.F as one int key, C << 16 | D << 8 | E (IEC 62056-61).

A and B vary between makers for the same quantity, so they are checked, not kept; F is 255 for
"now", and anything else is a stored past value.
"""

from hanport.reading import NAMES

_POWER, _REACTIVE, _ENERGY, _REACTIVE_ENERGY, _CURRENT, _VOLTAGE, _NONE = (
    27,
    29,
    30,
    32,
    33,
    35,
    255,
)

CLOCK = 0x010000
LIST_ID = 0x000281
METER_ID = 0x600100
METER_MODEL = 0x600107
KAMSTRUP_METER_ID = 0x000005
KAMSTRUP_METER_MODEL = 0x600101

# key: index in reading.FIELDS | unit code (Blue Book table 4) << 8 | exponent to base units << 16;
# an int each, where a tuple each would be 700 octets of heap
QUANTITIES = {
    key: NAMES.index(name) | unit << 8 | exponent << 16
    for key, name, unit, exponent in (
        (0x010700, "import_w", _POWER, 0),
        (0x020700, "export_w", _POWER, 0),
        (0x030700, "import_var", _REACTIVE, 0),
        (0x040700, "export_var", _REACTIVE, 0),
        (0x1F0700, "l1_ma", _CURRENT, 3),
        (0x330700, "l2_ma", _CURRENT, 3),
        (0x470700, "l3_ma", _CURRENT, 3),
        (0x200700, "l1_mv", _VOLTAGE, 3),
        (0x340700, "l2_mv", _VOLTAGE, 3),
        (0x480700, "l3_mv", _VOLTAGE, 3),
        (0x150700, "l1_import_w", _POWER, 0),
        (0x160700, "l1_export_w", _POWER, 0),
        (0x290700, "l2_import_w", _POWER, 0),
        (0x2A0700, "l2_export_w", _POWER, 0),
        (0x3D0700, "l3_import_w", _POWER, 0),
        (0x3E0700, "l3_export_w", _POWER, 0),
        (0x010800, "import_wh", _ENERGY, 0),
        (0x020800, "export_wh", _ENERGY, 0),
        (0x030800, "import_varh", _REACTIVE_ENERGY, 0),
        (0x040800, "export_varh", _REACTIVE_ENERGY, 0),
        (0x0D0700, "power_factor_permille", _NONE, 3),
    )
}


def key(buf, at: int) -> int:
    """Key of the six octets at buf[at:], or -1 when they are not a present value's code."""
    if buf[at] > 1 or buf[at + 5] != 255:
        return -1
    if buf[at] == 0 and buf[at + 2] == 96 and buf[at + 3] == 1 and buf[at + 4] == 1:
        return -1  # only Kamstrup, under A = 1, keeps its type number there
    return buf[at + 2] << 16 | buf[at + 3] << 8 | buf[at + 4]
