"""A stock ESP32_GENERIC image, as far as the firmware can tell: what it boots on in test_chip.py.

    CHIP=chip.json micropython chip.py

littlefs on a flash of 2 MB is all there is at "/", with MicroPython's sys.path; sys.platform is
"esp32", time counts from 2000, os has no environment, and machine, network, socket and esp32 behave
as the port's C sources of 1.25 and esp32's documentation of 1.29 say (chip_hardware.py,
chip_radio.py). boot.py and main.py then run as there. What it cannot tell: speed, the 104 KB, and
native code, for which the tree is built with this computer's.

CHIP names a JSON file: {"flash": file, "tree": folder that an empty flash gets, "rtc": file, "log":
file, "http", "dns", "meter": ports, "line": what the meter sends with, "around", "keys": see
chip_radio.py, "reset_cause"}. machine.reset() ends the process with exit code 3.
"""

import json
import os
import sys
import time

import micropython
import vfs

BLOCK = 4096
BLOCKS = 512
_EPOCH = 946684800  # 2000-01-01
_FOLDER = 0x4000
_UNIX_ONLY = ("getenv", "putenv", "unsetenv", "system")

# In the firmware's heap, where there is one hole of that size less with each that is made
_ERASED = b"\xff" * BLOCK

deepest = 0


def note() -> None:
    """Called from where the firmware meets the hardware: how much stack it has taken. Not from the
    flash: an import takes 4 KB more here than there, where paths are short."""
    global deepest
    deepest = max(deepest, micropython.stack_use())


class Module:
    """Stands in sys.modules for another one, with some names changed or taken away."""

    def __init__(self, real, without=(), **names):
        for name in dir(real):
            if name not in without and name[:2] != "__":
                setattr(self, name, getattr(real, name))
        for name in names:
            setattr(self, name, names[name])


class Flash:
    """A block device on a file of the computer, opened before its file system goes."""

    def __init__(self, path):
        try:
            self.file = open(path, "r+b")
        except OSError:
            self.file = open(path, "w+b")
            for _ in range(BLOCKS):
                self.file.write(b"\xff" * BLOCK)

    def readblocks(self, block, buf, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.readinto(buf)

    def writeblocks(self, block, buf, offset=0):
        self.file.seek(block * BLOCK + offset)
        self.file.write(buf)

    def ioctl(self, operation, argument):
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK
        if operation == 6:
            self.writeblocks(argument, _ERASED)
        return 0


def copy(source, target):
    """As `mpremote fs cp -r` does."""
    for name in os.listdir(source):
        if os.stat(source + "/" + name)[0] & _FOLDER:
            try:
                os.mkdir(target + "/" + name)
            except OSError:
                pass  # there already
            copy(source + "/" + name, target + "/" + name)
        else:
            with open(source + "/" + name, "rb") as file, open(target + "/" + name, "wb") as out:
                out.write(file.read())


def mount(told):
    """The flash at "/", with the tree on it when it was empty."""
    flash = Flash(told["flash"])
    try:
        disk = vfs.VfsLfs2(flash)
        empty = False
    except OSError:
        vfs.VfsLfs2.mkfs(flash)
        disk = vfs.VfsLfs2(flash)
        empty = True
    if empty and told["tree"]:
        vfs.mount(disk, "/flash")
        for tree in told["tree"]:
            copy(tree, "/flash")
        vfs.umount("/flash")
    vfs.umount("/")
    vfs.mount(disk, "/")


def main():
    with open(os.getenv("CHIP") or "") as file:
        told = json.load(file)
    import chip_hardware
    import chip_radio

    chip_hardware.start(told, note)
    chip_radio.start(told, note)
    mount(told)
    implementation = Module(
        sys.implementation, _machine="Generic ESP32 module with ESP32", name="micropython"
    )
    implementation.version = sys.implementation.version
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.modules["sys"] = Module(sys, platform="esp32", implementation=implementation)
    sys.modules["os"] = Module(os, _UNIX_ONLY)
    sys.modules["time"] = Module(
        time,
        time=lambda: int(time.time()) - _EPOCH,
        gmtime=lambda at: time.gmtime(at + _EPOCH),
    )
    of_esp32 = "idf_heap_info", "HEAP_DATA"
    of_network = "WLAN", "hostname"
    sys.modules["machine"] = Module(chip_hardware, of_esp32)
    sys.modules["esp32"] = Module(
        chip_hardware, [n for n in dir(chip_hardware) if n not in of_esp32]
    )
    sys.modules["socket"] = Module(chip_radio, of_network)
    sys.modules["network"] = Module(
        chip_radio, [n for n in dir(chip_radio) if n not in of_network]
    )
    del sys.modules["chip_hardware"], sys.modules["chip_radio"]
    os.chdir("/")
    print("chip: boots")
    for name in ("boot.py", "main.py"):
        with open(name) as file:
            text = file.read()
        exec(text, {"__name__": "__main__"})
    print("chip: prompt")


try:
    main()
finally:
    print("chip: stack", deepest)
