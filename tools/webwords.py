"""The page's words: strings*.json -> the scripts and pages of one language.

    {"languages": ["nb", "en"], "texts": {"key": ["Ord", "Words"]}}

A phone reads one language. Each script of bundle.json's "by_language" is made once for each of
them, with that language's words only; so is each page that has words of its own (data-t).

A text that a script asks for by its key, text("key"), is written where it is asked for, and its
key is then in nobody's table: a third of the tables and most of their keys go that way. Left in a
table are texts whose key is put together ("net_" + net), kept in a variable, or sent by the
dongle, and long texts that are asked for at several places.
"""

import html
import json
import re
from pathlib import Path

STRINGS = "__STRINGS__"
# What is asked for by its key: text("key") or text("key", values). Not a method of that name.
_ASKED = re.compile(r"""(?<![.\w])text\("(\w+)"([,)])""")
# text(on ? "key" : "other"), whose condition has no text of its own
_EITHER = re.compile(r"""(?<![.\w])text\(((?:[^()"`]|\([^()"`]*\))+) \? "(\w+)" : "(\w+)"([,)])""")
# Keys that are put together: "net_" + net, `step_${n}`, name + "_title"
_STARTS = re.compile(r"""["`](\w+_)(?:["`] \+|\$\{)""")
_ENDS = re.compile(r"""["`](_\w+)["`]""")
# Looked for at every place: what follows a quote may be the end of another string.
_QUOTED = re.compile(r"""(?=["'`]([\w -]+)["'`]|\btexts\.(\w+))""")
# A text that several places ask for is cheaper in the table when it is longer than this.
_LONG = 60
# What a page says, with the word's key: <p data-t="key">Words</p>, and aria-label="Words"
_PLACED = re.compile(r'\bdata-(?:t|label)="(\w+)"')
_WORDS = re.compile(r"""(<[^>]*?) data-t="(\w+)"([^>]*>)[^<]*""")
_LABEL = re.compile(r'''\bdata-label="(\w+)" aria-label="[^"]*"''')


# Pages of their own
APART = ("login", "setup")


class WordsError(Exception):
    """A table cannot be read, or has no text for a key; the message says which."""


class Words:
    """The tables of a folder, and which of their texts stay in them.

    scripts, pages: their text by name, without .js and .html; parts: the sources of each script by
    their names, of which strings-NAME.json are its tables; from_dongle: what may name a text that
    the dongle sends the key of
    """

    def __init__(
        self,
        web: Path,
        scripts: dict[str, str],
        parts: dict[str, list[str]],
        pages: dict[str, str],
        from_dongle: str,
    ):
        self.tables = {
            path.stem.removeprefix("strings").lstrip("-") or "app": read_json(path)
            for path in sorted(web.glob("strings*.json"))
        }
        self.scripts = scripts
        self.own = {
            name: [part for part in parts[name] if part in self.tables] or ["app"]
            for name in scripts
        }
        self.pages = {("app" if name == "index" else name): text for name, text in pages.items()}
        self._in_place: dict[str, set[str]] = {}
        self.from_dongle = set(re.findall(r'"(\w+)"', from_dongle))

    def languages(self) -> list[str]:
        return self.tables["app"]["languages"] if "app" in self.tables else []

    def text(self, names: list[str], key: str, language: str) -> str:
        """The words for a key, in the first of the named tables that has it."""
        for name in names:
            texts = self.tables.get(name, {"texts": {}})["texts"]
            if key in texts:
                return texts[key][self.languages().index(language)]
        raise WordsError(f"strings.json: no text for {key!r}")

    def world(self, name: str) -> list[str]:
        """The tables that the script NAME.js finds its words in, its own first. The login and
        set-up are pages of their own, with what door.js brings; all others share theirs."""
        own = self.own.get(name, [name])
        if name in APART:
            return [*own, "door"]
        if name == "door":
            return [*own, *APART]
        return [*own, *(one for one in self.tables if one not in (*APART, "door", *own))]

    def in_place(self, name: str) -> set[str]:
        """The keys of all tables of that script's world that no table needs to have."""
        if name not in self._in_place:
            self._in_place[name] = self._find_in_place(self.world(name))
        return self._in_place[name]

    def _find_in_place(self, world: list[str]) -> set[str]:
        code = "\n".join(
            text for name, text in self.scripts.items() if set(self.own[name]) <= set(world)
        )
        asked = [key for key, _ in _ASKED.findall(code)]
        asked += [key for found in _EITHER.findall(code) for key in found[1:3]]
        placed = [key for page in world for key in _PLACED.findall(self.pages.get(page, ""))]
        rest = _EITHER.sub(r"\1", _ASKED.sub("", code))
        quoted = {one for pair in _QUOTED.findall(rest) for words in pair for one in words.split()}
        starts = tuple(_STARTS.findall(rest))
        ends = _ENDS.findall(rest)
        found = set()
        for key in {*asked, *placed}:
            put_together = key.startswith(starts) or any(
                key.endswith(end) and key.removesuffix(end) in quoted for end in ends
            )
            if put_together or key in quoted or key in self.from_dongle:
                continue
            longest = max(len(self.text(world, key, one)) for one in self.languages())
            if asked.count(key) <= 1 or longest <= _LONG:
                found.add(key)
        # Of two that are asked for together, one stays in the table with the other.
        pairs = [set(pair[1:3]) for pair in _EITHER.findall(code)]
        while apart := [pair & found for pair in pairs if len(pair & found) == 1 < len(pair)]:
            found -= set().union(*apart)
        return found

    def script(self, name: str, text: str, language: str) -> str:
        """A script in one language, with what is left of its table."""
        world = self.world(name)
        in_place = self.in_place(name)

        def words(key: str) -> str:
            return json.dumps(self.text(world, key, language), ensure_ascii=False)

        def asked(match: re.Match) -> str:
            key, after = match.groups()
            if key not in in_place:
                return match[0]
            return words(key) if after == ")" else f"fill({words(key)},"

        def either(match: re.Match) -> str:
            condition, key, other, after = match.groups()
            if key not in in_place or other not in in_place:
                return match[0]
            return (
                "(" if after == ")" else "fill("
            ) + f"{condition}?{words(key)}:{words(other)}{after}"

        text = _EITHER.sub(either, _ASKED.sub(asked, text))
        if STRINGS not in text:
            return text
        column = self.languages().index(language)
        texts = {
            key: columns[column]
            for own in self.own[name]
            for key, columns in self.tables[own]["texts"].items()
            if key not in in_place
        }
        table: dict = {"texts": texts}
        if texts.pop("language_name", None):
            names = self.tables[self.own[name][0]]["texts"]["language_name"]
            table |= {
                "language": language,
                "others": list(zip(self.languages(), names, strict=True)),
            }
        return text.replace(STRINGS, compact(table))

    def page(self, name: str, text: str, language: str) -> str:
        """A page in a language, without the keys of its words. `name`: index, login, setup"""
        names = ["app"] if name == "index" else self.world(name)

        def words(key: str) -> str:
            return html.escape(self.text(names, key, language), quote=True)

        text = text.replace(f'lang="{self.languages()[0]}"', f'lang="{language}"', 1)
        if name == "index" and words("decimal_mark") == ".":
            text = text.replace("%KW%", "%KW.%")
        text = _WORDS.sub(lambda match: match[1] + match[3] + words(match[2]), text)
        return _LABEL.sub(lambda match: f'aria-label="{words(match[1])}"', text)


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WordsError(f"{path}: {error}") from None


def compact(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
