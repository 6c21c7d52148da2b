"""general-glo-ciphering frames opened in place: keys, tags, replay, downgrade."""

import gc
import sys

from support import case

from hanport import gcm, ghash
from hanport.cipher import GloCipher
from hanport.errors import CipherError
from hanport.gcm import Gcm
from hanport.key_text import parse_key

MICROPYTHON = sys.implementation.name == "micropython"

KEY = bytes(range(16))
AUTH_KEY = bytes(range(0xD0, 0xE0))
TITLE = b"KAM\x00\x01\x02\x03\x04"
LIST = b"\x0f\x00\x00\x00\x00" + bytes(i & 0xFF for i in range(475))


def seal(plaintext, counter, security=0x30, title=TITLE, key=KEY, auth_key=AUTH_KEY):
    """A general-glo-ciphering APDU, put together from Gcm's parts."""
    nonce = bytearray(title + counter.to_bytes(4, "big"))
    sealing = Gcm(key)
    body = bytearray(plaintext)
    tag = b""
    if security & 0x20:
        sealing.start(nonce, len(body))
        sealing.crypt(body, 0, len(body))
    sealing.start(nonce, len(body))
    if security & 0x10:
        aad = bytearray((security,)) + auth_key
        if not security & 0x20:
            aad += body
        sealing.hash(aad, 0, len(aad))
        if security & 0x20:
            sealing.hash(body, 0, len(body))
        sealing.finish(len(aad), len(body) if security & 0x20 else 0)
        tag = bytes(sealing.tag[:12])
    content = bytes((security,)) + bytes(nonce[8:]) + bytes(body) + tag
    size = len(content)
    length = bytes((size,)) if size < 128 else b"\x82" + size.to_bytes(2, "big")
    return b"\xdb\x08" + title + length + content


def refused(cipher, frame):
    """Why `frame` is not opened; it must be left as it was."""
    buf = bytearray(frame)
    try:
        cipher.open(buf, 0, len(buf))
    except CipherError as error:
        assert bytes(buf) == bytes(frame), "a refused frame was touched"
        return error.counter
    return None


def opened(cipher, frame, accept=True):
    """The plaintext, from the middle of a larger buffer whose other octets stay."""
    buf = bytearray(b"<<<" + frame + b">>>>>")
    start, end = cipher.open(memoryview(buf), 3, 3 + len(frame))
    if accept:
        cipher.accept()
    assert buf[:3] == b"<<<" and buf[-5:] == b">>>>>"
    return bytes(buf[start:end])


def test_every_security_control_and_size():
    for security in (0x10, 0x11, 0x20, 0x21, 0x30, 0x31, 0x60, 0x70):
        for size in (1, 14, 15, 16, 17, 31, 32, 33, 480, 511, 512, 513, 1100):
            plain = (b"\x0f" + LIST * 3)[:size]
            cipher = GloCipher(KEY, AUTH_KEY)
            assert opened(cipher, seal(plain, 7, security)) == plain
            assert cipher.verified == bool(security & 0x10)
            assert cipher.encrypted == bool(security & 0x20)


def test_frames_of_the_cases():
    plain = case("syn-plain")["bytes"]
    for name in ("syn-glo-30", "syn-glo-20"):
        one = case(name)
        auth_key = parse_key(one["auth_key"]) if one["auth_key"] else None
        cipher = GloCipher(parse_key(one["key"]), auth_key)
        apdu = one["bytes"][11:-3]
        assert opened(cipher, apdu) == plain[plain.index(b"\xe6\xe7\x00") + 3 : -3]
        assert cipher.verified == (auth_key is not None)
    one = case("syn-glo-30-badtag")
    cipher = GloCipher(parse_key(one["key"]), parse_key(one["auth_key"]))
    assert refused(cipher, one["bytes"][11:-3]) == "wrong_auth_key"


