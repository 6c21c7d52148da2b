#!/usr/bin/env python3
"""Put MicroPython itself onto an empty board, or wipe a board: esptool with the right address.

    python tools/flash.py write --board esp32 --port /dev/ttyUSB0 ESP32_GENERIC-20250911-v1.26.1.bin
    python tools/flash.py erase --board esp32 --port /dev/ttyUSB0

The image is downloaded by hand; it is checked here for being an image for that chip before
anything is written. Afterwards `make deploy` copies the firmware of the dongle.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Board:
    """What esptool calls the chip, where its image starts, and the chip's number in the image."""

    chip: str
    offset: int
    chip_id: int
    download: str


# Chip numbers: esptool's image header, octets 12 and 13. Offsets: MicroPython's board files.
BOARDS = {
    "esp32": Board("esp32", 0x1000, 0, "ESP32_GENERIC"),
    "esp32s3": Board("esp32s3", 0x0, 9, "ESP32_GENERIC_S3"),
    "esp32c3": Board("esp32c3", 0x0, 5, "ESP32_GENERIC_C3"),
}
_IMAGE_MAGIC = 0xE9
_OLDEST, _NEWEST = (1, 26), (1, 29)
_VERSION = re.compile(rb"MicroPython v(\d+)\.(\d+)|\bv(1)\.(\d\d)\.\d\b")


class FlashError(Exception):
    """Nothing was written; the message says why."""


def where_from(board: Board) -> str:
    return (
        f"Download the .bin of MicroPython {_OLDEST[0]}.{_OLDEST[1]} to "
        f"{_NEWEST[0]}.{_NEWEST[1]} from micropython.org/download/{board.download} and name it: "
        "make flash FIRMWARE=path/to/it.bin"
    )


def check_image(path: Path, board: Board) -> None:
    """FlashError when the file is not a MicroPython image for the chip."""
    if not path.is_file():
        raise FlashError(f"{path} is not there. {where_from(board)}")
    image = path.read_bytes()
    if len(image) < 0x10000 or image[0] != _IMAGE_MAGIC:
        raise FlashError(f"{path} is not an image for an ESP32. {where_from(board)}")
    chip_id = int.from_bytes(image[12:14], "little")
    if chip_id != board.chip_id:
        other = [name for name, one in BOARDS.items() if one.chip_id == chip_id]
        hint = f"it is for BOARD={other[0]}" if other else f"its chip number is {chip_id}"
        raise FlashError(f"{path} is for another chip than {board.chip}: {hint}.")
    if b"MicroPython" not in image:
        raise FlashError(f"{path} holds no MicroPython. {where_from(board)}")
    found = _VERSION.search(image)
    if found:
        major, minor = (int(part) for part in found.groups() if part)
        if not _OLDEST <= (major, minor) <= _NEWEST:
            print(f"flash: {path.name} is MicroPython {major}.{minor}, tested are 1.26 to 1.29")


def esptool(board: Board, port: str, *arguments: str) -> int:
    command = [sys.executable, "-m", "esptool", "--chip", board.chip]
    if port != "auto":
        command += ["--port", port]
    return subprocess.call([*command, *arguments])


def write_arguments(board: Board, image: Path) -> tuple[str, ...]:
    return ("write-flash", f"{board.offset:#x}", str(image))


def confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise FlashError("this asks before it wipes: run it in a terminal, or with --yes")
    return input(f"{question} Type yes: ").strip().lower() == "yes"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("write", "erase"))
    parser.add_argument("image", nargs="?", help="the image downloaded from micropython.org")
    parser.add_argument("--board", choices=sorted(BOARDS), default="esp32")
    parser.add_argument("--port", default="auto")
    parser.add_argument("--yes", action="store_true", help="erase without asking")
    arguments = parser.parse_intermixed_args()
    board = BOARDS[arguments.board]
    try:
        if arguments.action == "erase":
            wipe = "Wipes the board: firmware, Wi-Fi password, all hours kept."
            if not arguments.yes and not confirm(wipe):
                print("flash: nothing was changed")
                return 1
            return esptool(board, arguments.port, "erase-flash")
        if not arguments.image:
            raise FlashError(f"which image? {where_from(board)}")
        image = Path(arguments.image)
        check_image(image, board)
        code = esptool(board, arguments.port, *write_arguments(board, image))
    except FlashError as error:
        print(f"flash: {error}", file=sys.stderr)
        return 2
    if code:
        print("flash: not written. Hold BOOT while you plug the board in, and try again.")
    else:
        print("flash: MicroPython is on the board. Next: make deploy")
    return code


if __name__ == "__main__":
    sys.exit(main())
