"""Modules that are always loaded -> one, for the dongle's heap.

On 32-bit words each module takes some 200 octets besides its code: the object, its dictionary, the
table of its names, the names of its file, and 8 more for every name that it imports from another
of ours. The sources stay apart; here they become one module with one dictionary. Its globals are
called <module>__<name> until short_names gives them another name. Integer constants go altogether:
where another module takes one, it gets the number.

Who uses a member (`from app.reply import Reply`, `from app import clock` and clock.ms()) is changed
to match. A member cannot be handed about as an object or let go of, and says so here.
"""

import ast
from dataclasses import dataclass, field

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class MergeError(Exception):
    """A source does what a member of the one module cannot; the message says what."""


@dataclass
class Member:
    """One module: its tree, what it binds at the top, and its integers."""

    name: str
    tree: ast.Module
    bound: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    changing: set[str] = field(default_factory=set)  # set by functions
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # from others of ours
    outside: dict[str, str] = field(default_factory=dict)  # name -> what it is in the one module


@dataclass
class _Scope:
    kind: str
    names: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


class Merger:
    """`texts` are sources by module name, `members` those that become `one`."""

    def __init__(self, texts: dict[str, str], members: set[str], one: str) -> None:
        self.one = one
        self.members: dict[str, Member] = {}
        for name in texts:
            if name in members:
                self.members[name] = Member(name, ast.parse(texts[name]))
        self._outside: dict[str, tuple[str, str]] = {}
        for member in self._in_order():
            self._study(member)

    def taken(self, node: ast.ImportFrom) -> dict[str, tuple[str, str]]:
        """Local name -> (member, name in it, "" for the member itself) of an import."""
        found = {}
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            if whole in self.members:
                found[alias.asname or alias.name] = whole, ""
            elif node.module in self.members:
                found[alias.asname or alias.name] = self._origin(node.module, alias.name)
        return found

    def _origin(self, module: str, name: str) -> tuple[str, str]:
        while name in self.members[module].imports:
            module, name = self.members[module].imports[name]
        return module, name

    def called(self, module: str, name: str) -> str:
        """What a global of a member is called in the one module."""
        member = self.members[module]
        if name in member.outside:
            return member.outside[name]
        if name not in member.bound:
            raise MergeError(f"{module} has no {name}")
        whole = f"{module.replace('.', '_')}__{name}"
        return "_" + whole if name in member.numbers else whole

    def _in_order(self) -> list[Member]:
        done: dict[str, Member] = {}
        under_way: list[str] = []

        def visit(name: str) -> None:
            if name in done:
                return
            if name in under_way:
                raise MergeError(f"{' imports '.join([*under_way, name])}")
            under_way.append(name)
            for node in self.members[name].tree.body:
                if isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        for needed in (node.module, f"{node.module}.{alias.name}"):
                            if needed in self.members:
                                visit(needed)
            under_way.pop()
            done[name] = self.members[name]

        for name in sorted(self.members):
            visit(name)
        self.order = list(done.values())
        return self.order

    def _study(self, member: Member) -> None:
        kept: list[ast.stmt] = []
        if ast.get_docstring(member.tree, clean=False) is not None:
            del member.tree.body[0]
        for node in member.tree.body:
            if isinstance(node, ast.ImportFrom):
                ours = self.taken(node)
                member.imports |= ours
                node.names = [a for a in node.names if (a.asname or a.name) not in ours]
                if node.names:
                    self._share(member, node.module or "", node.names)
                continue
            if isinstance(node, ast.Import):
                self._share(member, "", node.names)
                continue
            kept.append(node)
        member.tree.body = kept
        for node in ast.walk(member.tree):
            if isinstance(node, ast.Global):
                member.changing |= set(node.names)
        member.bound = _bound_in(kept) | member.changing
        member.numbers = self._numbers(member)

    def _share(self, member: Member, module: str, names: list[ast.alias]) -> None:
        """An import from elsewhere, once for all members."""
        if module == "micropython" and [alias.name for alias in names] == ["const"]:
            return  # mpy-cross knows it
        for alias in names:
            if "." in alias.name:
                raise MergeError(f"{member.name} imports {alias.name}: a dotted name")
            wanted = alias.name
            what = module, alias.name
            while self._outside.get(wanted, what) != what:
                wanted = f"{module.replace('.', '_')}_{wanted}_"
            self._outside[wanted] = what
            member.outside[alias.asname or alias.name] = wanted

    def _numbers(self, member: Member) -> dict[str, int]:
        """The globals that are one integer for ever."""
        known: dict[str, int] = {"const": lambda value: value}  # type: ignore[dict-item]
        for local, (module, name) in member.imports.items():
            if name and name in self.members[module].numbers:
                known[local] = self.members[module].numbers[name]
        stores: list[str] = []
        for node in ast.walk(member.tree):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                stores.append(node.id)
            elif isinstance(node, ast.Global):
                stores += node.names
        found: dict[str, int] = {}
        for node in member.tree.body:
            if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
                continue
            target = node.targets[0]
            if not isinstance(target, ast.Name) or stores.count(target.id) != 1:
                continue
            try:
                code = compile(ast.Expression(node.value), member.name, "eval")
                value = eval(code, {"__builtins__": {}}, dict(known))
            except Exception:  # noqa: BLE001  not made of constants
                continue
            if type(value) is int:
                found[target.id] = known[target.id] = value
                node.value = _const(value)
        return found

    def sections(self) -> dict[str, str]:
        """The parts of the one module's source, in order: by member, and "" for its imports."""
        body: list[ast.stmt] = []
        for wanted, (module, name) in self._outside.items():
            alias = ast.alias(name=name, asname=wanted if wanted != name else None)
            if module:
                body.append(ast.ImportFrom(module=module, names=[alias], level=0))
            else:
                body.append(ast.Import(names=[alias]))
        found = {"": _source(body)}
        for member in self.order:
            found[member.name] = _source(_Rewrite(self, member).visit(member.tree).body)
        return found

    def adapted(self, name: str, text: str) -> str:
        """The source of another module, with what it takes from the members."""
        return _source(_Rewrite(self, Member(name, ast.parse(text))).visit(ast.parse(text)).body)


