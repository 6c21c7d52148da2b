"""Which modules a source imports when it is imported itself: for the order of the one module, for what
is always loaded, and for the account of the heap.
"""

import ast
from collections.abc import Iterable, Iterator


def modules_imported(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """Dotted names that these statements import, in order. Of `from a import b` both "a" and "a.b",
    since b may be a module or a name in one."""
    for node in statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield node.module
                yield f"{node.module}.{alias.name}"


def top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that run on import, those inside if and try included."""
    found = []
    for node in body:
        found.append(node)
        for part in ("body", "orelse", "finalbody"):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found += top_level(getattr(node, part, []))
        for handler in getattr(node, "handlers", []):
            found += top_level(handler.body)
    return found
