"""The names in the device's modules -> a few short ones that many share, for the dongle's heap.

MicroPython keeps every attribute, method, parameter and global name for ever, once, as a string with
an entry in a table: about 22 octets on 32-bit words, and the table doubles when it is full. Two names
that can never meet may be the same: an attribute of one class and a method of another, a parameter
here and a global there. So names are coloured like a map. Names meet

    in a module         all that it binds
    in a function       all variables and parameters, those of functions within it too
    in a class          its own and its attributes, with its parents and children wherever they are

Left alone: names that MicroPython or the plain files (main.py) know, names of modules, what stands in
a string (getattr), and what is used here but bound nowhere.
"""

import ast
import builtins
import re
from collections import defaultdict
from functools import cache
from itertools import product
from keyword import iskeyword
from pathlib import Path

TYPINGS = Path(__file__).resolve().parent.parent / "typings"
# Of the stubs, what is for type checkers or does not come with the firmware
_NOT_THERE = {
    "requests",
    "umqtt",
    "mip",
    "_mpy_shed",
    "stubs",
    "_typeshed",
    "typing.pyi",
    "typing_extensions.pyi",
}
_WORD = re.compile(r"[A-Za-z_]\w*")
_FIELD = re.compile(r"\{[^{}]*\}")
# Names of MicroPython's own that every build has in flash: to use them costs no heap at all. Only
# those that no source uses are taken, so that nothing hides what it is called after, and none by
# which MicroPython knows a stream or a coroutine.
IN_FLASH = """
ArithmeticError AssertionError AttributeError BaseException BytesIO EACCES EADDRINUSE EAGAIN
EALREADY EBADF ECONNABORTED ECONNREFUSED ECONNRESET EEXIST EHOSTUNREACH EINPROGRESS EINVAL
EIO EISDIR ENOBUFS ENODEV ENOENT ENOMEM ENOTCONN EOFError EOPNOTSUPP EPERM ETIMEDOUT
Ellipsis Exception GeneratorExit IOBase ImportError IndentationError IndexError KeyError
KeyboardInterrupt LookupError MemoryError NameError NotImplemented NotImplementedError
OSError OrderedDict OverflowError RuntimeError StopAsyncIteration StopIteration StringIO
SyntaxError SystemExit TypeError UnicodeError ValueError ZeroDivisionError a2b_base64 abs
acos acosh add all any append appendleft argv array asin asinh atan atan2 atanh b2a_base64
bin bool buffer bytearray byteorder bytes calcsize callable ceil center chdir choice chr
classmethod clear collect compile copy copysign cos cosh count crc32 decode degrees delattr
deleter deque dict difference difference_update digest dir disable discard divmod dump dumps
e enable encode endswith enumerate erf erfc errorcode eval exec execfile exit exp expm1
extend fabs factorial fileno filter find float floor fmod format frexp from_bytes fromhex
fromkeys frozenset gamma get getattr getcwd getrandbits getter getvalue globals gmtime
hasattr hash heapify heappop heappush help hex hexlify id ilistdir implementation index inf
input insert int intersection intersection_update isalpha isclose isdigit isdisjoint
isenabled isfinite isinf isinstance islower isnan isspace issubclass issubset issuperset
isupper items iter join keys ldexp len lgamma list listdir load loads locals localtime log
log10 log2 lower lstrip map match max maxsize mem_alloc mem_free memoryview min mkdir mktime
modf modules mount name namedtuple nan next object oct open ord pack pack_into partition
path pi platform pop popitem popleft pow print print_exception property ps1 ps2 radians
randint random randrange range remove rename replace repr reverse reversed rfind rindex
rmdir round rpartition rsplit rstrip search seed sep set setattr setdefault setter sha256
sin sinh sleep sleep_ms sleep_us slice sort sorted split splitlines sqrt start startswith
stat staticmethod statvfs stderr stdin stdout step stop str strip sub sum super
symmetric_difference symmetric_difference_update tan tanh tau tell threshold ticks_add
ticks_cpu ticks_diff ticks_ms ticks_us time time_ns to_bytes trunc tuple type umount
unhexlify uniform union unlink unpack unpack_from update upper values version version_info
zip
""".split()
_BY_NAME = {"getattr", "setattr", "hasattr", "__import__"}
# How app.routes finds the function for a method of HTTP
_BY_METHOD = {"get", "post", "put", "patch", "delete", "head"}


class NamesError(Exception):
    """The names MicroPython knows are not to be found: make setup fetches them."""


