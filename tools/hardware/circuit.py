"""The optocoupler receiver of firmware/hardware.md: its values, and its margins by calculation.

RJ45 pin 1 -> R1 -> bridge -> zener -> LED of the optocoupler -> bridge -> pin 2. The zener takes
more than the space voltage, so that the LED is lit at mark and dark at space.

Units: V, A, ohm, degrees Celsius. The diode equations are the same that spice.py gives to ngspice.
Device figures are class figures for parts of these kinds, not one maker's data sheet.
"""

import math
from collections import namedtuple
from functools import lru_cache

R1 = 2200.0  # 1 %; sets the current at mark
R1_TOLERANCE = 0.01
SUPPLY = 3.3
V_IL = 0.25 * SUPPLY  # an ESP32's input is surely low below this
V_IH = 0.75 * SUPPLY  # and surely high above this
COLD, ROOM, HOT = -20, 25, 60
# The two ways from the phototransistor to RX.
#   buffered: it feeds the base of a transistor, which pulls RX low. It swings by 0.7 V only and never
#             saturates, so that it is quick in spite of its open base.
#   direct:   its collector is RX. Fewer parts; slow, and only for parts of high CTR.
Output = namedtuple("Output", "name pull_up to_base base_emitter")
BUFFERED = Output("buffered", 10_000.0, 470.0, 2200.0)
DIRECT = Output("direct", 2200.0, None, None)
V_BE_MOST = 0.75  # of the transistor, lit, at -20 C
V_BE_LEAST = 0.45  # below which it leaks less than 82 uA (a sure high over 10k), at 60 C
I_BASE = 15e-6  # for a sure low over 10k, at a gain of 20

AGEING = 0.7  # of the CTR, that is left of an optocoupler after years of a lit LED

# V at 1 mA and 25 C, spread of it, ideality (slope), V/K. Two bridge diodes are in series.
Device = namedtuple("Device", "volt spread ideality drift")
LED = Device(1.06, 0.08, 1.8, -0.0018)
BRIDGE_DIODE = Device(0.62, 0.03, 1.85, -0.0020)

# Nominal V, of which the spec is at 5 mA; V/K at most. Below 5 mA the knee takes 2 Vt a factor e:
# 10 ohm of slope at 5 mA, 52 ohm at 1 mA.
Zener = namedtuple("Zener", "volt drift")
ZENERS = {16: Zener(16.0, 0.0140), 18: Zener(18.0, 0.0160), 24: Zener(24.0, 0.0220)}
ZENER_IDEALITY = 2.0
ZENER_TOLERANCE = 0.02  # B grade; C grade has 5 to 7 %
ZENER_TOLERANCE_C = 0.06

# Maker, mark V, space V, the most the port gives in A (None: not known), at what zener
Port = namedtuple("Port", "name mark space limit zener")
PORTS = (
    Port("Kamstrup", 24.0, 12.0, 0.006, 16),
    Port("Kaifa", 24.0, 12.0, 0.021, 16),
    Port("Aidon", 24.0, 12.0, 0.030, 16),
    Port("27 V, seen in the field", 27.0, 15.0, None, 16),
    Port("34/22 V (not Norway)", 34.0, 22.0, None, 24),
)


def thermal(celsius: float) -> float:
    """kT/q in V."""
    return 8.617333e-5 * (celsius + 273.15)


def drop(device: Device, current: float, celsius: float, spread: float = 0.0) -> float:
    """Forward voltage. `spread` from -1 (lowest part) to +1 (highest)."""
    slope = device.ideality * thermal(celsius) * math.log(current / 1e-3)
    return device.volt + spread * device.spread + device.drift * (celsius - ROOM) + slope


def zener_volt(zener: Zener, current: float, celsius: float, tolerance: float = 0.0) -> float:
    """Voltage over the zener. `tolerance` is the part's own deviation, for example -0.02."""
    knee = ZENER_IDEALITY * thermal(celsius) * math.log(current / 5e-3)
    return zener.volt * (1 + tolerance) + zener.drift * (celsius - ROOM) + knee


