"""The bug report's frames: no id survives, everything else does."""

from support import Random, cases, decode

from hanport.mask import hex_lines, masked


def test_no_meter_id_in_any_case():
    hidden = 0
    for one in cases():
        out = masked(one["bytes"])
        assert len(out) == len(one["bytes"])
        meter = one.get("values", {}).get("meter_id")
        if meter and not one["encrypted"]:
            assert meter.encode() in one["bytes"]
            assert meter.encode() not in out, one["id"]
            hidden += 1
    assert hidden > 10


def test_masked_frames_still_decode_to_the_same_but_the_ids():
    hidden = 0
    for one in cases():
        if one["encrypted"] or one["framing"] != "hdlc":
            continue
        before = decode(one["bytes"])
        after = decode(bytes(masked(one["bytes"])))
        assert len(after) == 1, one["id"]
        for name, value in before[0].items():
            if name == "meter_id":
                assert after[0][name] == "0" * len(value)
                hidden += 1
            elif name != "meter_model":
                assert after[0][name] == value, (one["id"], name)
    assert hidden > 10


def test_type_number_stays_and_system_title_goes():
    by_name = {one["id"]: one for one in cases()}
    plain = by_name["syn-plain"]["bytes"]
    assert b"6841131BN243101040" in masked(plain)
    ciphered = by_name["syn-glo-30"]["bytes"]
    at = ciphered.find(b"KAM")
    assert bytes(masked(ciphered)[at : at + 8]) == b"KAM" + bytes(5)


def test_p1_identifiers_go_values_and_clock_stay():
    wire = b"/KAM5\r\n\r\n0-0:1.0.0(220408135021W)\r\n0-0:96.1.1(4B414D3132333435)\r\n"
    wire += b"1-0:1.8.0(00060995.424*kWh)\r\n!"
    out = bytes(masked(wire))
    assert b"(220408135021W)" in out and b"(00060995.424*kWh)" in out
    assert b"3132333435" not in out and b"(0A000A0000000000)" in out


def test_anything_goes_through():
    random = Random(6)
    for size in range(0, 600, 7):
        assert len(masked(random.octets(size))) == size
    assert hex_lines(b"\x7e\xa0") == "7e a0\n"
