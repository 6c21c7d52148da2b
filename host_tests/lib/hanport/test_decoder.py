"""MeterDecoder on real frames: every case exact, however the octets come."""

import sys

import support
from support import Random, case, cases, decode, expected, hdlc_frame

from hanport.decoder import MeterDecoder

_CUT = case("amshan-kamstrup-no-list-2-single-phase-real-sample")["bytes"][:150]


def _decoder(one):
    decoder = MeterDecoder()
    if one["key"]:
        auth_key = support.unhex(one["auth_key"]) if one["auth_key"] else None
        decoder.set_keys(support.unhex(one["key"]), auth_key)
    return decoder


def _wanted(one):
    return [expected(one["values"])] if one["expect"] == "decode" else []


def test_every_case_whole():
    for one in cases():
        assert decode(one["bytes"], _decoder(one)) == _wanted(one), one["id"]


def test_every_case_octet_by_octet():
    for one in cases():
        assert decode(one["bytes"], _decoder(one), chunk=1) == _wanted(one), one["id"]


def test_every_case_in_random_chunks():
    for seed, one in enumerate(cases()):
        found = decode(one["bytes"], _decoder(one), random=Random(seed))
        assert found == _wanted(one), one["id"]


def test_every_case_after_noise_and_a_cut_frame():
    for seed, one in enumerate(cases()):
        noise = Random(seed).octets(97)
        stream = noise + one["bytes"] + _CUT + one["bytes"]
        decoder = _decoder(one)
        found = decode(stream, decoder, random=Random(seed + 1))
        # an authenticated frame may not be played twice
        times = 1 if decoder.counters.replay else 2
        assert found == _wanted(one) * times, one["id"]


def test_a_good_frame_inside_a_damaged_length_window_is_found():
    long = case("spec-kamstrup-ex2")["bytes"]
    good = case("amshan-kamstrup-se-list-real-sample")
    decoder = MeterDecoder()
    stream = long[:40] + good["bytes"] + long[40:]
    assert decode(stream, decoder) == [expected(good["values"])]
    assert decoder.counters.fcs_errors == 1


def test_one_flag_closes_and_opens():
    one = case("amshan-kamstrup-se-list-real-sample")
    stream = one["bytes"] + one["bytes"][1:] + one["bytes"][1:]
    assert decode(stream, chunk=11) == [expected(one["values"])] * 3


def test_many_flags_between_frames():
    one = case("amshan-aidon-no-list-2")
    stream = b"\x7e" * 9 + one["bytes"] + b"\x7e" * 5 + one["bytes"]
    assert decode(stream) == [expected(one["values"])] * 2


def test_half_a_frame_waits_and_flush_gives_it_up():
    long = case("spec-kamstrup-ex2")["bytes"]
    short = case("amshan-kaifa-no-list-1")
    decoder = MeterDecoder()
    assert decode(long[:30] + short["bytes"], decoder, flush=False) == []
    decoder.flush()
    found = []
    support.drain(decoder, found)
    assert found == [expected(short["values"])]
    assert decoder.counters.truncated == 1


def test_a_value_the_next_list_lacks_is_gone():
    hourly = case("syn-plain")
    short = case("amshan-aidon-no-list-1")
    found = decode(hourly["bytes"] + short["bytes"])
    assert found == [expected(hourly["values"]), {"import_w": 280}]


def test_damage_moves_the_counter_that_names_it():
    frame = case("amshan-kamstrup-se-list-real-sample")["bytes"]
    information = frame[8:-3]
    hurt = bytearray(frame)
    hurt[100] ^= 4
    header = bytearray(frame)
    header[3] ^= 2
    cut_list = bytearray(information)
    cut_list[22] += 1  # one element more than there are
    for stream, counter in (
        (hurt, "fcs_errors"),
        (header, "hcs_errors"),
        (hdlc_frame(b"\xe6\xe7\x01" + information[3:]), "not_data"),
        (hdlc_frame(information, control=0x93), "not_data"),
        (hdlc_frame(b"\xe6\xe7\x00\xc4" + information[4:]), "apdu_errors"),
        (hdlc_frame(bytes(cut_list)), "list_errors"),
        (hdlc_frame(information[:21] + b"\x02\x01\x0a\x01\x41"), "unknown_list"),
    ):
        decoder = MeterDecoder()
        assert decode(bytes(stream), decoder) == [], counter
        assert getattr(decoder.counters, counter) == 1, counter
        assert decode(frame, decoder) != [], counter


def test_energy_step_of_the_owner_wins():
    one = case("syn-plain")
    assert decode(one["bytes"], MeterDecoder(energy_wh=1))[0]["import_wh"] == 1234567
    assert decode(one["bytes"], MeterDecoder(energy_wh=10))[0]["import_wh"] == 12345670


def test_feed_takes_what_fits_and_the_rest_after_draining():
    one = case("syn-plain")
    decoder = MeterDecoder()
    stream = one["bytes"] * 20
    taken = decoder.feed(stream)
    assert taken < len(stream)
    found = []
    support.drain(decoder, found)
    assert len(found) == taken // len(one["bytes"])
    found += decode(stream[taken:], decoder)
    assert found == [expected(one["values"])] * 20


def test_the_cipher_is_loaded_once_however_often_the_keys_change():
    """The dongle lets go of modules after each request; native code is for good where it once is."""
    one = case("syn-glo-30")
    first = _decoder(one).cipher
    gone = ("cipher", "gcm", "ghash", "ghash_viper")
    modules = {}
    for name in gone:
        if "hanport." + name in sys.modules:
            modules[name] = sys.modules.pop("hanport." + name)
    try:
        decoder = _decoder(one)
        assert type(decoder.cipher) is type(first) and decoder.cipher is not first
        assert not [name for name in gone if "hanport." + name in sys.modules]
        assert decode(one["bytes"], decoder) == _wanted(one)
    finally:
        for name in modules:
            sys.modules["hanport." + name] = modules[name]
