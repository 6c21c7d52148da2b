"""What the makers leave unsaid, as data: who sent a list, its order, and its scales.

Sources: Kamstrup HAN-NVE rev 3.1 p. 9 and 11 and 5512-2584 A2 p. 11; Kaifa KFM_001 p. 4 and 5.
"""

from hanport.reading import NAMES

_CURRENT = NAMES.index("l1_ma")
_VOLTAGE = NAMES.index("l1_mv")
_ENERGY = NAMES.index("import_wh")

# Exponents of current to mA, voltage to mV, energy to Wh where a list carries no scaler.
SI = (3, 3, 0)
KAMSTRUP_NO = (1, 3, 1)
LANDISGYR_PUSH = (1, 3, 0)  # whole volts: the "24 V" of a field report came from dividing them

# the list id begins with: maker, exponents
_MAKERS = (
    (b"Kamstrup", "kamstrup", KAMSTRUP_NO),
    (b"KFM_", "kaifa", (0, 2, 0)),
    (b"AIDON", "aidon", SI),
    (b"EMBRIQ", "landisgyr", SI),
)

# Kaifa NO by position: an index of NAMES, TEXT + 0 list id, 1 meter id, 2 model, or CLOCK
TEXT, CLOCK = 100, 110
_HEAD = (TEXT, TEXT + 1, TEXT + 2, 0, 1, 2, 3)
_ENERGIES = (CLOCK, _ENERGY, _ENERGY + 1, _ENERGY + 2, _ENERGY + 3)
_SINGLE = _HEAD + (_CURRENT, _VOLTAGE)
_THREE = _HEAD + tuple(range(_CURRENT, _CURRENT + 3)) + tuple(range(_VOLTAGE, _VOLTAGE + 3))
KAIFA_NO = {
    1: b"\0",
    9: bytes(_SINGLE),
    13: bytes(_THREE),
    14: bytes(_SINGLE + _ENERGIES),
    18: bytes(_THREE + _ENERGIES),
}
del _HEAD, _ENERGIES, _SINGLE, _THREE  # 200 octets of the dongle's heap


def identify(list_id: bytes, model: str) -> tuple:
    """(maker or None, exponents) for a list id as sent and a type number as text."""
    maker, scales = None, SI
    for row in _MAKERS:
        if list_id.startswith(row[0]):
            _, maker, scales = row
    if maker == "kamstrup":
        current, voltage, energy = scales
        # Outside Norway a Kamstrup counts in Wh (type suffix 090 SE, 010 DK ...); a masked or
        # missing type is taken as Norwegian. CT meters (685) send mA.
        if model[-3:] not in ("040", "000", ""):
            energy = 0
        if model.startswith("685"):
            current = 0
        scales = (current, voltage, energy)
    return maker, scales
