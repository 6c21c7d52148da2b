"""Modules that are loaded for a moment -> one file in lib/ of the tree, and a number each.

MicroPython keeps three names of each module that it has ever loaded: "app.log", "log" and the path.
A hundred of them took as many entries of the table of names as the rest of the firmware, and a
block of flash each. app/rare_packed.py, which reads the file, says how the names are spared.

`from app.log import add` becomes `add = rare__module(17).add`, `from app import log` becomes
`log = rare__module(17)`. Strings that hold nothing but names of such modules become octets, a number
each, for forget() and load(). Modules with native code stay files, without their package: this
computer's account of the heap cannot load those of the chip.
"""

import ast
import re

from shrink.errors import ShrinkError

RARE = "app.rare"
NAME = "z"  # as in rare_packed.py: what MicroPython imports for each of them
_LOADER = "rare__module"
_DOTTED = re.compile(r"\w+(\.\w+)+")
# At the top of the tree, where MicroPython would find them first and take them for packages
FOLDERS = ("app", "lib", "web", "tariffs", "data", "a", "b")


class RareError(ShrinkError):
    """A source does with such a module what cannot be done; the message says what."""


class _Numbers(ast.NodeTransformer):
    """`places`: dotted name -> its number, or its name when it stays a file."""

    def __init__(self, places: dict[str, int | str]) -> None:
        self._places = places
        self.used = False

    def _module(self, number: int) -> ast.expr:
        self.used = True
        call = ast.Name(_LOADER, ast.Load())
        return ast.Call(func=call, args=[ast.Constant(number)], keywords=[])

    def visit_ImportFrom(self, node: ast.ImportFrom):
        module = node.module or ""
        place = self._places.get(module)
        if isinstance(place, str):
            node.module = place
            return node
        found: list[ast.stmt] = []
        rest = []
        for alias in node.names:
            whole = self._places.get(f"{module}.{alias.name}")
            local = ast.Name(alias.asname or alias.name, ast.Store())
            if place is not None:
                value = ast.Attribute(self._module(place), alias.name, ast.Load())
                found.append(ast.Assign(targets=[local], value=value))
            elif isinstance(whole, int):
                found.append(ast.Assign(targets=[local], value=self._module(whole)))
            elif isinstance(whole, str):
                asname = alias.asname if alias.asname != whole else None
                found.append(ast.Import(names=[ast.alias(name=whole, asname=asname)]))
            else:
                rest.append(alias)
        if rest:
            node.names = rest
            found.append(node)
        return found

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            if alias.name in self._places:
                raise RareError(f"import {alias.name}: only `from` knows what it is called")
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if not isinstance(node.value, str):
            return node
        words = node.value.split()
        numbers = [self._places.get(word) for word in words]
        found = [number for number in numbers if isinstance(number, int)]
        if not found or not all(_DOTTED.fullmatch(word) for word in words):
            return node
        for word, number in zip(words, numbers, strict=True):
            if number is None:
                raise RareError(f"{word} is not loaded for a moment: {node.value}")
        return ast.Constant(bytes(found))  # native code stays: it is loaded once and for all


def places_of(modules: list[str], native: set[str]) -> dict[str, int | str]:
    """Dotted name -> number in the file, or the name of a file in lib/."""
    found: dict[str, int | str] = {}
    for name in sorted(modules):
        if name in native:
            found[name] = name.rpartition(".")[2]
            if found[name] in FOLDERS:
                raise RareError(f"{name} needs another name: the tree has a folder of that name")
        else:
            found[name] = sum(isinstance(place, int) for place in found.values())
    if len(found) > 256:
        raise RareError("a module's number must fit an octet: see _Numbers.visit_Constant()")
    return found


def numbered(text: str, places: dict[str, int | str]) -> str:
    """One source, with the numbers of places_of()."""
    numbers = _Numbers(places)
    tree = numbers.visit(ast.parse(text))
    if numbers.used:
        loader = ast.alias(name="module", asname=_LOADER)
        tree.body.insert(_first(tree), ast.ImportFrom(module=RARE, names=[loader], level=0))
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _first(tree: ast.Module) -> int:
    return int(ast.get_docstring(tree, clean=False) is not None)


def archive(files: list[bytes]) -> bytes:
    """lib/rare.bin: the place of each, three octets with the lowest first, and the files."""
    place = 3 * len(files)
    places = b""
    for file in files:
        places += place.to_bytes(3, "little")
        place += len(file)
    return places + b"".join(files)


def sizes(archive: bytes, count: int) -> list[int]:
    """How long each of the files in it is."""
    places = [int.from_bytes(archive[3 * i : 3 * i + 3], "little") for i in range(count)]
    return [end - start for start, end in zip(places, [*places[1:], len(archive)], strict=True)]
