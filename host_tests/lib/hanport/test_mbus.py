"""Wired M-Bus long frames: segments joined, four ways and under damage."""

import damage
from support import Random, case, frames_of, unhex

from hanport.cipher import GloCipher
from hanport.counters import Counters
from hanport.mbus import MbusDeframer

NETZNOE = case("spec-netznoe-mbus-enc")
PLAIN = unhex(NETZNOE["note"].split("p. 6: ")[1])


def long_frame(piece, number, last, head=b"\x53\xff", saps=b"\x01\x67"):
    """One long frame around a piece of an APDU."""
    body = head + bytes((number | (0x10 if last else 0),)) + saps + piece
    size = len(body) & 0xFF
    return bytes((0x68, size, size, 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))


def message(apdu, piece=100):
    """The frames of an APDU cut into pieces."""
    pieces = [apdu[at : at + piece] for at in range(0, len(apdu), piece)]
    return [long_frame(one, i, i == len(pieces) - 1) for i, one in enumerate(pieces)]


def frames(stream, deframer=None, chunk=0, random=None):
    """The APDUs that come out of `stream`."""
    return frames_of(deframer or MbusDeframer(Counters()), stream, chunk, random)


def apdus(count, random):
    """APDUs of many sizes."""
    return [b"\x0f" + random.octets(random.below(600) + 20) for _ in range(count)]


def test_the_printed_message():
    found = frames(NETZNOE["bytes"])
    assert len(found) == 1
    cipher = GloCipher(unhex(NETZNOE["key"]))
    buf = bytearray(found[0])
    start, end = cipher.open(buf, 0, len(buf))
    assert bytes(buf[start:end]) == PLAIN
    assert not cipher.verified


def test_four_ways():
    random = Random(11)
    sent = apdus(8, random)
    parts = [message(one, 60 + 25 * i) for i, one in enumerate(sent)]
    stream = b"".join(b"".join(one) for one in parts)
    noisy = b"\xe5\x10\x40\xf0\x30\x16" + random.octets(70).replace(b"\x68", b"\x67")
    for one in parts:
        noisy += one[0][:20] + b"".join(one)
    for wire in (stream, noisy):
        assert frames(wire) == sent
        assert frames(wire, chunk=1) == sent
        for _ in range(20):
            assert frames(wire, random=random) == sent


def test_a_length_octet_of_one_is_257():
    apdu = bytes(i & 0xFF for i in range(252))
    frame = long_frame(apdu, 0, True)
    assert frame[1] == 1
    assert frames(frame + frame, chunk=3) == [apdu, apdu]
    longest = bytes(253)
    assert frames(long_frame(longest, 0, True)) == [longest]


def test_a_lost_or_repeated_segment():
    random = Random(12)
    apdu = b"\x0f" + random.octets(350)
    first, second, third, last = message(apdu)
    whole = first + second + third + last
    for stream, lost, repeated, count in (
        (whole, 0, 0, 1),
        (first + first + second + third + last, 0, 1, 1),
        (first + second + second + third + third + last, 0, 2, 1),
        (first + third + last, 2, 0, 0),
        (second + third + last, 3, 0, 0),
        (first + second + third, 1, 0, 0),
        (first + second + whole, 1, 0, 1),
        (first + third + second + last + whole, 3, 0, 1),
        (whole + last, 1, 0, 1),
    ):
        counters = Counters()
        assert frames(stream, MbusDeframer(counters), chunk=50) == [apdu] * count
        assert getattr(counters, "blocks_lost", 0) == lost
        assert getattr(counters, "blocks_repeated", 0) == repeated


def test_quiet_line_forgets_the_half_message():
    one = b"\x0f" + bytes(150)
    other = b"\x0f" + bytes(range(150))
    deframer = MbusDeframer(Counters())
    assert frames(message(one)[0], deframer) == []
    assert frames(message(other)[1], deframer) == []
    assert frames(b"".join(message(other)), deframer) == [other]


def test_other_m_bus_traffic_is_not_data():
    counters = Counters()
    body = b"\x08\x01\x72" + bytes(20)
    frame = bytes((0x68, 23, 23, 0x68)) + body + bytes((sum(body) & 0xFF, 0x16))
    assert frames(frame, MbusDeframer(counters)) == []
    assert counters.not_data == 1


def test_a_segment_storm_is_bounded():
    counters = Counters()
    deframer = MbusDeframer(counters)
    storm = b"".join(long_frame(bytes(250), i, False) for i in range(16))
    assert frames(storm * 10, deframer, chunk=300) == []
    assert counters.too_long == 10
    assert len(deframer.buf) == 1536
    apdu = b"\x0f" + bytes(200)
    assert frames(b"".join(message(apdu)), deframer) == [apdu]


def test_a_small_buffer():
    random = Random(13)
    sent = apdus(1, random)[0][:200]
    deframer = MbusDeframer(Counters(), bytearray(264 + 200))
    for chunk in (1, 7, 500):
        assert frames(b"".join(message(sent, 90) * 9), deframer, chunk=chunk) == [sent] * 9


def test_damage_moves_counters_only():
    random = Random(14)
    kinds = [kind for kind in damage.KINDS if kind is not damage.lie_about_length]
    wrong = 0
    for turn in range(900):
        sent = b"\x0f" + random.octets(200)
        other = b"\x0f" + random.octets(150)
        bad = kinds[turn % len(kinds)](b"".join(message(sent)), random)
        found = frames(b"".join(message(other)) + bad + b"".join(message(other)), random=random)
        assert found[0] == other and found[-1] == other, turn
        wrong += len([one for one in found if one not in (sent, other)])
    # one octet of checksum, and two halves that may belong to different messages
    assert wrong < 20, wrong


def test_storms_end():
    random = Random(15)
    apdu = b"\x0f" + bytes(range(100))
    for octets in (
        b"\x68",
        b"\x16",
        b"\x68\xff\xff\x68",
        b"\x68\x00\x00\x68",
        b"\x68\x06\x06\x68",
    ):
        for count in (1, 2, 3, 1999, 2000):
            stream = octets * count + b"".join(message(apdu))
            assert frames(stream, random=random)[-1:] == [apdu]


def test_each_fault_is_counted_once():
    frame = long_frame(b"\x0f" + bytes(range(20)), 0, True)
    for stream, name in (
        (frame[:-2] + bytes((frame[-2] ^ 1, 0x16)), "fcs_errors"),
        (frame[:-1] + b"\x17", "fcs_errors"),
        (frame[:12] + b"\x55" + frame[13:], "fcs_errors"),
        (frame[:4], "truncated"),
        (frame[:-1], "truncated"),
        (frame[:3], None),
        (frame[1:], None),
        (b"\x68\x05\x05\x68\x53\xff\x10\x01\x67\xca\x16", None),
        (b"\x68\x1a\x1b\x68" + frame[4:], None),
        (b"\x68\x1a\x1a\x67" + frame[4:], None),
    ):
        counters = Counters()
        assert frames(stream, MbusDeframer(counters)) == []
        faults = {key: getattr(counters, key) for key in ("fcs_errors", "truncated", "too_long")}
        assert name is None or faults.pop(name) == 1, (stream, name)
        assert not any(faults.values()), (stream, faults)
