#!/usr/bin/env python3
"""A built tree -> one signed file that the dongle takes as an update; and the key for it.

    python tools/bundle.py keygen                        .update-key.pem and .update-key.pub
    python tools/bundle.py make build/device             build/han-esp32-0.1.0.bundle
    python tools/bundle.py check FILE [--keys FILE]      what it is, and whose

The form is that of firmware/app/update.py: a head in text with a line for each file, a signature
over it, the contents. boot.py, main.py, slots.mpy and switch.mpy are left out: they come over USB only. The
signature's random number is derived from key and content (RFC 6979), so the same tree and key
give the same file.
"""

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import update_keys
import version
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from update_keys import UpdateKeyError

MAGIC = "han-bundle 1\n"
# What runs .mpy 6.3 and has what the firmware needs (design: 1.26 to 1.29)
MICROPYTHON = ("1.26", "1.29")
MPY = "6.3"
NOT_UPDATED = ("boot.py", "main.py", "slots.mpy", "switch.mpy")
_ALGORITHM = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


class BundleFileError(Exception):
    """The bundle cannot be made, or is not one; the message says why."""


@dataclass
class Head:
    """What a bundle says of itself. `files`: (SHA-256 in hex, octets, path)."""

    values: dict[str, list[str]]
    files: list[tuple[str, int, str]]
    signed: bytes
    key: str
    signature: bytes
    length: int


def head_of(files: dict[str, bytes], board: str, number: str, build: str) -> str:
    """The part that is signed."""
    lines = [
        f"version {number}",
        f"build {build}",
        f"board {board}",
        f"micropython {MICROPYTHON[0]} {MICROPYTHON[1]}",
        f"mpy {MPY}",
    ]
    for name, content in sorted(files.items()):
        lines.append(f"{hashlib.sha256(content).hexdigest()} {len(content)} {name}")
    return MAGIC + "\n".join(lines) + "\n\n"


def octets(number: int) -> bytes:
    return number.to_bytes(32, "big")


def public_octets(key: ec.EllipticCurvePublicKey) -> bytes:
    """X and Y."""
    numbers = key.public_numbers()
    return octets(numbers.x) + octets(numbers.y)


def sign(key: ec.EllipticCurvePrivateKey, text: str) -> str:
    """The signature's line."""
    pair = utils.decode_dss_signature(key.sign(text.encode(), _ALGORITHM))
    public = public_octets(key.public_key())
    return f"signature {public[:8].hex()} {b''.join(map(octets, pair)).hex()}\n"


