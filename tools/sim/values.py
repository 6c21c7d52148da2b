"""The names and units of what a meter says.

Inside the simulator every quantity is an int in base units (W, var, mA, mV, Wh, varh). What a
decoder should report has the JSON names: the same, but l1_a and l1_v in A and V.
"""

INSTANT = (
    *("import_w", "export_w", "import_var", "export_var"),
    *("l1_ma", "l2_ma", "l3_ma", "l1_mv", "l2_mv", "l3_mv"),
)
REGISTERS = ("import_wh", "export_wh", "import_varh", "export_varh")


def quantize(name: str, value: int, step: int) -> int:
    """Return value in wire units of `step` base units.

    Registers are cut, so that they never run ahead of the energy; the rest is rounded.
    """
    if name in REGISTERS:
        return value // step
    return (value + step // 2) // step


def report(values: dict[str, object], name: str, value: int) -> None:
    """Put a value in base units into values under its JSON name and unit."""
    if name.endswith(("_ma", "_mv")):
        values[name[:-2] + name[-1]] = value / 1000
    else:
        values[name] = value
