"""What the READMEs name is there: make targets, files, routes, settings."""

import fnmatch
import json
import re
from pathlib import Path

import pytest

from app.settings_file import defaults

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [ROOT / "README.md", *ROOT.glob("*/README.md"), *ROOT.glob("firmware/*/README.md")]
)
APP = ROOT / "firmware" / "app"
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
# The household's, and files by a pattern's name
KEPT = ("settings.json", "answers.json", "version.json", "strings-NAME.json", "NAME.js")
# What tools/webbundle.py makes of several
BUNDLED = set(json.loads((ROOT / "firmware/web/bundle.json").read_text()))
# Made when it runs, or the household's own
MADE = ("build/", ".venv", "a/", "b/", "data/", "/data", "app/one.mpy")


def code_of(page: Path) -> str:
    """What stands in backticks and in blocks of code."""
    text = page.read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_are_there(page):
    named = set(re.findall(r"(?<!install )\bmake ([a-z][a-z-]*)", code_of(page)))
    assert named <= TARGETS, named - TARGETS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_are_there(page):
    missing = []
    for word in re.findall(r"[\w./*-]+\.(?:py|md|json|js|css|html|svg)\b", code_of(page)):
        if word.startswith(MADE) or "*" in word or word in KEPT or word in BUNDLED:
            continue
        places = [page.parent / word, ROOT / word, ROOT / "firmware" / word, ROOT / "lib" / word]
        if word.startswith("index."):  # a page for each language
            continue
        places += [ROOT / "firmware/app" / word, ROOT / "tools" / word, ROOT / "host_tests" / word]
        if not any(place.exists() for place in places):
            missing.append(word)
    assert not missing


def test_every_tool_has_its_place():
    """A file of tools/ that its README does not name is found by nobody."""
    page = ROOT / "tools" / "README.md"
    named = re.findall(r"`([\w.*]+)/?`", page.read_text(encoding="utf-8"))
    for path in (ROOT / "tools").iterdir():
        if path.name not in ("README.md", "__pycache__") and path.name[0] != ".":
            assert any(fnmatch.fnmatch(path.name, pattern) for pattern in named), path.name


def test_routes_are_there():
    names = re.findall(r"app\.api_(\w+)", (ROOT / "firmware/app/routes.py").read_text())
    told = {
        route
        for page in PAGES
        for route in re.findall(r"/api/v1/([a-z]+)", page.read_text(encoding="utf-8"))
    }
    assert told and told <= {"events", *names}


def test_the_table_of_routes_is_all_of_them_and_who_may():
    """Against openapi.json, which is held to the handlers, and the list of access.py."""
    text = (ROOT / "firmware" / "README.md").read_text(encoding="utf-8")
    part = text[text.index("## Routes") : text.index("## The provisions")]
    told = set()
    for routes, who in re.findall(r"^\| (`[a-z].*?) \| (.*?) \|", part, re.MULTILINE):
        # names and then their methods: `hours` `days` GET, each `.csv` too; `months` GET
        for group, methods in re.findall(
            r"((?:`[\w/.]+`,?\s*)+)((?:GET|POST|DELETE|[ ])+)", routes
        ):
            for name in re.findall(r"`(\w+)", group):
                told |= {(name, method.lower(), who) for method in methods.split()}
    owners = re.findall(r'^_OWNERS = "(.+)"', (APP / "access.py").read_text(), re.MULTILINE)[0]
    open_to = {"login": "–", "setup": "set-up key", "session": "V"}
    built = set()
    for path, methods in json.loads((ROOT / "tools/openapi.json").read_text())["paths"].items():
        name = re.split(r"[/.]", path.removeprefix("/api/v1/"))[0]
        for method in methods:
            owned = method != "get" or name in owners.split()
            who = open_to.get(name, "O" if owned else "V")
            built.add((name, method, who))
    assert told == built


def test_settings_are_there():
    text = (ROOT / "firmware" / "README.md").read_text(encoding="utf-8")
    part = text[text.index("## Settings") :]
    named = set(
        re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", part[: part.index("\n## ", 5)], re.MULTILINE)
    )
    keys = {key for row in named for key in re.findall(r"`(\w+)`", row)}
    assert keys and keys <= set(defaults()), keys - set(defaults())


def test_functions_are_there():
    """`file` `function()`, as a list's way is told."""
    page = ROOT / "firmware" / "README.md"
    named = re.findall(
        r"`([\w/]+\.(?:py|js))` `(?:\w+\.)?(\w+)\(\)`", page.read_text(encoding="utf-8")
    )
    assert len(named) > 10
    for file, function in named:
        places = [ROOT / "firmware" / file, ROOT / "lib" / file, ROOT / file]
        source = next(place for place in places if place.exists()).read_text(encoding="utf-8")
        assert re.search(rf"(def|function) {function}\(", source), f"{file}: {function}"
