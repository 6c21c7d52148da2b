"""HDLC segmentation: one list in several frames, and segments that get lost."""

from support import Random, case, decode, expected, hdlc_frame

from hanport.decoder import MeterDecoder

_ONE = case("syn-plain")
_INFORMATION = _ONE["bytes"][8:-3]
_WANTED = [expected(_ONE["values"])]


def _segments(sizes):
    frames = []
    at = 0
    for size in sizes:
        last = at + size >= len(_INFORMATION)
        piece = _INFORMATION[at : at + size]
        frames.append(hdlc_frame(piece, b"\xcf\x02\x23", form=0xA000 if last else 0xA800))
        at += size
    return frames


def test_joined_in_any_chunks():
    for sizes in ((100, 100, 200), (3, 1, 400), (290, 10), (20,) * 20):
        frames = _segments(sizes)
        while not frames[-1][9:-3]:
            frames.pop()
        stream = b"".join(frames)
        assert decode(stream) == _WANTED
        assert decode(stream, chunk=1) == _WANTED
        assert decode(stream, random=Random(5)) == _WANTED


def test_a_lost_segment_costs_its_own_list_only():
    frames = _segments((80, 80, 80, 80))
    for lost in range(4):
        stream = b"".join(frames[:lost] + frames[lost + 1 :])
        decoder = MeterDecoder()
        found = decode(stream + b"".join(frames) + b"".join(frames), decoder)
        assert found in (_WANTED, _WANTED * 2), lost
        assert decode(_ONE["bytes"], decoder) == _WANTED


def test_an_unfinished_list_is_dropped_when_the_line_is_quiet():
    frames = _segments((80, 400))
    decoder = MeterDecoder()
    assert decode(frames[0], decoder) == []  # decode() flushes
    assert decode(_ONE["bytes"], decoder) == _WANTED


def test_a_segment_storm_is_bounded():
    storm = hdlc_frame(_INFORMATION[:200], form=0xA800)
    tail = hdlc_frame(_INFORMATION[3:203], form=0xA800)
    decoder = MeterDecoder()
    assert decode(storm * 200 + tail * 200, decoder) == []
    assert decoder.counters.too_long > 0
    assert decode(_ONE["bytes"], decoder) == _WANTED
