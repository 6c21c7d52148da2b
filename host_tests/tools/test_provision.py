"""tools/provision.py: its files against the running firmware and against the firmware's own reading;
over a REPL on a pty; what it refuses."""

import json
import subprocess
import sys
from pathlib import Path

import han_client
import provision
import pytest
from pty_board import repl

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {
    "password": "riktig hest batteri",
    "consent": True,
    "secured": "owner",
    "settings": {"name": "Hytta på fjellet", "profile": "cabin"},
    "tokens": [{"name": "Home Assistant", "role": "viewer"}, {"name": "backup", "role": "owner"}],
}


def run(*arguments, answers=None):
    command = [sys.executable, ROOT / "tools" / "provision.py", *arguments]
    text = None if answers is None else json.dumps(answers)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)


def test_a_dongle_set_up_from_a_file_runs(start_firmware, tmp_path):
    made = run("--data", tmp_path / "made", "-", answers=ANSWERS)
    assert made.returncode == 0, made.stderr
    firmware = start_firmware(answers=None)
    for path in (tmp_path / "made").iterdir():
        (firmware.data / path.name).write_bytes(path.read_bytes())
    firmware.restart()
    one = han_client.Client(firmware.url)
    one.log_in(ANSWERS["password"])
    settings = one.json("GET", "/api/v1/settings")
    assert (settings["name"], settings["profile"]) == ("Hytta på fjellet", "cabin")
    assert one.json("GET", "/api/v1/consent")["state"] == "given"
    tokens = [
        line.split(": ")[1].split()[0] for line in made.stdout.splitlines() if "token" in line
    ]
    roles = [
        han_client.Client(firmware.url, token).json("GET", "/api/v1/session")["role"]
        for token in tokens
    ]
    assert roles == ["viewer", "owner"]
    names = {key["name"] for key in one.json("GET", "/api/v1/keys")["keys"]}
    assert names >= {"Home Assistant", "backup"}


def test_what_is_printed_is_the_key_of_the_network(tmp_path):
    made = run("--data", tmp_path, "--key-only")
    assert made.returncode == 0
    key = made.stdout.split("key ")[1].strip()
    owner = (tmp_path / "owner").read_bytes()
    assert owner[86:100].decode() == key
    assert owner[:2] == b"\1\0"  # no password: set-up has not begun
    assert "█" in made.stdout
    assert "HAN-0000" in made.stdout
    other = run("--data", tmp_path / "other", "--key-only")
    assert other.stdout.split("key ")[1].strip() != key


def test_the_firmware_takes_the_key_over(start_firmware, tmp_path):
    run("--data", tmp_path, "--key-only")
    firmware = start_firmware(answers=None)
    for name in ("owner", "access"):
        (firmware.data / name).write_bytes((tmp_path / name).read_bytes())
    firmware.restart()
    key = (tmp_path / "owner").read_bytes()[86:100].decode()
    status = firmware.request(
        "GET", "/api/v1/setup", auth=None, authorization=f"Setup {key}", x_han="1"
    )[0]
    assert status == 200


def test_s01_nothing_secret_is_in_the_files_or_on_the_screen(tmp_path):
    made = run("--data", tmp_path, "-", answers=ANSWERS)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ANSWERS["password"].encode() not in files
    assert ANSWERS["password"] not in made.stdout + made.stderr
    for line in made.stdout.splitlines():
        if line.startswith("token"):
            token = line.split(": ")[1].split()[0]
            assert bytes.fromhex(token) not in files
            assert token.encode() not in files


def test_a_dongle_that_is_set_up_is_not_touched(tmp_path):
    run("--data", tmp_path, "-", answers=ANSWERS)
    before = (tmp_path / "owner").read_bytes()
    again = run("--data", tmp_path, "-", answers=ANSWERS)
    assert again.returncode == 1
    assert "--again" in again.stderr
    assert (tmp_path / "owner").read_bytes() == before
    assert run("--data", tmp_path, "--again", "-", answers=ANSWERS).returncode == 0
    assert (tmp_path / "owner").read_bytes() != before


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "kort"}, "ten characters"),
        ({"password": "sommer2026"}, "most common"),
        ({"password": "xy " * 90}, "too long"),
        ({"password": None}, "a password comes first"),
        ({"secured": "no"}, "locked away"),
        ({"secured": None}, "locked away"),
        ({"settings": {"profile": "boat"}}, "profile"),
        ({"settings": {"nope": 1}}, "nope is no setting"),
        ({"settings": {"wifi_ssid": "x" * 33}}, "wifi_ssid"),
        ({"tokens": [{"name": "x", "role": "admin"}]}, "viewer or owner"),
        ({"tokens": [{"name": "x" * 23, "role": "owner"}]}, "22 octets"),
        ({"tokens": [{"name": "x", "role": "owner"}] * 5}, "four tokens"),
        ({"pasword": "x"}, "no such answer: pasword"),
    ],
)
def test_answers_that_will_not_do(tmp_path, change, says):
    answers = {name: value for name, value in {**ANSWERS, **change}.items() if value is not None}
    got = run("--data", tmp_path / "data", "-", answers=answers)
    assert got.returncode == 1
    assert says in got.stderr
    assert "Traceback" not in got.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "5"])
def test_a_file_that_holds_no_answers(tmp_path, text):
    (tmp_path / "answers.json").write_text(text)
    got = run("--data", tmp_path / "data", tmp_path / "answers.json")
    assert got.returncode == 1
    assert got.stderr.startswith("provision: ")
    assert run("--data", tmp_path / "data", tmp_path / "nope.json").returncode == 1


def test_no_consent_unless_it_is_said(tmp_path):
    for consent in (None, False, "true", 1):
        answers = {**ANSWERS, "consent": consent}
        files, _ = provision.files_of(answers, "ABCD-EFGH-JKLM")
        assert "consent" not in files


def test_over_usb(tmp_path):
    with repl(tmp_path) as port:
        got = run("--port", port, "--no-reset", "-", answers=ANSWERS)
        assert got.returncode == 0, got.stderr
        names = {path.name for path in (tmp_path / "data").iterdir()}
        assert names == {"owner", "access", "consent", "settings.json"}
        key = got.stdout.split("key ")[1].split()[0]
        assert (tmp_path / "data" / "owner").read_bytes()[86:100].decode() == key
        again = run("--port", port, "--no-reset", "-", answers=ANSWERS)
        assert again.returncode == 1
        assert "--again" in again.stderr


def test_no_dongle_at_the_port(tmp_path):
    got = run("--port", tmp_path / "nope", "-", answers=ANSWERS)
    assert got.returncode == 1
    assert "cannot be opened" in got.stderr
