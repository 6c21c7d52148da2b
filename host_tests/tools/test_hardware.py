"""firmware/hardware.md says what the scripts in tools/hardware compute."""

import importlib.util
import re
from datetime import date, datetime

import pytest
from hardware import circuit, plots, report, spice, uart

PAGE = report.PAGE.read_text(encoding="utf-8")
ROOT = report.PAGE.parents[1]
needs_ngspice = pytest.mark.skipif(
    not spice.available(), reason="ngspice is missing: apt-get install ngspice"
)
needs_schemdraw = pytest.mark.skipif(
    importlib.util.find_spec("schemdraw") is None, reason="schemdraw is missing (PyPI)"
)


def _cells(name):
    """A table of the page: first column -> the other cells."""
    lines = report.tables(PAGE)[name].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("name", report.CALCULATED)
def test_calculated_table(name):
    assert report.tables(PAGE)[name] == report.CALCULATED[name]()


def test_every_table_of_the_page_is_made_by_a_script():
    assert set(report.tables(PAGE)) == {*report.CALCULATED, *report.SIMULATED}
    assert all(report.tables(PAGE).values())


def test_pictures_and_files_exist():
    targets = re.findall(r"\]\((hardware/[^)]+)\)", PAGE)
    assert targets
    for target in targets:
        assert (report.PAGE.parent / target).is_file(), target


def test_parts_have_the_calculated_values():
    for value in (
        f"| R1 | {circuit.R1 / 1000:.1f}".replace(".", "k") + ", 1 %",
        "| R2, R3, R4 | 470R, 2k2, 10k",
        "| D2 | zener 16 V, 2 %",
        "R2 has to be 2k2",
    ):
        assert value in PAGE
    assert circuit.BUFFERED[1:] == (10_000, 470, 2200)
    assert circuit.DIRECT.pull_up == 2200


def test_figures_in_the_text():
    zener = circuit.ZENERS[16]
    strong = {"tolerance": -0.02, "spread": -1, "resistor": circuit.R1 * 0.99}
    ends = (circuit.COLD, circuit.ROOM, circuit.HOT)
    most_at = {
        volt: max(circuit.led_current(volt, zener, t, **strong) for t in ends)
        for volt in (15, 16.6, 24, 30)
    }
    assert most_at[30] < 0.006  # "any mark up to 30 V"
    assert round(most_at[30] ** 2 * circuit.R1 * 1e3) == 70  # "70 mW at most"
    assert most_at[15] < 1e-5  # step 3
    assert most_at[16.6] < 1e-5  # "up to 16.6 V"
    assert round(circuit.current_for_low(circuit.DIRECT) * 1e3, 1) == 1.1
    diodes = circuit.drop(circuit.LED, 0.01, 25) + 2 * circuit.drop(circuit.BRIDGE_DIODE, 0.01, 25)
    assert 0.009 < (24 - diodes) / circuit.R1 < 0.0105  # "about 10 mA"


def test_bench_currents_cover_every_part_at_room_temperature():
    zener = circuit.ZENERS[16]
    rows = re.findall(r"^\| [45] \| (\d+) V \| ([\d.]+) to ([\d.]+) mA", PAGE, re.M)
    assert [row[0] for row in rows] == ["24", "21"]
    for volt, least, most in rows:
        for sign, resistor in ((1, 1.01), (-1, 0.99)):
            now = circuit.led_current(
                float(volt), zener, circuit.ROOM, 0.02 * sign, sign, circuit.R1 * resistor
            )
            assert float(least) <= now * 1e3 <= float(most)


def test_firmware_agrees_on_polarity_and_pins():
    settings = (ROOT / "firmware/app/settings_file.py").read_text(encoding="utf-8")
    assert re.search(r'"inverted", True,', settings)
    board = (ROOT / "firmware/app/board_esp32.py").read_text(encoding="utf-8")
    pins = re.findall(r'"ESP32(?:C3|S3)?": \(\d+, (\d+),', board)
    assert "RX to GPIO {} (ESP32), {} (C3) or {} (S3)".format(*pins) in PAGE


def test_the_chain_and_r1_add_up_to_the_bus():
    for volt in (21.0, 24.0, 30.0):
        for celsius in (circuit.COLD, circuit.HOT):
            current = circuit.led_current(volt, circuit.ZENERS[16], celsius)
            rest = circuit.chain(circuit.ZENERS[16], current, celsius)
            assert abs(rest + circuit.R1 * current - volt) < 1e-3


def _wave(baud, late=0.0):
    """RX for uart.OCTETS with sharp edges, falling ones `late` bits after the others."""
    rows, bit = [], 1 / baud
    bits = [1] * 4
    for octet in uart.OCTETS:
        bits += uart.character(octet)
    bits += [1, 1, 1]
    before = 1
    for index, mark in enumerate(bits):
        if mark != before:
            at = (index + (late if mark else 0.0)) * bit
            rows += [(at, 0.0, 3.3 * (1 - before), 0.0), (at + 1e-9, 0.0, 3.3 * (1 - mark), 0.0)]
        before = mark
    return [(0.0, 0.0, 0.0, 0.0), *rows, (len(bits) * bit, 0.0, 0.0, 0.0)]


def test_uart_reads_a_clean_wave_with_the_slack_that_its_clock_leaves():
    result = uart.judge(_wave(2400), 2400)
    assert result.octets_ok
    assert result.distortion < 0.001
    assert abs(result.slack - 0.29) < 0.001  # 0.5 - 10.5 * 2 %


