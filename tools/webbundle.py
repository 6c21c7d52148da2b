"""The page's sources -> the few small files that the dongle serves.

    firmware/web/bundle.json       {"app.js": ["a.js", "b.js"], "app.css": ["app.css"]}
    firmware/web/strings.json      replaces __STRINGS__ in the scripts
    firmware/web/strings-NAME.json the same for NAME.js, with words of its own
    firmware/web/index.html        stays uncompressed: the server inserts the last value
    firmware/web/NAME.html         another page, served compressed as /NAME
    anything else                  is served as it is

Each file but the pages is minified, named by its content (so that a browser may keep it for
ever) and compressed. assets.json maps the source's name to the served one and its type:

    {"app.css": ["app.3f2a1b9c.css", "text/css"]}   with app.3f2a1b9c.css.gz in the same folder

A phone reads one language. bundle.json's "by_language" names scripts that are made once for each,
with that language's words only: app.js with the first one's, app.en.js with the second's. Then
index.html is made once for each too: index.en.html has the words of strings.json and the scripts
of that language.
"""

import hashlib
import html
import json
import re
from pathlib import Path

import minify  # tdewolff-minify
import zopfli.gzip
from kept import kept

WEB = Path(__file__).resolve().parent.parent / "firmware" / "web"
NOT_SERVED = re.compile(r"bundle\.json|strings(-\w+)?\.json|README\.md")
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_STRINGS = "__STRINGS__"
# A comment in index.html is dropped, but for the server's markers and conditional comments.
_COMMENT = re.compile(r"<!--(?!\[)(?!\s*/?[A-Z][A-Z0-9_]*\s*-->).*?-->", re.DOTALL)
_REFERENCE = re.compile(r"""(\b(?:href|src)=["'])(/?)([\w.-]+)(["'])""")
# What index.html says, with the word's key: <p data-t="key">Words</p>, and aria-label="Words"
_WORDS = re.compile(r"""(<[^>]*?) data-t="(\w+)"([^>]*>)[^<]*""")
_LABEL = re.compile(r'''\bdata-label="(\w+)" aria-label="[^"]*"''')
_CSS_REFERENCE = re.compile(r"""(url\(["']?)(/?)([\w.-]+)(["']?\))""")


class BundleError(Exception):
    """The page's sources do not fit together; the message says which."""


def page() -> dict[str, bytes]:
    """bundle() of the firmware's page, made once for the same files."""
    return kept("page", "", sorted(WEB.iterdir()), lambda: bundle(WEB))


def bundle(web: Path) -> dict[str, bytes]:
    """The files to put into the dongle's web folder, by name: the same bytes on every machine."""
    sources = gather(web)
    index = sources.pop("index.html", None)
    if index is None:
        raise BundleError(f"{web / 'index.html'} is missing")
    served: dict[str, list[str]] = {}
    out: dict[str, bytes] = {}
    # What others refer to comes first: a stylesheet's own name depends on its pictures' names.
    order = {".css": 1, ".html": 2}
    for name in sorted(sources, key=lambda name: (order.get(Path(name).suffix, 0), name)):
        path = Path(name)
        if path.suffix not in TYPES:
            raise BundleError(f"{web / name}: no content type is known for {path.suffix!r}")
        content = sources[name]
        if path.suffix == ".css":
            text = rewrite(_CSS_REFERENCE, content.decode(), served)
            content = minify.string("text/css", text).encode()
        elif path.suffix == ".html":
            content = minify_html(rewrite(_REFERENCE, content.decode(), served)).encode()
        digest = hashlib.sha256(content).hexdigest()[:8]
        # A page's address is its name, so it is asked for anew and needs no hash.
        hashed = name if path.suffix == ".html" else f"{path.stem}.{digest}{path.suffix}"
        served[name] = [hashed, TYPES[path.suffix]]
        out[hashed + ".gz"] = zopfli.gzip.compress(content)
    for language in languages_of(web):
        page = rewrite(_REFERENCE, index.decode(), served, language)
        if by_language(web):
            page = translated(web, page, language)
        out[variant("index.html", language)] = minify_html(page).encode()
    out["assets.json"] = json.dumps(served, separators=(",", ":"), sort_keys=True).encode()
    return out


