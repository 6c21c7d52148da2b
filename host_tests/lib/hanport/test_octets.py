"""The loops over octets: native, built-in and plain forms give the same."""

from support import Random

from hanport import octets, octets_plain


def test_fcs_of_the_standard():
    # the check value of CRC-16/X-25 in every catalogue
    assert octets.fcs16(b"123456789", 0, 9) == 0x906E


def test_fcs_good_for_whole_frames_only():
    random = Random(8)
    for size in range(1, 60):
        data = bytearray(random.octets(size))
        fcs = octets.fcs16(data, 0, size)
        data += bytes((fcs & 0xFF, fcs >> 8))
        framed = bytearray(b"\x7e\x7e") + data + b"\x7e"
        assert octets.fcs_good(framed, 2, size + 4)
        framed[2 + random.below(size + 2)] ^= 1 << random.below(8)
        assert not octets.fcs_good(framed, 2, size + 4)


def test_the_forms_agree():
    random = Random(9)
    for _ in range(200):
        data = bytearray(random.octets(random.below(80) + 1))
        start = random.below(len(data))
        end = start + random.below(len(data) - start + 1)
        octet = random.below(256)
        assert octets.find(data, octet, start, end) == octets_plain.find(data, octet, start, end)
        assert octets.find(data, data[start], start, len(data)) == start
        piece = bytes(data[start:end])
        assert octets.same(data, start, end - start, piece)
        if piece:
            other = bytes((piece[0] ^ 1,)) + piece[1:]
            assert not octets.same(data, start, end - start, other)
            assert not octets_plain.same(data, start, end - start, other)
        assert not octets.same(data, start, end - start, piece + b"x")
        table = octets._TABLE
        plain = octets_plain.register(data, start, end, table)
        assert octets.register(data, start, end, table) == plain
