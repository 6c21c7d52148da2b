"""The names of a source -> what they are in the one module (one_module.py), scope by scope."""

import ast
from dataclasses import dataclass, field

from shrink.one_module_members import Member, Members, MergeError
from shrink.scopes import bound_in, walk_scope


@dataclass
class _Scope:
    kind: str
    names: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


class Rewrite(ast.NodeTransformer):
    """Names of a module -> what they are in the one module, scope by scope."""

    def __init__(self, members: Members, module: Member) -> None:
        self._members = members
        self._module = module
        self._inside = module.name in members.by_name
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
                return self._members.called(self._module.name, what)
            return name
        if not what:
            raise MergeError(f"{self._module.name} uses {module} as an object")
        if not self._inside and what in self._members.by_name[module].numbers:
            return name  # a number of its own, see _from_one()
        return self._members.called(module, what)

    def visit_Module(self, node: ast.Module) -> ast.Module:
        if not self._inside:
            self._module.imports = _imports_in(node.body, self._members)
        node.body = self._statements(node.body)
        return node

    def _statements(self, body: list[ast.stmt]) -> list[ast.stmt]:
        found: list[ast.stmt] = []
        for statement in body:
            new = self.visit(statement)
            found += new if isinstance(new, list) else [new]
        return found or [ast.Pass()]

    def _function(self, node):
        if not isinstance(node, ast.Lambda):
            node.name = self._new(node.name) if self._is_global() else node.name
            node.decorator_list = [self.visit(one) for one in node.decorator_list]
        arguments = node.args
        arguments.defaults = [self.visit(one) for one in arguments.defaults]
        arguments.kw_defaults = [one and self.visit(one) for one in arguments.kw_defaults]
        args = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        args += [one for one in (arguments.vararg, arguments.kwarg) if one]
        statements: list[ast.stmt] = (
            node.body if isinstance(node.body, list) else [ast.Expr(node.body)]
        )
        scope = _Scope("function", {arg.arg for arg in args} | bound_in(statements))
        for one in walk_scope(statements):
            if isinstance(one, ast.Global):
                scope.globals |= set(one.names)
        scope.imports = _imports_in(list(walk_scope(statements)), self._members)
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
        self._scopes.append(_Scope("class", bound_in(node.body)))
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
                module, name = self._members.origin(found[0], node.attr)
                if name in self._members.by_name[module].numbers:
                    return ast.Constant(self._members.by_name[module].numbers[name])
                called = self._members.called(module, name)
                return ast.Name(called, node.ctx)
        self.generic_visit(node)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom):
        """Left at the top of a member are those within if and try."""
        if node.module == "micropython" and [alias.name for alias in node.names] == ["const"]:
            return []
        ours = self._members.taken(node)
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
            if alias.name in self._members.by_name:
                raise MergeError(f"{self._module.name}: import {alias.name}")
        if self._inside and self._is_global():
            raise MergeError(f"{self._module.name}: import within if or try")
        return node

    def _still(self, module: str, name: str) -> None:
        if name in self._members.by_name[module].changing:
            raise MergeError(
                f"{module}.{name} changes: {self._module.name} would keep the old one"
            )

    def _from_one(self, ours: dict[str, tuple[str, str]]) -> list[ast.stmt]:
        members = self._members
        found: list[ast.stmt] = []
        aliases = []
        for local, (module, name) in ours.items():
            if not name:
                for attribute in sorted(_attributes(self._module.tree, local)):
                    origin, what = members.origin(module, attribute)
                    if what not in members.by_name[origin].numbers:
                        self._still(origin, what)
                        called = members.called(origin, what)
                        aliases.append(ast.alias(name=called, asname=None))
            elif name in members.by_name[module].numbers:
                target = ast.Name(local, ast.Store())
                value = members.by_name[module].numbers[name]
                found.append(ast.Assign(targets=[target], value=ast.Constant(value)))
            else:
                self._still(module, name)
                # by the same name, so that short_names sees who inherits from whom
                aliases.append(ast.alias(name=members.called(module, name), asname=None))
        if aliases:
            found.insert(0, ast.ImportFrom(module=members.one, names=aliases, level=0))
        return found


def _attributes(tree: ast.Module, local: str) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == local
    }


def _imports_in(nodes: list, members: Members) -> dict[str, tuple[str, str]]:
    found = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            found |= members.taken(node)
    return found
