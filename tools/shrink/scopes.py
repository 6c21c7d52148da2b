"""What a scope of a Python source binds: a module, or a function without those within it."""

import ast

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def walk_scope(statements: list[ast.stmt]):
    """All nodes of a scope, without what is within functions and classes of it."""
    todo: list[ast.AST] = list(statements)
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)):
            todo += ast.iter_child_nodes(node)


def bound_in(statements: list[ast.stmt]) -> set[str]:
    """Names that a scope binds itself."""
    found: set[str] = set()
    declared: set[str] = set()
    for node in walk_scope(statements):
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
