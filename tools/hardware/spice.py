"""The receiver of circuit.py in ngspice, over the corners.

The optocoupler is a behavioural model, not a maker's: a diode, a light current that follows the
diode's with circuit.ctr_at(), and a bipolar transistor whose base is left open. Its current gain is
the rated CTR over SHARE, so that a part with more CTR is slower, as real ones are. The two
capacitances and transit times are fitted to the speeds of the PC817's class (`speed_check()`).
"""

import math
import re
import shutil
import subprocess
import tempfile
from collections import namedtuple
from pathlib import Path

from hardware import circuit, uart

SHARE = 0.003  # light current at the base over LED current at 5 mA, any part
C_BASE_COLLECTOR = 24e-12  # at 0 V; the open base multiplies it by the gain
C_BASE_EMITTER = 12e-12
TRANSIT = 0.8e-9
TRANSIT_REVERSE = 20e-9
C_RX = 1e-9  # against the radio, at the pin
LINE_OHM, LINE_FARAD, BUS_EDGE = (
    100.0,
    5e-9,
    20e-6,
)  # the meter's driver and 50 m of cable: assumed

IDLE = 4  # bits of mark before the first start bit

Corner = namedtuple("Corner", "baud mark space zener tolerance spread ctr celsius")

_NETLIST = """* HAN receiver
.options temp={celsius} tnom={celsius} reltol=1e-4 abstol=1e-12 chgtol=1e-16
Vbus src 0 PWL({bus})
Rline src line {line_ohm}
Cline line 0 {line_farad}
R1 line a {r1}
D1 a b bridge
D2 ret 0 bridge
Dz c b zener
Dled c d led
Vsense d ret 0
.model bridge D(IS={bridge_is} N={bridge_n} CJO=2p)
.model led D(IS={led_is} N={led_n} CJO=60p TT=100n)
.model zener D(IS=1e-16 BV={bv} IBV=5m NBV={nbv} CJO=60p)
Vled i 0 0
Bled 0 i I=max(I(Vsense),0)
Bph {col} base I={share}*max(I(Vled),0)*{warm}*min(1.1,pow(max(I(Vled),1e-9)/5e-3,0.35))
Q1 {col} base {emitter} photo
.model photo NPN(IS=1e-14 BF={gain} BR=5 VAF=100 RC=25 CJC={cjc} CJE={cje} TF={tf} TR={tr})
Vcc vcc 0 {supply}
Rpull vcc rx {pull}
Crx rx 0 {c_rx}
{buffer}
.control
set wr_singlescale
tran {step} {stop} 0 {step}
wrdata {out} v(line) v(rx) i(Vsense)
.endc
.end
"""

# 2N3904's class
_BUFFER = """Rb emit b2 {to_base}
Rbe emit 0 {base_emitter}
Q2 rx b2 0 npn
.model npn NPN(IS=1e-14 BF=150 VAF=80 RB=10 RC=1 CJC=4p CJE=8p TF=400p TR=200n)"""


def available() -> bool:
    """Whether ngspice is installed."""
    return shutil.which("ngspice") is not None


