"""P1 telegrams: framing four ways and under damage, CRC or none, ciphered, and their text."""

import gc
import sys

import damage
from support import Random, as_dict, case, expected, frames_of
from test_cipher import AUTH_KEY, KEY, seal

from hanport.cipher import GloCipher
from hanport.counters import Counters
from hanport.errors import CipherError
from hanport.p1 import P1Deframer
from hanport.p1_text import crc16, parse, telegram
from hanport.reading import Reading

KAMSTRUP = case("amshan-p1-example-data-kamstrup")

# an exact picture of what a Sagemcom T210-D-r sends: W and Wh
SAGEMCOM = (
    b"/EST5\\253710000_A\r\n\r\n"
    b"1-3:0.2.8(50)\r\n0-0:1.0.0(240613140005S)\r\n0-0:96.1.0(5341473132333435)\r\n"
    b"1-0:1.8.0(001234567*Wh)\r\n1-0:1.8.1(001000000*Wh)\r\n1-0:1.7.0(000345*W)\r\n"
    b"1-0:2.7.0(000000*W)\r\n1-0:3.7.0(000012*var)\r\n1-0:13.7.0(0.987)\r\n!"
)

# DSMR 2.2: no CRC, a gas meter with a continued line
OLD = (
    b"/ISk5\\2MT382-1000\r\n\r\n0-0:96.1.1(4B414D3132)\r\n1-0:1.8.1(12345.678*kWh)\r\n"
    b"1-0:1.7.0(0001.01*kW)\r\n1-0:1.8.0(00012.345*kWh)\r\n0-0:17.0.0(0999.00*kW)\r\n"
    b"0-1:24.3.0(120517020000)(08)(60)(1)(0-1:24.2.1)(m3)\r\n(00124.477)\r\n"
    b"0-0:96.13.1()\r\nF.F(00000000)\r\n!"
)


def with_crc(text):
    """The telegram with its CRC and line end."""
    return text + ("%04X\r\n" % crc16(text, 0, len(text))).encode()


def small(power):
    """A small telegram with CRC; `power` in W."""
    watts = "%07d" % power
    text = "/KAM5\r\n\r\n1-0:1.7.0(%s.%s*kW)\r\n1-0:32.7.0(231.4*V)\r\n!" % (watts[:4], watts[4:])
    return with_crc(text.encode())


def frames(stream, deframer=None, chunk=0, random=None):
    """The windows that come out of `stream`."""
    return frames_of(deframer or P1Deframer(Counters()), stream, chunk, random)


def read(text):
    """What parse() makes of a telegram, as a dict."""
    reading = Reading()
    text = bytearray(text)
    return as_dict(reading) if parse(text, 0, len(text), reading) else None


def test_the_case_is_read():
    found = frames(KAMSTRUP["bytes"])
    assert len(found) == 1
    assert read(found[0]) == expected(KAMSTRUP["values"])


def test_four_ways():
    random = Random(5)
    whole = [small(1011), small(2), KAMSTRUP["bytes"], with_crc(SAGEMCOM)]
    good = [one.strip(b"\r\n") for one in whole]
    stream = b"".join(whole)
    noisy = random.octets(200) + whole[0] + whole[1][:50] + whole[1] + whole[2][:400]
    noisy += whole[2] + b"/KAM5" + whole[3]
    for wire in (stream, noisy):
        assert frames(wire) == good
        assert frames(wire, chunk=1) == good
        for _ in range(20):
            assert frames(wire, random=random) == good


def test_a_small_buffer_still_gives_every_telegram():
    random = Random(6)
    whole = small(7)
    deframer = P1Deframer(Counters(), bytearray(len(whole) + 3))
    assert len(frames(whole * 40, deframer, random=random)) == 40
    assert deframer.counters.too_long == 0
    # one that does not fit is given up, the next is found
    found = frames(with_crc(SAGEMCOM) + whole, deframer, chunk=7)
    assert found == [whole[:-2]] and deframer.counters.too_long == 1


def test_damage_moves_counters_only():
    random = Random(7)
    whole = small(1234)
    good = whole[:-2]
    kinds = [kind for kind in damage.KINDS if kind is not damage.lie_about_length]
    named = 0
    for turn in range(600):
        bad = kinds[turn % len(kinds)](whole, random)
        counters = Counters()
        found = frames(whole + bad + whole, P1Deframer(counters), random=random)
        assert len(found) >= 2 or bad[:1] == b"", (turn, bad)
        for one in found:
            assert one == good, (turn, bad)
        if len(found) == 2 and bad.startswith(b"/KAM5\r\n\r\n1-0:"):
            assert counters.fcs_errors + counters.truncated > 0, bad
            named += 1
    assert named > 100


def test_storms_end():
    random = Random(8)
    for octets in (b"/", b"!", b"/KAM5\r\n", b"\r\n/", b"\r\n!", b"\xdb", b"\xdb\x08KAM", b"/A"):
        counters = Counters()
        for count in (1, 2, 3, 2999, 3000):
            found = frames(octets * count + small(5), P1Deframer(counters), random=random)
            assert found[-1:] == [small(5)[:-2]], octets


