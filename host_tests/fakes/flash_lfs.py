"""littlefs-python on a fakes.flash.Flash, with MicroPython's parameters, behind `os` and `open`.

    files = LfsOs(Flash(64))
    with files.on(journal): ...        # the module's `os` and `open` are this file system's

Errors come out as OSError with the number that MicroPython gives.
"""

import contextlib
import errno

from fakes.flash import BLOCK, PowerCut
from fakes.module_os import on
from littlefs import LFSFileFlag, LittleFS, LittleFSError, UserContext, lfs

_ERRNO = {
    -2: errno.ENOENT,
    -5: errno.EIO,
    -17: errno.EEXIST,
    -20: errno.ENOTDIR,
    -21: errno.EISDIR,
    -22: errno.EINVAL,
    -28: errno.ENOSPC,
    -39: errno.ENOTEMPTY,
    -84: errno.EILSEQ,
}

# As extmod/vfs_lfsx_file.c maps them; littlefs-python's own "a" does not create
_FLAGS = {
    "rb": LFSFileFlag(0x001),
    "r+b": LFSFileFlag(0x003),
    "wb": LFSFileFlag(0x502),
    "ab": LFSFileFlag(0x902),
    "a+b": LFSFileFlag(0x903),
}


class _Context(UserContext):
    """Hands littlefs's reads, writes and erases to the flash."""

    def __init__(self, flash):
        self.flash = flash

    def read(self, cfg, block, off, size):
        start = block * BLOCK + off
        return self.flash.content[start : start + size]

    def prog(self, cfg, block, off, data):
        return self.flash.program(block * BLOCK + off, data)

    def erase(self, cfg, block):
        return self.flash.erase(block)

    def sync(self, cfg):
        return 0


@contextlib.contextmanager
def _alive(flash):
    """The littlefs calls inside only with power, and their errors as OSError."""
    if flash.dead:
        raise PowerCut
    try:
        yield
    except LittleFSError as error:
        if flash.dead:
            raise PowerCut from error
        number = _ERRNO[error.code]
        raise OSError(number, errno.errorcode[number]) from error
    if flash.dead:
        raise PowerCut


class _File:
    """One open file, as MicroPython's: unbuffered, binary, on the flash once closed."""

    def __init__(self, fs, flash, path, mode):
        self._fs = fs
        self._flash = flash
        with _alive(self._flash):
            self._file = lfs.file_open(fs, path, _FLAGS[mode])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._file is not None:
            file, self._file = self._file, None
            with _alive(self._flash):
                lfs.file_close(self._fs, file)

    def read(self, size=-1):
        if size < 0:
            size = lfs.file_size(self._fs, self._file)
        with _alive(self._flash):
            return lfs.file_read(self._fs, self._file, size)

    def readinto(self, buf):
        data = self.read(len(buf))
        buf[: len(data)] = data
        return len(data)

    def write(self, data):
        with _alive(self._flash):
            return lfs.file_write(self._fs, self._file, bytes(data))

    def seek(self, offset, whence=0):
        with _alive(self._flash):
            return lfs.file_seek(self._fs, self._file, offset, whence)


class LfsOs:
    """The part of MicroPython's `os` (and `open`) that the firmware's storage uses."""

    def __init__(self, flash, format=True):
        self.flash = flash
        self._fs = LittleFS(
            context=_Context(flash),
            mount=False,
            read_size=32,
            prog_size=32,
            block_size=BLOCK,
            block_count=flash.blocks,
            cache_size=128,
            lookahead_size=32,
            block_cycles=100,
        )
        if format:
            self._fs.format()
        self._fs.mount()

    def on(self, *modules):
        """Let the modules' `os` and `open` be this file system's."""
        return on(self, modules)

    def open(self, path, mode="rb"):
        return _File(self._fs.fs, self.flash, path, mode)

    def mkdir(self, path):
        with _alive(self.flash):
            lfs.mkdir(self._fs.fs, path)

    def remove(self, path):
        with _alive(self.flash):
            lfs.remove(self._fs.fs, path)

    rmdir = remove

    def rename(self, old, new):
        with _alive(self.flash):
            lfs.rename(self._fs.fs, old, new)

    def stat(self, path):
        with _alive(self.flash):
            entry = lfs.stat(self._fs.fs, path)
        return (0x4000 if entry.type == 2 else 0x8000, 0, 0, 0, 0, 0, entry.size, 0, 0, 0)

    def ilistdir(self, path):
        with _alive(self.flash):
            found = list(self._fs.scandir(path))
        for entry in found:
            yield (entry.name, 0x4000 if entry.type == 2 else 0x8000, 0, entry.size)

    def statvfs(self, _):
        free = self.flash.blocks - self._fs.used_block_count
        return (BLOCK, BLOCK, self.flash.blocks, free, free, 0, 0, 0, 0, 255)


def volume(*modules):
    """A class of volumes for the runs with power cuts: made of (flash, format), littlefs-python in place
    of the modules' file system until close()."""

    class Volume:
        def __init__(self, flash, format):
            files = LfsOs(flash, format)
            if format:
                files.mkdir("/cut")
            self._on = files.on(*modules)
            self._on.__enter__()

        def close(self):
            self._on.__exit__(None, None, None)

    return Volume
