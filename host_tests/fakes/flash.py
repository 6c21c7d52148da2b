"""A NOR flash in RAM that counts erases and whose power can be cut inside any write.

Runs on both Pythons. Under MicroPython it is a block device for VfsLfs2 (readblocks, writeblocks,
ioctl); flash_lfs.py hangs the same object under littlefs-python.

An erase sets every octet of a block to 0xFF, a write only clears bits. cut_at() names the write or
erase at which the power goes, and `tear` how much of it still happens; from then on the flash is
dead: it takes nothing more and answers EIO, so the program under test may run on without leaving
a trace (littlefs-python aborts where MicroPython's littlefs goes on; flash_lfs.py raises PowerCut
there). revive() gives a new flash with what had got there.
"""

BLOCK = 4096


_EIO = -5


class PowerCut(Exception):
    """The program stops here: its power went."""


class Flash:
    """`blocks` blocks of 4096 octets, erased. `content` continues an older flash's octets."""

    def __init__(self, blocks, content=None):
        self.content = bytearray(b"\xff" * (blocks * BLOCK)) if content is None else content
        self.blocks = blocks
        self.erases = [0] * blocks
        self.programmed = 0  # octets
        self.operations = 0  # writes and erases
        self.dead = False
        self._cut = 0
        self._tear = 0

    def cut_at(self, operation, tear=0):
        """Cut the power at the n-th write or erase from now (1 = the next).

        `tear` eighths of it still happen (0 = none of it, 8 = all of it, then the cut); 9 = a
        weak write, every second octet of it.
        """
        self._cut = self.operations + operation
        self._tear = tear

    def revive(self):
        """The flash after the power is back."""
        return Flash(self.blocks, bytearray(self.content))

    def program(self, address, data):
        """Clear bits, as NOR does. 0, or -EIO without power."""
        self.programmed += len(data)
        return self._step(address, len(data), data)

    def erase(self, block):
        """Set a block's octets to 0xFF. 0, or -EIO without power."""
        self.erases[block] += 1
        return self._step(block * BLOCK, BLOCK, None)

    def _step(self, address, size, data):
        if self.dead:
            return _EIO
        self.operations += 1
        step = 1
        if self.operations == self._cut:
            step = 2 if self._tear == 9 else 1
            size = size * min(self._tear, 8) // 8
            self.dead = True
        content = self.content
        if data is None:
            if step == 1:
                content[address : address + size] = b"\xff" * size
            else:
                for i in range(address, address + size, step):
                    content[i] = 0xFF
        elif step == 1 and content[address : address + size] == b"\xff" * size:
            content[address : address + size] = memoryview(data)[:size]
        else:
            for i in range(0, size, step):
                content[address + i] &= data[i]
        return _EIO if self.dead else 0

    # MicroPython's block device with offsets

    def readblocks(self, block, buf, offset=0):
        address = block * BLOCK + offset
        buf[:] = memoryview(self.content)[address : address + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        return self.program(block * BLOCK + offset, buf)

    def ioctl(self, operation, argument):
        if operation == 4:
            return self.blocks
        if operation == 5:
            return BLOCK
        if operation == 6:
            return self.erase(argument)
        return 0
