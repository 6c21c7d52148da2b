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
from collections import defaultdict
from functools import cache
from itertools import product
from keyword import iskeyword
from pathlib import Path

from shrink.errors import ShrinkError
from shrink.names_in_source import WORD, Names, names_in

TYPINGS = Path(__file__).resolve().parents[2] / "typings"
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
# How app.routes finds the function for a method of HTTP
_BY_METHOD = {"get", "post", "put", "patch", "delete", "head"}


class NamesError(ShrinkError):
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
                names |= set(names_in(node))
    return frozenset(names), frozenset(parameters)


class _Rename(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

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
    modules = [Names(tree) for tree in trees]
    known, parameters = known_to_micropython()
    kept = set(known)
    for path in texts:
        if not path.startswith("rare/"):  # a number there
            kept |= set(WORD.findall(path))
    for text in plain:
        kept |= set(WORD.findall(text))
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


def _families(modules: list[Names]) -> list[set[str]]:
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
