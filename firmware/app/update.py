"""Takes in a bundle (tools/bundle.py) and fills the folder that is not running.

A bundle is text, then the files' contents one after the other:

    han-bundle 1
    version 0.2.0
    build 0123456789ab
    board esp32
    micropython 1.26 1.29
    mpy 6.3
    <SHA-256 in hex> <octets> <path>        a line for each file, paths ascending
                                            an empty line
    signature <key's first 16 digits> <r and s, 128 digits>

The signature covers all up to and with the empty line. Until it has proved good nothing is
looked at but where lines end, and nothing written but update.tmp. Contents are hashed on their
way to flash; version.json, which makes a folder count, gets its name at the very end, after
slots.txt has been switched.

Loaded while an update runs. Everything that takes long is a generator: it yields every few
milliseconds, and may be dropped and begun again at `received` when a connection is lost.
"""

import asyncio
import os
import sys
from binascii import hexlify, unhexlify
from hashlib import sha256

import slots
from micropython import const

from app.rare import forget

_MAGIC = b"han-bundle 1\n"
_LINE = const(200)  # octets, the longest line
_HEAD = const(32768)
_SLICE = const(1024)  # to flash at a time
_SPARE = const(16)  # blocks left to the household's hours


class Refused(Exception):
    """The bundle is not taken. args[0] is the reason, a key of the page's words."""


