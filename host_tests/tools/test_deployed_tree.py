"""The whole way onto a board: built, copied by mpremote's transport, started, interrupted, changed."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import deploy
import pty_board
import pytest
import serial
from running_firmware import ANSWERS, TOKEN, free_port, set_up

import build

CASES = json.loads((Path(__file__).parents[1] / "vectors" / "cases.json").read_text())
FRAME = next(bytes.fromhex(one["bytes"]) for one in CASES if one["id"] == "spec-kamstrup-ex2")


@pytest.fixture
def meter():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        yield server


def run_deploy(port, tree):
    command = [sys.executable, deploy.__file__, "--no-reset", "--port", port, tree]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def start(port):
    """What the board's reset does: run main.py. Typed at the prompt, since the Unix port leaves
    Ctrl-C out for what mpremote's exec starts."""
    with serial.Serial(port, 115200) as board:
        board.write(b"import main\r")
        board.flush()


def now(http):
    limit = time.monotonic() + 20
    request = urllib.request.Request(f"http://127.0.0.1:{http}/api/v1/now")
    request.add_header("Authorization", f"Bearer {TOKEN}")
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < limit, "the deployed firmware does not answer"
            time.sleep(0.2)


def test_a_deployed_tree_starts_reads_the_meter_and_is_deployed_again(tmp_path, meter):
    tree, folder = tmp_path / "tree", tmp_path / "board"
    folder.mkdir()
    build.write_tree(build.make_tree("unix").files, tree)
    (folder / "data").mkdir()
    set_up(folder / "data", ANSWERS)
    http = free_port()
    where = f"tcp:127.0.0.1:{meter.getsockname()[1]}"
    environment = {"HAN": where, "HTTP": str(http), "DATA": str(folder / "data")}
    with pty_board.repl(folder) as port:
        assert " 0 as they were" in run_deploy(port, tree)
    # The reset after a deploy: a new interpreter. Its heap has room for the second deploy too,
    # which on a dongle comes after a soft reset has emptied the heap.
    with pty_board.repl(folder, "400K", **environment) as port:
        start(port)
        assert now(http)["state"] == "starting"
        with meter.accept()[0] as line:
            line.sendall(FRAME)
            limit = time.monotonic() + 10
            while now(http)["seq"] == 0 and time.monotonic() < limit:
                time.sleep(0.05)
            assert now(http)["list_id"] == "Kamstrup_V0001"
            assert now(http)["state"] == "live"
            # A dongle in use is deployed to again: the running firmware is interrupted first.
            (tree / "main.py").write_bytes((tree / "main.py").read_bytes() + b"\n# changed\n")
            assert "1 copied, 0 removed" in run_deploy(port, tree)
        assert (folder / "main.py").read_bytes().endswith(b"# changed\n")
        assert (folder / "data").is_dir()
        with pytest.raises(OSError):  # refused, reset or silence: all of them OSErrors
            urllib.request.urlopen(f"http://127.0.0.1:{http}/api/v1/now", timeout=2)
