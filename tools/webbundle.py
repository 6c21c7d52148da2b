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

A phone reads one language: what bundle.json names under "by_language", scripts and pages, is made
once for each, app.js and login.html with the first one's words, app.en.js and login.en.html with
the second's (webwords.py). index.html is made once for each too, when there is any of them.
"""

import hashlib
import json
import re
from pathlib import Path

import minify  # tdewolff-minify
import zopfli.gzip
from kept import kept
from webwords import STRINGS, Words, WordsError, compact, read_json

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
# A comment in index.html is dropped, but for the server's markers and conditional comments.
_COMMENT = re.compile(r"<!--(?!\[)(?!\s*/?[A-Z][A-Z0-9_]*\s*-->).*?-->", re.DOTALL)
_REFERENCE = re.compile(r"""(\b(?:href|src)=["'])(/?)([\w.-]+)(["'])""")
_CSS_REFERENCE = re.compile(r"""(url\(["']?)(/?)([\w.-]+)(["']?\))""")


class BundleError(Exception):
    """The page's sources do not fit together; the message says which."""


def page() -> dict[str, bytes]:
    """bundle() of the firmware's page, made once for the same files."""
    return kept("page", "", sorted(WEB.iterdir()), lambda: bundle(WEB))


def bundle(web: Path) -> dict[str, bytes]:
    """The files to put into the dongle's web folder, by name: the same bytes on every machine."""
    try:
        return _bundle(web)
    except WordsError as error:
        raise BundleError(str(error)) from None


def _bundle(web: Path) -> dict[str, bytes]:
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
            language = path.stem.partition(".")[2]
            content = minify_html(rewrite(_REFERENCE, content.decode(), served, language)).encode()
        digest = hashlib.sha256(content).hexdigest()[:8]
        # A page's address is its name, so it is asked for anew and needs no hash.
        hashed = name if path.suffix == ".html" else f"{path.stem}.{digest}{path.suffix}"
        served[name] = [hashed, TYPES[path.suffix]]
        out[hashed + ".gz"] = zopfli.gzip.compress(content)
    words = words_of(web)
    for language in languages_of(web):
        page = index.decode()
        if language is not None:
            page = words.page("index", page, language)
        suffix = suffix_of(words, language)
        page = rewrite(_REFERENCE, page, served, suffix)
        out[variant("index.html", suffix)] = minify_html(page).encode()
    out["assets.json"] = json.dumps(served, separators=(",", ":"), sort_keys=True).encode()
    return out


def languages_of(web: Path) -> list[str | None]:
    """The codes, the first language's first, or [None] when nothing is made by language."""
    return [*words_of(web).languages()] if by_language(web) else [None]


def by_language(web: Path) -> list[str]:
    return bundle_json(web).get("by_language", [])


def bundle_json(web: Path) -> dict:
    return json.loads(read(web / "bundle.json")) if (web / "bundle.json").exists() else {}


def variant(name: str, suffix: str) -> str:
    """ "app.js" -> "app.en.js"; with "" the name itself."""
    path = Path(name)
    return f"{path.stem}.{suffix}{path.suffix}" if suffix else name


def suffix_of(words: Words, language: str | None) -> str:
    """What is in a name for a language: nothing for the first one."""
    return "" if language is None or language == words.languages()[0] else language


def parts_of(web: Path) -> dict[str, list[str]]:
    """{served name: its sources} of bundle.json."""
    return {name: parts for name, parts in bundle_json(web).items() if name != "by_language"}


def joined(web: Path) -> dict[str, bytes]:
    sources = {}
    for name, parts in parts_of(web).items():
        missing = [part for part in parts if not (web / part).is_file()]
        if missing:
            raise BundleError(
                f"{web / 'bundle.json'}: {name} names {missing[0]}, which is missing"
            )
        sources[name] = b"\n".join(read(web / part) for part in parts)
    return sources


def words_of(web: Path) -> Words:
    together = joined(web)
    names = [name for name in by_language(web) if name.endswith(".js")]
    scripts = {
        Path(name).stem: (together[name] if name in together else read(web / name)).decode()
        for name in names
    }
    of = parts_of(web)
    parts = {Path(name).stem: [Path(one).stem for one in of.get(name, [name])] for name in names}
    pages = {path.stem: path.read_text(encoding="utf-8") for path in web.glob("*.html")}
    firmware = sorted((web.parent / "app").glob("*.py"))
    return Words(
        web, scripts, parts, pages, "\n".join(path.read_text("utf-8") for path in firmware)
    )


def gather(web: Path) -> dict[str, bytes]:
    """The served files by name, the bundles joined, the scripts minified, all in each language."""
    sources = joined(web)
    used = {part for parts in parts_of(web).values() for part in parts}
    for path in sorted(web.iterdir()):
        known = path.name in used or path.name in sources
        known = known or NOT_SERVED.fullmatch(path.name) is not None
        if path.is_file() and not known and not path.name.startswith("."):
            sources[path.name] = read(path)
    words = words_of(web)
    made: dict[str, bytes] = {}
    for name, content in sources.items():
        path = Path(name)
        if path.suffix not in (".js", ".html") or name == "index.html":
            made[name] = content
            continue
        for language in languages_of(web) if name in by_language(web) else [None]:
            text = content.decode()
            if path.suffix == ".js":
                text = minify.string(
                    "text/javascript", script_of(web, words, path, text, language)
                )
            elif language is not None:
                text = words.page(path.stem, text, language)
            made[variant(name, suffix_of(words, language))] = text.encode()
    return made


def script_of(web: Path, words: Words, path: Path, text: str, language: str | None) -> str:
    """A script with its words: of one language, or with the whole of its table."""
    if language is not None:
        return words.script(path.stem, text, language)
    if STRINGS not in text:
        return text
    own = web / f"strings-{path.stem}.json"
    return text.replace(STRINGS, compact(read_json(own if own.exists() else web / "strings.json")))


def read(path: Path) -> bytes:
    return path.read_bytes()


def compact_json(path: Path) -> str:
    return compact(read_json(path))


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
