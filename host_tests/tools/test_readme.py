"""What the pages name is there: make targets with their variables, options, files, links, routes,
settings. That their figures are those of the code is test_figures.py's affair."""

import fnmatch
import json
import re
from pathlib import Path

import hanctl
import pytest

from app.access import _OWNERS
from app.settings_file import defaults, problem

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in [
        ROOT / "README.md",
        *ROOT.glob("*/README.md"),
        *ROOT.glob("firmware/*/README.md"),
        *ROOT.glob("firmware/*.md"),
        ROOT / "host_tests" / "acceptance.md",
        *ROOT.glob("host_tests/*/README.md"),
    ]
    if path.parent.name != "typings"  # the stubs' own
)
FIRMWARE = (ROOT / "firmware" / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# target: its rule and recipe
RULES = dict(re.findall(r"^([a-z-]+)(:.*\n(?:\t.*\n)*)", MAKEFILE, re.MULTILINE))
TARGETS = set(RULES)
# The household's, and files by a pattern's name
KEPT = ("settings.json", "answers.json", "version.json", "strings-NAME.json", "NAME.js")
# Wycheproof's, of which host_tests/vectors has what was taken from them
KEPT += ("aes_gcm_test.json", "ecdsa_secp256r1_sha256_p1363_test.json")
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
def test_make_variables_are_taken(page):
    """A variable that a recipe does not use would be ignored without a word."""
    for target, given in re.findall(r"\bmake ([a-z][a-z-]*)((?: [A-Z]+=\S*)+)", code_of(page)):
        rules = RULES[target] + "".join(RULES.get(one, "") for one in RULES[target].split())
        for name in re.findall(r" ([A-Z]+)=", given):
            assert f"$({name})" in rules or f"$(or $({name})" in rules, f"{target} {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_options_are_taken(page):
    """`tools/x.py --option`; ARGS= of a target are its program's, or meter_sim.py's."""
    programs = []
    for name, rest in re.findall(r"([\w/]+\.py)`?((?: [^`\n#]*)?)", code_of(page)):
        programs.append((name.rpartition("/")[2], rest))
    for target, rest in re.findall(r"\bmake ([a-z]+)[^`\n]* ARGS=([^`\n]+)", code_of(page)):
        found = re.findall(r"tools/(\w+\.py)", RULES[target])
        if found:
            programs.append((found[0], rest))
    for name, rest in programs:
        options = re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)
        if not options:
            continue
        sources = (ROOT / "tools" / name).read_text(encoding="utf-8")
        if name == "run_host.py":
            sources += (ROOT / "tools" / "meter_sim.py").read_text(encoding="utf-8")
        for option in options:
            assert option == "--help" or f'"{option}"' in sources, f"{name} {option}"


def test_the_simulated_meter_of_the_readme_is_there():
    from sim.models import METERS
    from sim.profiles import PROFILES

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bSIM=([\w-]+)", text)) <= set(METERS)
    assert set(re.findall(r"\bPROFILE=(\w+)", text)) <= set(PROFILES)


def anchors(page: Path) -> set[str]:
    """Of its headings, as a forge makes them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        there = page.parent / path if path else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_tables_are_whole(page):
    """Every row has as many cells as the table's head, and no row stands alone."""
    width = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if not line.startswith("|"):
            width = 0
            continue
        cells = re.sub(r"`[^`]*`", "", line).replace("\\|", "").strip("|").count("|")
        if not width:
            below = page.read_text(encoding="utf-8").splitlines()[number].strip()
            assert re.fullmatch(r"[|: -]+", below), f"line {number} is a row of no table"
            width = cells + 1
        assert cells + 1 == width, f"line {number}"


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


def part_of(head: str) -> str:
    """A chapter of firmware/README.md."""
    text = FIRMWARE[FIRMWARE.index(f"\n## {head}\n") + 1 :]
    return text[: text.find("\n## ", 5)]


