"""general-block-transfer: blocks joined by number; lost, repeated and lying ones only count."""

from support import Random

from hanport.counters import Counters
from hanport.gbt import BlockTransfer


def block(data, number, last, control=0x40, acknowledged=0):
    """One GBT APDU."""
    size = len(data)
    length = bytes((size,)) if size < 128 else b"\x81" + bytes((size,))
    head = bytes((0xE0, control | (0x80 if last else 0), number >> 8, number & 0xFF))
    return head + acknowledged.to_bytes(2, "big") + length + data


def blocks(apdu, size=112):
    """An APDU as the E450 cuts it."""
    pieces = [apdu[at : at + size] for at in range(0, len(apdu), size)]
    return [block(one, i + 1, i == len(pieces) - 1) for i, one in enumerate(pieces)]


def join(stream, transfer=None):
    """Add blocks, each from the middle of a larger buffer; the APDUs that come out."""
    transfer = transfer or BlockTransfer(Counters())
    found = []
    for one in stream:
        if transfer.add(bytearray(b"***" + one + b"**"), 3, 3 + len(one)):
            found.append(bytes(transfer.buf[: transfer.end]))
    return found


def test_blocks_are_joined():
    random = Random(21)
    for size in (1, 5, 111, 112, 113, 780, 1536):
        apdu = random.octets(size)
        assert join(blocks(apdu) * 3) == [apdu] * 3
    apdu = random.octets(500)
    assert join(blocks(apdu, 127)) == [apdu] and join(blocks(apdu, 255)) == [apdu]
    parts = [block(apdu[:100], 1, False, 0x41), block(apdu[100:200], 2, True, 0x7F, 0x1234)]
    assert join(parts) == [apdu[:200]]
    for size in (200, 300):
        data = random.octets(size)
        two = block(b"", 1, True)[:6] + b"\x82" + size.to_bytes(2, "big") + data
        assert join([two]) == [data]


def test_block_numbers_above_an_octet():
    apdu = bytes(i % 251 for i in range(900))
    assert join(blocks(apdu, 3)) == [apdu]


def test_lost_repeated_and_out_of_order():
    apdu = bytes(range(250))
    first, second, last = blocks(apdu)
    for stream, lost, repeated, count in (
        ([first, first, second, last], 0, 1, 1),
        ([first, second, second, last, last], 0, 2, 1),
        ([first, last], 1, 0, 0),
        ([second, last, first, second, last], 2, 0, 1),
        ([first, second, first, second, last], 1, 0, 1),
        ([first, last, second, last], 3, 0, 0),
        ([last] * 3 + [first, second, last], 3, 0, 1),
    ):
        counters = Counters()
        assert join(stream, BlockTransfer(counters)) == [apdu] * count
        assert getattr(counters, "blocks_lost", 0) == lost
        assert getattr(counters, "blocks_repeated", 0) == repeated


def test_malformed_blocks():
    apdu = bytes(range(200))
    first, last = blocks(apdu)
    for cut in range(len(first)):
        counters = Counters()
        assert join([first[:cut], last], BlockTransfer(counters)) == []
        assert counters.apdu_errors == 1
    for bad in (
        first + b"\x00",
        b"\xe1" + first[1:],
        first[:6] + b"\x80" + first[7:],
        first[:6] + b"\x83\x00\x00" + first[7:],
        first[:6] + b"\x82\xff\xff" + first[7:],
        first[:6] + b"\x82",
        first[:6] + b"\x82\x00",
        first[:6] + b"\x83\x00\x00\x70" + first[7:],
        block(b"", 1, True),
    ):
        counters = Counters()
        assert join([bad], BlockTransfer(counters)) == []
        assert counters.apdu_errors == 1
    # a damaged block in between is noticed by the number of the next
    assert join([first, first[:50], last]) == [apdu]


def test_a_storm_is_bounded():
    counters = Counters()
    transfer = BlockTransfer(counters, 300)
    assert join([block(bytes(100), i, False) for i in range(1, 40)], transfer) == []
    assert counters.too_long == 1 and len(transfer.buf) == 300
    assert join(blocks(bytes(range(256))), transfer) == [bytes(range(256))]


def test_clear_forgets_the_half_message():
    one, other = blocks(bytes(200)), blocks(bytes(range(200)))
    transfer = BlockTransfer(Counters())
    assert join(one[:1], transfer) == []
    transfer.clear()
    assert join(other[1:], transfer) == []
    assert join(other, transfer) == [bytes(range(200))]


def test_any_order_gives_the_message_or_nothing():
    random = Random(22)
    apdu = random.octets(500)
    parts = blocks(apdu)
    for _ in range(300):
        stream = [parts[random.below(len(parts))] for _ in range(30)] + parts
        found = join(stream)
        assert found and all(one == apdu for one in found)
