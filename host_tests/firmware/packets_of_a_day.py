"""Run by test_no_packets.py in a network namespace of its own: the firmware beside a network card
with a way to the Internet, on which every frame is counted.

    unshare -n python packets_of_a_day.py TREE FOLDER

Prints JSON: {"before", "day", "use", "control"}: frames seen while an empty dongle waits for its
set-up, in thirty hours of a meter's lists (in twelve seconds), while a phone uses the page, and after
one datagram sent on purpose. The household's own requests go over the
loopback, where nothing is counted.
"""

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import han_client
from meter_lists import HOURLY, LIST_1, frame
from running_firmware import PASSWORD, RunningFirmware

_ALL = 0x0003  # ETH_P_ALL
_SPEED = "9000"
_S = 12


def card() -> socket.socket:
    """A network card, 192.0.2.57, with a router to everywhere; a socket that sees what is sent."""
    # the kernel's own words about IPv6 are not the firmware's
    Path("/proc/sys/net/ipv6/conf/default/disable_ipv6").write_text("1")
    for command in (
        "link set lo up",
        "link add lan0 type veth peer name router0",
        "link set router0 up",
        "address add 192.0.2.57/24 dev lan0",
        "link set lan0 up",
        "route add default via 192.0.2.1 dev lan0",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    seen = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ALL))
    seen.bind(("lan0", 0))
    seen.setblocking(False)
    return seen


def count(seen) -> int:
    """Frames that this end has sent since the last time."""
    frames = 0
    while True:
        try:
            _, (_, _, kind, *_) = seen.recvfrom(2000)
        except BlockingIOError:
            return frames
        frames += kind == socket.PACKET_OUTGOING


def use(firmware) -> None:
    """What a household does: log in, look, change settings, take all out."""
    firmware.feed(frame(HOURLY))
    one = han_client.Client(firmware.url)
    one.log_in(PASSWORD, "phone")
    stream = one.open("GET", "/api/v1/events")
    for path in ("/", "/api/v1/now", "/api/v1/hours", "/api/v1/months", "/api/v1/export"):
        with one.open("GET", path) as answer:
            assert answer.status == 200, (path, answer.read())
            answer.read()
    settings = {"name": "Hytta", "hostname": "example"}
    one.json("POST", "/api/v1/settings", {"set": settings})
    stream.close()


def main() -> None:
    tree, folder = Path(sys.argv[1]), Path(sys.argv[2])
    seen = card()
    time.sleep(1)
    count(seen)
    told = {}
    environment = {"CLOCK_SPEED": _SPEED}
    empty = RunningFirmware(tree, folder / "empty", answers=None, environment=environment)
    empty.wait_until_up()
    time.sleep(_S)
    empty.stop()
    told["before"] = count(seen)
    firmware = RunningFirmware(tree, folder / "day", environment=environment)
    firmware.wait_until_up()
    for i in range(_S * 5):
        firmware.feed(frame(HOURLY if i % 4 == 0 else LIST_1))
        time.sleep(0.2)
    firmware.stop()
    told["day"] = count(seen)
    # what is asked here is not whether the heap will do
    firmware = RunningFirmware(tree, folder / "use", heap="250K")
    firmware.wait_until_up()
    use(firmware)
    firmware.stop()
    assert "Traceback" not in firmware.log(), firmware.log()
    told["use"] = count(seen)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        control.sendto(b"x", ("198.51.100.1", 123))
    time.sleep(0.2)
    told["control"] = count(seen)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
