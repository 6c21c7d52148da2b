"""ECDSA P-256 against NIST's and Wycheproof's vectors. Runs on both Pythons: here under pytest,
under MicroPython by test_p256_cpython.py."""

from app.p256 import on_curve, verify

FOLDER = __file__.rsplit("/", 2)[0] if "/firmware/" in __file__ else ".."
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# RFC 6979, A.2.5, "sample" with SHA-256
KEY = bytes.fromhex(
    "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
)
DIGEST = bytes.fromhex("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf")
SIGNATURE = bytes.fromhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
)


def judge(key, digest, signature):
    """What the last yield says; those before it are None."""
    *steps, result = verify(key, digest, signature)
    assert not any(steps)
    return result


def vectors():
    """(valid, key alone, key, digest, signature) of each record."""
    with open(FOLDER + "/vectors/p256_sha256.bin", "rb") as file:
        while True:
            head = file.read(4)
            if not head:
                return
            key, digest = file.read(head[2]), file.read(32)
            yield bool(head[0]), head[1], key, digest, file.read(head[3])


def test_vectors():
    counts = {}
    for valid, alone, key, digest, signature in vectors():
        got = on_curve(key) if alone else judge(key, digest, signature)
        assert got is valid, (key.hex(), digest.hex(), signature.hex())
        counts[(valid, alone)] = counts.get((valid, alone), 0) + 1
    assert sum(counts.values()) == 289
    assert counts[(True, 0)] == 176
    assert counts[(False, 0)] == 101
    assert counts[(True, 1)] == 4
    assert counts[(False, 1)] == 8


def test_every_octet_counts():
    assert judge(KEY, DIGEST, SIGNATURE) is True
    for i in range(0, 64, 7):
        for field in range(3):
            parts = [bytearray(KEY), bytearray(DIGEST), bytearray(SIGNATURE)]
            parts[field][i % len(parts[field])] ^= 0x10
            assert judge(*[bytes(part) for part in parts]) is False, (field, i)


def test_numbers_out_of_range():
    r, s = SIGNATURE[:32], SIGNATURE[32:]
    for bad in (bytes(32), N.to_bytes(32, "big"), b"\xff" * 32):
        assert judge(KEY, DIGEST, bad + s) is False
        assert judge(KEY, DIGEST, r + bad) is False
    # r and s are only good below N: the same residue above it is another signature
    assert judge(KEY, DIGEST, SIGNATURE + b"\x00") is False
    assert judge(KEY, DIGEST, SIGNATURE[:-1]) is False
    assert judge(KEY, DIGEST, b"") is False
    assert judge(KEY[:-1], DIGEST, SIGNATURE) is False
    assert judge(bytes(64), DIGEST, SIGNATURE) is False


def test_the_other_s_is_a_signature_too():
    other = N - int.from_bytes(SIGNATURE[32:], "big")
    assert judge(KEY, DIGEST, SIGNATURE[:32] + other.to_bytes(32, "big")) is True
