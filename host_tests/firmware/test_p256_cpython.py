"""ECDSA P-256 against `cryptography`, and under MicroPython: the vectors, the time, the heap."""

import hashlib
import json
import random
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from test_p256 import N, judge

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
MICROPYTHON = ROOT / ".venv/bin/micropython"


def octets(number):
    return number.to_bytes(32, "big")


def pair(secret):
    """(private key, X and Y as 64 octets)."""
    key = ec.derive_private_key(secret, ec.SECP256R1())
    public = key.public_key().public_numbers()
    return key, octets(public.x) + octets(public.y)


def sign(key, digest):
    algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    return b"".join(map(octets, utils.decode_dss_signature(key.sign(digest, algorithm))))


def test_signatures_of_cryptography():
    chance = random.Random(6)
    # 1 is G itself, 2 and N - 2 its double: sums in the table and in the loop become doublings
    secrets = [1, 2, 3, 15, N - 1, N - 2, N // 2, 1 << 255] + [
        chance.randrange(1, N) for _ in range(60)
    ]
    for secret in secrets:
        key, public = pair(secret)
        for message in (b"", b"han", chance.randbytes(50)):
            digest = hashlib.sha256(message).digest()
            signature = sign(key, digest)
            assert judge(public, digest, signature) is True, secret
            i = chance.randrange(512)
            bad = (int.from_bytes(signature, "big") ^ 1 << i).to_bytes(64, "big")
            assert judge(public, digest, bad) is False, secret


def test_sums_that_end_at_infinity_or_meet_themselves():
    """Signatures made backwards, so that u1 G and u2 Q are the same point, or opposite ones."""
    for u2 in (1, 2, 5, 15, 16, 12345, N // 3):
        for secret in (1, 2, 7, N - 1, 98765):
            key, public = pair(secret)
            for sign_of in (1, -1):
                u1 = sign_of * u2 * secret % N  # u1 G = ± u2 Q
                total = (u1 + u2 * secret) % N
                if total == 0:
                    r = 12345  # no x to hit: must be refused, not crash
                else:
                    r = pair(total)[0].public_key().public_numbers().x % N
                s = r * pow(u2, -1, N) % N
                digest = octets(u1 * s % N)
                assert judge(public, digest, octets(r) + octets(s)) is (total != 0)
                if total:
                    key.public_key().verify(
                        utils.encode_dss_signature(r, s),
                        digest,
                        ec.ECDSA(utils.Prehashed(hashes.SHA256())),
                    )


def micropython(*arguments, heap="150K"):
    run = subprocess.run(
        [MICROPYTHON, "-X", f"heapsize={heap}", *arguments],
        cwd=HERE,
        env={"MICROPYPATH": f"{ROOT}/lib:{ROOT}/firmware:.frozen"},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_vectors_under_micropython():
    out = micropython(ROOT / "host_tests/mp_runner.py", HERE / "test_p256.py", heap="4M")
    assert out.endswith("4 passed, 0 failed\n"), out


def test_time_and_heap_under_micropython():
    """At most 1.5 s, 50 ms at a time. The heap: sixteen points of three 64-bit-word integers."""
    result = json.loads(micropython(HERE / "mp_p256_bench.py"))
    assert result["ok"] is True
    assert result["ms"] <= 1500
    assert result["longest_ms"] <= 50
    assert result["steps"] >= 64
    assert result["heap"] <= 12_000
