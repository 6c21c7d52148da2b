"""OBIS codes A-B:C.D.E.F as one int key, C << 16 | D << 8 | E (IEC 62056-61).

A and B vary between makers for the same quantity, so they are checked, not kept; F is 255 for
"now", and anything else is a stored past value.
"""

CLOCK = 0x010000
LIST_ID = 0x000281
METER_ID = 0x600100
METER_MODEL = 0x600107
KAMSTRUP_METER_ID = 0x000005
KAMSTRUP_METER_MODEL = 0x600101

# unit code (Blue Book table 4) << 8 | exponent to base units << 16
_W = 27 << 8
_VAR = 29 << 8
_WH = 30 << 8
_VARH = 32 << 8
_A = 33 << 8 | 3 << 16
_V = 35 << 8 | 3 << 16
_PERMILLE = 255 << 8 | 3 << 16

# key: one of these | index in reading.FIELDS. Plain integers: rows of names and units would stay in
# the dongle's heap, 1.4 KB of them, for as long as the module is loaded.
QUANTITIES = {
    0x010700: _W | 0,  # import_w
    0x020700: _W | 1,  # export_w
    0x030700: _VAR | 2,  # import_var
    0x040700: _VAR | 3,  # export_var
    0x1F0700: _A | 4,  # l1_ma
    0x330700: _A | 5,  # l2_ma
    0x470700: _A | 6,  # l3_ma
    0x200700: _V | 7,  # l1_mv
    0x340700: _V | 8,  # l2_mv
    0x480700: _V | 9,  # l3_mv
    0x150700: _W | 10,  # l1_import_w
    0x160700: _W | 11,  # l1_export_w
    0x290700: _W | 12,  # l2_import_w
    0x2A0700: _W | 13,  # l2_export_w
    0x3D0700: _W | 14,  # l3_import_w
    0x3E0700: _W | 15,  # l3_export_w
    0x010800: _WH | 16,  # import_wh
    0x020800: _WH | 17,  # export_wh
    0x030800: _VARH | 18,  # import_varh
    0x040800: _VARH | 19,  # export_varh
    0x0D0700: _PERMILLE | 20,  # power_factor_permille
}


def key(buf, at: int) -> int:
    """Key of the six octets at buf[at:], or -1 when they are not a present value's code."""
    if buf[at] > 1 or buf[at + 5] != 255:
        return -1
    if buf[at] == 0 and buf[at + 2] == 96 and buf[at + 3] == 1 and buf[at + 4] == 1:
        return -1  # only Kamstrup, under A = 1, keeps its type number there
    return buf[at + 2] << 16 | buf[at + 3] << 8 | buf[at + 4]
