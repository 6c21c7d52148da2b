"""Lists: scales by maker and type, null padding, clocks, and structures that lie."""

from support import case, decode, hdlc_frame, unhex

from hanport.decoder import MeterDecoder
from hanport.obis import QUANTITIES
from hanport.reading import NAMES, decimal_text, text_of


def _changed(name, old, new):
    """The case's frame with hex `old` replaced by `new` once, checksums made anew."""
    frame = case(name)["bytes"]
    address = frame[3:5]
    information = frame[8:-3]
    old, new = unhex(old), unhex(new)
    assert information.count(old) == 1
    return hdlc_frame(information.replace(old, new), address)


def _text_hex(text):
    return "".join("{:02x}".format(octet) for octet in text.encode())


def _typed(name, model):
    old = case(name)["values"]["meter_model"]
    return decode(_changed(name, _text_hex(old), _text_hex(model)))[0]


def test_norwegian_kamstrup_counts_ten_wh_foreign_ones_one():
    assert _typed("syn-plain", "6841131BN243101040")["import_wh"] == 12345670
    assert _typed("syn-plain", "6841131BN243101090")["import_wh"] == 1234567
    assert _typed("syn-plain", "6841131BN243101010")["import_wh"] == 1234567


def test_ct_type_sends_milliamperes():
    assert _typed("syn-plain", "6851131BN243101040")["l1_a"] == 512
    assert _typed("syn-plain", "6841131BN243101040")["l1_a"] == 5120


def test_five_digit_voltage_is_hundredths():
    frame = _changed("syn-plain", "200700ff1200e7", "200700ff125a46")
    assert decode(frame)[0]["l1_v"] == 231100


def test_code_with_null_data_is_not_a_value():
    frame = _changed("syn-plain", "200700ff1200e7", "200700ff00")
    reading = decode(frame)[0]
    assert "l1_v" not in reading and reading["l2_v"] == 232000


def test_invalid_clock_gives_no_timestamp():
    frame = _changed("spec-kamstrup-ex1", "07d00101", "07d00d01")
    assert "timestamp" not in decode(frame)[0]
    everything = _changed("spec-kamstrup-ex1", "07d0010106162100ff800001", "ff" * 12)
    assert "timestamp" not in decode(everything)[0]
    february = _changed("spec-kamstrup-ex1", "07d00101", "07d1021d")
    assert "timestamp" not in decode(february)[0]


def test_kamstrup_revision_2_tags_its_date_time():
    frame = _changed("spec-kamstrup-ex1", "000000000c07d0", "00000000090c07d0")
    assert decode(frame)[0]["timestamp"] == "2000-01-01T22:33:00"


def test_the_lists_own_clock_wins():
    frame = case("amshan-kaifa-no-list-3")["bytes"]
    information = frame[9:-3]
    clock = unhex("07e40119060e000a")
    assert information.count(clock) == 2
    first = information.find(clock)
    later = information[: first + 7] + b"\x20" + information[first + 8 :]
    assert decode(hdlc_frame(later, frame[3:6], 0x10))[0]["timestamp"] == "2020-01-25T14:00:10"
    information = information[: information.rfind(clock) + 7] + b"\x0b" + unhex("ff")
    assert decode(hdlc_frame(information, frame[3:6], 0x10)) == []  # cut off: no list at all


def test_scaler_is_honoured_and_a_foreign_unit_is_no_reading():
    name = "amshan-aidon-no-list-1"
    frame = case(name)["bytes"]
    address, information = frame[3:6], frame[9:-3]

    def with_scaler(scaler_unit):
        changed = information.replace(unhex("02020f00161b"), unhex(scaler_unit))
        return decode(hdlc_frame(changed, address))

    assert with_scaler("02020f01161b") == [{"import_w": 2800}]
    assert with_scaler("02020fff161b") == [{"import_w": 28}]
    assert with_scaler("02020f0016ff") == [{"import_w": 280}]
    assert with_scaler("02020f00161e") == []  # Wh under a power's code
    assert with_scaler("02020f7f161b") == []


def test_positional_list_needs_kaifas_name():
    name = "amshan-kaifa-no-list-2"
    frame = case(name)["bytes"]
    information = frame[9:-3].replace(b"KFM_001", b"XYZ_001")
    decoder = MeterDecoder()
    assert decode(hdlc_frame(information, frame[3:6], 0x10), decoder) == []
    assert decoder.counters.unknown_list == 1


def test_bombs_are_refused():
    head = unhex("e6e7000f000000000c07e6011801123a32ff800000")
    for body in (
        "02" * 900,  # deep nesting that never ends
        "0201" * 450,
        "0284ffffffff",  # four thousand million elements
        "028400000000",
        "0980",
        "0985ffffffffff",
        "02010984ffffffff41",
        "0119" + "00" * 24,  # one element short
        "0119" + "00" * 26,  # one too many
        "020113",  # compact-array
        "0201eb",
        "",
    ):
        decoder = MeterDecoder()
        assert decode(hdlc_frame(head + unhex(body)), decoder) == [], body[:20]
        counters = decoder.counters
        assert counters.list_errors + counters.apdu_errors + counters.unknown_list == 1, body[:20]


def test_each_code_leads_to_the_field_of_its_name():
    by_name = {
        "import_w": 0x010700,
        "export_var": 0x040700,
        "l1_ma": 0x1F0700,
        "l3_mv": 0x480700,
        "l2_export_w": 0x2A0700,
        "import_wh": 0x010800,
        "export_varh": 0x040800,
        "power_factor_permille": 0x0D0700,
    }
    for name, code in by_name.items():
        assert NAMES[QUANTITIES[code] & 0xFF] == name
    assert sorted(value & 0xFF for value in QUANTITIES.values()) == list(range(len(NAMES)))


def test_texts():
    assert text_of(b"6525\x00\x00") == "6525"
    assert text_of(b"ABC  ") == "ABC"
    assert text_of(b"\x00\x00") is None
    assert text_of(b"\x01\xfe") == "01fe"


def test_decimal_text_is_exact():
    for value, divisor, text in (
        (231400, 1000, "231.4"),
        (5120, 1000, "5.12"),
        (9, 1000, "0.009"),
        (-1300, 1000, "-1.3"),
        (1000, 1000, "1"),
        (79591144, 1, "79591144"),
        (0, 1000, "0"),
    ):
        assert decimal_text(value, divisor) == text
