"""A file system that promises nothing: every write is there at once, and half of one after a cut.

As the host's, where the same firmware runs: "wb" empties the file before a word is written, a
write reaches the disk in pieces, closing does nothing. For what must not lean on littlefs.
"""

import errno

from fakes.flash import PowerCut
from fakes.module_os import on


class PlainOs:
    """`os` and `open` over files in a dict. cut_at() as fakes.flash.Flash has it."""

    def __init__(self, files=None):
        self.files = files if files is not None else {}
        self.folders = set()
        self.operations = 0
        self.dead = False
        self._cut = 0
        self._tear = 0

    def on(self, *modules):
        """Let the modules' `os` and `open` be this file system's."""
        return on(self, modules)

    def cut_at(self, operation, tear=0):
        """Cut at the n-th change from now; `tear` eighths of the octets of a write arrive."""
        self._cut = self.operations + operation
        self._tear = tear

    def revive(self):
        again = PlainOs({name: bytearray(content) for name, content in self.files.items()})
        again.folders = set(self.folders)
        return again

    def change(self, size=0):
        """Count a change. Returns how many of its octets happen; PowerCut for the one after."""
        if self.dead:
            raise PowerCut
        self.operations += 1
        if self.operations == self._cut:
            self.dead = True
            return size * self._tear // 8
        return size

    def open(self, path, mode="rb"):
        return _File(self, path, mode)

    def mkdir(self, path):
        if path in self.folders:
            raise OSError(errno.EEXIST, path)
        self.change()
        if not self.dead:
            self.folders.add(path)

    def rmdir(self, path):
        if list(self.ilistdir(path)):
            raise OSError(errno.ENOTEMPTY, path)
        self.change()
        if not self.dead:
            self.folders.remove(path)

    def remove(self, path):
        if path not in self.files:
            raise OSError(errno.ENOENT, path)
        self.change()
        if not self.dead:
            del self.files[path]

    def rename(self, old, new):
        self.change()
        if not self.dead:
            self.files[new] = self.files.pop(old)

    def stat(self, path):
        if path not in self.files:
            raise OSError(errno.ENOENT, path)
        return (0x8000, 0, 0, 0, 0, 0, len(self.files[path]), 0, 0, 0)

    def ilistdir(self, path):
        for name in sorted(self.files):
            folder, _, last = name.rpartition("/")
            if folder == path:
                yield (last, 0x8000, 0, len(self.files[name]))
        for name in sorted(self.folders):
            folder, _, last = name.rpartition("/")
            if folder == path:
                yield (last, 0x4000, 0, 0)


class _File:
    def __init__(self, fs, path, mode):
        if path not in fs.files:
            folder = path.rpartition("/")[0]
            if mode[0] == "r" or (folder.count("/") > 1 and folder not in fs.folders):
                raise OSError(errno.ENOENT, path)
            fs.change()
            fs.files[path] = bytearray()
        elif mode[0] == "w":
            fs.change()
            fs.files[path] = bytearray()
        self._fs = fs
        self._content = fs.files[path]
        self._append = mode[0] == "a"
        self._at = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._fs.dead:
            raise PowerCut

    def read(self, size=-1):
        end = len(self._content) if size < 0 else self._at + size
        data = bytes(self._content[self._at : end])
        self._at += len(data)
        return data

    def readinto(self, buf):
        data = self.read(len(buf))
        buf[: len(data)] = data
        return len(data)

    def seek(self, offset, whence=0):
        self._at = offset + (0, self._at, len(self._content))[whence]
        return self._at

    def write(self, data):
        data = bytes(data)[: self._fs.change(len(data))]
        if self._append:
            self._at = len(self._content)
        self._content[self._at : self._at + len(data)] = data
        self._at += len(data)
        return len(data)
