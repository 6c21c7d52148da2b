"""Makes what firmware/hardware.md shows: its tables, the schematics and the plots.

Run: PYTHONPATH=tools .venv/bin/python -m hardware.report
It needs ngspice (Debian) and schemdraw (PyPI), and takes some minutes.
"""

import re
import sys
from datetime import date
from pathlib import Path

from hardware import circuit, plots, spice, uart

PAGE = Path(__file__).resolve().parents[2] / "firmware" / "hardware.md"
PICTURES = PAGE.with_suffix("")

BUSES = ((21.0, 9.0), (24.0, 12.0), (27.0, 15.0), (28.0, 16.0), (30.0, 18.0), (30.0, 12.0))
RANGES = ((0.5, 4.0), (1.0, 4.0), (1.3, 2.6), (2.0, 4.0))
SLOWER = (1.5, 2.0, 3.0, 4.0, 4.5, 6.0)
GRADE_ENDS = (1.3, 2.6, 4.0)  # B is 130 to 260 %, C 200 to 400 %
OUTPUTS = (circuit.BUFFERED, circuit.DIRECT)


def _table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _ma(ampere):
    return f"{ampere * 1e3:.2f}" if ampere >= 1e-6 else "< 0.001"


def ports() -> str:
    """Calculated: the current at mark and space for each maker."""
    head = ["port", "mark/space", "zener", "limit", "least", "typical", "most", "power", "space"]
    rows = []
    for port in circuit.PORTS:
        at = circuit.margin(port.mark, port.space, circuit.ZENERS[port.zener])
        rows.append(
            [
                port.name,
                f"{port.mark:g}/{port.space:g} V",
                f"{port.zener} V",
                f"{port.limit * 1e3:g} mA" if port.limit else "not known",
                f"{_ma(at.least)} mA",
                f"{_ma(at.typical)} mA",
                f"{_ma(at.most)} mA",
                f"{at.power * 1e3:.0f} mW",
                f"{_ma(at.space_current)} mA",
            ]
        )
    return _table(head, rows)


def marks() -> str:
    """Calculated: over the mark voltage, space 12 V below, 16 V zener."""
    head = ["mark", "least", "most", "CTR needed, buffered", "CTR needed, direct", "space, most"]
    rows = []
    for mark in (21, 22, 23, 24, 26, 28, 29, 30):
        both = [circuit.margin(mark, mark - 12, circuit.ZENERS[16], way) for way in OUTPUTS]
        rows.append(
            [f"{mark} V", f"{_ma(both[0].least)} mA", f"{_ma(both[0].most)} mA"]
            + [f"{at.ctr * 100:.0f} %" for at in both]
            + [f"{_ma(both[0].space_current)} mA"]
        )
    return _table(head, rows)


def windows() -> str:
    """Calculated: the mark voltages each zener is good for."""
    head = ["zener, output", *(f"CTR {a * 100:.0f}..{b * 100:.0f} %" for a, b in RANGES)]
    rows = []
    for volt, zener in circuit.ZENERS.items():
        for output in OUTPUTS:
            for name, tolerance in (
                ("2 %", circuit.ZENER_TOLERANCE),
                ("6 %", circuit.ZENER_TOLERANCE_C),
            ):
                found = [circuit.mark_window(zener, ctrs, output, tolerance) for ctrs in RANGES]
                cells = [f"{at[0]:.1f}..{at[1]:.1f} V" if at else "none" for at in found]
                rows.append([f"{volt} V {name}, {output.name}", *cells])
    return _table(head, rows)


def cell(result: uart.Result) -> str:
    """A result in a table: distortion and slack, or that it fails."""
    if not result.octets_ok:
        return "**fails**"
    return f"{result.distortion * 100:.0f} % / {result.slack * 100:.0f} %"


def corner_row(baud, output, ctr, buses=BUSES) -> list:
    """One row of corners(), without its head."""
    return [cell(spice.worst(baud, mark, space, ctr, output)) for mark, space in buses]


