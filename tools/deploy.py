#!/usr/bin/env python3
"""Put a built tree onto the dongle: the files that differ, and away with what is not in it.

    python tools/deploy.py --port /dev/ttyUSB0 build/device

The dongle's folders app/, web/, tariffs/ and lib/'s packages become exactly those of the tree;
so do old .py files that would be imported instead of a .mpy. Settings and the household's hours
are other folders and are not touched. Each file is written beside the old one and renamed into
place, main.py last; a copy that is cut off is taken up by running it again.
"""

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

from usb_dongle import GONE, Dongle, DongleError, find_port

# Prints {path: [size, sha256 in hex]} of the files below the given folders and beside them.
_LISTING = """
import os, hashlib, binascii, json
def _sum(p):
 h = hashlib.sha256()
 b = bytearray(256)
 v = memoryview(b)
 with open(p, 'rb') as f:
  while True:
   n = f.readinto(b)
   if not n:
    return binascii.hexlify(h.digest()).decode()
   h.update(v[:n])
def _walk(d, deep):
 try:
  names = list(os.ilistdir(d or '.'))
 except OSError:
  return
 for e in names:
  p = d + '/' + e[0] if d else e[0]
  if e[1] & 0x4000:
   if deep:
    _walk(p, True)
  elif p in want or deep or p.endswith('.py') or p.endswith('.mpy'):
   print(json.dumps([p, os.stat(p)[6], _sum(p)]))
"""

# What updates have put there makes way for the tree: first the choice (firmware/switch.py), then
# the folders, of each first the mark that it is complete. Prints their names.
_UPDATES = """
import os
def _remove(p):
 try:
  os.remove(p)
 except OSError:
  pass
def _clear(p):
 for e in list(os.ilistdir(p)):
  f = p + '/' + e[0]
  if e[1] & 0x4000:
   _clear(f)
  else:
   os.remove(f)
 os.rmdir(p)
_remove('slots.txt')
for d in ('a', 'b'):
 try:
  os.stat(d)
 except OSError:
  continue
 _remove(d + '/version.json')
 _clear(d)
 print(d)
"""

# A littlefs block: what a file of any size takes at least
BLOCK = 4096


class DeployError(DongleError):
    """The tree did not get onto the dongle; the message says what to do."""


def local_files(tree: Path) -> dict[str, bytes]:
    """Path on the dongle -> content. DeployError when it is not a built tree."""
    found = {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }
    if "main.py" not in found:
        raise DeployError(f"{tree} holds no main.py: run make build first")
    return found


def owned_folders(files: dict[str, bytes]) -> list[str]:
    """The folders that hold nothing but the tree's files: all below them is the tree's."""
    folders = set()
    for name in files:
        parts = name.split("/")
        if parts[0] == "lib" and len(parts) > 2:
            folders.add("/".join(parts[:2]))
        elif parts[0] != "lib" and len(parts) > 1:
            folders.add(parts[0])
    return sorted(folders)


def shadows(files: dict[str, bytes]) -> set[str]:
    """Files that the dongle would import instead of one of the tree's .mpy."""
    found = set()
    for name in files:
        if name.endswith(".mpy"):
            found.add(name.removesuffix(".mpy") + ".py")
            # The root comes before lib/ in sys.path
            if name.startswith("lib/"):
                inner = name.removeprefix("lib/")
                found.update((inner, inner.removesuffix(".mpy") + ".py"))
    return found - files.keys()


def listing(dongle: Dongle, files: dict[str, bytes]) -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of the dongle's files as far as they concern the tree."""
    deep = owned_folders(files)
    flat = sorted({name.rpartition("/")[0] for name in files | dict.fromkeys(shadows(files))})
    flat = [folder for folder in flat if folder not in deep]
    want = json.dumps([name for name in files if name.rpartition("/")[0] in flat])
    code = f"{_LISTING}\nwant = {want}\n"
    for folder in deep:
        code += f"_walk({folder!r}, True)\n"
    for folder in flat:
        code += f"_walk({folder!r}, False)\n"
    found = {}
    for line in dongle.run(code).splitlines():
        name, size, digest = json.loads(line)
        found[name] = (size, digest)
    return found


