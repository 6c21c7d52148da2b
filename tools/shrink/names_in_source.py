"""The names of a Python source: what it binds and uses, and which of them meet. short_names.py says what
that is for.
"""

import ast
import re

WORD = re.compile(r"[A-Za-z_]\w*")
_FIELD = re.compile(r"\{[^{}]*\}")
# A module that has one of these may have names in any string
_BY_NAME = {"getattr", "setattr", "hasattr", "__import__"}


def names_in(node: ast.AST):
    """The names that stand in one node, dotted ones in parts."""
    for field in ("id", "attr", "name", "asname"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield from name.split(".")


class Names(ast.NodeVisitor):
    """What one module binds and uses, and which names meet in it."""

    def __init__(self, tree: ast.Module) -> None:
        # A module that looks up by name may have the names in any string, "a b c".split() too
        self._tables = any(
            isinstance(node, ast.Name) and node.id in _BY_NAME for node in ast.walk(tree)
        )
        self.bound: set[str] = set()  # what costs an entry: not the variables of functions
        self.used: set[str] = set()
        self.words: set[str] = set()
        self.keywords: set[str] = set()
        self.modules: set[str] = set()
        self.meetings: list[set[str]] = []
        self.classes: dict[str, set[str]] = {}
        self.parents: dict[str, set[str]] = {}
        self.stored: set[str] = set()  # attributes set from outside their class
        self.globals: set[str] = set()
        self.constants: set[str] = set()  # const() puts the number in place of the name
        self._functions: list[set[str]] = []
        self._class: list[str] = []
        self._selves: list[str] = []
        self.visit(tree)
        self.meetings.append(self.globals)
        # mpy-cross replaces the name of a constant wherever it stands in the module
        if any(not name.startswith("_") for name in self.constants):
            self.meetings.append(self.used)

    def _bind(self, name: str, *, global_: bool = False) -> None:
        """A name bound where the visitor is."""
        self.used.add(name)
        if self._functions:
            self._functions[-1].add(name)
            if not global_:
                return
            self.globals.add(name)
        elif self._class:
            self.classes[self._class[-1]].add(name)
        else:
            self.globals.add(name)
        self.bound.add(name)

    def visit_Name(self, node: ast.Name) -> None:
        self.used.add(node.id)
        if self._functions:
            self._functions[-1].add(node.id)
        elif isinstance(node.ctx, ast.Load):
            # read at the top or in the body of a class: a global that meets what stands there
            self.globals.add(node.id)
            if self._class:
                self.classes[self._class[-1]].add(node.id)
        else:
            self._bind(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        value = node.value
        if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "const":
            self.constants |= {
                target.id for target in node.targets if isinstance(target, ast.Name)
            }
        self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.used.add(node.attr)
        own = isinstance(node.value, ast.Name) and node.value.id in self._selves
        if own and self._class:
            self.classes[self._class[-1]].add(node.attr)
        if not isinstance(node.ctx, ast.Load):
            self.bound.add(node.attr)
            if not own:
                self.stored.add(node.attr)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self._bind(name, global_=True)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            self._bind(name)

    def visit_alias(self, node: ast.alias) -> None:
        self._bind(node.asname or node.name.split(".")[0])
        self.used.add(node.name.split(".")[-1])

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.modules |= set(alias.name.split("."))
        self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.modules |= set((node.module or "").split("."))
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name)
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        self.used.add(node.arg or "")
        self.keywords.add(node.arg or "")
        self.generic_visit(node)

    def _function(self, node) -> None:
        method = bool(self._class) and not self._functions
        if not isinstance(node, ast.Lambda):
            self._bind(node.name)
            self.bound.add(node.name)
            for outside in [*node.decorator_list, *filter(None, [node.returns])]:
                self.visit(outside)
        arguments = node.args
        for outside in [*arguments.defaults, *filter(None, arguments.kw_defaults)]:
            self.visit(outside)
        args = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        args += filter(None, [arguments.vararg, arguments.kwarg])
        inner: set[str] = {arg.arg for arg in args}
        self.bound |= inner
        self.used |= inner
        if method and args:
            self._selves.append(args[0].arg)
        self._functions.append(inner)
        for arg in args:
            if arg.annotation:
                self.visit(arg.annotation)
        for part in node.body if isinstance(node.body, list) else [node.body]:
            self.visit(part)
        self._functions.pop()
        if method and args:
            self._selves.pop()
        if self._functions:
            self._functions[-1] |= inner
        else:
            self.meetings.append(inner)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name)
        self.bound.add(node.name)
        self.classes.setdefault(node.name, set())
        self.parents[node.name] = {
            base.id if isinstance(base, ast.Name) else getattr(base, "attr", "")
            for base in node.bases
        }
        for outside in [*node.bases, *node.decorator_list]:
            self.visit(outside)
        functions, self._functions = self._functions, []
        self._class.append(node.name)
        for part in node.body:
            self.visit(part)
        self._class.pop()
        self._functions = functions

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            if WORD.fullmatch(node.value):
                self.words.add(node.value)
            elif self._tables:
                self.words.update(WORD.findall(node.value))
            else:
                for field in _FIELD.findall(node.value):
                    self.words.update(WORD.findall(field))
