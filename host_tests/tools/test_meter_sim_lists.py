"""The simulator's encoders against frames from documents and real meters, octet for octet."""

import calendar
import json
import time
from pathlib import Path

import pytest
from sim import aidon, cipher, frames, kaifa, kamstrup
from sim.cipher import Cipher

CASES = {
    case["id"]: case
    for case in json.loads(
        (Path(__file__).parent.parent / "vectors" / "cases.json").read_text(encoding="utf-8")
    )
}
PADDING = dict.fromkeys(("l2_ma", "l3_ma", "l2_mv", "l3_mv"))


def sample_of(values):
    """The values of a vector as ints in base units."""
    sample = {}
    for name, value in values.items():
        if name[-2:] in ("_a", "_v"):
            sample[name[:-1] + "m" + name[-1]] = round(value * 1000)
        elif isinstance(value, float):
            sample[name] = round(value)
    return sample


def local_of(values):
    stamp = values.get("timestamp", "2020-01-01T00:00:00")
    return calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%S"))


def encode(maker, values, status=0, nulls=()):
    """(APDU, values) of the list which holds these values."""
    if "list_id" not in values:
        kind = "fast"
    else:
        kind = "hourly" if "import_wh" in values else "ten_second"
    identity = (values.get("meter_id", ""), values.get("meter_model", ""))
    sample = {**sample_of(values), **dict.fromkeys(nulls)}
    return maker.apdu(kind, identity, sample, (local_of(values), status))


@pytest.mark.parametrize(
    ("case_id", "maker", "status", "nulls"),
    [
        ("spec-kamstrup-ex1", kamstrup, 1, ()),
        ("spec-kamstrup-ex2", kamstrup, 0, ()),
        ("spec-kamstrup-ex3", kamstrup, 0, ()),
        ("amshan-kamstrup-no-list-1-single-phase-real-sample", kamstrup, 0, PADDING),
        ("amshan-kamstrup-no-list-2-single-phase-real-sample", kamstrup, 0, PADDING),
        ("amshan-kamstrup-se-list-real-sample", kamstrup, 0, ()),
        ("syn-plain", kamstrup, 0, ()),
        ("spec-aidon-l2-1phase", aidon, 0, ()),
        ("amshan-aidon-no-list-1", aidon, 0, ()),
        ("amshan-aidon-no-list-2", aidon, 0, ()),
        ("amshan-aidon-no-list-3", aidon, 0, ()),
        ("amshan-kaifa-no-list-1", kaifa, 0, ()),
        ("amshan-kaifa-no-list-2", kaifa, 0, ()),
        ("amshan-kaifa-no-list-3", kaifa, 0, ()),
    ],
)
def test_the_frame_of_the_vector_is_made_octet_for_octet(case_id, maker, status, nulls):
    case = CASES[case_id]
    apdu, values = encode(maker, case["values"], status, nulls)
    frame = frames.hdlc_frame(maker.HEADER, apdu)
    assert frame.hex() == case["bytes"]
    assert values == case["values"]


@pytest.mark.parametrize(("case_id", "security"), [("syn-glo-30", 0x30), ("syn-glo-20", 0x20)])
def test_the_encrypted_vector_is_made_octet_for_octet(case_id, security):
    case = CASES[case_id]
    apdu, _ = encode(kamstrup, case["values"])
    auth_key = case["auth_key"] and bytes.fromhex(case["auth_key"])
    title = bytes.fromhex("4b414d4501020304")
    counter = int.from_bytes(bytes.fromhex(case["bytes"])[25:29], "big")
    gcm = Cipher(bytes.fromhex(case["key"]), auth_key, security, title, counter)
    frame = frames.hdlc_frame(cipher.HEADER, gcm.wrap(apdu))
    assert frame.hex() == case["bytes"]
    assert gcm.counter == counter + 1


def test_authentication_only_leaves_the_plaintext_and_adds_a_tag_over_it():
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, auth_key, title = bytes(16), bytes(range(16)), b"KAMx0001"
    sealed = Cipher(key, auth_key, 0x10, title, 7).wrap(b"plain text")
    assert sealed[:11] == b"\xdb\x08" + title + bytes((5 + 10 + 12,))
    assert sealed[11:16] == b"\x10\x00\x00\x00\x07" and sealed[16:26] == b"plain text"
    full_tag = AESGCM(key).encrypt(title + b"\0\0\0\7", b"", b"\x10" + auth_key + b"plain text")
    assert sealed[26:] == full_tag[:12]
    with pytest.raises(InvalidTag):
        AESGCM(key).decrypt(title + b"\0\0\0\7", full_tag, b"\x10" + auth_key + b"plain texT")


def test_fcs_of_the_standards_check_string():
    # CRC-16/X-25 of "123456789" is 906E in every catalogue of CRCs
    assert frames.x25(b"123456789") == b"\x6e\x90"


def test_a_frame_too_long_for_its_length_field_is_refused():
    with pytest.raises(ValueError, match="11 bits"):
        frames.hdlc_frame(kamstrup.HEADER, bytes(2040))


def test_weekday_counts_from_monday():
    sunday = calendar.timegm((2027, 3, 28, 12, 0, 0))
    assert frames.date_time(sunday)[:5] == bytes((0x07, 0xEB, 3, 28, 7))
    assert frames.date_time(sunday + 86400)[4] == 1
