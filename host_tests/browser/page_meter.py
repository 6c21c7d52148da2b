"""The simulated meter at the real firmware, for the tests of the page."""

import subprocess
import sys
import time
from decimal import ROUND_HALF_UP, Decimal

from conftest import ROOT

HOURLY_LISTS = ("--start", "2026-11-24T10:59:00Z", "--duration", "7320")


def octets(meter: str, *arguments: str) -> bytes:
    """What a meter sends over a little more than two hours, all at once."""
    command = [sys.executable, ROOT / "tools" / "meter_sim.py", "--meter", meter, "--unpaced"]
    command += [*(arguments or HOURLY_LISTS), "--out=-"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def feed(firmware, data: bytes) -> dict:
    """Feed it all and wait until the firmware has read it: a new list, and then none for a while."""
    before = firmware.now()["seq"]
    firmware.feed(data)
    limit = time.monotonic() + 60
    seen = before
    while (now := firmware.now())["seq"] != seen or seen == before:
        seen = now["seq"]
        assert time.monotonic() < limit, "the firmware does not read"
        time.sleep(0.2)
    return now


def text_of(value: float, divisor: int, decimals: int) -> str:
    """An independent way to the page's number."""
    exact = Decimal(str(value)) / divisor
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{rounded:,}".replace(",", " ").replace(".", ",")


def frames(data: bytes):
    """The HDLC frames of a clean line, one by one (frame format type 3 has the length)."""
    at = 0
    while at + 2 < len(data):
        end = at + ((data[at + 1] & 7) << 8 | data[at + 2]) + 2
        yield data[at:end]
        at = end
