"""Bundles that no dongle may take: name -> (the octets, the reason that it gives)."""

import bundle
from update_bundles import OWNER, STRANGER, public, signed, tree

NEW = signed(tree("1.1.0", salt=3))
HEAD = NEW.index(b"\n\n") + 2
BODY = NEW.index(b"\n", HEAD) + 1


def resigned(data, change, key=OWNER):
    """The bundle with its head changed by a function of text, and signed anew."""
    end = data.index(b"\n\n") + 2
    text = change(data[:end].decode())
    rest = data[data.index(b"\n", end) + 1 :]
    return text.encode() + bundle.sign(key, text).encode() + rest


def swapped(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]


def other_line(old, new):
    return resigned(NEW, lambda text: text.replace(old, new))


def line_of(path):
    return next(line for line in NEW[:HEAD].decode().split("\n") if line.endswith(" " + path))


def signed_as(key_of, key):
    """Signed with `key`, in the name of `key_of`."""
    line = bundle.sign(key, NEW[:HEAD].decode())
    line = line.replace(public(key)[:8].hex(), public(key_of)[:8].hex())
    return NEW[:HEAD] + line.encode() + NEW[BODY:]


OTHER = b"1" if NEW[BODY - 2 : BODY - 1] == b"0" else b"0"
NO_VERSION = resigned(NEW, lambda text: text.replace(line_of("version.json") + "\n", ""))
REFUSED = {
    "not a bundle": (b"PK\3\4" + bytes(5000), "update_not_a_bundle"),
    "another format": (NEW.replace(b"bundle 1", b"bundle 2"), "update_not_a_bundle"),
    "no signature": (NEW[:HEAD] + NEW[BODY:], "update_unsigned"),
    "no signature, said so": (NEW[:HEAD] + b"signature - -\n" + NEW[BODY:], "update_unsigned"),
    "signature cut": (NEW[: BODY - 60] + b"\n" + NEW[BODY:], "update_altered"),
    "signature not in hex": (NEW[: BODY - 3] + b"zz\n" + NEW[BODY:], "update_altered"),
    "signature altered": (NEW[: BODY - 2] + OTHER + NEW[BODY - 1 :], "update_altered"),
    "signature 0": (NEW[: BODY - 129] + b"0" * 128 + b"\n" + NEW[BODY:], "update_altered"),
    "a stranger's": (signed(tree("1.1.0", salt=3), STRANGER), "update_wrong_signer"),
    "a stranger's in the owner's name": (signed_as(OWNER, STRANGER), "update_altered"),
    "version altered": (NEW.replace(b"version 1.1.0", b"version 9.1.0", 1), "update_altered"),
    "path altered": (NEW.replace(b" app/api.mpy", b" app/apj.mpy", 1), "update_altered"),
    "hash altered": (swapped(NEW, HEAD - 100), "update_altered"),
    "first file altered": (swapped(NEW, BODY + 5), "update_altered"),
    "last octet altered": (swapped(NEW, len(NEW) - 1), "update_altered"),
    "cut in the head": (NEW[: HEAD // 2], "update_truncated"),
    "cut behind the head": (NEW[:BODY], "update_truncated"),
    "cut in a file": (NEW[:-700], "update_truncated"),
    "last octet missing": (NEW[:-1], "update_truncated"),
    "empty": (b"", "update_truncated"),
    "octets behind the end": (NEW + b"\n", "update_too_long"),
    "two bundles": (NEW + NEW, "update_too_long"),
    "another board": (signed(tree("1.1.0", "esp32c3")), "update_wrong_board"),
    "older": (signed(tree("0.9.9")), "update_older"),
    "MicroPython too new for it": (
        other_line("micropython 1.26 1.29", "micropython 1.23 1.28"),
        "update_wrong_micropython",
    ),
    "MicroPython too old for it": (
        other_line("micropython 1.26 1.29", "micropython 1.30 1.31"),
        "update_wrong_micropython",
    ),
    "another .mpy": (other_line("mpy 6.3", "mpy 7.0"), "update_wrong_micropython"),
    "path upwards": (other_line("app/api.mpy", "app/../main.py"), "update_damaged"),
    "path from the root": (other_line("app/api.mpy", "/app/api.mpy"), "update_damaged"),
    "into the data": (other_line("app/api.mpy", "data/hours"), "update_damaged"),
    "over the start": (other_line("app/api.mpy", "main.py"), "update_damaged"),
    "hidden file": (other_line("app/api.mpy", "app/.x"), "update_damaged"),
    "a file twice": (
        other_line(line_of("app/api.mpy"), line_of("app/api.mpy") + "\n" + line_of("app/api.mpy")),
        "update_damaged",
    ),
    "no version.json": (NO_VERSION, "update_damaged"),
    "no number for a size": (other_line(" 9005 ", " 0x9 "), "update_damaged"),
    "a size below 0": (other_line(" 9005 ", " -9 "), "update_damaged"),
    "no board": (other_line("board unix\n", ""), "update_damaged"),
    "no version": (other_line("version 1.1.0", "version next"), "update_damaged"),
    "an endless line": (NEW[:200] + b"a" * 5000, "update_damaged"),
    "an endless head": (NEW[:HEAD][:-1] + (b"0" * 64 + b" 1 a\n") * 1000, "update_damaged"),
    "more than any flash": (other_line(" 9005 ", " 90050000000000000 "), "update_too_big"),
}
