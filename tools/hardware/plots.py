"""SVG plots of the receiver's waveforms, without a plotting library."""

from hardware import circuit, spice

WIDTH, ROW, LEFT, TOP = 900, 150, 60, 40
COLOURS = ("#0072b2", "#009e73", "#e69f00", "#d55e00")  # CTR 50, 100, 200, 400 %
CTRS = (0.5, 1.0, 2.0, 4.0)
FIRST_BITS, SHOWN_BITS = 3, 14  # a little idle, then the first character and the next start


def _text(x, y, text, extra=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {extra}>{text}</text>'


def _trace(points, colour, width=1.5):
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="{joined}"/>'


def _thin(points):
    """Without points that change nothing to be seen: the files stay small."""
    kept = points[:1]
    for before, here, after in zip(points, points[1:], points[2:]):
        straight = before[1] + (after[1] - before[1]) * 0.5
        if abs(here[1] - kept[-1][1]) > 0.4 or abs(here[1] - straight) > 0.15:
            kept.append(here)
    return kept + points[-1:]


def _panel(top, title, baud, output, mark, celsius, sign):
    bit = 1 / baud
    scale = (WIDTH - LEFT - 20) / SHOWN_BITS
    height = ROW - 40

    def x(time):
        return LEFT + (time / bit - FIRST_BITS) * scale

    def y(volt, full=3.5):
        return top + height - volt / full * height

    parts = [_text(LEFT, top - 8, title)]
    for volt in (0, circuit.V_IL, circuit.V_IH, circuit.SUPPLY):
        parts.append(
            f'<path d="M{LEFT} {y(volt):.1f}H{WIDTH - 20}" stroke="#bbb" stroke-dasharray="4 3"/>'
        )
        parts.append(_text(LEFT - 6, y(volt) + 4, f"{volt + 1e-6:.2f}", 'text-anchor="end"'))
    for index in range(SHOWN_BITS):
        middle = LEFT + (index + 0.5) * scale
        parts.append(f'<path d="M{middle:.1f} {top}v{height}" stroke="#eee"/>')
    for ctr, colour in zip(CTRS, COLOURS):
        tolerance = sign * circuit.ZENER_TOLERANCE
        corner = spice.Corner(baud, mark, mark - 12, 16, tolerance, sign, ctr, celsius)
        rows = spice.simulate(corner, output)
        shown = [
            (x(row[0]), row)
            for row in rows
            if FIRST_BITS <= row[0] / bit <= FIRST_BITS + SHOWN_BITS
        ]
        if ctr == CTRS[0]:
            bus = [(at, y((row[1] - mark + 12) / 12 * 3.3)) for at, row in shown]
            parts.append(_trace(_thin(bus), "#999", 1))
        parts.append(_trace(_thin([(at, y(row[2])) for at, row in shown]), colour))
    return parts


def waveforms(baud: int, output: circuit.Output) -> str:
    """RX at `baud`: nominal, and the two ends of the corners, for four ratings of CTR."""
    panels = (
        ("24/12 V, 25 C, low zener", 24.0, 25, -1),
        ("21/9 V, 60 C, weakest parts", 21.0, 60, 1),
        ("28/16 V, -20 C, strongest parts", 28.0, -20, -1),
    )
    height = TOP + ROW * len(panels) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        _text(LEFT, 16, f"RX in V at {baud} Bd, {output.name} output. Grey: the bus. CTR:"),
    ]
    for index, (ctr, colour) in enumerate(zip(CTRS, COLOURS)):
        at = LEFT + 400 + index * 70
        parts.append(_text(at, 16, f"{ctr * 100:.0f} %", f'fill="{colour}" font-weight="bold"'))
    for index, (title, mark, celsius, sign) in enumerate(panels):
        parts += _panel(TOP + index * ROW + 14, title, baud, output, mark, celsius, sign)
    return "\n".join([*parts, "</svg>", ""])
