"""board_esp32.py on fake hardware: pins and line of each chip, names, LED, button."""

import importlib
import socket
import sys
import time
from types import SimpleNamespace

import pytest
from fakes import machine, network

from app.settings_file import defaults

CHIPS = {
    "Generic ESP32 module with ESP32": (2, 16, 17, 0),
    "Generic ESP32 module with SPIRAM with ESP32": (2, 26, 27, 0),
    "ESP32C3 module with ESP32C3": (1, 7, 6, 9),
    "Generic ESP32S3 module with Octal-SPIRAM with ESP32S3": (1, 18, 17, 0),
}
FLASH_AND_STRAPS = {
    "ESP32": {6, 7, 8, 9, 10, 11, 12, 1, 3},
    "ESP32C3": {2, 8, 9, 18, 19},
    "ESP32S3": {0, 3, 45, 46, 19, 20},
}


@pytest.fixture
def board(monkeypatch):
    """The board on a chip: board("ESP32C3 module with ESP32C3")."""
    monkeypatch.setitem(sys.modules, "machine", machine)
    monkeypatch.setitem(sys.modules, "network", network)
    monkeypatch.setattr(machine, "pins", {})
    monkeypatch.setattr(machine, "made", [])
    monkeypatch.setattr(network, "log", [])
    monkeypatch.setattr(network, "ap", {"active": False})

    def on(name="Generic ESP32 module with ESP32"):
        module = importlib.import_module("app.board_esp32")
        monkeypatch.setattr(module, "sys", SimpleNamespace(implementation=SimpleNamespace()))
        module.sys.implementation._machine = name
        return module

    yield on
    sys.modules.pop("app.board_esp32", None)


def settings(**changes):
    return {**defaults(), **changes}


@pytest.mark.parametrize("name", CHIPS)
def test_uart_of_each_chip(board, name):
    uart = board(name).open_meter(settings())
    number, rx, tx, _ = CHIPS[name]
    assert (uart.number, uart.rx, uart.tx) == (number, rx, tx)
    assert not {rx, tx} & FLASH_AND_STRAPS[name.split()[-1]]
    assert uart.rxbuf == 2048
    assert uart.timeouts == (0, 0)  # a timeout would stop every task
    assert uart.readinto(bytearray(8)) is None


def test_pins_of_the_settings_go_first(board):
    uart = board().open_meter(settings(uart=1, rx=26, tx=27))
    assert (uart.number, uart.rx, uart.tx) == (1, 26, 27)
    uart = board().open_meter(settings(rx=0))
    assert (uart.number, uart.rx, uart.tx) == (2, 0, 17)


def test_line(board):
    module = board()
    uart = module.open_meter(settings())
    module.set_line(uart, 2400, None, True)
    assert uart.line == (2400, 8, None, 1, machine.UART.INV_RX)
    module.set_line(uart, 115200, 0, False)
    assert uart.line == (115200, 8, 0, 1, 0)


def test_hostname_is_set_before_the_station_is_there(board):
    board().station("hytta")
    assert network.log == [("hostname", "hytta"), ("WLAN", network.WLAN.IF_STA)]


def test_addresses(board):
    module = board()
    wlan = module.station("hytta")
    assert module.addresses(None) == ()
    assert module.addresses(wlan) == ()
    wlan.active(True)
    wlan.connect("hjem", "hemmelig")
    wlan.tick()
    assert module.addresses(wlan) == ("192.0.2.5",)
    own = module.own_network("HAN-1f2e", "ABCD-EFGH-JKLM")
    assert module.addresses(wlan) == ("192.0.2.5", "192.168.4.1")
    own.active(False)
    assert module.addresses(wlan) == ("192.0.2.5",)


def test_own_network_is_closed_to_others(board):
    own = board().own_network("HAN-1f2e", "ABCD-EFGH-JKLM")
    assert not network.ap["open"]
    assert (network.ap["ssid"], network.ap["key"]) == ("HAN-1f2e", "ABCD-EFGH-JKLM")
    assert own.active()


def test_who_is_in_the_own_network(board):
    module = board()
    wlan = module.station("hytta")
    own = module.own_network("HAN-1f2e", "ABCD-EFGH-JKLM")
    assert module.is_own(own, wlan, ("192.168.4.2", 50000))
    assert not module.is_own(own, wlan, ("192.168.1.2", 50000))
    wlan.active(True)
    wlan.connect("hjem", "hemmelig")
    wlan.address = ("192.168.4.77", "255.255.255.0")
    wlan.tick()
    assert not module.is_own(own, wlan, ("192.168.4.2", 50000)), "the household has these numbers"


def test_device_id(board):
    assert board().device_id() == "1f2e"


@pytest.mark.parametrize("name", CHIPS)
def test_button(board, name):
    module = board(name)
    assert module.button() is False
    machine.pins[CHIPS[name][3]] = 0
    assert module.button() is True


def test_led(board):
    module = board()
    lit = []
    for state in ("live", "old", "starting", "no_signal"):
        for on in (True, False):
            module.indicate(state, on)
            lit.append(machine.pins[2])
    assert lit == [1, 1, 1, 0, 1, 0, 0, 0]
    machine.pins.clear()
    board("ESP32C3 module with ESP32C3").indicate("live", True)
    assert machine.pins == {}


def test_restart_tells_the_next_start_why(board, monkeypatch):
    monkeypatch.setattr(machine, "kept", b"")
    before = machine.resets
    module = board()
    module.restart()
    assert machine.resets == before + 1
    assert machine.kept == b""  # nothing there yet: boots.py makes it
    module.memory(b"\0rest")
    module.restart()
    assert machine.kept == b"\1rest"
    module.restart(2)
    assert module.memory() == b"\2rest"


def test_clock(board, monkeypatch):
    module = board()
    # the port's epoch is 2000
    times = SimpleNamespace(gmtime=lambda seconds: tuple(time.gmtime(seconds + 946684800)))
    monkeypatch.setattr(module, "time", times)
    module.set_clock(1795531509)
    assert machine.clock == (2026, 11, 24, 1, 14, 45, 9, 0)


def test_reset_cause(board, monkeypatch):
    module = board()
    found = []
    for cause in (machine.PWRON_RESET, machine.HARD_RESET, machine.WDT_RESET, machine.SOFT_RESET):
        monkeypatch.setattr(machine, "cause", cause)
        found.append(module.reset_cause())
    assert found == ["power", "other", "watchdog", "other"]


def test_watchdog(board, monkeypatch):
    monkeypatch.setattr(machine, "fed", [])
    module = board()
    monkeypatch.setattr(module, "_dog", None)
    module.feed()
    module.feed()
    module.feed(3600000)  # the prompt's
    module.feed()
    assert machine.fed == [30000, 30000, 3600000, 3600000]


def test_listens_without_blocking(board):
    door = board().listen(0)
    try:
        assert not door.getblocking()
        with socket.create_connection(("127.0.0.1", door.getsockname()[1]), 2):
            pass
    finally:
        door.close()
