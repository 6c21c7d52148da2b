"""What a list costs in heap: at most 64 octets from the wire to an overwritten Reading."""

import gc
import sys

from support import case

from hanport.decoder import MeterDecoder

_FRAMES = 500


def _run(decoder, pieces, count):
    readings = 0
    for _ in range(count):
        for piece in pieces:
            decoder.feed(piece)
            while decoder.next_reading() is not None:
                readings += 1
    return readings


def test_at_most_64_octets_of_heap_a_list():
    for name in ("amshan-kamstrup-se-list-real-sample", "amshan-aidon-no-list-2", "syn-plain"):
        view = memoryview(case(name)["bytes"])
        # as the UART gives them in 100 ms
        pieces = [view[i : i + 24] for i in range(0, len(view), 24)]
        decoder = MeterDecoder()
        first = decoder.reading
        assert _run(decoder, pieces, 3) == 3
        if sys.implementation.name == "micropython":
            gc.collect()
            gc.disable()
            before = gc.mem_alloc()
            assert _run(decoder, pieces, _FRAMES) == _FRAMES
            per_list = (gc.mem_alloc() - before) / _FRAMES
            gc.enable()
            print(name, per_list, "B a list")
            assert per_list <= 64, name
        assert decoder.reading is first
