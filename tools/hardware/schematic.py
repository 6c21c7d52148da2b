"""Draws the receiver as SVG with schemdraw, with the values of circuit.py."""

import importlib
import re

from hardware import circuit

# By name: not among the pins that everybody installs, so that the type checker may not see it
schemdraw = importlib.import_module("schemdraw")
elm = importlib.import_module("schemdraw.elements")


def ohms(value: float) -> str:
    """2200 -> 2k2."""
    if value < 1000:
        return f"{value:.0f}R"
    whole, rest = divmod(round(value / 100), 10)
    return f"{whole}k{rest}" if rest else f"{whole}k"


def _bus(drawing, grade):
    """From RJ45 to the LED; returns the optocoupler, of that CTR grade."""
    opto = drawing.add(elm.Optocoupler(base=False).label(f"U1 PC817{grade}", "top").at((11, 0)))
    anode, cathode = opto.anode, opto.cathode
    bridge = drawing.add(elm.Rectifier().at((5, anode[1])).anchor("N").theta(0))
    plus, minus = bridge.E, bridge.W
    drawing += elm.Zener().reverse().at(plus).tox(anode[0] - 0.6).label("D2 16 V, 2 %", "bottom")
    drawing += elm.Line().toy(anode)
    drawing += elm.Line().tox(anode)
    below = min(bridge.S[1], cathode[1]) - 0.8
    drawing += elm.Line().at(minus).tox(minus[0] - 0.5)
    drawing += elm.Line().toy(below)
    drawing += elm.Line().tox(cathode[0] - 0.3)
    drawing += elm.Line().toy(cathode)
    drawing += elm.Line().tox(cathode)
    drawing += elm.Resistor().at(bridge.N).left(4).label(f"R1 {ohms(circuit.R1)} 1 %", "top")
    drawing += elm.Dot(open=True).label("RJ45 pin 1\n(+24 V)", "left")
    drawing += elm.Label().at((bridge.N[0] + 1.7, bridge.N[1] + 0.1)).label("D1 4 x 1N4148")
    drawing += elm.Line().at(bridge.S).toy(below - 0.7)
    drawing += elm.Line().tox(bridge.N[0] - 4)
    drawing += elm.Dot(open=True).label("RJ45 pin 2\n(meter's GND)", "left")
    return opto


def _supply(drawing, at):
    drawing += elm.Vdd().at(at).label("3V3")


def buffered() -> str:
    """The circuit with the transistor. Returns SVG."""
    with schemdraw.Drawing(show=False, canvas="svg") as drawing:
        drawing.config(fontsize=11, unit=2.4)
        opto = _bus(drawing, "B")
        drawing += elm.Line().at(opto.collector).right(0.6)
        drawing += elm.Line().up(0.8)
        _supply(drawing, drawing.here)
        drawing += elm.Line().at(opto.emitter).right(1.2)
        node = drawing.add(elm.Dot()).center
        drawing += elm.Resistor().down().label(f"R3 {ohms(circuit.BUFFERED.base_emitter)}")
        drawing += elm.Ground()
        drawing += elm.Resistor().at(node).right().label(f"R2 {ohms(circuit.BUFFERED.to_base)}")
        transistor = drawing.add(
            elm.BjtNpn(circle=True).anchor("base").label("Q1 2N3904", "right")
        )
        drawing += elm.Line().at(transistor.emitter).toy(node[1] - 2.4)
        drawing += elm.Ground()
        _rx(drawing, transistor.collector, circuit.BUFFERED.pull_up, "R4", node[1] - 2.4)
        return _tidy(drawing)


def direct() -> str:
    """The circuit without the transistor. Returns SVG."""
    with schemdraw.Drawing(show=False, canvas="svg") as drawing:
        drawing.config(fontsize=11, unit=2.4)
        opto = _bus(drawing, "C")
        drawing += elm.Line().at(opto.emitter).right(0.6)
        drawing += elm.Line().down(0.6)
        drawing += elm.Ground()
        drawing += elm.Line().at(opto.collector).right(1.6)
        _rx(drawing, drawing.here, circuit.DIRECT.pull_up, "R2", opto.emitter[1] - 0.6)
        return _tidy(drawing)


def _rx(drawing, at, pull_up, name, ground):
    """Pull-up, capacitor and the pin."""
    drawing += elm.Line().at(at).up(0.6)
    node = drawing.add(elm.Dot()).center
    drawing += elm.Resistor().up().label(f"{name} {ohms(pull_up)}", "bottom")
    _supply(drawing, drawing.here)
    drawing += elm.Line().at(node).right(2.6)
    pin = drawing.add(elm.Dot()).center
    drawing += elm.Capacitor().down().toy(ground).label("C1 1 nF", "bottom")
    drawing += elm.Ground()
    drawing += elm.Line().at(pin).right(0.8)
    drawing += elm.Dot(open=True).label("RX", "right")


def _tidy(drawing):
    """Fewer decimals, room for the labels at the sides, and white behind it."""
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", drawing.get_imagedata("svg").decode())
    found = re.search(r'height="[^"]*" width="[^"]*" viewBox="([^"]*)"', svg)
    if found is None:
        raise RuntimeError("schemdraw writes another kind of SVG now")
    left, top, width, height = map(float, found[1].split())
    left, top, width, height = left - 60, top - 20, width + 160, height + 40
    box = f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}">'
    behind = f'<rect x="{left:.0f}" y="{top:.0f}" width="100%" height="100%" fill="#fff"/>'
    return svg.replace(found[0] + ">", box + behind).rstrip() + "\n"
