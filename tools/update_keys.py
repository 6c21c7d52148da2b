"""The keys that updates are signed with: a private one outside the repository's history, public
ones in the dongle's tree.

    .update-key.pem          private, made by `make keygen`, ignored by git
    .update-key.pub          its public half, put into the tree by tools/build.py
    firmware/update.keys     the project's public keys, put into every tree

A public key is a line of 128 hex digits, X and Y, and a name. On the dongle they are in
update.keys of the tree that runs; data/update.keys, when the owner puts one there, replaces them.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "update.keys"
PRIVATE = ROOT / ".update-key.pem"
PROJECT = ROOT / "firmware" / NAME


class UpdateKeyError(Exception):
    """A key cannot be read or made; the message says why."""


def public_path(private: Path) -> Path:
    """Where the public half of a private key's file is."""
    return private.with_suffix(".pub")


def key_lines(text: str) -> list[str]:
    """The keys of a file, without its comments. UpdateKeyError for what is none."""
    found = []
    for line in text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            digits = line.split()[0].lower()
            if len(digits) != 128 or set(digits) - set("0123456789abcdef"):
                raise UpdateKeyError(f"not a public key: {line[:40]}")
            found.append(" ".join([digits, *line.split()[1:]]))
    return found


def for_tree(private: Path = PRIVATE) -> bytes:
    """The dongle's update.keys: the project's keys and the owner's, if there is one."""
    lines = []
    for path in (PROJECT, public_path(private)):
        if path.exists():
            lines += key_lines(path.read_text(encoding="utf-8"))
    return "".join(line + "\n" for line in dict.fromkeys(lines)).encode()
