"""The household's history on the dongle's own heap: 146 KB of 64-bit words are its 104 KB."""

import json

import pytest
from seeded_firmware import seeded


def test_a_page_gets_its_history_on_the_dongles_heap(firmware_tree, tmp_path):
    one = seeded(firmware_tree, tmp_path, heap="150K")
    try:
        for path in ("hours", "days", "months", "peaks", "now", "tariff", "away", "quality"):
            status, _, body = one.get("/api/v1/" + path, timeout=30)
            assert status == 200, (path, body)
            assert json.loads(body)
    finally:
        one.stop()
