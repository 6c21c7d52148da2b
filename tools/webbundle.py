"""The page's sources -> the few small files that the dongle serves.

    firmware/web/bundle.json       {"app.js": ["a.js", "b.js"], "app.css": ["app.css"]}
    firmware/web/strings.json      replaces __STRINGS__ in the scripts
    firmware/web/strings-NAME.json the same for NAME.js, with words of its own
    firmware/web/index.html        stays uncompressed: the server inserts the last value
    firmware/web/NAME.html         another page, served compressed as /NAME
    anything else                  is served as it is

Each file but index.html is minified, named by its content (so that a browser may keep it for
ever) and compressed. assets.json maps the source's name to the served one and its type:

    {"app.css": ["app.3f2a1b9c.css", "text/css"]}   with app.3f2a1b9c.css.gz in the same folder
"""

import hashlib
import json
import re
from pathlib import Path

import rcssmin
import rjsmin
import zopfli.gzip

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
_CSS_REFERENCE = re.compile(r"""(url\(["']?)(/?)([\w.-]+)(["']?\))""")


class BundleError(Exception):
    """The page's sources do not fit together; the message says which."""


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
            content = str(rcssmin.cssmin(text)).encode()
        elif path.suffix == ".html":
            content = minify_html(rewrite(_REFERENCE, content.decode(), served)).encode()
        digest = hashlib.sha256(content).hexdigest()[:8]
        hashed = f"{path.stem}.{digest}{path.suffix}"
        served[name] = [hashed, TYPES[path.suffix]]
        out[hashed + ".gz"] = zopfli.gzip.compress(content)
    out["index.html"] = minify_html(rewrite(_REFERENCE, index.decode(), served)).encode()
    out["assets.json"] = json.dumps(served, separators=(",", ":"), sort_keys=True).encode()
    return out


def gather(web: Path) -> dict[str, bytes]:
    """The served files by name, the bundles joined and the scripts minified."""
    parts_of = json.loads(read(web / "bundle.json")) if (web / "bundle.json").exists() else {}
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
    for name in sources:
        if name.endswith(".js"):
            text = sources[name].decode()
            if _STRINGS in text:
                own = web / f"strings-{Path(name).stem}.json"
                strings = own if own.exists() else web / "strings.json"
                text = text.replace(_STRINGS, compact_json(strings))
            sources[name] = str(rjsmin.jsmin(text)).encode()
    return sources


def read(path: Path) -> bytes:
    return path.read_bytes()


def compact_json(path: Path) -> str:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BundleError(f"{path}: {error}") from None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def rewrite(pattern: re.Pattern, text: str, served: dict[str, list[str]]) -> str:
    """References to the sources' names -> to the served names; others stay as they are."""

    def one(match: re.Match) -> str:
        before, slash, name, after = match.groups()
        return f"{before}{slash}{served[name][0] if name in served else name}{after}"

    return pattern.sub(one, text)


def minify_html(text: str) -> str:
    """Without comments and indentation. A line's end stays: it may stand between two words."""
    text = _COMMENT.sub("", text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"