@cache
def known_to_micropython() -> tuple[frozenset[str], frozenset[str]]:
    """The names of MicroPython's own modules by their stubs: what they bind, and parameters, which
    only count where they are named in a call."""
    names: set[str] = set(dir(builtins)) | _BY_METHOD
    parameters: set[str] = set()
    stubs = [path for path in TYPINGS.rglob("*.pyi") if not _NOT_THERE & set(path.parts)]
    if not stubs:
        raise NamesError("no stubs in typings/: make setup")
    for path in stubs:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.arg):
                parameters.add(node.arg)
            else:
                names |= set(_names_in(node))
    return frozenset(names), frozenset(parameters)


def _names_in(node: ast.AST):
    for field in ("id", "attr", "name", "asname"):
        name = getattr(node, field, None)
        if isinstance(name, str):
            yield from name.split(".")


class _Module(ast.NodeVisitor):
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
            if _WORD.fullmatch(node.value):
                self.words.add(node.value)
            elif self._tables:
                self.words.update(_WORD.findall(node.value))
            else:
                for field in _FIELD.findall(node.value):
                    self.words.update(_WORD.findall(field))


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        return self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str) and name in self._names:
                setattr(node, field, self._names[name])
        if isinstance(node, ast.Global | ast.Nonlocal):
            node.names = [self._names.get(name, name) for name in node.names]
        return super().generic_visit(node)


def plan(texts: dict[str, str], plain: tuple[str, ...] = ()) -> dict[str, str]:
    """Name -> its short name, from the sources by path. `plain` are sources that stay as they are."""
    trees = [_without_docstrings(ast.parse(text)) for text in texts.values()]
    modules = [_Module(tree) for tree in trees]
    known, parameters = known_to_micropython()
    kept = set(known)
    for path in texts:
        kept |= set(_WORD.findall(path))
    for text in plain:
        kept |= set(_WORD.findall(text))
    bound: set[str] = set().union(*(module.bound for module in modules))
    used: set[str] = set().union(*(module.used for module in modules))
    for module in modules:
        kept |= module.words | module.modules | (module.keywords & parameters)
        kept |= {name for name in module.constants if name.startswith("_")}
    names = {name for name in bound - kept if not name.startswith("__")}
    meetings = [meeting for module in modules for meeting in module.meetings]
    families = _families(modules)
    everywhere = set().union(*(module.stored for module in modules)) - set().union(*families)
    meetings += [family | everywhere for family in families] + [everywhere]
    return _colour(names, meetings, used.union(*(module.words for module in modules)))


def _families(modules: list[_Module]) -> list[set[str]]:
    """The names of classes that inherit from each other, together."""
    names: dict[str, set[str]] = defaultdict(set)
    related: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for name, own in module.classes.items():
            names[name] |= own
        for name, parents in module.parents.items():
            for parent in parents:
                related[name].add(parent)
                related[parent].add(name)
    done: set[str] = set()
    found = []
    for name in sorted(names):
        if name in done:
            continue
        todo, family = [name], set()
        while todo:
            one = todo.pop()
            if one not in done:
                done.add(one)
                family |= names.get(one, set())
                todo += related[one]
        found.append(family)
    return found


def _colour(names: set[str], meetings: list[set[str]], taken: set[str]) -> dict[str, str]:
    met: dict[str, set[str]] = defaultdict(set)
    for meeting in meetings:
        ours = meeting & names
        for name in ours:
            met[name] |= ours
    short = _short_names(taken)
    colours: list[str] = []
    chosen: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (-len(met[name]), name)):
        near = {chosen[other] for other in met[name] if other in chosen}
        free = next((colour for colour in colours if colour not in near), None)
        if free is None:
            free = next(short)
            colours.append(free)
        chosen[name] = free
    return chosen


def shorten(texts: dict[str, str], plain: tuple[str, ...] = ()) -> dict[str, str]:
    """Sources by path -> the same with short names. Docstrings and comments go."""
    names = plan(texts, plain)
    return {path: rename(text, names) for path, text in texts.items()}


def rename(text: str, names: dict[str, str]) -> str:
    """One source with the names of plan()."""
    tree = _without_docstrings(ast.parse(text))
    return ast.unparse(_Rename(names).visit(tree))


def _short_names(taken: set[str]):
    """MicroPython's, then aa, ab ... none that a source has already. Without an underscore in front,
    since mpy-cross keeps no constant of such a name for other modules."""
    yield from (name for name in IN_FLASH if name not in taken)
    letters = "abcdefghijklmnopqrstuvwxyz"
    for length in (2, 3):
        for parts in product(letters, repeat=length):
            name = "".join(parts)
            if name not in taken and not iskeyword(name):
                yield name


def _without_docstrings(tree: ast.Module) -> ast.Module:
    """A docstring's words are no getattr names."""
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and (ast.get_docstring(node, clean=False) is not None):
            node.body = node.body[1:] or [ast.Pass()]
    return tree
