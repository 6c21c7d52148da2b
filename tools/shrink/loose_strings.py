"""Short strings of modules that are loaded for a moment -> strings that go when the module goes.

mpy-cross makes a name of every string of up to ten characters, and MicroPython keeps names for ever.
When the table of names is full the next one is twice as long, in one piece: 4.5 KB on 32-bit words at
620 names, and when there is no such piece nothing can be loaded any more. So "peaks" becomes
"peaks......"[:5] where nothing that stays has that name anyway: a longer string is an object like any
other, and a slice of it is equal to the short one.
"""

import ast

from shrink.names_in_source import names_in

_INTERNED = 10  # characters, MICROPY_ALLOC_PARSE_INTERN_STRING_LEN


class _Loose(ast.NodeTransformer):
    def __init__(self, stay: set[str]) -> None:
        self._stay = stay

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        return node  # its parts must stay literals

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        text = node.value
        if not isinstance(text, str) or not text or len(text.encode()) > _INTERNED:
            return node
        if text in self._stay:
            return node
        padded = text + "." * (_INTERNED + 1 - len(text.encode()))
        return ast.Subscript(
            value=ast.Constant(padded),
            slice=ast.Slice(upper=ast.Constant(len(text))),
            ctx=ast.Load(),
        )


def strings_in(text: str) -> set[str]:
    """All strings and names of a source: what stays anyway when it stays."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        found.update(names_in(node))
        if isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def loosen(text: str, stay: set[str]) -> str:
    """One source without short strings, but for those in `stay`."""
    return ast.unparse(ast.fix_missing_locations(_Loose(stay).visit(ast.parse(text)))) + "\n"
