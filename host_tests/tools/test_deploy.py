import hashlib
import json
import os
import subprocess
import sys
import tty
from pathlib import Path

import deploy
import pty_board
import pytest

import build

MPREMOTE = Path(sys.executable).parent / "mpremote"
FILES = {
    "main.py": b"print('main')\n",
    "lib/hanport/decoder.mpy": b"M\x06" + bytes(range(256)) * 20,
    "lib/microdot.mpy": b"M\x06\x00\x1f",
    "app/web.mpy": b"M\x06w",
    "web/assets.json": b"{}",
    "web/app.12345678.js.gz": b"\x1f\x8b" + bytes(900),
}


@pytest.fixture
def tree(tmp_path):
    folder = tmp_path / "tree"
    build.write_tree(FILES, folder)
    return folder


@pytest.fixture
def board(tmp_path):
    folder = tmp_path / "board"
    folder.mkdir()
    with pty_board.repl(folder) as port:
        yield folder, port


def run(port, tree):
    command = [sys.executable, deploy.__file__, "--no-reset", "--port", port, tree]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def on_board(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_updates_make_way_for_what_comes_over_usb(board, tree):
    folder, port = board
    for name in ("a/app/web.mpy", "a/version.json", "b/lib/hanport/x.mpy", "data/hours"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    (folder / "slots.txt").write_text("a - 0 0123456789ab 1.1.0 -")
    done = run(port, tree)
    assert done.returncode == 0, done.stderr
    assert "removes a/, an update" in done.stdout
    assert on_board(folder) == {**FILES, "data/hours": b"x"}


def test_a_tree_arrives_whole_and_a_second_deploy_copies_nothing(board, tree):
    folder, port = board
    done = run(port, tree)
    assert done.returncode == 0, done.stderr
    assert "6 copied, 0 removed, 0 as they were" in done.stdout
    assert on_board(folder) == FILES
    done = run(port, tree)
    assert "0 copied, 0 removed, 6 as they were" in done.stdout


def test_mpremote_itself_reads_the_same_bytes_back(board, tree):
    _, port = board
    assert run(port, tree).returncode == 0
    name = "lib/hanport/decoder.mpy"
    command = [MPREMOTE, "connect", port, "resume", "fs", "sha256sum", f":{name}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert hashlib.sha256(FILES[name]).hexdigest() in done.stdout


def test_only_what_differs_is_copied_and_what_would_be_imported_instead_goes(board, tree):
    folder, port = board
    build.write_tree(FILES, folder)
    stale = {
        "lib/hanport/decoder.py": b"raise SystemExit",
        "lib/hanport/gone.mpy": b"M\x06",
        "lib/microdot.py": b"raise SystemExit",
        "app/old/deep.mpy": b"M\x06",
        "web/app.00000000.js.gz": b"\x1f\x8b",
        "microdot.py": b"raise SystemExit",
        "main.py": b"old",
    }
    kept = {
        "data/2026-11.hrs": b"hours",
        "settings.json": b"{}",
        "lib/users_own.py": b"x = 1",
        "lib/users/own.py": b"x = 1",
        "boot.py": b"# the user's",
    }
    for name, content in (stale | kept).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    done = run(port, tree)
    assert done.returncode == 0, done.stderr
    assert "1 copied, 6 removed, 5 as they were" in done.stdout
    assert on_board(folder) == FILES | kept


def test_a_copy_cut_off_is_taken_up(board, tree):
    folder, port = board
    build.write_tree({"app/web.mpy": FILES["app/web.mpy"], "web/assets.json": b"{"}, folder)
    (folder / "app" / "web.mpy.part").write_bytes(b"half")
    assert run(port, tree).returncode == 0
    assert on_board(folder) == FILES


def test_main_comes_last():
    assert deploy.changed_files(FILES, {})[-1] == "main.py"


def test_no_port_and_no_tree_are_said_in_one_line(tmp_path, tree):
    done = run(str(tmp_path / "ttyUSB7"), tree)
    assert done.returncode == 1
    assert "cannot be opened" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = run("/dev/null", tmp_path)
    assert done.returncode == 1
    assert "make build" in done.stderr


def test_a_port_where_nothing_answers_is_said(tree):
    board, terminal = os.openpty()
    try:
        tty.setraw(terminal)
        done = run(os.ttyname(terminal), tree)
    finally:
        os.close(board)
        os.close(terminal)
    assert done.returncode == 1
    assert "no MicroPython answers" in done.stderr
    assert done.stdout == ""


def test_a_dongle_without_room_is_said_before_anything_is_copied():
    class Full(deploy.Dongle):
        def __init__(self):
            pass

        def free(self):
            return 2 * deploy.BLOCK

    with pytest.raises(deploy.DeployError, match="8 KB free, 16 KB are needed"):
        deploy.check_space(Full(), {"a": b"x", "b": bytes(deploy.BLOCK + 1), "c": b"y"}, [*"abc"])


def test_the_listing_survives_names_that_json_must_quote(board, tmp_path):
    folder, port = board
    (folder / "app").mkdir()
    (folder / "app" / 'a "b".mpy').write_bytes(b"x")
    dongle = deploy.Dongle(port, soft_reset=False)
    try:
        free = dongle.free()
        found = deploy.listing(dongle, {"main.py": b"", "app/web.mpy": b""})
    finally:
        dongle.close()
    assert free > 0
    assert json.dumps(list(found)) == json.dumps(['app/a "b".mpy'])
