"""Microdot without what this firmware never calls, for the dongle's heap: 19 KB becomes 8.

The installed module is not forked: its source is read as it is and functions, methods and class
attributes are left out by name, with whatever is there for CPython only. A name that is not found
is an error, so that a new version of Microdot is looked at again.

Left out: its own server and reading of requests (guard.py does that), the decorators for methods,
mounting, cookies and the writing of answers (reply.py), redirects, files, forms and streams.
"""

import ast

_DROP = {
    None: (
        "AsyncBytesIO",
        "abort",
        "redirect",
        "send_file",
        "urlencode",
        "NoCaseDict",
        "MUTED_SOCKET_ERRORS",
    ),
    "HTTPException": ("__repr__",),
    "Microdot": (
        *("get", "post", "put", "patch", "delete", "query", "mount", "abort", "run", "shutdown"),
        *("before_request", "after_request", "after_error_request", "errorhandler"),
        *("start_server", "handle_request", "default_options_handler"),
    ),
    "Request": ("form", "files", "stream", "after_request", "json", "create", "_safe_readline"),
    "Response": (
        *("__init__", "write", "complete", "body_iter", "types_map", "redirect", "send_file"),
        *("set_cookie", "delete_cookie"),
        *("send_file_buffer_size", "default_content_type", "default_send_file_max_age"),
    ),
    "URLPattern": ("register_type", "__repr__"),
}
# Modules that MicroPython has not: Microdot then takes the way of its `except ImportError`.
_NOT_THERE = ("orjson", "inspect")


class SlimError(Exception):
    """Microdot's source is not as expected; the message says what is missing."""


def slim(source: str) -> str:
    """The source of microdot.py -> the same without the above."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for node in tree.body:
        body += _on_micropython(node)
    tree.body = _without(body, None)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in _DROP:
            node.body = _without(node.body, node.name) or [ast.Pass()]
    found = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    missing = [name for name in _DROP if name and name not in found]
    if missing:
        raise SlimError(f"Microdot has no class {missing[0]}: see tools/slim_microdot.py")
    return ast.unparse(tree)


def _on_micropython(node: ast.stmt) -> list[ast.stmt]:
    """`try: import orjson ... except ImportError: ...` -> what the handler has."""
    if isinstance(node, ast.Try) and isinstance(node.body[0], ast.Import | ast.ImportFrom):
        first = node.body[0]
        names = [alias.name for alias in first.names]
        if isinstance(first, ast.ImportFrom):
            names = [first.module or ""]
        if names[0] in _NOT_THERE:
            return node.handlers[0].body
    return [node]


def _without(body: list[ast.stmt], owner: str | None) -> list[ast.stmt]:
    drop = _DROP[owner]
    missing = set(drop) - {name for node in body for name in _names(node)}
    if missing:
        where = owner or "microdot.py"
        raise SlimError(f"{where} has no {min(missing)}: see tools/slim_microdot.py")
    return [node for node in body if not set(drop) & set(_names(node))]


def _names(node: ast.stmt) -> list[str]:
    """What the statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []
