"""What the page costs a phone: gzip octets and requests of the first view and of every other page.

    python tools/page_size.py            a table; fails when a limit is passed
    python tools/page_size.py --json

The first view is index.html with the last value in it, compressed as a phone would get it from a
server that could (ours sends it as it is: it has the value in it, so that is counted as well),
and what it asks for before it shows and works. Another page adds the parts that it alone needs.
Each language is a page of its own; the largest counts. The icon, the manifest and, on a second
visit, all files but index.html cost nothing more: their names are their content's hash.

"All of it" is every file that a phone with that language can ever come to ask for: set-up, the
login and the icons with it.
"""

import argparse
import gzip
import json
import re
import sys

import webbundle

FIRST_VIEW_BYTES = 30 * 1024
FIRST_VIEW_REQUESTS = 4
ALL_BYTES = 60 * 1024
# /api/v1/now as a busy meter's owner gets it, for the marker in index.html
EXAMPLE_NOW = json.dumps({"state": "live", "power": [1234] * 60, "hour": {"wh": 1420}})
_AT_ONCE = re.compile(r"""<(?:link rel="stylesheet"[^>]*href|script src)="([\w.-]+)\"""")


def measure(files: dict[str, bytes]) -> dict[str, dict]:
    """{page: {"bytes", "requests", "files"}} of a bundle; "first view" and then what each adds."""
    pages: dict[str, dict] = {}
    for index in sorted(name for name in files if name.startswith("index.")):
        page = files[index].decode().replace("%NOW%", EXAMPLE_NOW)
        head = page.partition("<template")[0]
        at_once = [name + ".gz" for name in _AT_ONCE.findall(head)]
        later = re.findall(
            r"""(?:src|href)="([\w.]+\.(?:js|css))\"""", page.partition("<template")[2]
        )
        language = index.removeprefix("index.").removesuffix("html").rstrip(".") or "nb"
        size = len(gzip.compress(page.encode(), mtime=0)) + _sum(files, at_once)
        # The event stream is the fourth request: nothing else is asked for.
        pages[f"first view {language}"] = {
            "bytes": size,
            "uncompressed_index": len(page.encode()),
            "requests": 1 + len(at_once) + 1,
            "files": [index, *at_once, "/api/v1/events"],
        }
        for part in later:
            pages[f"{part.partition('.')[0]}.{part.rpartition('.')[2]} {language}"] = {
                "bytes": _sum(files, [part + ".gz"]),
                "requests": 1,
                "files": [part + ".gz"],
            }
        for name in sorted(name for name in files if name.endswith(".html.gz")):
            page, _, of = name.removesuffix(".html.gz").partition(".")
            if (of or "nb") != language:
                continue
            parts = [
                part + ".gz" for part in _AT_ONCE.findall(gzip.decompress(files[name]).decode())
            ]
            pages[f"{page} {language}"] = {
                "bytes": len(files[name]) + _sum(files, parts),
                "requests": 1 + len(parts),
                "files": [name, *parts],
            }
    return pages


def _sum(files: dict[str, bytes], names: list[str]) -> int:
    return sum(len(files[name]) for name in names)


def totals(files: dict[str, bytes]) -> dict[str, int]:
    """{language: octets of all that a phone with that language could ever get}."""
    found = {}
    for page in measure(files).items():
        language = page[0].rpartition(" ")[2]
        found.setdefault(language, {}).update(
            {name: len(files[name]) for name in page[1]["files"] if name in files}
        )
        if page[0].startswith("first view"):
            index = page[1]["files"][0]
            compressed = page[1]["bytes"] - _sum(files, page[1]["files"][1:-1])
            found[language][index] = compressed
    extra = _sum(
        files, [name for name in files if re.match(r"(icon|app)\.\w+\.(png|webmani)", name)]
    )
    return {language: sum(sizes.values()) + extra for language, sizes in found.items()}


def problems(files: dict[str, bytes]) -> list[str]:
    """The limits that are passed, in words."""
    found = []
    for name, page in measure(files).items():
        if not name.startswith("first view"):
            continue
        if page["bytes"] > FIRST_VIEW_BYTES:
            found.append(f"{name}: {page['bytes']} octets, at most {FIRST_VIEW_BYTES}")
        if page["requests"] > FIRST_VIEW_REQUESTS:
            found.append(f"{name}: {page['requests']} requests, at most {FIRST_VIEW_REQUESTS}")
    for language, size in totals(files).items():
        if size > ALL_BYTES:
            found.append(f"all pages {language}: {size} octets, at most {ALL_BYTES}")
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The page's size against its limits.")
    parser.add_argument("--json", action="store_true", help="for other tools")
    given = parser.parse_args(arguments)
    files = webbundle.page()
    if given.json:
        print(json.dumps({"pages": measure(files), "all": totals(files)}, indent=1))
    else:
        print(f"{'':28} {'gzip':>7} requests")
        for name, page in measure(files).items():
            print(f"{name:28} {page['bytes']:7,} {page['requests']}")
        for language, size in totals(files).items():
            print(f"{'all of it ' + language:28} {size:7,} of {ALL_BYTES:,}")
    bad = problems(files)
    for line in bad:
        print("page_size: " + line, file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
