import os
import subprocess
import sys
from pathlib import Path

import pytest
from device_sources import python_sources

import build

NATIVE = "import micropython\n@micropython.viper\ndef f(a: int) -> int:\n    return a + 1\n"


def architecture(mpy):
    """The number of the native architecture in an .mpy header; 0 for bytecode alone."""
    return mpy[2] >> 2


def test_write_tree_writes_what_differs_and_removes_what_is_gone(tmp_path):
    files = {"main.py": b"1", "lib/a.mpy": b"2", "web/assets.json": b"{}"}
    assert build.write_tree(files, tmp_path) == (3, 0)
    kept = (tmp_path / "main.py").stat().st_mtime_ns
    files["lib/a.mpy"] = b"3"
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "old.mpy").write_bytes(b"")
    assert build.write_tree(files, tmp_path) == (1, 1)
    assert (tmp_path / "main.py").stat().st_mtime_ns == kept
    assert not (tmp_path / "app").exists()
    found = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == files


def test_a_folder_with_other_things_is_not_touched(tmp_path):
    keep = tmp_path / "thesis.txt"
    keep.write_text("x")
    command = [sys.executable, build.__file__, "--board", "unix", "--out", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert keep.exists()


@pytest.mark.parametrize(("board", "number"), [("esp32", 10), ("esp32c3", 11), ("unix", 2)])
def test_native_functions_are_compiled_for_the_board(board, number):
    assert architecture(build.compile_mpy(NATIVE, "fast.py", board, 3)) == number


def test_modules_without_native_functions_run_on_every_board():
    source = '"""Not @micropython.viper: it stands in a text."""\nA = 1\n'
    mpy = {board: build.compile_mpy(source, "plain.py", board, 3) for board in build.ARCHITECTURES}
    assert len(set(mpy.values())) == 1
    assert architecture(mpy["esp32"]) == 0


def test_a_syntax_error_is_reported_with_its_file():
    with pytest.raises(build.BuildError, match=r'File "broken\.py", line 2'):
        build.compile_mpy("a = 1\ndef f(:\n", "broken.py", "esp32", 3)


def test_another_process_that_works_it_out_anew_makes_the_same_tree(tmp_path):
    """Sets come in another order there."""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "HAN_KEEP": "0"}
    command = [sys.executable, build.__file__, "--board", "esp32", "--quiet", "--out", tmp_path]
    subprocess.run(command, check=True, env=environment)
    files = build.make_tree("esp32").files
    for name, content in files.items():
        assert (tmp_path / name).read_bytes() == content, name
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(files)


def test_the_tree_is_whole_and_names_no_path_of_this_computer():
    one = build.make_tree("esp32")
    assert {
        "main.py",
        "app/app.mpy",
        "app/one.mpy",
        "lib/rare.bin",
    } <= set(one.files)
    here = str(Path(build.__file__).parents[1]).encode()
    assert not [name for name, content in one.files.items() if here in content]


def test_each_board_gets_its_own_files_only():
    dongle, host = (set(python_sources(board)) for board in ("esp32", "unix"))
    assert dongle ^ host == {"app/board_esp32.py", "app/board_unix.py"}
    assert "app/board_esp32.py" in dongle
    assert not [name for name in dongle | host if name.endswith("_host.py")]
