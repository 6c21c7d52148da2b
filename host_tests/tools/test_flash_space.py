"""What fits the 2 MB that MicroPython leaves for files on an ESP32 with 4 MB: littlefs in blocks of 4 KB, as the
port makes it."""

import re
from pathlib import Path

from littlefs import LittleFS

import build
from household.day_record import DayRecord
from household.record import HourRecord

README = Path(__file__).resolve().parents[2] / "firmware" / "README.md"
BLOCKS = 512
BLOCK = 4096


def flash():
    return LittleFS(block_size=BLOCK, block_count=BLOCKS, prog_size=32, read_size=32)


def put(fs, path: str, octets: bytes) -> None:
    folder = path.rpartition("/")[0]
    if folder:
        fs.makedirs(folder, exist_ok=True)
    with fs.open(path, "wb") as file:
        file.write(octets)


def both_copies(fs) -> int:
    """The tree that came over USB and an update beside it; how many blocks they take."""
    files = build.make_tree("esp32").files
    for copy in ("", "a/"):
        for name, octets in files.items():
            put(fs, copy + name, octets)
    return fs.used_block_count


def journal(fs, months: int, years: int = 10) -> None:
    """Files as history.file_name() names them, full."""
    for month in range(months):
        name = f"data/hours/{2024 + month // 12}/h{month % 12 + 1:02d}"
        put(fs, name, bytes(744 * HourRecord.SIZE))
    for year in range(years):
        put(fs, f"data/hours/{2020 + year}/d", bytes(366 * DayRecord.SIZE))


def test_two_copies_and_36_months_and_ten_years_of_days_fit():
    fs = flash()
    copies = both_copies(fs)
    journal(fs, 36)
    used = fs.used_block_count
    print(f"\ntwo copies {copies} blocks, with 36 months and ten years {used} of {BLOCKS}")
    text = " ".join(README.read_text(encoding="utf-8").split())
    (told,) = re.findall(r"(\d+) blocks a copy, .*? (\d+) of the (\d+) in 2 MB", text)
    assert abs(int(told[0]) - copies / 2) <= 3 and abs(int(told[1]) - used) <= 6
    assert int(told[2]) == BLOCKS
    # the rest: settings, logs, and room for littlefs to write anew what it changes
    assert used <= BLOCKS - 32
