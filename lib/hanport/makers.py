"""What the makers leave unsaid, as data: who sent a list, and its scales.

Sources: Kamstrup HAN-NVE rev 3.1 p. 9 and 11 and 5512-2584 A2 p. 11; Kaifa KFM_001 p. 4 and 5.
"""

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