def test_no_bit_of_an_authenticated_frame_may_change():
    frame = seal(LIST[:40], 9)
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST, 8))
    reasons = set()
    for bit in range(8 * len(frame)):
        bad = bytearray(frame)
        bad[bit >> 3] ^= 1 << (bit & 7)
        reasons.add(refused(cipher, bad))
    assert reasons == {"damaged", "unknown_security", "wrong_key", "wrong_auth_key", "downgrade"}
    assert opened(cipher, frame) == LIST[:40]


def test_a_cut_frame_is_damaged():
    for security in (0x10, 0x20, 0x30):
        frame = seal(LIST[:200], 9, security)
        for size in range(len(frame)):
            assert refused(GloCipher(KEY, AUTH_KEY), frame[:size]) == "damaged"
        assert refused(GloCipher(KEY, AUTH_KEY), frame + b"\x00") == "damaged"


def test_lengths_that_lie_are_damaged():
    head = b"\xdb\x08" + TITLE
    for rest in (b"\x80", b"\x84\xff\xff\xff\xff", b"\x83\xff\xff\xff", b"\x82", b"\xff", b"\x00"):
        assert refused(GloCipher(KEY, AUTH_KEY), head + rest + b"\x30" + bytes(40)) == "damaged"
    # a tag must be there when the security control says so
    assert refused(GloCipher(KEY, AUTH_KEY), head + b"\x10\x30" + bytes(15)) == "damaged"


def test_protection_we_cannot_undo_is_named():
    for security in (0x00, 0x01, 0x22, 0x32, 0xB0, 0x3F):
        frame = bytearray(seal(LIST[:40], 9))
        frame[frame.index(b"\x30\x00\x00\x00\x09")] = security
        assert refused(GloCipher(KEY, AUTH_KEY), frame) == "unknown_security"


def test_what_may_be_ciphered_without_a_tag():
    for first in range(256):
        cipher = GloCipher(KEY)
        frame = seal(bytes((first, 1, 2)), 9, 0x20)
        if first in (0x0F, 0xE0, 0x2F):
            assert opened(cipher, frame) == bytes((first, 1, 2))
        else:
            assert refused(cipher, frame) == "wrong_key"


def test_wrong_keys_are_told_apart():
    other = bytes(16)
    frame = seal(LIST, 9)
    assert refused(GloCipher(other, AUTH_KEY), frame) == "wrong_key"
    assert refused(GloCipher(KEY, other), frame) == "wrong_auth_key"
    assert refused(GloCipher(other), seal(LIST, 9, 0x20)) == "wrong_key"


def test_a_tag_without_authentication_key_leaves_the_frame_unverified():
    cipher = GloCipher(KEY)
    assert opened(cipher, seal(LIST, 9, 0x30)) == LIST
    assert not cipher.verified and cipher.encrypted


def test_clear_text_in_the_wrapper():
    """Whoever has entered a key was promised more than this."""
    frame = seal(LIST, 9, 0x10)
    assert refused(GloCipher(KEY), frame) == "downgrade"
    assert refused(GloCipher(KEY, bytes(16)), frame) == "wrong_auth_key"


def test_the_counter_must_rise():
    cipher = GloCipher(KEY, AUTH_KEY)
    for counter in (5, 6, 900, 0x7FFFFFFF, 0xFFFFFFFE):
        assert opened(cipher, seal(LIST, counter)) == LIST
        for old in (counter, counter - 1, 5, 0):
            assert refused(cipher, seal(LIST, old)) == "replay"
    assert cipher.state() == (int.from_bytes(TITLE, "big"), 0xFFFFFFFE, 1)


def test_a_forged_counter_does_not_move_the_series():
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST, 5))
    forged = bytearray(seal(LIST, 6))
    forged[-1] ^= 1
    forged[-len(LIST) - 16] = 0xFF
    assert refused(cipher, forged) is not None
    assert opened(cipher, seal(LIST, 6)) == LIST


def test_encrypt_only_counts_when_the_caller_accepts():
    cipher = GloCipher(KEY)
    frame = seal(LIST, 5, 0x20)
    opened(cipher, frame, accept=False)
    assert opened(cipher, frame) == LIST
    assert refused(cipher, frame) == "replay"
    assert opened(cipher, seal(LIST, 6, 0x20)) == LIST


