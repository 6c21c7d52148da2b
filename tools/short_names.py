"""Private names of the device's modules -> one or two letters, for the dongle's heap.

MicroPython keeps every attribute, method and global name once, as a string with an entry in a
table: 22 octets each on 32-bit words, and the table doubles when it is full. Names that begin with
one underscore are a module's own affair, so every module can use the same few for them.

Left alone: what another module uses or imports, what stands in a string (getattr), and every name
of a module whose classes inherit from another module's: they would meet on one object.
"""

import ast
import re
from itertools import count

_PRIVATE = re.compile(r"_[^_]\w*\Z")
_WORD = re.compile(r"\w+")
# Bases that have no private names of ours
_BASES = {"object", "Exception", "ValueError", "OSError", "RuntimeError", "TypeError", "KeyError"}


class _Names(ast.NodeVisitor):
    """The private names that one module defines, uses, and must share."""

    def __init__(self) -> None:
        self.defined: set[str] = set()
        self.used: set[str] = set()
        self.words: set[str] = set()
        self.classes: set[str] = set()
        self.bases: set[str] = set()

    def _see(self, name: str, defines: bool) -> None:
        if _PRIVATE.match(name):
            self.used.add(name)
            if defines:
                self.defined.add(name)

    def visit_Name(self, node: ast.Name) -> None:
        self._see(node.id, not isinstance(node.ctx, ast.Load))

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._see(node.attr, not isinstance(node.ctx, ast.Load))
        self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> None:
        self._see(node.arg, True)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        self._see(node.arg or "", False)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global | ast.Nonlocal) -> None:
        for name in node.names:
            self._see(name, False)

    visit_Nonlocal = visit_Global

    def visit_alias(self, node: ast.alias) -> None:
        # imported, so another module's: used without being defined here
        self._see(node.name.rsplit(".")[-1], False)
        self._see(node.asname or "", True)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self._see(node.name or "", True)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._see(node.name, True)
        self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._see(node.name, True)
        self.classes.add(node.name)
        for base in node.bases:
            self.bases.add(base.id if isinstance(base, ast.Name) else ast.unparse(base))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.words.update(_WORD.findall(node.value))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name in self._names:
                setattr(node, field, self._names[name])
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._names.get(name, name) for name in node.names]
        return super().generic_visit(node)


def shorten(texts: dict[str, str]) -> dict[str, str]:
    """Sources by path -> the same with short private names. Docstrings and comments go."""
    trees = {path: _without_docstrings(ast.parse(text)) for path, text in texts.items()}
    found = {}
    shared: set[str] = set()
    for path, tree in trees.items():
        names = found[path] = _Names()
        names.visit(tree)
        shared |= names.words | (names.used - names.defined)
        if names.bases - names.classes - _BASES:
            shared |= names.used
    taken = set().union(*(names.used for names in found.values()))
    out = {}
    for path, tree in trees.items():
        ours = sorted(found[path].defined - shared)
        short = dict(zip(ours, _short_names(taken), strict=False))
        out[path] = ast.unparse(_Rename(short).visit(tree))
    return out


def _short_names(taken: set[str]):
    """_a ... _z, _a0 ...; none that a source has already."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    for round_ in count():
        for letter in letters:
            name = f"_{letter}{round_ - 1 if round_ else ''}"
            if name not in taken:
                yield name


def _without_docstrings(tree: ast.Module) -> ast.Module:
    """A docstring's words are no getattr names."""
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and (ast.get_docstring(node, clean=False) is not None):
            node.body = node.body[1:] or [ast.Pass()]
    return tree
