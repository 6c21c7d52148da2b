"""The command-line decoder as people and scripts use it."""

import json
import os
import signal
import subprocess
import sys
import time
import tty
from pathlib import Path

import pytest
from support import cases

_TOOL = Path(__file__).resolve().parents[2] / "tools" / "decode.py"
_CASES = {one["id"]: one for one in cases()}
_PLAIN = _CASES["amshan-kamstrup-se-list-real-sample"]


def _decode(*arguments, data=b""):
    return subprocess.run(
        [sys.executable, _TOOL, *arguments], input=data, capture_output=True, check=False
    )


def _readings(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


@pytest.mark.parametrize("name", sorted(_CASES))
def test_every_case_through_the_command(name, tmp_path):
    one = _CASES[name]
    file = tmp_path / "frames.hex"
    file.write_text(one["bytes"].hex(" ", 2))
    keys = []
    if one["key"]:
        keys += ["--key", one["key"]]
    if one["auth_key"]:
        keys += ["--auth-key", one["auth_key"]]
    run = _decode(*keys, "--chunk", "13", file)
    wanted = [one["values"]] if one["expect"] == "decode" else []
    assert _readings(run) == wanted
    assert run.returncode == (0 if wanted else 1)
    counters = json.loads(run.stderr)
    assert counters["readings"] == len(wanted)


def test_several_frames_with_white_space_from_stdin():
    text = (_PLAIN["bytes"].hex(" ") + "\r\n\n\t") * 3
    run = _decode(data=text.upper().encode())
    assert _readings(run) == [_PLAIN["values"]] * 3


def test_raw_octets():
    run = _decode("--format", "bin", "-", data=b"\x00\xff" + _PLAIN["bytes"])
    assert _readings(run) == [_PLAIN["values"]]


def test_energy_step():
    data = _CASES["syn-plain"]["bytes"].hex().encode()
    assert _readings(_decode("--energy-wh", "1", data=data))[0]["import_wh"] == 1234567
    assert _readings(_decode(data=data))[0]["import_wh"] == 12345670


def test_exit_1_without_a_reading():
    for data in (b"", b"7e 7e", _PLAIN["bytes"].hex()[:-40].encode()):
        run = _decode(data=data)
        assert run.returncode == 1
        assert run.stdout == b""
        assert json.loads(run.stderr)["readings"] == 0


@pytest.mark.parametrize(
    ("arguments", "data", "says"),
    [
        ((), b"7e a0 xy", "not hex"),
        ((), b"\xff\xfe7e", "not hex"),
        ((), b"7ea", "digit is missing"),
        (("no-such-file",), b"", "no-such-file"),
        (("--format", "octal"), b"", "octal"),
        (("--chunk", "0"), b"", "at least 1"),
        (("--chunk", "x"), b"", "--chunk"),
        (("--energy-wh", "5"), b"", "--energy-wh"),
        (("--key", "00"), b"", "--key"),
        (("--auth-key", "00" * 16), b"", "--key"),
        (("--what",), b"", "--what"),
        (("--follow",), b"", "--port"),
        (("--port", "/dev/no-such-port"), b"", "no-such-port"),
    ],
)
def test_exit_2_says_why(arguments, data, says):
    run = _decode(*arguments, data=data)
    assert run.returncode == 2
    assert says in run.stderr.decode()
    assert b"Traceback" not in run.stderr
    assert run.stdout == b""


def test_a_serial_port_is_followed_until_ctrl_c():
    meter, port = os.openpty()
    tty.setraw(meter)
    command = [sys.executable, _TOOL, "--port", os.ttyname(port), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout and run.stderr
        for _ in range(2):
            time.sleep(0.5)
            os.write(meter, _PLAIN["bytes"])
            assert json.loads(run.stdout.readline()) == _PLAIN["values"]
        run.send_signal(signal.SIGINT)
        assert run.wait(10) == 0
        assert json.loads(run.stderr.read())["readings"] == 2
    os.close(meter)
    os.close(port)
