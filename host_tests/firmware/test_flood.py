"""S22: a flood of a hundred connections a second. Five seconds of it here, sixty with `make flood`."""

import os
import time

import pytest
from access_support import Tries, phone, status_of
from flood import Flood
from running_firmware import PASSWORD

SECONDS = float(os.environ.get("HAN_FLOOD_S") or 5)
RATE = 100
BACK_S = 30  # S22
HEAP = 2048


def answers_within(firmware, seconds) -> float:
    """Seconds until the owner's page has its figures."""
    began = time.monotonic()
    while True:
        try:
            if firmware.get("/api/v1/now", timeout=seconds)[0] == 200:
                return time.monotonic() - began
        except OSError:
            pass
        assert time.monotonic() - began < seconds + 3, firmware.log()


@pytest.mark.timeout(120 + 3 * SECONDS)
def test_s22_a_flood_passes_without_a_trace(start_firmware, capsys):
    firmware = start_firmware()
    one = phone(firmware)
    for path in ("/", "/api/v1/now", "/api/v1/login", "/login", "/nope"):
        firmware.get(path)  # what a first request leaves for good: names
    Tries(firmware).post({"nonce": "00", "client": "12345678", "proof": "00"})
    warm = Flood(firmware, seed=4)
    warm.run(2, 30)  # the same for what only a flood asks for
    warm.close()
    answers_within(firmware, BACK_S)
    time.sleep(12)
    before = firmware.heap()
    seq = firmware.now()["seq"]
    flood = Flood(firmware)
    flood.run(SECONDS, RATE)
    back = answers_within(firmware, BACK_S)
    flood.close()
    firmware.wait_for("seq", seq + flood.lists)  # no list is lost
    time.sleep(12)  # the longest any answer may take
    after = firmware.heap()
    with capsys.disabled():
        print(
            f"\nflood: {flood.tried} connections tried, {flood.opened} made in {SECONDS:g} s, "
            f"{flood.lists} lists, none lost, back after {back:.1f} s, heap {after - before:+d} B"
        )
    assert flood.tried >= SECONDS * RATE * 0.8  # else it was none
    assert back < BACK_S
    assert after - before < HEAP
    # who was logged in still is, and a login gets an answer, if only how long it has to wait
    assert status_of(one, "GET", "/api/v1/now") == 200
    time.sleep(1)
    assert Tries(firmware).log_in(PASSWORD)[0] in (200, 429)
    assert "Traceback" not in firmware.log(), firmware.log()