def detached(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """A signature in a file of its own, DER, as openssl checks it."""
    return key.sign(data, _ALGORITHM)


def public_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def bundle(tree: dict[str, bytes], key: ec.EllipticCurvePrivateKey) -> bytes:
    """The whole file. BundleFileError when the tree is none."""
    files = {name: content for name, content in tree.items() if name not in NOT_UPDATED}
    try:
        info = json.loads(files[version.NAME])
    except (KeyError, ValueError):
        raise BundleFileError(f"no {version.NAME} in the tree: make build first") from None
    check_mpy(files)
    text = head_of(files, info["board"], info["version"], info["build"])
    contents = b"".join(content for _, content in sorted(files.items()))
    return text.encode() + sign(key, text).encode() + contents


def check_mpy(files: dict[str, bytes]) -> None:
    """Each .mpy must be of the format that the head promises; octet 2 has it for machine code."""
    major, minor = MPY.split(".")
    for name, content in files.items():
        if name.endswith(".mpy"):
            native = content[2] >> 2 != 0
            if content[1] != int(major) or (native and content[2] & 3 != int(minor)):
                raise BundleFileError(f"{name} is not of .mpy format {MPY}")


def parse(data: bytes) -> Head:
    """The head of a bundle. BundleFileError when it is none."""
    signed, blank, rest = data.partition(b"\n\n")
    line, end, _ = rest.partition(b"\n")
    if not data.startswith(MAGIC.encode()) or not blank or not end:
        raise BundleFileError("not a bundle, or cut off in its head")
    values: dict[str, list[str]] = {}
    files = []
    for text in signed.decode(errors="replace").split("\n")[1:]:
        words = text.split(" ")
        if len(words) == 3 and len(words[0]) == 64 and words[1].isdigit():
            files.append((words[0], int(words[1]), words[2]))
        else:
            values[words[0]] = words[1:]
    words = line.decode(errors="replace").split(" ")
    if len(words) != 3 or words[0] != "signature" or len(words[2]) != 128:
        raise BundleFileError("not signed")
    signed += blank
    return Head(values, files, signed, words[1], bytes.fromhex(words[2]), len(signed + line) + 1)


def check(data: bytes, keys: list[str]) -> Head:
    """The head, once the signature and every file's hash have proved good."""
    head = parse(data)
    lines = [line for line in keys if line.startswith(head.key)]
    if not lines:
        raise BundleFileError(f"signed by a key that is not known here: {head.key}")
    x, y = (int(lines[0][i : i + 64], 16) for i in (0, 64))
    public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    pair = [int.from_bytes(head.signature[i : i + 32], "big") for i in (0, 32)]
    try:
        public.verify(utils.encode_dss_signature(*pair), head.signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise BundleFileError("altered: the signature does not fit") from None
    at = head.length
    for digest, size, name in head.files:
        if hashlib.sha256(data[at : at + size]).hexdigest() != digest:
            raise BundleFileError(f"altered or cut off: {name}")
        at += size
    if at != len(data):
        raise BundleFileError(f"{len(data) - at} octets too many")
    return head


def read_tree(tree: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key. UpdateKeyError when there is none."""
    if not path.exists():
        raise UpdateKeyError(f"{path} is missing: make keygen, then make deploy once over USB")
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        raise UpdateKeyError(f"{path} is no private key without a passphrase") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise UpdateKeyError(f"{path} is no P-256 key")
    return key


def keygen(path: Path, name: str) -> str:
    """Make a key pair; returns the public line. Never over an old one."""
    if path.exists():
        raise UpdateKeyError(f"{path} is there already: dongles that trust it take no other")
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.touch(mode=0o600)
    path.write_bytes(pem)
    line = f"{public_octets(key.public_key()).hex()} {name}"
    update_keys.public_path(path).write_text(line + "\n", encoding="utf-8")
    return line


def command_make(arguments: argparse.Namespace) -> None:
    tree = read_tree(arguments.tree)
    data = bundle(tree, load_key(arguments.key))
    head = parse(data)
    if not any(line.startswith(head.key) for line in tree_keys(tree)):
        # It would be the last update that such a dongle takes from this key
        raise BundleFileError(f"{arguments.key} is not among the tree's keys: make build first")
    board, number = head.values["board"][0], head.values["version"][0]
    out = arguments.out or arguments.tree.parent / f"han-{board}-{number}.bundle"
    out.write_bytes(data)
    print(f"{out}: {len(data)} octets, {len(head.files)} files, {board} {number}, key {head.key}")


def tree_keys(tree: dict[str, bytes]) -> list[str]:
    return update_keys.key_lines(tree.get(update_keys.NAME, b"").decode())


def command_check(arguments: argparse.Namespace) -> None:
    text = arguments.keys.read_bytes() if arguments.keys else update_keys.for_tree(arguments.key)
    head = check(arguments.file.read_bytes(), update_keys.key_lines(text.decode()))
    for name, words in head.values.items():
        print(name, *words)
    print(f"files {len(head.files)}\nkey {head.key}: the signature is good")


def command_keygen(arguments: argparse.Namespace) -> None:
    line = keygen(arguments.key, arguments.name)
    print(
        f"{arguments.key}: keep it, and keep it to yourself; whoever has it can update your dongle"
    )
    print(f"{update_keys.public_path(arguments.key)}: {line}")
    print("make deploy puts the public half onto the dongle, over USB, once.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("make", help="a bundle of a built tree")
    one.add_argument("tree", type=Path)
    one.add_argument("--out", type=Path)
    two = commands.add_parser("check", help="verify a bundle and say what it is")
    two.add_argument("file", type=Path)
    two.add_argument("--keys", type=Path, help="public keys instead of those of this checkout")
    three = commands.add_parser("keygen", help="a new key pair")
    three.add_argument("--name", default="owner", help="stands behind the public key")
    for sub in (one, two, three):
        sub.add_argument("--key", type=Path, default=update_keys.PRIVATE)
    arguments = parser.parse_args()
    try:
        {"make": command_make, "check": command_check, "keygen": command_keygen}[
            arguments.command
        ](arguments)
    except (BundleFileError, UpdateKeyError, OSError) as error:
        print(f"bundle: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
