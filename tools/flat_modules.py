"""Modules that are loaded for a moment -> files without a package, in lib/ of the tree.

MicroPython keeps three names of each module that it has ever loaded: "app.log", "log" and the path.
Some eighty of them took as many entries of the table of names as the rest of the firmware. Without
its package a module has one name less, and the path is shorter.

`from app.log import add` becomes `from log import add`, `from app import log` becomes `import log`.
Strings that hold nothing but names of such modules lose the package too, for rare.forget(); and the
string "app." becomes "", for names that are put together.
"""

import ast

# At the top of the tree, where MicroPython would find them first and take them for packages
FOLDERS = ("app", "lib", "web", "tariffs", "data", "a", "b")


class FlatError(Exception):
    """Two modules would be called the same."""


class _Flat(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._packages = {name.rpartition(".")[0] + "." for name in names}

    def visit_ImportFrom(self, node: ast.ImportFrom):
        module = node.module or ""
        if module in self._names:
            node.module = self._names[module]
            return node
        found: list[ast.stmt] = []
        rest = []
        for alias in node.names:
            flat = self._names.get(f"{module}.{alias.name}")
            if flat:
                asname = alias.asname if alias.asname != flat else None
                found.append(ast.Import(names=[ast.alias(name=flat, asname=asname)]))
            else:
                rest.append(alias)
        if rest:
            node.names = rest
            found.append(node)
        return found

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, str):
            words = node.value.split()
            if words and all(word in self._names for word in words):
                node.value = " ".join(self._names[word] for word in words)
            elif node.value in self._packages:
                node.value = ""
        return node


def flat_names(modules: list[str]) -> dict[str, str]:
    """Dotted name -> the last part of it."""
    found: dict[str, str] = {}
    for name in modules:
        last = name.rpartition(".")[2]
        if last in found.values() or last in FOLDERS:
            raise FlatError(
                f"{name} needs another name: the tree has something else called {last}"
            )
        found[name] = last
    return found


def flatten(text: str, names: dict[str, str]) -> str:
    """One source, with the names of flat_names()."""
    return ast.unparse(ast.fix_missing_locations(_Flat(names).visit(ast.parse(text)))) + "\n"
