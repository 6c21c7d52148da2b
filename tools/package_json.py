#!/usr/bin/env python3
"""lib/package.json: the decoder for other people's MicroPython boards, by `mip`.

    python tools/package_json.py            writes it
    python tools/package_json.py --check    exits 1 when it is not up to date

It lists every module of lib/hanport that MicroPython runs, by its place beside the file. household/
is left out: it is of use with this firmware only.
"""

import argparse
import json
import sys
from pathlib import Path

import version

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "lib" / "package.json"


def package() -> str:
    """The file's text. Paths in `urls` are where it goes, and where it is from here."""
    names = [
        path.relative_to(ROOT / "lib").as_posix()
        for path in sorted((ROOT / "lib" / "hanport").glob("*.py"))
        if not path.stem.endswith("_host")
    ]
    found = {"version": version.version(), "urls": [[name, name] for name in names], "deps": []}
    return json.dumps(found, indent=1) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    text = package()
    if not arguments.check:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        print("lib/package.json is not up to date: python tools/package_json.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
