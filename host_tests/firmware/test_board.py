"""The two board files: the same functions, and the ESP32's calls as its stubs have them."""

import ast
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from meter_lists import LIST_1, frame

APP = Path(__file__).parents[2] / "firmware" / "app"
MICROPYTHON = Path(sys.executable).parent / "micropython"
BASEDPYRIGHT = Path(sys.executable).parent / "basedpyright"


def functions(path):
    """Public name -> (arguments with their annotations, result, whether async), as written."""
    found = {}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            result = ast.unparse(node.returns) if node.returns else None
            is_async = isinstance(node, ast.AsyncFunctionDef)
            found[node.name] = (ast.unparse(node.args), result, is_async)
    return found


def public_names(path):
    """All that a module defines or imports without an underscore, but modules."""
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if name[0] != "_"}


def test_both_boards_have_the_same_functions():
    esp32, unix = APP / "board_esp32.py", APP / "board_unix.py"
    assert len(functions(esp32)) > 8
    assert functions(esp32) == functions(unix)
    assert public_names(esp32) == public_names(unix)


def test_what_the_app_asks_of_a_board_is_there():
    """Neither more nor less; setup.py hands the board on."""
    asked = set()
    for path in [*APP.glob("*.py"), *APP.parent.glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                owner = ast.unparse(node.value).rpartition(".")[2]
                if owner in ("board", "_board"):
                    asked.add(node.attr)
    assert asked == public_names(APP / "board_esp32.py")


def test_only_the_boards_know_where_they_run():
    for path in APP.glob("*.py"):
        if path.stem.startswith("board_"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            assert not {"machine", "network", "esp32", "esp", "termios"} & set(names), path


def test_the_esp32_s_calls_are_those_of_its_stubs(tmp_path):
    """And the check is not blind: a misspelt argument is found."""
    root = APP.parents[1]
    text = (APP / "board_esp32.py").read_text()
    misspelt = text.replace("rxbuf=_RXBUF", "rx_buf=_RXBUF")
    assert misspelt != text
    config = tmp_path / "pyrightconfig.json"
    config.write_text(
        f'{{"include": ["."], "stubPath": "{root}/typings", "typeshedPath": "{root}/typings",'
        ' "pythonVersion": "3.11", "typeCheckingMode": "standard",'
        ' "reportMissingModuleSource": "none"}'
    )
    for name, content, expected in (("good", text, 0), ("bad", misspelt, 1)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "board_esp32.py").write_text(content)
        done = subprocess.run(
            [BASEDPYRIGHT, "-p", config, folder], capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == expected, done.stdout
    assert "reportCallIssue" in done.stdout


def unix_board(code, **environment):
    """What `code` prints with board_unix as `board` under MicroPython."""
    return subprocess.run(
        [MICROPYTHON, "-c", "from app import board_unix as board\n" + code],
        capture_output=True,
        text=True,
        timeout=20,
        env={"MICROPYPATH": f"{APP.parent}:.frozen", **environment},
    )


def test_clock_speed():
    code = "import time; a = board.ticks_ms(); time.sleep_ms(200); print(board.ticks_ms() - a)"
    assert 180 <= int(unix_board(code).stdout) < 400
    assert 4500 <= int(unix_board(code, CLOCK_SPEED="25").stdout) < 10000


@pytest.mark.parametrize("where", ["tcp:127.0.0.1:1", "tcp:nonsense", "/dev/pts/no", "tcp:a:b:c"])
def test_a_meter_that_is_not_there_is_said_once_and_not_waited_for(where):
    code = (
        "import time\n"
        "source = board.open_meter({})\n"
        "began = time.ticks_ms()\n"
        "for _ in range(25):\n"
        "    assert not source.readinto(bytearray(10))\n"
        "    time.sleep_ms(100)\n"
        "print(time.ticks_diff(time.ticks_ms(), began) < 3500)\n"
    )
    done = unix_board(code, HAN=where)
    lines = done.stdout.splitlines()
    assert lines[-1] == "True", done.stderr
    assert len(lines) == 2
    assert lines[0].startswith(f"HAN={where}: ")


def test_without_a_meter_there_are_no_octets():
    assert unix_board("print(board.open_meter({}).readinto(bytearray(1)))").stdout == "None\n"


def test_a_pty_is_a_meter_too(start_firmware):
    """In any piece, with every octet value, and its end does not stop the rest."""
    primary, secondary = pty.openpty()
    firmware = start_firmware(HAN=os.ttyname(secondary))
    time.sleep(1.2)
    os.write(primary, bytes(range(256)) + frame(LIST_1))
    now = firmware.wait_for("seq", 1)
    assert now["list_id"] == "Kamstrup_V0001"
    for octet in frame(LIST_1):
        os.write(primary, bytes([octet]))
        time.sleep(0.001)
    firmware.wait_for("seq", 2)
    os.close(primary)
    os.close(secondary)
    time.sleep(0.3)
    assert firmware.now()["seq"] == 2