def _source(body: list[ast.stmt]) -> str:
    tree = ast.Module(body=body, type_ignores=[])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _const(value: int) -> ast.expr:
    return ast.Call(func=ast.Name("const", ast.Load()), args=[ast.Constant(value)], keywords=[])


class _Rewrite(ast.NodeTransformer):
    """Names of a module -> what they are in the one module, scope by scope."""

    def __init__(self, merger: Merger, module: Member) -> None:
        self._merger = merger
        self._module = module
        self._inside = module.name in merger.members
        self._scopes: list[_Scope] = []

    # --- scopes

    def _resolve(self, name: str) -> tuple[str, str] | None:
        """(member, name) that a name stands for, ("", name) for a global of this module, None for
        what is local."""
        for depth, scope in enumerate(reversed(self._scopes)):
            if scope.kind == "class" and depth:
                continue
            if name in scope.globals:
                break
            if name in scope.imports:
                return scope.imports[name]
            if name in scope.names:
                return None
        return self._module.imports.get(name, ("", name))

    def _new(self, name: str) -> str:
        found = self._resolve(name)
        if found is None:
            return name
        module, what = found
        if not module:
            if self._inside and (what in self._module.bound or what in self._module.outside):
                return self._merger.called(self._module.name, what)
            return name
        if not what:
            raise MergeError(f"{self._module.name} uses {module} as an object")
        if not self._inside and what in self._merger.members[module].numbers:
            return name  # a number of its own, see _from_one()
        return self._merger.called(module, what)

    def visit_Module(self, node: ast.Module) -> ast.Module:
        if not self._inside:
            self._module.imports = _imports_in(node.body, self._merger)
        node.body = self._statements(node.body)
        return node

    def _statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            found += new if isinstance(new, list) else [new]
        return found or [ast.Pass()]

    def _function(self, node):
        if isinstance(node, ast.Lambda):
            outer = []
        else:
            node.name = self._new(node.name) if self._is_global() else node.name
            node.decorator_list = [self.visit(one) for one in node.decorator_list]
            outer = [node.returns] if node.returns else []
        arguments = node.args
        arguments.defaults = [self.visit(one) for one in arguments.defaults]
        arguments.kw_defaults = [one and self.visit(one) for one in arguments.kw_defaults]
        del outer
        args = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        args += [one for one in (arguments.vararg, arguments.kwarg) if one]
        statements: list[ast.stmt] = (
            node.body if isinstance(node.body, list) else [ast.Expr(node.body)]
        )
        scope = _Scope("function", {arg.arg for arg in args} | _bound_in(statements))
        for one in _walk_scope(statements):
            if isinstance(one, ast.Global):
                scope.globals |= set(one.names)
        scope.imports = _imports_in(list(_walk_scope(statements)), self._merger)
        self._scopes.append(scope)
        if isinstance(node, ast.Lambda):
            node.body = self.visit(node.body)
        else:
            node.body = self._statements(node.body)
        self._scopes.pop()
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = _function

    def _is_global(self) -> bool:
        return not self._scopes

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        if self._is_global():
            node.name = self._new(node.name)
        node.bases = [self.visit(base) for base in node.bases]
        self._scopes.append(_Scope("class", _bound_in(node.body)))
        node.body = self._statements(node.body)
        self._scopes.pop()
        return node

    def _comprehension(self, node):
        names = {
            one.id
            for generator in node.generators
            for one in ast.walk(generator.target)
            if isinstance(one, ast.Name)
        }
        first = node.generators[0]
        first.iter = self.visit(first.iter)  # belongs to the scope around it
        held, first.iter = first.iter, ast.Constant(None)
        self._scopes.append(_Scope("function", names))
        self.generic_visit(node)
        self._scopes.pop()
        first.iter = held
        return node

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    # --- names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self._new(node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.Global:
        node.names = [self._new(name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        if node.name and self._is_global():
            node.name = self._new(node.name)
        self.generic_visit(node)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Name):
            found = self._resolve(node.value.id)
            if found and found[0] and not found[1]:
                if not isinstance(node.ctx, ast.Load):
                    raise MergeError(f"{self._module.name} sets {found[0]}.{node.attr}")
                module, name = self._merger._origin(found[0], node.attr)
                if name in self._merger.members[module].numbers:
                    return ast.Constant(self._merger.members[module].numbers[name])
                called = self._merger.called(module, name)
                return ast.Name(called, node.ctx)
        self.generic_visit(node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom):
        """Left at the top of a member are those within if and try."""
        if node.module == "micropython" and [alias.name for alias in node.names] == ["const"]:
            return []
        ours = self._merger.taken(node)
        rest = [alias for alias in node.names if (alias.asname or alias.name) not in ours]
        if self._inside and self._is_global():
            for alias in rest:
                alias.asname = self._new(alias.asname or alias.name)
        found: list[ast.stmt] = []
        if rest:
            found.append(ast.ImportFrom(module=node.module, names=rest, level=0))
        if ours and not self._inside:
            found += self._from_one(ours)
        return found or ast.Pass()

    def visit_Import(self, node: ast.Import) -> ast.Import:
        for alias in node.names:
            if alias.name in self._merger.members:
                raise MergeError(f"{self._module.name}: import {alias.name}")
        if self._inside and self._is_global():
            raise MergeError(f"{self._module.name}: import within if or try")
        return node

    def _still(self, module: str, name: str) -> None:
        if name in self._merger.members[module].changing:
            raise MergeError(
                f"{module}.{name} changes: {self._module.name} would keep the old one"
            )

    def _from_one(self, ours: dict[str, tuple[str, str]]) -> list[ast.stmt]:
        merger = self._merger
        found: list[ast.stmt] = []
        aliases = []
        for local, (module, name) in ours.items():
            if not name:
                for attribute in sorted(_attributes(self._module.tree, local)):
                    origin, what = merger._origin(module, attribute)
                    if what not in merger.members[origin].numbers:
                        self._still(origin, what)
                        called = merger.called(origin, what)
                        aliases.append(ast.alias(name=called, asname=None))
            elif name in merger.members[module].numbers:
                target = ast.Name(local, ast.Store())
                value = merger.members[module].numbers[name]
                found.append(ast.Assign(targets=[target], value=ast.Constant(value)))
            else:
                self._still(module, name)
                # by the same name, so that short_names sees who inherits from whom
                aliases.append(ast.alias(name=merger.called(module, name), asname=None))
        if aliases:
            found.insert(0, ast.ImportFrom(module=merger.one, names=aliases, level=0))
        return found


def _attributes(tree: ast.Module, local: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == local
    }


def _walk_scope(statements: list[ast.stmt]):
    """All nodes of a scope, without what is within functions and classes of it."""
    todo: list[ast.AST] = list(statements)
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def _imports_in(nodes: list, merger: Merger) -> dict[str, tuple[str, str]]:
    found = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found |= merger.taken(node)
    return found


def _bound_in(statements: list[ast.stmt]) -> set[str]:
    """Names that a scope binds itself."""
    found: set[str] = set()
    declared: set[str] = set()
    for node in _walk_scope(statements):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.Global):
            declared |= set(node.names)
    return found - declared
