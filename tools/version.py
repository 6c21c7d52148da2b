"""What a tree is: its version, from pyproject.toml alone, and its build, from its contents."""

import hashlib
import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "version.json"


def version() -> str:
    """The project's version, "0.1.0"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]


def build_of(board: str, files: dict[str, bytes], number: str) -> str:
    """Twelve hex digits that differ when the version or any file does."""
    digest = hashlib.sha256(f"{board}\0{number}\0".encode())
    for name, content in sorted(files.items()):
        if name != NAME:
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def version_json(board: str, files: dict[str, bytes], number: str | None = None) -> bytes:
    """version.json of a tree: the dongle tells by it what it runs and what an update is for. A
    folder without it does not count (firmware/switch.py)."""
    number = number or version()
    found = {"version": number, "build": build_of(board, files, number), "board": board}
    return json.dumps(found, separators=(",", ":")).encode()