def test_a_restart_with_an_older_state_repeats_only_what_came_since():
    before = GloCipher(KEY, AUTH_KEY)
    opened(before, seal(LIST, 100))
    saved = before.state()
    opened(before, seal(LIST, 130))
    after = GloCipher(KEY, AUTH_KEY)
    after.restore(*saved)
    assert refused(after, seal(LIST, 100)) == "replay"
    assert opened(after, seal(LIST, 131)) == LIST
    fresh = GloCipher(KEY, AUTH_KEY)
    assert fresh.state()[1] == -1
    assert opened(fresh, seal(LIST, 0)) == LIST


def test_another_title_is_another_meter():
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST, 1000))
    other = b"KAM\x00\x01\x02\x03\x05"
    assert opened(cipher, seal(LIST, 3, title=other)) == LIST
    assert refused(cipher, seal(LIST, 3, title=other)) == "replay"
    assert cipher.state() == (int.from_bytes(other, "big"), 3, 1)


def test_a_meter_that_starts_over_gets_in_after_an_hour():
    for security in (0x30, 0x20):
        cipher = GloCipher(KEY, AUTH_KEY)
        opened(cipher, seal(LIST[:20], 1 << 20, security))
        for counter in range(359):
            assert refused(cipher, seal(LIST[:20], counter, security)) == "replay"
        assert opened(cipher, seal(LIST[:20], 359, security)) == LIST[:20]
        assert refused(cipher, seal(LIST[:20], 359, security)) == "replay"
        assert opened(cipher, seal(LIST[:20], 360, security)) == LIST[:20]


def test_recorded_frames_beside_a_living_meter_never_get_in():
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST[:20], 1000))
    live = 1001
    for counter in range(800):
        assert refused(cipher, seal(LIST[:20], counter)) == "replay"
        if counter % 100 == 99:
            opened(cipher, seal(LIST[:20], live))
            live += 1
    # nor does the same hour again and again
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST[:20], 1000))
    for counter in range(900):
        assert refused(cipher, seal(LIST[:20], 100 + counter % 300)) == "replay"


def test_a_stripped_tag_is_a_downgrade():
    cipher = GloCipher(KEY, AUTH_KEY)
    opened(cipher, seal(LIST, 5))
    assert refused(cipher, seal(LIST, 6, 0x20)) == "downgrade"
    again = GloCipher(KEY, AUTH_KEY)
    again.restore(*cipher.state())
    assert refused(again, seal(LIST, 7, 0x20)) == "downgrade"
    assert opened(again, seal(LIST, 8)) == LIST
    # a meter that never sent one is read without
    assert opened(GloCipher(KEY, AUTH_KEY), seal(LIST, 6, 0x20)) == LIST


def test_keys_as_people_write_them():
    text = "000102030405060708090a0B0C0D0E0F"
    assert parse_key(text) == KEY
    assert parse_key("  00 01020304 05\t06070809 0A0B0C0D0E0F\u00a0\r\n") == KEY
    for bad, complaint in (
        ("", "a key has 32 hex digits, this one has 0"),
        (text[:-1], "a key has 32 hex digits, this one has 31"),
        (text + "00", "a key has 32 hex digits, this one has 34"),
        ("0x" + text[2:], "character 2 of the key is not a hex digit"),
        (text[:31] + "G", "character 32 of the key is not a hex digit"),
        (text[:31] + "\u0664", "character 32 of the key is not a hex digit"),
        ("+1" * 16, "character 1 of the key is not a hex digit"),
    ):
        try:
            parse_key(bad)
        except ValueError as error:
            assert str(error) == complaint
        else:
            raise AssertionError("accepted")


def test_a_frame_leaves_little_garbage():
    if not MICROPYTHON or gcm.ghash is ghash:
        return
    cipher = GloCipher(KEY, AUTH_KEY)
    for counter in (1, 2):
        buf = bytearray(seal(LIST, counter))
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        cipher.open(buf, 0, len(buf))
        used = gc.mem_alloc() - before
        gc.enable()
        assert used < 1024, used
