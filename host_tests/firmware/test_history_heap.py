"""The household's history on a heap like the dongle's."""

import json
import time

import pytest
from seeded_firmware import seeded

PATHS = ("hours", "days", "months", "peaks", "now", "tariff", "away", "quality")


# What is always loaded is 1.4 times as large on 64-bit words (make size), what a history loads for its
# answer 1.55 times (months: 16.3 KB there, 25.1 KB here): the dongle's 104 KB are 150 to 158 KB here.
# A little above that every answer comes at once; at 150 KB one may be refused with 503, in words and with
# a time to come again, and nothing else breaks.
@pytest.mark.parametrize(("heap", "refusals"), [("165K", False), ("150K", True)])
def test_a_page_gets_its_history(firmware_tree, tmp_path, heap, refusals):
    one = seeded(firmware_tree, tmp_path, heap=heap)
    one.may_fail = True  # a request without heap leaves its traceback
    answered = 0
    try:
        for path in PATHS:
            time.sleep(0.5)
            status, headers, body = one.get("/api/v1/" + path, timeout=30)
            assert json.loads(body), path
            answered += status == 200
            if refusals and status == 503:
                assert json.loads(body)["error"] and headers["Retry-After"]
                continue
            assert status == 200, (path, body)
        limit = time.monotonic() + 20
        while refusals and one.get("/api/v1/now")[0] == 503 and time.monotonic() < limit:
            time.sleep(1)
        assert one.now()["state"] in ("live", "old")
        assert answered >= (4 if refusals else len(PATHS))
    finally:
        one.stop()
