"""MicroPython's own littlefs (VfsLfs2) for mp_journal_cuts.py and mp_update_cuts.py."""

import vfs


class Volume:
    """A flash (fakes/flash.py) mounted at /cut."""

    def __init__(self, flash, format):
        if format:
            vfs.VfsLfs2.mkfs(flash)
        vfs.mount(vfs.VfsLfs2(flash), "/cut")

    def close(self):
        vfs.umount("/cut")
