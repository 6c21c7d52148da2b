"""The members of the one module (one_module.py), and where their names come from."""

import ast
from dataclasses import dataclass, field

from shrink.errors import ShrinkError


class MergeError(ShrinkError):
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


class Members:
    """All that become the module called `one`, by name."""

    def __init__(self, one: str) -> None:
        self.one = one
        self.by_name: dict[str, Member] = {}

    def taken(self, node: ast.ImportFrom) -> dict[str, tuple[str, str]]:
        """Local name -> (member, name in it, "" for the member itself) of an import."""
        found = {}
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            if whole in self.by_name:
                found[alias.asname or alias.name] = whole, ""
            elif node.module in self.by_name:
                found[alias.asname or alias.name] = self.origin(node.module, alias.name)
        return found

    def origin(self, module: str, name: str) -> tuple[str, str]:
        """(member, name) where a name of a member comes from."""
        while name in self.by_name[module].imports:
            module, name = self.by_name[module].imports[name]
        return module, name

    def called(self, module: str, name: str) -> str:
        """What a global of a member is called in the one module."""
        member = self.by_name[module]
        if name in member.outside:
            return member.outside[name]
        if name not in member.bound:
            raise MergeError(f"{module} has no {name}")
        whole = f"{module.replace('.', '_')}__{name}"
        return "_" + whole if name in member.numbers else whole
