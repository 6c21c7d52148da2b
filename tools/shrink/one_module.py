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

from shrink.imports import modules_imported
from shrink.one_module_members import Member, Members, MergeError
from shrink.one_module_rewrite import Rewrite
from shrink.scopes import bound_in


class Merger:
    """`texts` are sources by module name, `members` those that become `one`."""

    def __init__(self, texts: dict[str, str], members: set[str], one: str) -> None:
        self._members = Members(one)
        for name in texts:
            if name in members:
                self._members.by_name[name] = Member(name, ast.parse(texts[name]))
        self._outside: dict[str, tuple[str, str]] = {}
        for member in self._in_order():
            self._study(member)

    def _in_order(self) -> list[Member]:
        done: dict[str, Member] = {}
        under_way: list[str] = []

        def visit(name: str) -> None:
            if name in done:
                return
            if name in under_way:
                raise MergeError(" imports ".join([*under_way, name]))
            under_way.append(name)
            for needed in modules_imported(self._members.by_name[name].tree.body):
                if needed in self._members.by_name:
                    visit(needed)
            under_way.pop()
            done[name] = self._members.by_name[name]

        for name in sorted(self._members.by_name):
            visit(name)
        self._order = list(done.values())
        return self._order

    def _study(self, member: Member) -> None:
        kept: list[ast.stmt] = []
        if ast.get_docstring(member.tree, clean=False) is not None:
            del member.tree.body[0]
        for node in member.tree.body:
            if isinstance(node, ast.ImportFrom):
                ours = self._members.taken(node)
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
        member.bound = bound_in(kept) | member.changing
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
            if name and name in self._members.by_name[module].numbers:
                known[local] = self._members.by_name[module].numbers[name]
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
        for member in self._order:
            found[member.name] = _source(Rewrite(self._members, member).visit(member.tree).body)
        return found

    def adapted(self, name: str, text: str) -> str:
        """The source of another module, with what it takes from the members."""
        return _source(
            Rewrite(self._members, Member(name, ast.parse(text))).visit(ast.parse(text)).body
        )


def _source(body: list[ast.stmt]) -> str:
    tree = ast.Module(body=body, type_ignores=[])
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _const(value: int) -> ast.expr:
    return ast.Call(func=ast.Name("const", ast.Load()), args=[ast.Constant(value)], keywords=[])