class Update:
    """One bundle on its way in. `received` octets are dealt with, of `size` once that is known;
    `version` is known once the signature has proved good."""

    def __init__(self, keys, older: bool, implementation=sys.implementation):
        """`keys`: public keys, 64 octets each; `older`: an older version is wanted. OSError when
        the flash is full."""
        if slots.on_trial:  # the folder to go back to must stay
            raise Refused("update_on_trial")
        self.keys = keys
        self.older = older
        self.received = 0
        self.size = self.version = None
        self.busy = False  # api_update.py's: in feed(), when that was last, and who sees to it
        self.heard_at = 0
        self.watcher: asyncio.Task | None = None
        self.target = "b" if slots.use == "a" else "a"
        self._implementation = implementation
        self._line = b""
        self._hash = sha256()
        self._digest = b""  # of the head, once it is complete
        self._signed = None  # (key, r and s), once they are there
        self._admitted = False
        self._path = slots.home + "/update.tmp"
        self._head = open(self._path, "wb")
        self._at = 0  # in update.tmp: written, later read
        self._left = 0  # octets of the file under way
        self._out = self._wanted = None
        self._files = None  # update_files.py, once it is needed

    def feed(self, data):
        """A generator: deal with `data`, the octets from `received` on. Refused, or OSError from
        the flash: then close()."""
        view = memoryview(data)
        at = 0
        while at < len(view) or (self._signed and not self._admitted):
            count = 0
            if self._out:
                count = min(self._left, len(view) - at, _SLICE)
                self._out.write(view[at : at + count])
                self._hash.update(view[at : at + count])
                self._left -= count
            elif self._admitted:
                raise Refused("update_too_long")
            elif self._signed:
                yield from self._admit()
            else:
                count = self._take_line(bytes(view[at : at + _LINE]))
            at += count
            self.received += count
            while self._out and not self._left:
                self._end_file()
            yield

    def end(self, needs: str = "-") -> None:
        """The bundle is whole, so its folder is the one for the next start, on trial; `needs` as
        in switch.py. Refused("update_truncated") when it is not; OSError."""
        if not self._admitted or self._out:
            raise Refused("update_truncated")
        version_json = slots.path_of(self.target) + "/" + self._files.VERSION
        self.close()
        import switch

        base = switch.info(".")
        base = base["build"] if base else "-"
        switch.write((self.target, slots.use, 0, base, self.version, needs))
        # Last of all: cut off before this the folder does not count, and the start goes back
        os.rename(version_json + ".part", version_json)

    def close(self) -> None:
        """Leave it. What is on flash by now does not count."""
        forget("app.p256")
        for file in (self._head, self._out):
            if file:
                file.close()
        self._head = self._out = None
        self._admitted = False
        try:
            os.remove(self._path)
        except OSError:
            pass  # removed already

    # The head, as it comes in

    def _take_line(self, data):
        """Take octets up to a line's end. Returns how many."""
        end = data.find(b"\n") + 1
        count = end or len(data)
        line = self._line + data[:count]
        if not self._at and line != _MAGIC[: len(line)]:
            raise Refused("update_not_a_bundle")
        if len(line) > _LINE or self._at > _HEAD:
            raise Refused("update_damaged")
        self._line = b"" if end else line
        if not end:
            return count
        if self._digest:
            self._take_signature(line)
            return count
        self._hash.update(line)
        self._head.write(line)
        self._at += len(line)
        if line == b"\n":
            self._digest = self._hash.digest()
            self._head.close()
            self._head = None
        return count

    def _take_signature(self, line):
        words = line.split()
        if len(words) != 3 or words[0] != b"signature" or words[1] == b"-":
            raise Refused("update_unsigned")
        for key in self.keys:
            if hexlify(key[:8]) == words[1]:
                try:
                    self._signed = key, unhexlify(words[2])
                except ValueError:
                    raise Refused("update_altered") from None
                return
        raise Refused("update_wrong_signer" if self.keys else "update_no_keys")

    # The signature, and what it vouches for

    def _admit(self):
        from app import p256

        good = None
        for step in p256.verify(self._signed[0], self._digest, self._signed[1]):
            good = step
            yield
        forget("app.p256")
        if not good:
            raise Refused("update_altered")
        self._check_target()
        from app import update_files as files

        self._files = files
        start = self._at
        yield from self._check_files()
        for name in files.others():
            yield from files.clear(name)
        files.make_folder(slots.path_of(self.target))
        self._at = start
        self._admitted = True
        self._next_file()

    def _words(self):
        """The next line of the head, in words; none at its end."""
        with open(self._path, "rb") as file:
            file.seek(self._at)
            line = file.read(_LINE)
        line = line[: line.find(b"\n") + 1]
        self._at += len(line)
        return line.decode().split(" ")

    def _values(self, name):
        words = self._words()
        if len(words) < 2 or words[0] != name:
            raise Refused("update_damaged")
        return words[1:]

    def _check_target(self):
        """Whether it is for this board and MicroPython, and no older than what runs."""
        self._at = len(_MAGIC)
        version = self._values("version")[0].strip()
        self._values("build")
        board = self._values("board")[0].strip()
        pythons = self._values("micropython")
        mpy = self._values("mpy")[0].strip()
        import switch

        running = switch.info(slots.use) or {}
        switch.leave()
        if board != running.get("board"):
            raise Refused("update_wrong_board")
        own = self._implementation
        first, last = _number(pythons[0]), _number(pythons[-1])
        if mpy != "{}.{}".format(own._mpy & 255, own._mpy >> 8 & 3):
            raise Refused("update_wrong_micropython")
        if not first <= tuple(own.version[:2]) <= last:
            raise Refused("update_wrong_micropython")
        if not self.older and _number(version) < _number(running["version"]):
            raise Refused("update_older")
        self.version = version

    def _check_files(self):
        """Whether the list is as tools/bundle.py makes it, and fits beside what stays."""
        files = self._files
        blocks = size = 0
        previous = ""
        complete = False
        while True:
            words = self._words()
            if words == ["\n"]:
                break
            if len(words) != 3 or len(words[0]) != 64 or not words[1].isdigit():
                raise Refused("update_damaged")
            path = words[2].strip()
            if not files.allowed(path) or path <= previous:
                raise Refused("update_damaged")
            complete = complete or path == files.VERSION
            size += int(words[1])
            blocks += files.blocks(int(words[1]))
            blocks += 2 * (files.folder_of(path) != files.folder_of(previous))
            previous = path
            yield
        if not complete:
            raise Refused("update_damaged")
        blocks += _SPARE
        for path, is_folder in files.staying():
            blocks += 2 if is_folder else files.blocks(os.stat(path)[6])
            yield
        if blocks > files.total_blocks():
            raise Refused("update_too_big")
        self.size = self.received + size

    # Contents

    def _next_file(self):
        words = self._words()
        if words == ["\n"]:
            return
        path = words[2].strip()
        if path == self._files.VERSION:
            path += ".part"
        self._wanted = words[0].encode()
        self._left = int(words[1])
        self._hash = sha256()
        self._out = self._files.open_within(slots.path_of(self.target), path)

    def _end_file(self):
        file = self._out
        self._out = None
        file.close()
        if hexlify(self._hash.digest()) != self._wanted:
            raise Refused("update_altered")
        self._next_file()


def _number(version):
    # "1.26" as (1, 26)
    try:
        return tuple([int(part) for part in version.split(".")])
    except ValueError:
        raise Refused("update_damaged") from None