def corners(baud: int, output: circuit.Output) -> str:
    """Simulated: the worst at each CTR and bus, over temperature and parts."""
    head = ["CTR", *(f"{mark:g}/{space:g} V" for mark, space in BUSES)]
    return _table(head, [[f"{c * 100:.0f} %", *corner_row(baud, output, c)] for c in plots.CTRS])


def slower() -> str:
    """Simulated: how much slower than the model the optocoupler may be at 2400 Bd, 24/12 V."""
    rows = []
    for output in OUTPUTS:
        row = []
        for ctr in GRADE_ENDS:
            good = 0.0
            for factor in (1.0, *SLOWER):
                if not spice.worst(2400, 24.0, 12.0, ctr, output, factor).octets_ok:
                    break
                good = factor
            row.append(f"{good:g} times" if good else "fails")
        rows.append([output.name, *row])
    return _table(["output", *(f"CTR {c * 100:.0f} %" for c in GRADE_ENDS)], rows)


def others() -> str:
    """Simulated: the other two zeners at 2400 Bd, buffered."""
    head = ["zener", "bus", *(f"CTR {c * 100:.0f} %" for c in plots.CTRS)]
    rows = []
    for zener, mark, space in ((18, 24, 12), (18, 30, 18), (24, 34, 22)):
        found = [spice.worst(2400, mark, space, c, zener=zener) for c in plots.CTRS]
        rows.append([f"{zener} V", f"{mark}/{space} V", *map(cell, found)])
    return _table(head, rows)


CALCULATED = {"ports": ports, "marks": marks, "windows": windows}
SIMULATED = {
    "buffered-2400": lambda: corners(2400, circuit.BUFFERED),
    "buffered-9600": lambda: corners(9600, circuit.BUFFERED),
    "direct-2400": lambda: corners(2400, circuit.DIRECT),
    "slower": slower,
    "others": others,
    "speed": lambda: _table(["load", "what", "model", "class"], spice.speed_check()),
}


def tables(page: str) -> dict:
    """The tables that stand in the page, by name."""
    return dict(re.findall(r"<!-- table (\S+) -->\n(.*?)\n<!-- end -->", page, re.S))


def put(page: str, name: str, table: str) -> str:
    """The page with one table replaced. KeyError when it has no place for it."""
    before, mark, rest = page.partition(f"<!-- table {name} -->\n")
    if not mark:
        raise KeyError(name)
    return f"{before}{mark}{table}\n{rest[rest.index('<!-- end -->') :]}"


# A figure of the simulation is worth what made it
RUN = re.compile(r"Simulated on (\d+ [A-Z][a-z]+ \d{4}) with ngspice ([\w.]+)")


def stamped(page: str, day: date, ngspice: str) -> str:
    """The page with that day and that version of ngspice. ValueError when it has no place for
    them."""
    told = f"Simulated on {day.day} {day:%B %Y} with ngspice {ngspice}"
    page, count = RUN.subn(told, page)
    if count != 1:
        raise ValueError(f"{PAGE.name} says {count} times what it was simulated with")
    return page


def main() -> int:
    """Write everything."""
    from hardware import schematic

    if not spice.available():
        print("ngspice is not installed: apt-get install ngspice", file=sys.stderr)
        return 1
    for name in ("buffered", "direct"):
        (PICTURES / f"{name}.svg").write_text(getattr(schematic, name)())
    for baud, output in ((2400, OUTPUTS[0]), (9600, OUTPUTS[0]), (2400, OUTPUTS[1])):
        picture = PICTURES / f"rx-{output.name}-{baud}.svg"
        picture.write_text(plots.waveforms(baud, output))
    for name, make in {**CALCULATED, **SIMULATED}.items():
        PAGE.write_text(put(PAGE.read_text(), name, make()))
        print(name, flush=True)
    PAGE.write_text(stamped(PAGE.read_text(), date.today(), spice.version()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