def chain(zener, current, celsius, tolerance=0.0, spread=0.0):
    """Voltage over bridge, zener and LED together, without R1."""
    return (
        zener_volt(zener, current, celsius, tolerance)
        + drop(LED, current, celsius, spread)
        + 2 * drop(BRIDGE_DIODE, current, celsius, spread)
    )


@lru_cache(maxsize=20_000)
def led_current(volt, zener, celsius, tolerance=0.0, spread=0.0, resistor=R1):
    """Current through the LED at `volt` on the bus, by bisection from 1 pA to 100 mA."""
    low, high = 1e-12, 0.1
    for _ in range(60):
        middle = math.sqrt(low * high)
        if chain(zener, middle, celsius, tolerance, spread) + resistor * middle < volt:
            low = middle
        else:
            high = middle
    return low


def ctr_at(current: float, celsius: float) -> float:
    """CTR as a part of the rated one (5 mA, 25 C): less at small currents, in cold and in heat."""
    small = min(1.1, (current / 5e-3) ** 0.35)
    knots = ((COLD, 0.85), (ROOM, 1.0), (HOT, 0.80))
    (x0, y0), (x1, y1) = knots[:2] if celsius <= ROOM else knots[1:]
    return small * (y0 + (y1 - y0) * (celsius - x0) / (x1 - x0))


def current_for_low(output: Output = BUFFERED) -> float:
    """What the phototransistor has to give for a sure low at RX."""
    if output.base_emitter:
        return V_BE_MOST / output.base_emitter + I_BASE
    return (SUPPLY - V_IL) / output.pull_up


def current_for_high(output: Output = BUFFERED) -> float:
    """What the phototransistor may give at a sure high at RX."""
    if output.base_emitter:
        return V_BE_LEAST / output.base_emitter
    return (SUPPLY - V_IH) / output.pull_up


Margin = namedtuple("Margin", "least typical most power ctr space_current space_ctr")


def margin(mark, space, zener, output=BUFFERED, tolerance=ZENER_TOLERANCE) -> Margin:
    """Worst over parts and temperature, except `typical` (nominal parts, 25 C) and `power` (W, at
    `typical`).

    `ctr` is the rated CTR from which the mark is a sure low, aged; `space_current` the most the LED
    gets at space, and `space_ctr` the CTR from which that would disturb the high (new part).
    """
    ends = (COLD, ROOM, HOT)
    few = [(led_current(mark, zener, t, tolerance, 1, R1 * (1 + R1_TOLERANCE)), t) for t in ends]
    most = max(led_current(mark, zener, t, -tolerance, -1, R1 * (1 - R1_TOLERANCE)) for t in ends)
    rest = [
        (led_current(space, zener, t, -tolerance, -1, R1 * (1 - R1_TOLERANCE)), t) for t in ends
    ]
    typical = led_current(mark, zener, ROOM)
    return Margin(
        min(current for current, _ in few),
        typical,
        most,
        mark * typical,
        max(current_for_low(output) / (i * ctr_at(i, t) * AGEING) for i, t in few),
        max(i for i, _ in rest),
        min(current_for_high(output) / (i * ctr_at(i, t)) for i, t in rest),
    )


def mark_window(zener, ctrs, output=BUFFERED, tolerance=ZENER_TOLERANCE, swing=12.0):
    """Lowest and highest mark voltage, in steps of 0.1 V, at which every part and temperature
    works with a rated CTR from ctrs[0] to ctrs[1], when space is mark - `swing`; None: at none."""
    good = []
    for tenth in range(150, 421):
        at = margin(tenth / 10, tenth / 10 - swing, zener, output, tolerance)
        if at.ctr <= ctrs[0] and at.space_ctr >= ctrs[1]:
            good.append(tenth / 10)
    return (good[0], good[-1]) if good else None
