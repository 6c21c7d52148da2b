"""Thousands of hostile streams: no exception, nothing wrong, whatever is whole is found."""

import os

import pytest
from adversary import PROFILES, Line
from support import Random, decode

# `make fuzz` sets the long form
_STREAMS = int(os.environ.get("HAN_STREAMS", "5000"))


@pytest.mark.parametrize("part", range(8))
def test_hostile_streams(part):
    for seed in range(part, _STREAMS, 8):
        random = Random(seed * 7919 + 1)
        line = Line(PROFILES[part], random)
        for _ in range(random.below(4) + 2):
            bad, was, kind = line.hurt()
            good, reading = line.frame()
            if random.below(2):
                bad += random.octets(random.below(30))
            quiet = random.below(3) > 0
            found = decode(bad, line.decoder, random=random, flush=quiet)
            found += decode(good, line.decoder, random=random)
            assert found and found[-1] == reading, (seed, kind)
            for one in found[:-1]:
                assert one == was, (seed, kind)


def test_memory_is_bounded():
    random = Random(77)
    line = Line("plain", random)
    for _ in range(400):
        decode(line.hurt()[0], line.decoder, random=random)
    sizes = [
        len(part.buf)
        for part in vars(line.decoder).values()
        if hasattr(part, "buf") and isinstance(part.buf, bytearray)
    ]
    assert 1 <= len(sizes) <= 5
    assert sum(sizes) <= 12 * 1024