def version() -> str:
    """The number that ngspice calls itself by: "39"."""
    told = subprocess.run(["ngspice", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"ngspice-([\w.]+)", told)
    if not found:
        raise RuntimeError(f"ngspice does not tell its version: {told[:200]}")
    return found[1]


def sent_bits() -> list:
    """What is on the bus."""
    bits = [1] * IDLE
    for octet in uart.OCTETS:
        bits += uart.character(octet)
    return [*bits, 1, 1, 1]


def bus_points(corner: Corner) -> str:
    """The bus's voltage as ngspice's PWL."""
    bit = 1 / corner.baud
    level = corner.mark
    points = [(0.0, level)]
    for index, mark in enumerate(sent_bits()):
        target = corner.mark if mark else corner.space
        if target != level:
            points += [(index * bit, level), (index * bit + BUS_EDGE, target)]
            level = target
    return " ".join(f"{time:.9g} {volt:g}" for time, volt in points)


def saturation(device: circuit.Device, celsius: float, spread: float) -> float:
    """IS of SPICE's diode, from the voltage at 1 mA."""
    volt = circuit.drop(device, 1e-3, celsius, spread)
    return 1e-3 * math.exp(-volt / (device.ideality * circuit.thermal(celsius)))


def netlist(corner: Corner, out: str, output=circuit.BUFFERED, slower: float = 1.0) -> str:
    """The circuit at a corner. `slower` multiplies the optocoupler's charges."""
    zener = circuit.ZENERS[corner.zener]
    celsius = corner.celsius
    bit = 1 / corner.baud
    buffered = output.base_emitter is not None
    values = {
        "celsius": celsius,
        "bus": bus_points(corner),
        "line_ohm": LINE_OHM,
        "line_farad": LINE_FARAD,
        "r1": circuit.R1,
        "bridge_is": saturation(circuit.BRIDGE_DIODE, celsius, corner.spread),
        "bridge_n": circuit.BRIDGE_DIODE.ideality,
        "led_is": saturation(circuit.LED, celsius, corner.spread),
        "led_n": circuit.LED.ideality,
        "bv": circuit.zener_volt(zener, 5e-3, celsius, corner.tolerance),
        "nbv": circuit.ZENER_IDEALITY,
        "share": SHARE,
        "warm": circuit.ctr_at(5e-3, celsius),
        "gain": corner.ctr / SHARE,
        "cjc": C_BASE_COLLECTOR * slower,
        "cje": C_BASE_EMITTER * slower,
        "tf": TRANSIT * slower,
        "tr": TRANSIT_REVERSE * slower,
        "supply": circuit.SUPPLY,
        "pull": output.pull_up,
        "col": "vcc" if buffered else "rx",
        "emitter": "emit" if buffered else "0",
        "buffer": _BUFFER.format(**output._asdict()) if buffered else "",
        "c_rx": C_RX,
        "step": bit / 60,
        "stop": bit * len(sent_bits()),
        "out": out,
    }
    return _NETLIST.format(**values)


def simulate(corner: Corner, output=circuit.BUFFERED, slower: float = 1.0) -> list:
    """Rows of (s, V bus, V rx, A LED). RuntimeError when ngspice does not finish."""
    rows = ngspice(netlist(corner, "wave.txt", output, slower))
    if rows[-1][0] < 0.99 * len(sent_bits()) / corner.baud:
        raise RuntimeError("ngspice stopped early")
    return rows


def ngspice(text: str) -> list:
    """Run a netlist that writes wave.txt; its rows as floats."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "circuit.cir").write_text(text)
        done = subprocess.run(
            ["ngspice", "-b", "circuit.cir"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
        )
        wave = Path(folder, "wave.txt")
        if not wave.exists():
            raise RuntimeError(f"ngspice wrote nothing: {done.stderr[-400:]}")
        return [tuple(map(float, row.split())) for row in wave.read_text().splitlines()]


def run(corner: Corner, output=circuit.BUFFERED, slower: float = 1.0) -> uart.Result:
    """Simulate a corner and read it."""
    return uart.judge(simulate(corner, output, slower), corner.baud)


def worst(baud, mark, space, ctr, output=circuit.BUFFERED, slower=1.0, zener=16) -> uart.Result:
    """The worst of cold, room and heat, each with the weakest and the strongest parts. The rated
    CTR is taken as it is: ageing counts as the next lower one."""
    results = []
    for celsius in (circuit.COLD, circuit.ROOM, circuit.HOT):
        for sign in (-1, 1):
            tolerance = sign * circuit.ZENER_TOLERANCE
            corner = Corner(baud, mark, space, zener, tolerance, sign, ctr, celsius)
            results.append(run(corner, output, slower))
    return uart.Result(
        all(result.octets_ok for result in results),
        max(result.distortion for result in results),
        min(result.slack for result in results),
        max(result.low for result in results),
        min(result.high for result in results),
    )


_SPEED = """* speed of the optocoupler alone
.options reltol=1e-4
Vled i 0 PULSE(0 1 100u 10n 10n 400u 2m)
Rled i 0 1
Bph col base I={share}*{light}*max(V(i),0)
Q1 col base 0 photo
.model photo NPN(IS=1e-14 BF={gain} BR=5 VAF=100 RC=25 CJC={cjc} CJE={cje} TF={tf} TR={tr})
Vcc vcc 0 {supply}
Rload vcc col {load}
.control
set wr_singlescale
tran 0.1u 900u
wrdata wave.txt v(col)
.endc
.end
"""


def _off_times(load, supply, led, ctr):
    """(storage, rise) in us of the collector after the LED goes dark, at 10 % and 90 %."""
    light = led * min(1.1, (led / 5e-3) ** 0.35)
    rows = ngspice(
        _SPEED.format(
            share=SHARE,
            light=light,
            gain=ctr / SHARE,
            cjc=C_BASE_COLLECTOR,
            cje=C_BASE_EMITTER,
            tf=TRANSIT,
            tr=TRANSIT_REVERSE,
            supply=supply,
            load=load,
        )
    )
    dark = 500e-6
    low = min(volt for _, volt in rows)
    tenth, most = (low + part * (rows[0][1] - low) for part in (0.1, 0.9))
    first = next(at for at, volt in rows if at > dark and volt > tenth) - dark
    last = next(at for at, volt in rows if at > dark and volt > most) - dark
    return first * 1e6, (last - first) * 1e6


def speed_check() -> list:
    """Rows (load, what, model, class): the model against what parts of the class are given for."""
    _, rise = _off_times(100, 2.2, 2.2e-3, 1.3)
    stored, after = _off_times(1000, 5.0, 10e-3, 1.3)
    slow_stored, slow_after = _off_times(1900, 5.0, 16e-3, 1.0)
    return [
        ["100 ohm, 2 mA, linear", "fall of the current", f"{rise:.1f} us", "3 us (18 at most)"],
        ["1k, 5 V, LED 10 mA", "turn-off", f"{stored + after:.0f} us", "20 to 25 us"],
        ["1k9, 5 V, LED 16 mA", "turn-off", f"{slow_stored + slow_after:.0f} us", "25 us"],
    ]
