import subprocess
import sys

import flash
import pytest


def image(path, chip_id=0, text=b"MicroPython v1.26.1"):
    content = bytearray(0x20000)
    content[0] = 0xE9
    content[12] = chip_id
    content[0x8000 : 0x8000 + len(text)] = text
    path.write_bytes(content)
    return path


def test_the_image_goes_where_the_chip_looks_for_it(tmp_path):
    path = tmp_path / "a.bin"
    offsets = {name: flash.write_arguments(board, path)[1] for name, board in flash.BOARDS.items()}
    assert offsets == {"esp32": "0x1000", "esp32s3": "0x0", "esp32c3": "0x0"}


@pytest.mark.parametrize("name", flash.BOARDS)
def test_an_image_for_the_chip_passes(tmp_path, name):
    board = flash.BOARDS[name]
    flash.check_image(image(tmp_path / "a.bin", board.chip_id), board)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "is not there.*micropython.org/download/ESP32_GENERIC "),
        (lambda path: path.write_bytes(bytes(0x20000)), "not an image for an ESP32"),
        (lambda path: path.write_bytes(b"\xe9"), "not an image for an ESP32"),
        (lambda path: image(path, chip_id=5), "BOARD=esp32c3"),
        (lambda path: image(path, chip_id=13), "chip number is 13"),
        (lambda path: image(path, text=b"ESP-AT"), "holds no MicroPython"),
    ],
)
def test_another_file_is_refused_before_anything_is_written(tmp_path, make, message):
    path = tmp_path / "a.bin"
    make(path)
    with pytest.raises(flash.FlashError, match=message):
        flash.check_image(path, flash.BOARDS["esp32"])


def test_a_version_that_was_not_tested_is_said(tmp_path, capsys):
    board = flash.BOARDS["esp32"]
    flash.check_image(image(tmp_path / "a.bin", text=b"MicroPython v1.19.1"), board)
    assert "MicroPython 1.19" in capsys.readouterr().out


def run(*arguments):
    command = [sys.executable, flash.__file__, *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def test_without_an_image_it_says_where_to_get_one():
    done = run("write", "--board", "esp32s3", "")
    assert done.returncode == 2
    assert "micropython.org/download/ESP32_GENERIC_S3 " in done.stderr


def test_esptool_takes_the_arguments_and_a_missing_board_is_said(tmp_path):
    """esptool itself gets as far as the port, which is not there."""
    path = image(tmp_path / "a.bin")
    done = run("write", "--port", str(tmp_path / "ttyUSB7"), str(path))
    assert done.returncode != 0
    assert "ttyUSB7" in done.stdout + done.stderr
    assert "Hold BOOT" in done.stdout


def test_erase_does_not_run_unasked(tmp_path):
    done = run("erase", "--port", str(tmp_path / "ttyUSB7"))
    assert done.returncode == 2
    assert "--yes" in done.stderr
