import os
import pty
import subprocess
import sys
import time
import tty

import capture

FRAME = bytes.fromhex("7ea0") + bytes(range(256))


def run(port, file, *more):
    command = [sys.executable, capture.__file__, "--port", port, *more, file]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_file_holds_exactly_what_came(tmp_path):
    meter, port = pty.openpty()
    tty.setraw(port)
    file = tmp_path / "a.bin"
    try:
        process = run(os.ttyname(port), file, "--seconds", "2")
        assert process.stdout.readline().startswith(os.ttyname(port))
        os.write(meter, FRAME)
        time.sleep(0.6)
        os.write(meter, FRAME[:100])
        said, complaints = process.communicate(timeout=20)
    finally:
        os.close(meter)
        os.close(port)
    assert process.returncode == 0, complaints
    assert file.read_bytes() == FRAME + FRAME[:100]
    assert "258 bytes" in said
    assert "100 bytes" in said
    assert "358 bytes. Next: make decode" in said


def test_nothing_is_overwritten_and_no_port_is_said(tmp_path):
    file = tmp_path / "a.bin"
    process = run(str(tmp_path / "ttyUSB7"), file)
    assert "ttyUSB7" in process.communicate(timeout=20)[1]
    assert process.returncode == 1
    assert not file.exists()
    file.write_bytes(b"dear")
    process = run("/dev/null", file)
    assert "not overwritten" in process.communicate(timeout=20)[1]
    assert process.returncode == 2
    assert file.read_bytes() == b"dear"
