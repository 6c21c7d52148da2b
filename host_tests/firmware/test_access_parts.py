"""scram.py, password_rule.py, portal.py, qr.py, escapes.py by themselves, against other people's words."""

import hashlib
import hmac
import json
import random
import struct
from base64 import b64decode, b64encode
from pathlib import Path

import common_passwords
import pytest
import qrcode

from app import escapes, password_rule, portal, qr, scram

COMMON = str(Path(__file__).resolve().parents[2] / "firmware" / "app" / "common.bin")


def test_scram_is_the_rfcs():
    """RFC 7677, section 3."""
    salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    salted = hashlib.pbkdf2_hmac("sha256", b"pencil", salt, 4096)
    auth = scram.auth_message(
        "rOprNGfwEbeRWgbNEkqO", "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0", salt, 4096, "user"
    )
    stored, server = scram.keys(salted)
    proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
    assert scram.client_key(proof, stored, auth) == scram.hmac(salted, b"Client Key")
    signature = b64encode(scram.hmac(server, auth))
    assert signature == b"6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    for i in range(32):
        wrong = bytearray(proof)
        wrong[i] ^= 1
        assert scram.client_key(bytes(wrong), stored, auth) is None


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 200])
def test_hmac_is_everybodys(size):
    key, message = bytes(range(200))[:size], b"message" * size
    assert scram.hmac(key, message) == hmac.digest(key, message, "sha256")


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33, 100])
def test_a_seal_opens_once_and_only_unchanged(size):
    data = bytes(range(100))[:size]
    sealed = scram.seal(b"secret", b"nonce", data)
    assert len(sealed) == size + 16
    assert scram.unseal(b"secret", b"nonce", sealed) == data
    bad = [sealed[:-1], sealed + b"x", b"", sealed[:15]]
    bad += [sealed[:i] + bytes((sealed[i] ^ 1,)) + sealed[i + 1 :] for i in range(len(sealed))]
    for changed in bad:
        with pytest.raises(ValueError):
            scram.unseal(b"secret", b"nonce", changed)
    for secret, nonce in ((b"other", b"nonce"), (b"secret", b"other")):
        with pytest.raises(ValueError):
            scram.unseal(secret, nonce, sealed)


def test_the_list_is_what_the_tool_makes():
    assert Path(COMMON).read_bytes() == common_passwords.packed()


def test_all_of_the_list_are_refused():
    for word in common_passwords.common():
        if len(word) >= 10:
            assert password_rule.problem(word.upper(), COMMON) == "password_common", word
    for word in common_passwords.WORDS.split():
        for form in (f"{word}12345678", f"12345{word}!!!!!", f"{word.title()}2026-2027"):
            assert password_rule.problem(form, COMMON) == "password_common", form


def test_hardly_any_other_is():
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyzæøå 0123456789"
    refused = 0
    for _ in range(20_000):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(10, 20)))
        refused += password_rule.problem(text, COMMON) is not None
    assert refused <= 5


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 53, b"WIFI:T:WPA;S:HAN-12ab;P:ABCD-EFGH-JKLM;;", bytes(range(53)), b"\xff" * 20],
)
def test_the_qr_code_is_another_programs(data):
    for mask in range(8):
        other = qrcode.QRCode(
            version=3, error_correction=qrcode.ERROR_CORRECT_L, mask_pattern=mask, border=0
        )
        other.add_data(qrcode.util.QRData(data, mode=qrcode.util.MODE_8BIT_BYTE))
        other.make(fit=False)
        assert qr._place(qr._codewords(data), mask) == [
            bytearray(int(x) for x in row) for row in other.modules
        ]
    assert qr.matrix(data) in [qr._place(qr._codewords(data), mask) for mask in range(8)]


def test_the_qr_code_as_text():
    rows = qr.matrix(b"WIFI:T:WPA;S:HAN-12ab;P:ABCD-EFGH-JKLM;;")
    lines = list(qr.lines(rows))
    assert {len(line) for line in lines} == {37}
    read = []
    for line in lines:
        for half in (0, 1):
            read.append([int((char in " ▄", char in " ▀")[half]) for char in line])
    assert [bytearray(row[4:33]) for row in read[4:33]] == rows
    assert not any(read[y][x] for y in range(4) for x in range(37))


def test_a_qr_code_that_is_too_long():
    with pytest.raises(ValueError):
        qr.matrix(b"x" * 54)


def query(name=b"\x07captive\x05apple\x03com\0", kind=1, group=1, flags=0x0100, questions=1):
    head = struct.pack(">HHHHHH", 0xABCD, flags, questions, 0, 0, 0)
    return head + name + struct.pack(">HH", kind, group)


ADDRESS = bytes((192, 168, 4, 1))


def test_the_name_server_answers_every_a_with_the_dongle():
    got = portal.answer(query(), ADDRESS)
    number, flags, questions, answers, *_ = struct.unpack_from(">HHHHHH", got)
    assert (number, flags, questions, answers) == (0xABCD, 0x8500, 1, 1)
    assert got[12:].startswith(query()[12:])
    assert got[len(query()) :] == struct.pack(">HHHIH", 0xC00C, 1, 1, 10, 4) + ADDRESS
    assert portal.answer(query(b"\0"), ADDRESS)[-4:] == ADDRESS


@pytest.mark.parametrize(("kind", "group"), [(28, 1), (65, 1), (16, 1), (255, 1), (1, 3)])
def test_the_name_server_has_no_other_records(kind, group):
    got = portal.answer(query(kind=kind, group=group), ADDRESS)
    assert struct.unpack_from(">HHHHHH", got)[:4] == (0xABCD, 0x8500, 1, 0)
    assert got[12:] == query(kind=kind, group=group)[12:]


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"x" * 16,
        query(flags=0x8100),
        query(flags=0x2800),
        query(questions=0),
        query(questions=2),
    ],
)
def test_s20_the_name_server_is_silent_on_what_is_no_query(octets):
    assert portal.answer(octets, ADDRESS) is None


def test_s20_the_name_server_takes_any_octets():
    rng = random.Random(2)
    good = query()
    for _ in range(20_000):
        octets = bytearray(good + rng.randbytes(rng.randrange(0, 40)))
        for _ in range(rng.randrange(0, 6)):
            octets[rng.randrange(len(octets))] = rng.randrange(256)
        octets = bytes(octets[: rng.randrange(len(octets) + 1)])
        got = portal.answer(octets, ADDRESS)
        assert got is None or len(got) <= len(octets) + 16


@pytest.mark.parametrize(
    "value",
    ["😀", "a😀b🌲", "æøå", "\\", "\\ud83d", "\\\\😀", '"\n\t', "\u2028", "", "x" * 50],
)
def test_escapes_of_two_halves_become_one_character(value):
    for text in (value, {"name": value, value: [value, 5]}):
        octets = json.dumps(text).encode()
        joined = escapes.joined(octets)
        assert json.loads(joined) == text
        for half in range(0xD8, 0xE0):
            assert b"\\u%02x" % half not in joined.replace(b"\\\\", b"")


@pytest.mark.parametrize("bad", [b'"\\ud83d"', b'"\\ude00"', b'"\\ud83dx"', b'"\\ud83d\\u0041"'])
def test_half_a_character_is_none(bad):
    assert json.loads(escapes.joined(bad)).isascii()


@pytest.mark.parametrize("bad", [b'"\\u"', b'"\\u12"', b'"\\uzzzz"', b"\\u"])
def test_escapes_that_are_none(bad):
    with pytest.raises(ValueError):
        json.loads(escapes.joined(bad))