def stale_files(files: dict[str, bytes], there: dict[str, tuple[int, str]]) -> list[str]:
    deep = owned_folders(files)
    shadowing = shadows(files)
    return sorted(
        name
        for name in there
        if name not in files
        and (name in shadowing or any(name.startswith(folder + "/") for folder in deep))
    )


def changed_files(files: dict[str, bytes], there: dict[str, tuple[int, str]]) -> list[str]:
    """What to copy, in the order to copy it: main.py last, so that a half tree does not start."""
    changed = [
        name
        for name, content in files.items()
        if there.get(name) != (len(content), hashlib.sha256(content).hexdigest())
    ]
    return sorted(changed, key=lambda name: (name == "main.py", name))


def check_space(dongle: Dongle, files: dict[str, bytes], changed: list[str]) -> None:
    needed = sum(-(-len(files[name]) // BLOCK) * BLOCK for name in changed)
    free = dongle.free()
    if needed > free:
        raise DeployError(f"the dongle has {free // 1024} KB free, {needed // 1024} KB are needed")


class Progress:
    """How far the copy is, on one line of a terminal or on a line per file elsewhere."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.done = 0
        self.started = time.monotonic()
        self.terminal = sys.stdout.isatty()

    def within(self, name: str):
        def show(written: int, size: int) -> None:
            if self.terminal:
                self._line(name, self.done + written, end="")

        return show

    def file(self, name: str, size: int) -> None:
        self.done += size
        self._line(name, self.done, end="" if self.terminal else "\n")

    def _line(self, name: str, octets: int, end: str) -> None:
        part = 100 * octets // self.total
        rate = octets / 1024 / max(time.monotonic() - self.started, 0.1)
        start = "\r\033[K" if self.terminal else ""
        print(f"{start}{part:3} %  {rate:5.1f} KB/s  {name}", end=end, flush=True)


def deploy(dongle: Dongle, files: dict[str, bytes]) -> tuple[int, int]:
    """Bring the dongle to the tree. Returns how many files were copied and removed."""
    there = listing(dongle, files)
    stale = stale_files(files, there)
    changed = changed_files(files, there)
    for name in stale:
        print(f"removes {name}")
        dongle.remove(name)
    if changed:
        check_space(dongle, files, changed)
        dongle.make_folders(files)
        progress = Progress(sum(len(files[name]) for name in changed))
        for name in changed:
            dongle.write(name, files[name], progress.within(name))
            progress.file(name, len(files[name]))
        if progress.terminal:
            print()
        left = changed_files(files, listing(dongle, files))
        if left:
            raise DeployError(f"{left[0]} is not on the dongle as it was sent: run it again")
    for folder in dongle.run(_UPDATES).split():
        print(f"removes {folder}/, an update")
    return len(changed), len(stale)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="a tree made by tools/build.py")
    parser.add_argument("--port", default="auto")
    parser.add_argument(
        "--no-reset", action="store_true", help="reset nothing, before or after (a REPL on a pty)"
    )
    arguments = parser.parse_args()
    try:
        files = local_files(arguments.tree)
        port = find_port(arguments.port)
        dongle = Dongle(port, soft_reset=not arguments.no_reset)
        try:
            copied, removed = deploy(dongle, files)
            if not arguments.no_reset:
                dongle.reset()
        finally:
            dongle.close()
    except DongleError as error:
        print(f"deploy: {error}", file=sys.stderr)
        return 1
    except GONE as error:
        print(f"deploy: the dongle went away: {error}. Run it again.", file=sys.stderr)
        return 1
    print(f"{port}: {copied} copied, {removed} removed, {len(files) - copied} as they were")
    return 0


if __name__ == "__main__":
    sys.exit(main())