def test_without_crc():
    assert frames(OLD + b"\r\n") == [OLD]
    assert frames(OLD + b"\r\n" + OLD + b"\r\n", chunk=1) == [OLD, OLD]
    assert read(OLD) == {"meter_id": "KAM12", "import_w": 1010, "import_wh": 12345}
    # at the end of a file, what follows the "!" is not known
    assert frames(OLD) == []
    for bad in (
        OLD.replace(b"*kW)", b"*kW"),
        OLD.replace(b"(0001.01*kW)", b"(0001.0\x311*kVA)"),
        OLD.replace(b"(0001.01*kW)", b"(0001.0?*kW)"),
        OLD.replace(b"1-0:1.8.0(", b"1-0:1.7.0("),
        OLD.replace(b"(m3)", b"(m3)x"),
        OLD.replace(b"F.F(", b"F\x7eF("),
        OLD.replace(b"0-0:96.13.1()", b"0-0:96.13.1(("),
        b"/ISk5\r\n\r\n0-0:96.1.1(4B414D3132)\r\n!",
    ):
        assert bad != OLD
        counters = Counters()
        assert frames(bad + b"\r\n", P1Deframer(counters)) == [], bad
        assert counters.fcs_errors == 1


def test_a_crc_once_seen_is_asked_for():
    counters = Counters()
    found = frames(small(1) + OLD + b"\r\n" + small(2), P1Deframer(counters))
    assert found == [small(1)[:-2], small(2)[:-2]]
    assert counters.fcs_errors == 1


def test_crc_in_lower_case_and_wrong():
    text = with_crc(SAGEMCOM)
    lower = text[:-6] + text[-6:].lower()
    assert lower != text and len(frames(lower)) == 1
    for at in range(len(SAGEMCOM)):
        bad = bytearray(text)
        bad[at] ^= 0x01
        assert frames(bad) == []
    for at in range(len(SAGEMCOM), len(SAGEMCOM) + 4):
        bad = bytearray(text)
        bad[at] = 0x30 if bad[at] != 0x30 else 0x31
        assert frames(bad) == []


def opened(frame, cipher):
    """The telegram inside a ciphered one, or None."""
    buf = bytearray(frame)
    try:
        start, end = cipher.open(buf, 0, len(buf))
    except CipherError:
        return None
    end = telegram(buf, start, end)
    return bytes(buf[start:end]) if end else None


def test_ciphered_telegrams():
    random = Random(9)
    inner = [with_crc(SAGEMCOM), with_crc(SAGEMCOM.replace(b"345*W", b"999*W"))]
    sealed = [seal(inner[i], i + 1) for i in range(2)]
    stream = random.octets(100) + sealed[0] + b"\r\n" + sealed[1][:90]
    for wire in (sealed[0] + sealed[1], stream):
        for way in range(8):
            cipher = GloCipher(KEY, AUTH_KEY)
            found = frames(wire, chunk=way and 1, random=random if way > 1 else None)
            assert found[0] == sealed[0]
            assert opened(found[0], cipher) == inner[0][:-2]
            if wire != stream:
                assert opened(found[1], cipher) == inner[1][:-2]


def test_a_ciphered_telegram_inside_a_lying_length_is_found():
    frame = seal(with_crc(SAGEMCOM), 1)
    lying = bytearray(frame[:60])
    lying[11:13] = b"\x02\x00"
    deframer = P1Deframer(Counters())
    cipher = GloCipher(KEY, AUTH_KEY)
    deframer.feed(lying + frame + frame)
    texts = []
    while deframer.next_frame():
        text = opened(deframer.buf[deframer.start : deframer.end], cipher)
        if text is None:
            deframer.reject()
        else:
            texts.append(text)
    assert texts == [with_crc(SAGEMCOM)[:-2]]


def test_a_telegram_is_given_with_its_last_crc_digit():
    text = small(7)[:-2]
    deframer = P1Deframer(Counters())
    for i in range(len(text)):
        assert not deframer.next_frame()
        deframer.feed(text[i : i + 1])
    assert deframer.next_frame()
    assert bytes(deframer.buf[deframer.start : deframer.end]) == text


def test_identification():
    lines = b"\r\n\r\n1-0:1.7.0(5*W)\r\n!"
    for ident, good in (
        (b"/AZz9", True),
        (b"/aza0", True),
        (b"/KAMA", True),
        (b"/KAM5 a!b/c ~", True),
        (b"/KA@5", False),
        (b"/K[M5", False),
        (b"/1AM5", False),
        (b"/KA 5", False),
        (b"/KAM:", False),
        (b"/KAM/", False),
        (b"/KAM", False),
    ):
        assert len(frames(with_crc(ident + lines))) == good, ident


def test_each_fault_is_counted_once():
    whole = small(7)
    for stream, name in (
        (whole[:-4] + b"0000\r\n", "fcs_errors"),
        (whole[:-4] + b"00x0\r\n", "fcs_errors"),
        (whole[:30] + b"\x07" + whole[30:], "truncated"),
        (whole[:30] + b"\x7f" + whole[30:], "truncated"),
        (whole[:30] + b"\r\n" + whole, "truncated"),
        (whole[:30], "truncated"),
        (seal(whole, 1)[:40], "truncated"),
    ):
        counters = Counters()
        frames(stream, P1Deframer(counters))
        faults = {key: getattr(counters, key) for key in ("fcs_errors", "truncated", "too_long")}
        assert faults.pop(name) == 1, (stream, name)
        assert not any(faults.values()), (stream, faults)


def test_a_telegram_leaves_little_garbage():
    if sys.implementation.name != "micropython":
        return
    deframer = P1Deframer(Counters())
    reading = Reading()
    wire = KAMSTRUP["bytes"]
    for _ in range(3):
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        deframer.feed(wire)
        assert deframer.next_frame()
        assert parse(deframer.buf, deframer.start, deframer.end, reading)
        used = gc.mem_alloc() - before
        gc.enable()
        assert not deframer.next_frame()
        assert used <= 512, used
