"""tools/meter_sim.py as a program: files, TCP, pty, pace, signals and wrong arguments."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import tty
from pathlib import Path

import pytest
from han.hdlc import HdlcFrameReader

SIM = Path(__file__).parents[2] / "tools" / "meter_sim.py"
DAY = ["--start", "2026-01-14T23:50:00Z"]


def run(*arguments, **options):
    command = [sys.executable, SIM, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=60, check=False, **options)


@contextlib.contextmanager
def running(*arguments):
    """The simulator and the first line it prints; it must end cleanly on SIGTERM."""
    command = [sys.executable, SIM, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield process, process.stdout.readline().decode().strip()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def connect(line):
    kind, host, port = line.split(":")
    assert kind == "tcp"
    client = socket.create_connection((host, int(port)), timeout=10)
    client.settimeout(10)
    return client


def good_frames(octets):
    return [f for f in HdlcFrameReader(use_octet_stuffing=False).read(octets) if f.is_valid]


def receive_frames(client, count):
    octets = b""
    while len(good_frames(octets)) < count:
        part = client.recv(4096)
        assert part, "the simulator closed the connection"
        octets += part
    return octets


def test_a_file_holds_the_lists_and_the_truth_tells_them(tmp_path):
    out, truth = tmp_path / "hour.bin", tmp_path / "truth.jsonl"
    done = run(*DAY, "--duration", 3600, "--out", f"file:{out}", "--truth", truth)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    octets = out.read_bytes()
    assert len(octets) == 360 * 228 + 302
    records = [json.loads(line) for line in truth.read_text().splitlines()]
    assert len(records) == len(good_frames(octets)) == 361
    assert all(r["intact"] and r["heard"] for r in records)
    hourly = [r for r in records if r["kind"] == "hourly"]
    assert [r["values"]["timestamp"] for r in hourly] == ["2026-01-15T01:00:25"]
    # the last octet is 302 octets at 240 a second after the first, which is within 0.75 s
    assert hourly[0]["utc"] == pytest.approx(1768435225 + 302 / 240 + 0.5, abs=0.26)
    again = tmp_path / "again.bin"
    run(*DAY, "--duration", 3600, "--out", f"file:{again}")
    assert again.read_bytes() == octets
    run(*DAY, "--duration", 3600, "--seed", 2, "--out", f"file:{again}")
    assert again.read_bytes() != octets


def test_standard_output_and_a_reader_that_leaves():
    done = run(*DAY, "--duration", 60, "--unpaced", "--out", "-")
    assert done.returncode == 0 and len(done.stdout) == 6 * 228
    command = f"{sys.executable} {SIM} --unpaced --duration 864000 --out - | head -c 228"
    shell = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, timeout=60, check=False)  # fmt: skip
    assert (shell.returncode, len(shell.stdout), shell.stderr) == (0, 228, b"")


def test_only_the_needed_lists(tmp_path):
    out = tmp_path / "few.bin"
    run(*DAY, "--duration", 86400, "--skip-to-lists", 2, "--meter", "kaifa-tn", "--out", f"file:{out}")  # fmt: skip
    assert len(good_frames(out.read_bytes())) == 24 * 3


def test_events_from_the_command_line_and_from_a_file(tmp_path):
    schedule, truth = tmp_path / "schedule", tmp_path / "truth"
    schedule.write_text("# a day\n+60:breaker-open:for=60   # off\n\n+240:unplugged\n")
    run(*DAY, "--duration", 300, "--events", schedule, "--event", "+180:load:5000",
        "--out", "file:/dev/null", "--truth", truth)  # fmt: skip
    records = [json.loads(line) for line in truth.read_text().splitlines()]
    powers = [r["values"]["import_w"] for r in records]
    assert len(powers) == 30
    assert all(p == 0 for p in powers[6:12]) and all(0 < p < 5000 for p in powers[12:18])
    assert all(p > 5000 for p in powers[18:])
    assert [r["heard"] for r in records] == [True] * 24 + [False] * 6


def test_tcp_keeps_the_pace_and_the_truth_keeps_the_time(tmp_path):
    truth = tmp_path / "truth"
    with running(*DAY, "--speed", 20, "--out", "tcp:0", "--truth", truth) as (_, line):
        with connect(line) as client:
            receive_frames(client, 1)  # the line is idle now
            arrived, octets, began = [], b"", time.monotonic()
            while len(arrived) < 5:
                octets += client.recv(512)
                if len(octets) == 228 * (len(arrived) + 1):
                    arrived.append(time.time())
            took = time.monotonic() - began
    assert len(good_frames(octets)) == 5
    # five lists of ten seconds at 20 times: 2.5 s, within what a loaded machine adds
    assert 2.1 < took < 4
    records = [json.loads(row) for row in truth.read_text().splitlines()]
    sent = [r["sent"] for r in records if r["heard"]][1:5]
    # of the moment after the last octet; the fifth may not be logged when the program ends
    assert all(abs(a - b) < 0.15 for a, b in zip(sent, arrived[:4], strict=True))


def test_octets_leave_no_faster_than_the_line():
    with running(*DAY, "--speed", 4, "--out", "tcp:0") as (_, line), connect(line) as client:
        octets = receive_frames(client, 1)
        first = None
        octets = b""
        while not good_frames(octets):
            octets += client.recv(512)
            first = first or time.monotonic()
        # 228 octets at 960 a second, seen from the first
        assert first is not None and time.monotonic() - first > 0.2


def test_the_latest_tcp_client_gets_the_octets_and_reconnecting_works():
    with running(*DAY, "--speed", 60, "--out", "tcp:0") as (_, line):
        first = connect(line)
        receive_frames(first, 1)
        second = connect(line)
        receive_frames(second, 2)
        rest = b"x"
        while rest:
            rest = first.recv(4096)  # ends: the first one was let go
        first.close()
        second.close()
        with connect(line) as third:
            receive_frames(third, 2)


def test_a_meter_does_not_wait_for_listeners(tmp_path):
    truth = tmp_path / "truth"
    with running(*DAY, "--speed", 60, "--out", "tcp:0", "--truth", truth) as (_, line):
        time.sleep(1.5)
        with connect(line) as client:
            octets = receive_frames(client, 1)
        lost = [json.loads(row) for row in truth.read_text().splitlines()]
        lost = [r for r in lost if not r["heard"]]
        assert len(lost) >= 4
        assert len(good_frames(octets)) == 1  # none of those comes after


def test_unpaced_tcp_waits_for_its_listener_and_loses_nothing():
    arguments = ["--unpaced", "--duration", 86400, "--out", "tcp:0"]
    with running(*DAY, *arguments) as (process, line):
        with connect(line) as client:
            octets = b""
            while part := client.recv(65536):
                octets += part
        assert len(octets) == 8640 * 228 + 24 * 302
        assert process.wait(5) == 0


def test_a_pty_is_raw_and_forgets_what_nobody_heard():
    with running(*DAY, "--speed", 60, "--out", "pty") as (_, path):
        time.sleep(0.8)  # some lists nobody hears
        for _ in range(2):
            handle = os.open(path, os.O_RDWR | os.O_NOCTTY)
            octets, until = b"", time.monotonic() + 10
            while len(good_frames(octets)) < 3 and time.monotonic() < until:
                if select.select([handle], [], [], 0.2)[0]:
                    octets += os.read(handle, 4096)
            os.close(handle)
            frames = good_frames(octets)
            # raw: 0A, 0D, 03 and 04 inside the lists came through unharmed
            assert len(frames) >= 3
            assert len(octets) < (len(frames) + 2) * 302
            time.sleep(0.4)


def test_unpaced_pty_loses_nothing():
    with running(*DAY, "--unpaced", "--duration", 3600, "--out", "pty") as (_, path):
        handle = os.open(path, os.O_RDONLY | os.O_NOCTTY)
        tty.setraw(handle)
        octets = b""
        with contextlib.suppress(OSError):  # the end of the other side is an error on a pty
            while part := os.read(handle, 4096):
                octets += part
        os.close(handle)
        assert len(octets) == 360 * 228 + 302


def test_ctrl_c_ends_it_cleanly():
    with running(*DAY, "--out", "tcp:0") as (process, _):
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0


def test_encrypted_lists_hide_and_the_key_opens_them():
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    key, auth = bytes(range(16)), bytes(range(16, 32))
    done = run(*DAY, "--duration", 10, "--unpaced", "--out", "-", "--encrypt", "--key", key.hex(),
               "--auth-key", auth.hex(), "--counter", 9, "--system-title", "4b414d4501020304")  # fmt: skip
    (frame,) = good_frames(done.stdout)
    assert done.stdout[3:6] == bytes.fromhex("410313")
    payload = frame.payload[3:]
    assert payload[:10] == b"\xdb\x08" + bytes.fromhex("4b414d4501020304")
    content = payload[12:]
    assert content[:5] == b"\x30\0\0\0\x09"
    # the tag is 12 octets of 16: decrypt as a stream and seal again
    plain = AESGCM(key).encrypt(payload[2:10] + content[1:5], content[5:-12], None)[:-16]
    assert plain.startswith(bytes.fromhex("0f000000000c")) and b"Kamstrup_V0001" in plain
    sealed = AESGCM(key).encrypt(payload[2:10] + content[1:5], plain, b"\x30" + auth)
    assert sealed[: len(plain) + 12] == content[5:]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--out", "serial"], "not pty, tcp:PORT"),
        (["--out", "tcp:99999"], "not pty, tcp:PORT"),
        (["--out", "file:"], "not pty, tcp:PORT"),
        ([], "--out"),
        (["--meter", "kamstrup", "--out", "-"], "kamstrup-tn"),
        (["--speed", "0", "--out", "-"], "not in"),
        (["--speed", "nan", "--out", "-"], "not in"),
        (["--start", "yesterday", "--out", "-"], "not a time"),
        (["--list2-second", "60", "--out", "-"], "not in 0 to 59"),
        (["--event", "+5:flood", "--out", "-"], "unknown event"),
        (["--events", "/nonexistent", "--out", "-"], "No such file"),
        (["--out", "file:/nonexistent/x", "--duration", "1"], "No such file"),
        (["--unpaced", "--out", "-"], "--duration"),
        (["--encrypt", "--out", "-"], "--key"),
        (["--key", "00" * 16, "--out", "-"], "--encrypt"),
        (["--encrypt", "--key", "0011", "--out", "-"], "32 hex digits"),
        (["--encrypt", "--key", "00" * 16, "--out", "-"], "authentication key"),
        (["--encrypt", "--key", "00" * 16, "--security", "0x40", "--out", "-"], "0x40"),
        (
            ["--meter", "aidon-it", "--encrypt", "--key", "00" * 16, "--security", "0x20",
             "--out", "-"],
            "only Kamstrup",
        ),
    ],
)  # fmt: skip
def test_wrong_arguments_are_told_and_end_with_2(arguments, words):
    done = run(*arguments)
    message = done.stderr.decode()
    assert done.returncode == 2 and done.stdout == b""
    assert words in message.splitlines()[-1] and "Traceback" not in message


def test_a_taken_port_is_told():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run("--out", f"tcp:{other.getsockname()[1]}")
    assert done.returncode == 2 and b"in use" in done.stderr.splitlines()[-1]
