"""The sources of the firmware -> what is compiled for a board, made small by the steps of shrink/."""

import ast
import re
from pathlib import Path

from kept import kept
from shrink import constants, loose_strings, one_module, rare_modules, short_names
from shrink.errors import ShrinkError
from shrink.imports import modules_imported

ROOT = Path(__file__).resolve().parent.parent
NATIVE = re.compile(r"^\s*@micropython\.(viper|native|asm_\w+)", re.MULTILINE)
# Read by the dongle before anything else, and by people on the dongle
PLAIN = ("boot.py", "main.py")
# What is loaded first, by itself; all that it imports at its top is always loaded
ROOTS = ("app.app", "app.start")
ONE = "app.one"
# What stays in app/: what main.py knows. All else is loaded for a moment
PACKAGED = ("app.app", "app.board_", "app.boots")
# What is loaded for a moment, among `texts`; in the tree they are all in this file
RARE = "rare/"
ARCHIVE = "lib/rare.bin"
# In the tree this stands in place of app/rare.py
_PACKED = "rare_packed"


class SourceError(ShrinkError):
    """A source does not parse; the message is Python's."""


def python_sources(board: str) -> dict[str, Path]:
    """Path in the tree, ending in .py -> source file."""
    other_board = "board_esp32" if board == "unix" else "board_unix"
    found = {}
    for package in ("hanport", "household"):
        for path in sorted((ROOT / "lib" / package).rglob("*.py")):
            if path.stem.endswith("_host"):
                continue  # what CPython needs in place of the dongle's own modules
            found[path.relative_to(ROOT).as_posix()] = path
    for path in sorted((ROOT / "firmware" / "app").rglob("*.py")):
        if path.stem not in (other_board, "rare", _PACKED):
            found[path.relative_to(ROOT / "firmware").as_posix()] = path
    found["app/rare.py"] = ROOT / "firmware" / "app" / f"{_PACKED}.py"
    for path in sorted((ROOT / "firmware").glob("*.py")):
        if path.name not in (*PLAIN, "manifest.py"):
            found[path.name] = path
    return found


def plain_paths(board: str) -> list[Path]:
    """The sources that meet the tree as they are: those at its top, and on a computer the radio
    that tests put in (board_unix.py)."""
    paths = [ROOT / "firmware" / name for name in PLAIN]
    if board == "unix":
        paths += sorted((ROOT / "host_tests" / "radio").glob("*.py"))
    return [path for path in paths if path.exists()]


def always_loaded(texts: dict[str, str]) -> set[str]:
    """The modules that ROOTS import when they are imported themselves, by name."""
    by_name = {module_name(path): ast.parse(text) for path, text in texts.items()}
    native = {module_name(path) for path, text in texts.items() if NATIVE.search(text)}
    found: set[str] = set()
    todo: list[str] = list(ROOTS)
    while todo:
        for name in modules_imported(by_name[todo.pop()].body):
            # what stands beside main.py, slots for one, comes over USB only and stays a file
            if "." in name and name in by_name and name not in found:
                found.add(name)
                todo.append(name)
    return found - native - set(ROOTS)


class Sources:
    """What is compiled for a board: `texts` by path in the tree, and `sources`, what each is made
    of. `sections` are the parts of the one module by `members`."""

    def __init__(self, board: str, readable: bool = False) -> None:
        """`readable` leaves the names as they are, for a traceback that can be read."""
        texts = {
            name: path.read_text(encoding="utf-8") for name, path in python_sources(board).items()
        }
        try:
            shared = constants.taken_from_others(list(texts.values()))
        except SyntaxError as error:
            raise SourceError(f"a source does not parse: {error}") from None
        made = {
            name: constants.with_const(text, shared)
            for name, text in texts.items()
            if text.strip()  # an empty package: a folder will do
        }
        self.members = always_loaded(made)
        by_name = {module_name(path): text for path, text in made.items()}
        loose = [
            name
            for name in by_name
            if name not in self.members and "." in name and not name.startswith(PACKAGED)
        ]
        native = {name for name, text in by_name.items() if NATIVE.search(text)}
        self.places = rare_modules.places_of(loose, native)
        by_name = {name: self._numbered(name, text) for name, text in by_name.items()}
        self._merger = one_module.Merger(by_name, self.members, ONE)
        parts = self._merger.sections()
        made = {_path(ONE): "".join(parts.values())}
        files = {module_name(path): file for path, file in python_sources(board).items()}
        self.sources = {_path(ONE): [files[name] for name in sorted(self.members)]}
        # of each module and each member of the one, by its name in the account
        self.lines = {
            module_name(self._path_of(name)): len(files[name].read_bytes().splitlines())
            for name in by_name
        }
        for name, text in by_name.items():
            if name in self.members:
                continue
            path = self._path_of(name)
            self.sources[path] = [files[name]]
            made[path] = self._merger.adapted(name, text)
        self._names = (
            {}
            if readable
            else short_names.plan(
                made, tuple(path.read_text(encoding="utf-8") for path in plain_paths(board))
            )
        )
        self.sections = {
            name: short_names.rename(text, self._names) for name, text in parts.items() if name
        }
        self.texts = {path: short_names.rename(text, self._names) for path, text in made.items()}
        stay = set(short_names.IN_FLASH).union(
            *(loose_strings.strings_in(self.texts[path]) for path in self.texts if _stays(path))
        )
        for path, text in self.texts.items():
            if not _stays(path) and not readable:
                self.texts[path] = loose_strings.loosen(text, stay)

    def _numbered(self, name: str, text: str) -> str:
        try:
            return rare_modules.numbered(text, self.places)
        except rare_modules.RareError as error:
            raise rare_modules.RareError(f"{name}: {error}") from None

    def _path_of(self, name: str) -> str:
        place = self.places.get(name, "")
        if isinstance(place, int):
            return f"{RARE}{name}.py"
        return f"lib/{place}.py" if place else _path(name)

    def numbers(self) -> dict[str, int]:
        """The modules in ARCHIVE, in the order of their numbers."""
        return {name: place for name, place in self.places.items() if isinstance(place, int)}

    def as_in_tree(self, text: str) -> str:
        """Another source that uses the modules, as it must be written to use the tree's."""
        return short_names.rename(self._merger.adapted("", self._numbered("", text)), self._names)


def sources_for(board: str, readable: bool = False) -> Sources:
    """Sources(board, readable), worked out once for the same files: all chips have the same."""
    board = "unix" if board == "unix" else "esp32"
    paths = [*python_sources(board).values(), *plain_paths(board)]
    return kept("sources", f"{board} {readable}", paths, lambda: Sources(board, readable))


def _stays(path: str) -> bool:
    """Whether the file of the tree is loaded for good."""
    return path.startswith(("app/app.", "app/board_", "app/one.", "slots."))


def _path(module: str) -> str:
    return module.replace(".", "/") + ".py"


def module_name(path: str) -> str:
    """lib/hanport/hdlc.py -> hanport.hdlc. A traceback shows it as the file: a name that the
    module has anyway, where its path would be one more string in the dongle's heap."""
    return (
        path.removeprefix("lib/")
        .removeprefix(RARE)
        .removesuffix(".py")
        .removesuffix("/__init__")
        .replace("/", ".")
    )