def test_uart_measures_distortion_and_fails_when_it_is_too_much():
    result = uart.judge(_wave(2400, late=0.2), 2400)
    assert result.octets_ok
    assert abs(result.distortion - 0.2) < 0.001
    assert not uart.judge(_wave(2400, late=0.55), 2400).octets_ok
    assert not uart.judge(_wave(2300), 2400).octets_ok  # 4 % and the receiver's own 2 %


def test_the_page_says_when_and_with_what_it_was_simulated():
    """With another ngspice the cells hold all the same, or the tests of them fail."""
    day, version = report.RUN.findall(PAGE)[0]
    assert datetime.strptime(day, "%d %B %Y").date() <= date.today()
    assert version[0].isdigit()
    other = report.stamped(PAGE, date(2031, 2, 3), "50.1")
    assert report.RUN.findall(other) == [("3 February 2031", "50.1")]
    assert report.stamped(other, datetime.strptime(day, "%d %B %Y"), version) == PAGE
    with pytest.raises(ValueError, match="0 times"):
        report.stamped("no such words", date(2031, 2, 3), "50.1")


@needs_ngspice
def test_ngspice_tells_its_version():
    assert re.fullmatch(r"\d+(\.\d+)*", spice.version())


@needs_ngspice
def test_spice_has_the_calculated_current():
    for volt, celsius in ((21.0, circuit.HOT), (24.0, circuit.ROOM), (28.0, circuit.COLD)):
        corner = spice.Corner(2400, volt, volt - 12, 16, 0.0, 0.0, 2.0, celsius)
        found = spice.simulate(corner)[0][3]
        resistor = circuit.R1 + spice.LINE_OHM
        expected = circuit.led_current(volt, circuit.ZENERS[16], celsius, resistor=resistor)
        assert abs(found / expected - 1) < 0.01


@needs_ngspice
@pytest.mark.parametrize("output", report.OUTPUTS, ids=lambda output: output.name)
def test_simulated_cells_at_norwegian_levels(output):
    column = report.BUSES.index((24.0, 12.0))
    for ctr in plots.CTRS:
        written = _cells(f"{output.name}-2400")[f"{ctr * 100:.0f} %"][column]
        assert [written] == report.corner_row(2400, output, ctr, [(24.0, 12.0)])


@needs_ngspice
def test_simulated_cells_at_the_limits():
    for name, baud, ctr, bus in (
        ("buffered-2400", 2400, 4.0, (30.0, 18.0)),
        ("buffered-2400", 2400, 1.0, (21.0, 9.0)),
        ("buffered-9600", 9600, 2.0, (24.0, 12.0)),
        ("buffered-9600", 9600, 4.0, (24.0, 12.0)),
    ):
        written = _cells(name)[f"{ctr * 100:.0f} %"][report.BUSES.index(bus)]
        assert [written] == report.corner_row(baud, circuit.BUFFERED, ctr, [bus])


@needs_ngspice
def test_direct_with_4k7_loses_octets_at_high_ctr():
    corner = spice.Corner(2400, 24.0, 12.0, 16, 0.0, 0.0, 4.0, circuit.ROOM)
    result = spice.run(corner, circuit.DIRECT._replace(pull_up=4700.0))
    assert not result.octets_ok
    assert round(result.distortion, 1) == 0.4


@needs_ngspice
def test_b_grade_may_be_as_slow_as_its_class_allows():
    assert _cells("slower")["buffered"][1] in ("4.5 times", "6 times")
    assert spice.worst(2400, 24.0, 12.0, 2.6, slower=4.5).octets_ok
    assert not spice.worst(2400, 24.0, 12.0, 4.0, slower=4.5).octets_ok
    faster = circuit.BUFFERED._replace(base_emitter=1000.0)
    rescued = spice.worst(2400, 24.0, 12.0, 4.0, faster, slower=4.5)
    assert rescued.octets_ok
    assert round(rescued.slack, 2) == 0.01
    # "for marks from 24 V": the least of the C grade, aged
    assert circuit.margin(24.0, 12.0, circuit.ZENERS[16], faster).ctr < 2.0


@needs_ngspice
def test_b_grade_at_9600_only_just_passes():
    result = spice.worst(9600, 24.0, 12.0, 2.6)
    assert result.octets_ok
    assert round(result.slack, 2) == 0.03


@needs_ngspice
def test_model_speed_table():
    assert report.tables(PAGE)["speed"] == report.SIMULATED["speed"]()


@pytest.mark.parametrize("name", ["buffered", "direct"])
def test_schematic_shows_the_values(name):
    from_file = (report.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    words = " ".join(re.findall(r">([^<>]+)<", from_file))
    for value in (
        f"U1 PC817{'B' if name == 'buffered' else 'C'}",
        "R1 2k2 1 %",
        "D2 16 V, 2 %",
        "RX",
        "C1 1 nF",
    ):
        assert value in words
    for value in ("R2 470R", "R3 2k2", "R4 10k") if name == "buffered" else ("R2 2k2",):
        assert value in words


@needs_schemdraw
@pytest.mark.parametrize("name", ["buffered", "direct"])
def test_schematic_is_what_the_script_draws(name):
    from hardware import schematic

    drawn = getattr(schematic, name)()
    assert drawn == (report.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
