"""The hour record's 26 octets: what goes in comes out, and nothing torn or foreign does."""

from household.record import (
    CLOCK,
    MEASURED,
    NEW_METER,
    REGISTER_FELL,
    SPLIT,
    SUM_ONLY,
    HourRecord,
    intact,
    seal,
)

FIELDS = (
    "hour span quality import_wh export_wh import_reg_wh export_reg_wh flags".split()
)  # in set()'s order


def values(record):
    return tuple(getattr(record, name) for name in FIELDS)


SAMPLES = (
    (505000, 1, MEASURED, 1870, 0, 12345670, 0, 0),
    (505000, 65535, SUM_ONLY, 0xFFFFFFFE, None, 0xFFFFFFFE, None, CLOCK | REGISTER_FELL),
    (0, 1, SPLIT, 0, None, None, None, NEW_METER),
    (0xFFFFFF, 26 * 24, MEASURED, 0, 0, 1, 2, 7),
    (70000, 1, MEASURED, None, 17, None, 1 << 31, 0),
)


def test_every_field_comes_back():
    buf = bytearray(100)
    back = HourRecord()
    for sample in SAMPLES:
        HourRecord().set(*sample).pack(buf, 37)
        assert back.unpack(memoryview(buf), 37)
        assert values(back) == sample
        assert back.unpack(bytes(buf), 37)
    assert buf[:37] == bytes(37) and buf[63:] == bytes(37)


def test_the_octets_are_fixed():
    buf = bytearray(26)
    HourRecord().set(0x07B498, 1, MEASURED, 1870, 0, 12345670, None, CLOCK).pack(buf)
    assert buf[:22] == bytes.fromhex("98b4072501004e070000000000004661bc00ffffffff")


def test_any_flipped_bit_is_refused_and_touches_nothing():
    buf = bytearray(26)
    HourRecord().set(*SAMPLES[0]).pack(buf)
    back = HourRecord().set(*SAMPLES[1])
    for bit in range(26 * 8):
        buf[bit >> 3] ^= 1 << (bit & 7)
        assert not back.unpack(buf)
        assert values(back) == SAMPLES[1]
        buf[bit >> 3] ^= 1 << (bit & 7)
    assert back.unpack(buf)


def test_torn_record_is_refused():
    buf = bytearray(26)
    HourRecord().set(*SAMPLES[1]).pack(buf)
    record = HourRecord()
    for filler in (0, 0xFF):
        for keep in range(26):
            torn = bytes(buf[:keep]) + bytes([filler]) * (26 - keep)
            assert torn == bytes(buf) or not record.unpack(torn)
    for keep in range(26):
        assert not record.unpack(bytes(buf[:keep]))
    assert not record.unpack(buf, 1)


def test_erased_and_zeroed_flash_is_no_record():
    for octet in range(256):
        assert not HourRecord().unpack(bytes([octet]) * 26)


def test_other_layout_version_and_impossible_fields_are_refused():
    buf = bytearray(26)
    HourRecord().set(*SAMPLES[0]).pack(buf)
    for offset, octet in ((3, 0x41), (3, 0x01), (3, 0x20), (4, 0)):
        changed = bytearray(buf)
        changed[offset] = octet
        seal(changed, 0, 26)
        assert intact(changed, 0, 26)
        assert not HourRecord().unpack(changed)


def test_what_does_not_fit_is_an_error_not_another_value():
    bad = (
        (-1, 1, 1, 0),
        (1 << 24, 1, 1, 0),
        (5, 0, 1, 0),
        (5, 65536, 1, 0),
        (5, 1, 0, 0),
        (5, 1, 4, 0),
        (5, 1, 1, -10),
        (5, 1, 1, 0xFFFFFFFF),
        (5, 1, 1, 0, -1),
        (5, 1, 1, 0, 0, 1 << 32),
        (5, 1, 1, 0, 0, 0, -1),
        (5, 1, 1, 0, 0, 0, 0, 8),
    )
    for fields in bad:
        raised = False
        try:
            HourRecord().set(*fields).pack(bytearray(26))
        except ValueError:
            raised = True
        assert raised, fields
