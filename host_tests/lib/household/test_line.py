"""The HAN doctor: each illness from what the decoder really counts on such a line."""

from damage import flip_bits
from support import Random, case, decode, hdlc_frame

from hanport.decoder import MeterDecoder
from household.line import Doctor

_GOOD = case("amshan-kamstrup-se-list-real-sample")["bytes"]
_CIPHERED = case("syn-glo-30")


def _verdict(stream, minutes=3, decoder=None, **more):
    """The verdict after `minutes` with stream(i) every ten seconds."""
    decoder = decoder or MeterDecoder()
    doctor = Doctor(0)
    ms = 0
    for i in range(minutes * 6):
        decode(stream(i), decoder)
        for ms in range(i * 10000, i * 10000 + 10000, 1000):
            doctor.tick(decoder.counters, ms)
    return doctor.verdict(ms, **more)


def test_lists_that_are_read():
    assert _verdict(lambda i: _GOOD) == "ok"


def test_too_early_to_tell():
    doctor = Doctor(5000)
    assert doctor.verdict(20000) == "waiting"


def test_never_an_octet():
    assert _verdict(lambda i: b"") == "no_signal"
    assert _verdict(lambda i: b"", bus=False) == "no_bus"
    assert _verdict(lambda i: b"", bus=True) == "no_signal"


def test_lists_came_and_stopped():
    assert _verdict(lambda i: _GOOD if i < 6 else b"") == "went_silent"
    assert _verdict(lambda i: _GOOD if i < 6 else b"", bus=False) == "no_bus"


def test_octets_without_a_frame():
    random = Random(3)
    assert _verdict(lambda i: random.octets(228), searching=True) == "searching"
    assert _verdict(lambda i: random.octets(228)) == "garbled"
    assert _verdict(lambda i: random.octets(228), minutes=1) == "waiting"


def test_one_damaged_frame_in_three_is_noise_one_in_ten_is_not():
    random = Random(4)
    assert _verdict(lambda i: _GOOD if i % 3 else flip_bits(_GOOD, random)) == "noisy"
    assert _verdict(lambda i: _GOOD if i % 10 else flip_bits(_GOOD, random)) == "ok"


def test_ciphered_without_and_with_the_wrong_key():
    assert _verdict(lambda i: _CIPHERED["bytes"]) == "key_missing"
    decoder = MeterDecoder()
    decoder.set_keys(bytes(16), bytes(16))
    assert _verdict(lambda i: _CIPHERED["bytes"], decoder=decoder) in (
        "key_wrong",
        "auth_key_wrong",
    )


def test_wrong_authentication_key_and_replay():
    key = bytes(int(_CIPHERED["key"][i : i + 2], 16) for i in range(0, 32, 2))
    decoder = MeterDecoder()
    decoder.set_keys(key, bytes(16))
    assert _verdict(lambda i: _CIPHERED["bytes"], decoder=decoder) == "auth_key_wrong"
    auth = bytes(int(_CIPHERED["auth_key"][i : i + 2], 16) for i in range(0, 32, 2))
    decoder = MeterDecoder()
    decoder.set_keys(key, auth)
    assert _verdict(lambda i: _CIPHERED["bytes"], decoder=decoder) == "refused"


def test_a_list_nobody_described():
    body = _GOOD[8:29] + b"\x02\x01\x0a\x01\x41"
    assert _verdict(lambda i: hdlc_frame(body)) == "unknown_list"


def test_it_recovers_within_a_list():
    decoder = MeterDecoder()
    doctor = Doctor(0)
    for ms in range(0, 200000, 1000):
        doctor.tick(decoder.counters, ms)
    assert doctor.verdict(200000) == "no_signal"
    decode(_GOOD, decoder)
    doctor.tick(decoder.counters, 201000)
    assert doctor.verdict(201000) == "ok"
