"""A bad line: noise gives nothing, damage gives nothing wrong, and what is whole is found."""

import gc
import sys

import damage
from support import Random, cases, decode, expected

from hanport.decoder import MeterDecoder

_PLAIN = [
    one
    for one in cases()
    if one["framing"] == "hdlc" and not one["encrypted"] and one["expect"] == "decode"
]


def _mem_alloc():
    if sys.implementation.name != "micropython":
        return 0
    gc.collect()
    return gc.mem_alloc()


def test_a_million_octets_of_noise():
    random = Random(1)
    decoder = MeterDecoder()
    decode(random.octets(4096), decoder)
    before = _mem_alloc()
    for _ in range(244):
        assert decode(random.octets(4096), decoder, flush=False) == []
    assert decoder.counters.octets >= 1000000
    assert _mem_alloc() - before <= 256
    one = _PLAIN[0]
    decoder.flush()
    assert decode(one["bytes"], decoder) == [expected(one["values"])]


def test_flag_storm():
    decoder = MeterDecoder()
    assert decode(b"\x7e" * 20000, decoder, chunk=200, flush=False) == []
    assert decode(b"\x7e\xa7\xff" * 5000, decoder, chunk=200, flush=False) == []
    assert decode(_PLAIN[1]["bytes"], decoder) == [expected(_PLAIN[1]["values"])]


def test_ten_thousand_mutations():
    random = Random(2026)
    decoder = MeterDecoder()
    wanted = [expected(one["values"]) for one in _PLAIN]
    before = None
    for round in range(10000):
        hurt = random.below(len(_PLAIN))
        whole = random.below(len(_PLAIN))
        kind = damage.KINDS[round % len(damage.KINDS)]
        stream = kind(_PLAIN[hurt]["bytes"], random) + _PLAIN[whole]["bytes"]
        # flush as the firmware does when the line falls quiet after a list
        found = decode(stream, decoder, chunk=64)
        assert found and found[-1] == wanted[whole], (round, kind.__name__)
        # damage may miss the frame, or repeat it: what is read must be what was sent
        for reading in found[:-1]:
            assert reading == wanted[hurt], (round, kind.__name__)
        if round == 100:
            before = _mem_alloc()
    found = stream = None
    assert _mem_alloc() - before <= 512