def told_routes() -> dict[tuple[str, str], str]:
    """(path below /api/v1/, method) -> who, of the table "Routes"."""
    found = {}
    for routes, who in re.findall(
        r"^\| (.*?) \| (–|V|O|set-up key) \|", part_of("Routes"), re.MULTILINE
    ):
        names = []
        pieces = re.findall(r"`([\w/.]+)`|\b(GET|POST|DELETE)\b|(each `?\.csv`? too)", routes)
        for index, (name, method, each) in enumerate(pieces):
            if name == ".csv":
                continue
            if name:
                if index and not pieces[index - 1][0]:
                    names = []
                names.append(name.replace("ID", "{id}"))
            elif each:
                found |= {(one + ".csv", "get"): who for one in names}
            else:
                found |= {(one, method.lower()): who for one in names}
    return found


def test_the_table_of_routes_is_that_of_openapi_and_of_the_door():
    """The same routes and methods, and who may ask is what access.check() goes by."""
    paths = json.loads((ROOT / "tools" / "openapi.json").read_text())["paths"]
    there = {}
    for path, methods in paths.items():
        name = path.removeprefix("/api/v1/")
        head = name.split("/")[0].split(".")[0]
        for method, operation in methods.items():
            if head == "setup":
                who = "set-up key"
            elif operation.get("security") == []:
                who = "–"
            elif head != "session" and (method != "get" or f" {head} " in _OWNERS):
                who = "O"
            else:
                who = "V"
            there[name, method] = who
    told = told_routes()
    steps = {key for key in told if key[0].startswith("setup/")}
    source = (ROOT / "firmware/app/api_setup.py").read_text(encoding="utf-8")
    assert steps and all(f'"{name.partition("/")[2]}"' in source for name, _ in steps)
    told = {key: who for key, who in told.items() if key not in steps}
    told["setup/{step}", "post"] = "set-up key"
    assert told == there


def test_settings_are_there_with_their_defaults():
    rows = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \| `([^`]*)` \| (.*) \|$", part_of("Settings"), re.MULTILINE
    )
    assert len(rows) > 8
    for keys, default, words in rows:
        for key in re.findall(r"`(\w+)`", keys):
            assert defaults()[key] == json.loads(default), key
            for most in re.findall(r"up to (\d+) octets", words):
                assert problem(key, "x" * int(most)) is None
                assert problem(key, "x" * (int(most) + 1))
    for key, choices in (
        ("energy_wh", (1, 10)),
        ("current_ma", (1, 10)),
        ("voltage_mv", (10, 1000)),
    ):
        assert all(problem(key, one) is None for one in choices)
        assert problem(key, 2)
        assert ", ".join(map(str, choices)) in part_of("Settings")
    named = re.findall(r"`([a-z]\w+)`", part_of("Wi-Fi") + part_of("Home automation"))
    assert {"address", "wifi2_ssid", "mqtt", "mqtt_password"} <= set(named)
    assert {"address", "wifi2_ssid", "mqtt", "mqtt_password"} <= set(defaults())


def test_commands_of_hanctl_are_there():
    (named,) = re.findall(r"client of all this: `([a-z ]+)`", FIRMWARE)
    action = next(one for one in hanctl.parser()._actions if one.dest == "command")
    assert set(named.split()) <= set(action.choices or ()), named


def test_environment_variables_are_there():
    """Of the firmware on a computer."""
    source = (ROOT / "firmware/app/board_unix.py").read_text(encoding="utf-8")
    named = re.findall(r"`([A-Z_]{3,})`", part_of("On a computer"))
    assert len(named) > 4
    for name in named:
        assert f'getenv("{name}")' in source, name


def test_keys_of_the_diagnosis_are_there():
    """The lists of words that api_diagnosis.py names its values by."""
    source = (ROOT / "firmware/app/api_diagnosis.py").read_text(encoding="utf-8")
    causes = (ROOT / "firmware/app/boots.py").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (`\w+`.*?) \| (.*) \|$", part_of("Years without a visit"), re.MULTILINE
    )
    assert len(rows) > 8
    for keys, words in rows:
        for key in re.findall(r"`(\w+)`", keys + words):
            assert re.search(rf"\b{key}\b", source + causes), key


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
