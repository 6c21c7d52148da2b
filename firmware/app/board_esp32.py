"""The dongle: ESP32, ESP32-C3 or ESP32-S3 under MicroPython 1.26 to 1.29.

This file and board_unix.py are the only ones that know where they run, and have the same
functions.
"""

import socket
import sys
import time

import machine
import network
from micropython import const

_BAUD = const(2400)  # until set_line()
# Whether the file system keeps what was overwritten until the block is used again, as littlefs does
FLASH_KEEPS = True

_WATCHDOG = const(30000)  # ms; a flash erase, or joining a Wi-Fi, takes seconds
_dog = None
_RXBUF = const(2048)  # 8.5 s at 2400 Bd: a full one loses octets without a word

# chip: UART, rx, tx, BOOT button, LED (None: none that all boards have).
# rx and tx are always given: the UART's own defaults are flash pins on the ESP32 and the BOOT
# strap on the C3. tx is not connected; it has to be a free pin since tx=-1 is new in 1.29.
_CHIPS = {
    "ESP32": (2, 16, 17, 0, 2),
    "SPIRAM": (2, 26, 27, 0, 2),  # a WROVER has its memory at 16 and 17
    "ESP32C3": (1, 7, 6, 9, None),
    "ESP32S3": (1, 18, 17, 0, None),
}


def _chip():
    """The row of _CHIPS. The board calls itself "Generic ESP32C3 module with ESP32C3", or "Generic
    ESP32 module with SPIRAM with ESP32"."""
    name = sys.implementation._machine
    chip = name.split(" ")[-1]
    if chip == "ESP32" and "SPIRAM" in name:
        chip = "SPIRAM"
    return _CHIPS.get(chip, _CHIPS["ESP32"])


def ticks_ms() -> int:
    """time.ticks_ms()."""
    return time.ticks_ms()  # pyright: ignore[reportReturnType]


def data_folder() -> str:
    """Where the settings and the household's data are kept."""
    return "/data"


def device_id() -> str:
    """Four hex digits that tell this dongle from others on the network. No secret."""
    return machine.unique_id()[-2:].hex()


def open_meter(settings):
    """The HAN port's UART: readinto(buffer) gives None when there is nothing, and never waits."""
    pins = list(_chip())
    for i, key in enumerate(("uart", "rx", "tx")):
        if settings[key] is not None:
            pins[i] = settings[key]
    uart, rx, tx = pins[:3]
    return machine.UART(uart, _BAUD, rx=rx, tx=tx, rxbuf=_RXBUF, timeout=0, timeout_char=0)


def level(pin: int) -> bool:
    """Whether an input is high."""
    return machine.Pin(pin, machine.Pin.IN).value() == 1


def set_line(source, baud: int, parity: int | None, inverted: bool) -> None:
    """Change the line's settings: parity None or 0 (even). Drops what the UART has received."""
    invert = machine.UART.INV_RX if inverted else 0
    source.init(baudrate=baud, bits=8, parity=parity, stop=1, invert=invert)


def http_port() -> int:
    """The page's port."""
    return 80


def own_network(ssid: str, key: str):
    """Open the dongle's own network, WPA2; returns its WLAN."""
    own = network.WLAN(network.WLAN.IF_AP)
    # A key without `security` leaves the network open
    own.config(ssid=ssid, key=key, security=network.WLAN.SEC_WPA2, max_clients=4)
    own.active(True)
    return own


def own_address(own) -> str:
    """The dongle's address in its own network, 192.168.4.1."""
    return own.ipconfig("addr4")[0]


def is_own(own, wlan, peer) -> bool:
    """Whether a client with that address (of accept()) is in the dongle's own network. In doubt
    not: a household's network may have the same numbers."""
    net = own_address(own)[:-1]  # "192.168.4."
    if wlan.isconnected() and wlan.ipconfig("addr4")[0].startswith(net):
        return False
    return own.active() and peer[0].startswith(net)


def listen_dns():
    """A non-blocking UDP socket for the name server of the first start."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", 53))
    sock.setblocking(False)
    return sock


def listen(port: int) -> socket.socket:
    """A non-blocking listening socket on all addresses."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("0.0.0.0", port))
    door.listen(4)
    door.setblocking(False)
    return door


def station(hostname: str):
    """The Wi-Fi station, its radio still off."""
    network.hostname(hostname)  # before active(): mDNS takes it once, with the first address
    return network.WLAN(network.WLAN.IF_STA)


def addresses(wlan) -> tuple[str, ...]:
    """The numeric addresses and names, besides the hostname, under which the page is reached."""
    found = ()
    if wlan is not None and wlan.isconnected():
        found = (wlan.ipconfig("addr4")[0],)
    own = network.WLAN(network.WLAN.IF_AP)
    return found + (own_address(own),) if own.active() else found


def button() -> bool:
    """Whether the BOOT button is held down."""
    return not machine.Pin(_chip()[3], machine.Pin.IN, machine.Pin.PULL_UP).value()


def indicate(state: str, on: bool) -> None:
    """Called twice a second with Live's state and a flag that alternates: the LED is steady when
    live, blinks when not, and is dark without signal."""
    pin = _chip()[4]
    if pin is not None:
        lit = state == "live" or (on and state != "no_signal")
        machine.Pin(pin, machine.Pin.OUT).value(lit)


def memory(data=None):
    """What outlives a restart, up to 2048 octets: boots.py has its layout. Sets it, or returns it."""
    rtc = machine.RTC()
    return rtc.memory() if data is None else rtc.memory(data)


def set_clock(utc: int) -> None:
    """The chip's own clock, Unix seconds. It starts at 2000 with the power, and TLS asks it whether a
    certificate is of age; nothing else goes by it."""
    at = time.gmtime(utc - 946684800)  # the port counts from 2000
    machine.RTC().datetime(at[:3] + at[6:7] + at[3:6] + (0,))


def reset_cause() -> str:
    """power, watchdog or other: machine.reset() and a panic look the same."""
    cause = machine.reset_cause()
    if cause == machine.PWRON_RESET:
        return "power"
    return "watchdog" if cause == machine.WDT_RESET else "other"


def heap_regions() -> list:
    """What the chip's system has beside Python's heap, by region: (size, free, largest block, least
    free so far), octets. The network takes its buffers there."""
    import esp32  # seldom asked for

    return esp32.idf_heap_info(esp32.HEAP_DATA)


def feed(timeout: int = 0) -> None:
    """The watchdog resets the chip unless this is called again within 30 s, or `timeout` ms. It
    outlives a soft reset; making it anew changes its time."""
    global _dog
    if timeout or _dog is None:
        _dog = machine.WDT(timeout=timeout or _WATCHDOG)
    _dog.feed()


def restart(mark: int = 1) -> None:
    """Reset the chip; `mark` tells the next start why (boots.PLANNED, CRASHED). Does not return."""
    data = bytearray(machine.RTC().memory())
    if data:
        data[0] = mark
        memory(data)
    machine.reset()