def languages_of(web: Path) -> list[str]:
    """ "" for the first language, and the others' codes when there are scripts by language."""
    if not by_language(web):
        return [""]
    return ["", *json.loads(read(web / "strings.json"))["languages"][1:]]


def by_language(web: Path) -> list[str]:
    return bundle_json(web).get("by_language", [])


def bundle_json(web: Path) -> dict:
    return json.loads(read(web / "bundle.json")) if (web / "bundle.json").exists() else {}


def variant(name: str, language: str) -> str:
    """ "app.js" -> "app.en.js"; with "" the name itself."""
    path = Path(name)
    return f"{path.stem}.{language}{path.suffix}" if language else name


def translated(web: Path, page: str, language: str) -> str:
    """index.html in a language, "" for the first, without the keys of its words."""
    table = read_json(web / "strings.json")
    first = table["languages"][0]
    column = table["languages"].index(language or first)

    def words(key: str) -> str:
        return html.escape(table["texts"][key][column], quote=True)

    page = page.replace(f'lang="{first}"', f'lang="{language or first}"', 1)
    if words("decimal_mark") == ".":
        page = page.replace("%KW%", "%KW.%")
    page = _WORDS.sub(lambda match: match[1] + match[3] + words(match[2]), page)
    return _LABEL.sub(lambda match: f'aria-label="{words(match[1])}"', page)


def gather(web: Path) -> dict[str, bytes]:
    """The served files by name, the bundles joined and the scripts minified."""
    parts_of = bundle_json(web)
    split = parts_of.pop("by_language", [])
    sources = {}
    used = set()
    for name, parts in parts_of.items():
        missing = [part for part in parts if not (web / part).is_file()]
        if missing:
            raise BundleError(
                f"{web / 'bundle.json'}: {name} names {missing[0]}, which is missing"
            )
        sources[name] = b"\n".join(read(web / part) for part in parts)
        used.update(parts)
    for path in sorted(web.iterdir()):
        known = path.name in used or path.name in sources
        known = known or NOT_SERVED.fullmatch(path.name) is not None
        if path.is_file() and not known and not path.name.startswith("."):
            sources[path.name] = read(path)
    scripts = {}
    for name in list(sources):
        if name.endswith(".js"):
            text = sources.pop(name).decode()
            for language in languages_of(web) if name in split else [None]:
                made = with_words(web, name, text, language)
                scripts[variant(name, language or "")] = minify.string(
                    "text/javascript", made
                ).encode()
    return sources | scripts


def with_words(web: Path, name: str, text: str, language: str | None) -> str:
    """The script with its table of words: all languages, or "" the first, or one by its code."""
    if _STRINGS not in text:
        return text
    own = web / f"strings-{Path(name).stem}.json"
    path = own if own.exists() else web / "strings.json"
    table = read_json(path)
    if language is not None:
        languages = table["languages"]
        column = languages.index(language) if language else 0
        texts = {key: [columns[column]] for key, columns in table["texts"].items()}
        table = {"languages": [languages[column]], "texts": texts}
        if "language_name" in texts:
            names = read_json(path)["texts"]["language_name"]
            table["others"] = list(zip(languages, names, strict=True))
    return text.replace(_STRINGS, json.dumps(table, ensure_ascii=False, separators=(",", ":")))


def read(path: Path) -> bytes:
    return path.read_bytes()


def read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: {error}") from None


def compact_json(path: Path) -> str:
    return json.dumps(read_json(path), ensure_ascii=False, separators=(",", ":"))


def rewrite(
    pattern: re.Pattern, text: str, served: dict[str, list[str]], language: str = ""
) -> str:
    """References to the sources' names -> to the served names, in the language if there is such a
    variant; others stay as they are."""

    def one(match: re.Match) -> str:
        before, slash, name, after = match.groups()
        name = variant(name, language) if variant(name, language) in served else name
        return f"{before}{slash}{served[name][0] if name in served else name}{after}"

    return pattern.sub(one, text)


def minify_html(text: str) -> str:
    """Without comments and indentation. A line's end stays: it may stand between two words."""
    text = _COMMENT.sub("", text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
