"""Make the private integer constants of a module const() before it is compiled for the dongle.

`lib/` runs on CPython too, where there is no const(), so its sources say `_FLAG = 0x7E`. Compiled
like that, each costs an entry in the module's dictionary, its name in the heap and a look-up at
every use; as `_FLAG = const(0x7E)` mpy-cross puts the number where the name stands, and nothing
else remains of it.
"""

import ast

_OPERATIONS = (
    ast.Expression,
    ast.Constant,
    ast.UnaryOp,
    ast.UAdd,
    ast.USub,
    ast.Invert,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.FloorDiv,
    ast.Mod,
    ast.LShift,
    ast.RShift,
    ast.BitOr,
    ast.BitAnd,
    ast.BitXor,
)


def private_constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Name -> value of the `_NAME = integer` statements whose name is bound nowhere else."""
    bound: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.append(node.id)
        elif isinstance(node, ast.arg):
            bound.append(node.arg)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            bound += node.names
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            bound.append(node.name)
        elif isinstance(node, ast.alias):
            bound.append(node.asname or node.name)
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if not isinstance(target, ast.Name) or not target.id.startswith("_"):
                continue
            if bound.count(target.id) == 1 and is_integer(node.value):
                found[target.id] = node.value
    return found


def is_integer(value: ast.expr) -> bool:
    """Whether it is an integer written in numbers alone."""
    if not all(isinstance(node, _OPERATIONS) for node in ast.walk(value)):
        return False
    result = eval(compile(ast.Expression(value), "constant", "eval"), {})
    return type(result) is int


def with_const(source: str, needed_elsewhere: set[str]) -> str:
    """The source with const() around them, but for names that other modules take from it."""
    lines = source.splitlines(keepends=True)
    constants = private_constants(ast.parse(source))
    # From the end, so that positions further up stay right
    for name, value in reversed(constants.items()):
        if name in needed_elsewhere:
            continue
        line = lines[value.lineno - 1].encode()
        begin, end = value.col_offset, value.end_col_offset
        edited = line[:begin] + b"const(" + line[begin:end] + b")" + line[end:]
        lines[value.lineno - 1] = edited.decode()
    return "".join(lines)


def taken_from_others(sources: list[str]) -> set[str]:
    """Private names that some module imports from another, or reads as an attribute."""
    found = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                found.update(alias.name for alias in node.names if alias.name.startswith("_"))
            elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
                found.add(node.attr)
    return found
