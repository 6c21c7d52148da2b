"""The text of P1 telegrams: exact numbers, addresses, clocks, identifiers."""

from test_p1 import OLD, SAGEMCOM, read, with_crc

from hanport.p1_text import parse, telegram
from hanport.reading import Reading


def values(lines):
    """parse() of some lines."""
    return read(b"/KAM5\r\n\r\n" + lines + b"\r\n!")


def test_numbers_are_exact():
    for number, unit, watts in (
        ("1.011", "kW", 1011),
        ("0001.0110", "kW", 1011),
        ("1011", "W", 1011),
        ("1011.4", "W", 1011),
        ("1011.5", "W", 1012),
        ("-2.5", "kW", -2500),
        ("16777.217", "kW", 16777217),
        ("999999999.999", "kW", 999999999999),
        ("0", "KW", 0),
        ("1.", "kW", None),
        (".5", "kW", None),
        ("1.0.1", "kW", None),
        ("1,5", "kW", None),
        ("1e3", "W", None),
        ("+1", "W", None),
        ("", "W", None),
        ("1-", "W", None),
        ("1" * 16, "W", None),
        ("1", "Wh", None),
        ("1", "kVA", None),
        ("1", "kkW", None),
        ("1", "", None),
        ("1", "W W", None),
        ("1", "kWWWWWWWWWWWWW", None),
    ):
        line = ("1-0:1.7.0(%s*%s)\r\n1-0:2.7.0(1*W)" % (number, unit)).encode()
        found = values(line)
        assert found is not None and found["export_w"] == 1
        assert found.get("import_w") == watts, (number, unit, found)
    assert values(b"1-0:31.7.0(008.35*A)") == {"l1_a": 8350}
    assert values(b"1-0:32.7.0(0231.4*V)\r\n1-0:52.7.0(231*V)") == {"l1_v": 231400, "l2_v": 231000}
    assert values(b"1-0:3.8.0(12.696*kVArh)\r\n1-0:4.8.0(7*varh)") == {
        "import_varh": 12696,
        "export_varh": 7,
    }


def test_addresses():
    for address, ours in (
        ("1-0:1.7.0", True),
        ("1-0:1.7.0*255", True),
        ("1.7.0", True),
        ("0-0:1.7.0", True),
        ("1-0:1.7.0*1", False),
        ("1-0:1.7.0&255", True),
        ("1-0:1.7.1", False),
        ("1-1:1.7.0", False),
        ("7-0:1.7.0", False),
        ("1-0:257.7.0", False),
        ("1-0:1.7", False),
        ("1-0:1.7.0.0", False),
        ("1-0:1..0", False),
        ("A-0:1.7.0", False),
        ("", False),
    ):
        found = values(address.encode() + b"(5*W)\r\n1-0:2.7.0(1*W)")
        assert found == ({"export_w": 1, "import_w": 5} if ours else {"export_w": 1}), address


def test_clocks():
    for clock, stamp in (
        ("240613140005S", "2024-06-13T14:00:05"),
        ("240229235959W", "2024-02-29T23:59:59"),
        ("240229235959", "2024-02-29T23:59:59"),
        ("230229235959W", None),
        ("241301000000W", None),
        ("240101240000W", None),
        ("2401010000", None),
        ("24010100000aW", None),
        ("", None),
    ):
        found = values(("0-0:1.0.0(%s)\r\n1-0:1.7.0(5*W)" % clock).encode())
        assert found is not None and found.get("timestamp") == stamp, clock
        assert "deviation_min" not in found
    reading = Reading()
    for letter, status in ((b"S", 0x80), (b"s", 0x80), (b"W", 0), (b"", None)):
        text = bytearray(b"/KAM5\r\n0-0:1.0.0(240613140005%s)\r\n1-0:1.7.0(5*W)\r\n!" % letter)
        assert parse(text, 0, len(text), reading)
        assert reading.clock_status == status and reading.hour == 14


def test_identifiers():
    for sent, text in (
        ("4B384547303034303436333935353037", "K8EG004046395507"),
        ("7359992890941742", "7359992890941742"),
        ("735999289094174", "735999289094174"),
        ("KAM 12", "KAM 12"),
        ("30394142595A61797A", "09ABYZayz"),
        ("2F41", "2F41"),
        ("3A41", "3A41"),
        ("4041", "4041"),
        ("5B41", "5B41"),
        ("6041", "6041"),
        ("7B41", "7B41"),
        ("C141", "C141"),
        (" ", None),
        ("", None),
    ):
        found = values(("0-0:96.1.1(%s)\r\n1-0:1.7.0(5*W)" % sent).encode())
        assert found is not None and found.get("meter_id") == text, sent
    both = values(b"0-0:96.1.0(4142)\r\n0-0:96.1.1(4344)\r\n1-0:1.7.0(5*W)")
    assert both is not None and both["meter_id"] == "AB"


def test_a_telegram_without_quantities_leaves_the_reading():
    reading = Reading()
    reading.import_w = 7
    text = bytearray(b"/KAM5\r\n\r\n0-0:96.1.0(4142)\r\n1-0:1.7.0(x*kW)\r\n!")
    assert not parse(text, 0, len(text), reading)
    assert reading.import_w == 7 and reading.meter_id is None


def test_deciphered_text_is_checked():
    good = with_crc(SAGEMCOM)
    assert telegram(good, 0, len(good)) == len(good) - 2
    assert telegram(OLD + b"\r\n", 0, len(OLD) + 2) == len(OLD)
    other = with_crc(SAGEMCOM.replace(b"_A", b"_A!B !"))
    assert telegram(b"noise" + other, 5, 5 + len(other)) == 5 + len(other) - 2
    for bad in (
        b"",
        b"/",
        good[1:],
        good[: len(good) - 20],
        good.replace(b"345", b"346"),
        good.replace(b"1-0:3.7", b"1-0:\xe63.7"),
    ):
        assert telegram(bad, 0, len(bad)) == 0


def test_watts_and_watt_hours():
    assert read(SAGEMCOM) == {
        "timestamp": "2024-06-13T14:00:05",
        "meter_id": "SAG12345",
        "import_w": 345,
        "export_w": 0,
        "import_var": 12,
        "import_wh": 1234567,
        "power_factor": 987,
    }
