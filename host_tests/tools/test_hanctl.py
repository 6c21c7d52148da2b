"""tools/hanctl.py against the running firmware."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running_firmware import PASSWORD, TOKEN

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "host_tests" / "firmware"))

from meter_lists import HOURLY, LIST_1, frame  # noqa: E402


@pytest.fixture
def hanctl(firmware, tmp_path):
    """hanctl("now", password=..., typed=..., token=...) -> CompletedProcess; `config` its file."""

    def run(*arguments, url=firmware.url, typed="", start=False, **environment):
        command = [sys.executable, ROOT / "tools" / "hanctl.py", *arguments]
        env = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(tmp_path), **environment}
        if url:
            env["HAN_URL"] = url
        if start:
            return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        return subprocess.run(
            command, env=env, input=typed, capture_output=True, text=True, timeout=60
        )

    run.__dict__["config"] = tmp_path / "hanctl.json"
    return run


def test_login_is_remembered_and_ends(firmware, hanctl):
    got = hanctl("now")
    assert got.returncode == 1
    assert "hanctl.py login" in got.stderr
    assert hanctl("login", HAN_PASSWORD=PASSWORD).returncode == 0
    assert stat.S_IMODE(hanctl.config.stat().st_mode) == 0o600
    assert PASSWORD not in hanctl.config.read_text()
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    # the address is remembered too
    assert json.loads(hanctl("now", url="").stdout)["seq"] == 1
    assert hanctl("logout").returncode == 0
    assert hanctl("now").returncode == 1


def test_a_wrong_password(hanctl):
    got = hanctl("login", HAN_PASSWORD="feil hest batteri")
    assert got.returncode == 1
    assert "password_wrong" in got.stderr
    assert not hanctl.config.exists()


def test_the_session_goes_to_its_dongle_only(firmware, hanctl):
    """Another address must not be sent the cookie."""
    assert hanctl("login", HAN_PASSWORD=PASSWORD).returncode == 0
    other = f"http://localhost:{firmware.port}"
    assert hanctl("now", url=other).returncode == 1


def test_a_token_for_scripts(firmware, hanctl):
    token = hanctl("token", "backup", HAN_TOKEN=TOKEN).stdout.strip()
    assert hanctl("now", HAN_TOKEN=token).returncode == 0
    got = hanctl("settings", "get", HAN_TOKEN=token)
    assert got.returncode == 1
    keys = hanctl("keys", HAN_TOKEN=TOKEN).stdout
    number = next(line.split()[0] for line in keys.splitlines() if "backup" in line)
    assert hanctl("revoke", number, HAN_TOKEN=TOKEN).returncode == 0
    assert hanctl("now", HAN_TOKEN=token).returncode == 1


def test_watch_prints_each_list(firmware, hanctl):
    process = hanctl("watch", start=True, HAN_TOKEN=TOKEN)
    try:
        time.sleep(1)
        for seq in (1, 2):
            firmware.feed(frame(LIST_1))
            assert json.loads(process.stdout.readline())["seq"] == seq
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_watch_goes_on_when_the_dongle_starts_anew(firmware, hanctl):
    process = hanctl("watch", start=True, HAN_TOKEN=TOKEN)
    try:
        time.sleep(1)
        firmware.feed(frame(LIST_1))
        assert json.loads(process.stdout.readline())["seq"] == 1
        firmware.process.kill()
        firmware.process.wait()
        time.sleep(4)  # it looks in vain once
        firmware.restart()
        time.sleep(4)
        firmware.feed(frame(LIST_1))
        assert json.loads(process.stdout.readline())["seq"] == 1
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def test_watch_without_a_login_ends(hanctl):
    assert "log in first" in hanctl("watch").stderr


def test_status_in_lines(firmware, hanctl):
    firmware.feed(frame(LIST_1))
    firmware.wait_for("seq", 1)
    got = hanctl("status", HAN_TOKEN=TOKEN)
    lines = dict(line.split(None, 1) for line in got.stdout.splitlines())
    assert (lines["state"], lines["consent"], lines["role"]) == ("live", "given", "owner")


def test_hours_as_json_and_csv(firmware, hanctl, tmp_path):
    firmware.feed(frame(HOURLY))
    got = hanctl("hours", "--from", "2026-01-01", "--to", "2026-01-02", HAN_TOKEN=TOKEN)
    assert json.loads(got.stdout)["hours"] == []
    out = tmp_path / "timer.csv"
    assert hanctl("hours", "--csv", "--out", out, HAN_TOKEN=TOKEN).returncode == 0
    assert out.read_text("utf-8-sig").startswith("start_lokal;start_utc;import_kWh;")
    got = hanctl("hours", "--from", "tomorrow", HAN_TOKEN=TOKEN)
    assert got.returncode == 1
    assert "2026-11-24" in got.stderr


def test_settings(firmware, hanctl):
    got = hanctl("settings", "set", "name=Hytta på fjellet", "fuse_a=25", HAN_TOKEN=TOKEN)
    assert got.returncode == 0, got.stderr
    got = hanctl("settings", "get", "name", "fuse_a", HAN_TOKEN=TOKEN)
    assert json.loads(got.stdout) == {"name": "Hytta på fjellet", "fuse_a": 25}
    for wrong in ("fuse_a=many", "nope=1", "name"):
        got = hanctl("settings", "set", wrong, HAN_TOKEN=TOKEN)
        assert got.returncode == 1
        assert got.stderr.startswith("hanctl: ")
    assert hanctl("settings", "get", "nope", HAN_TOKEN=TOKEN).returncode == 1


def test_s05_a_secret_setting_goes_sealed(firmware, hanctl):
    change = ("settings", "set", "wifi_ssid=Hjemme", "wifi_key=12345678")
    assert hanctl(*change, HAN_TOKEN=TOKEN, HAN_PASSWORD="feil hest batteri").returncode == 1
    time.sleep(1.1)
    got = hanctl(*change, HAN_TOKEN=TOKEN, HAN_PASSWORD=PASSWORD)
    assert got.returncode == 0, got.stderr
    stored = json.loads((firmware.data / "settings.json").read_text())
    assert stored["wifi_key"] == "12345678"
    got = hanctl("settings", "get", "wifi_key", HAN_TOKEN=TOKEN)
    assert json.loads(got.stdout) == {"wifi_key": True}
    # in clear it is not taken
    body = json.dumps({"set": {"wifi_key": "87654321"}})
    assert firmware.request("POST", "/api/v1/settings", body)[0] == 400


def test_consent(hanctl):
    assert json.loads(hanctl("consent", HAN_TOKEN=TOKEN).stdout)["state"] == "given"
    got = hanctl("consent", "withdraw", HAN_TOKEN=TOKEN)
    assert json.loads(got.stdout)["state"] == "withdrawn"
    assert json.loads(hanctl("consent", "give", HAN_TOKEN=TOKEN).stdout)["state"] == "given"


def test_a_guests_link(firmware, hanctl):
    link = hanctl("link", "--hours", "3", HAN_TOKEN=TOKEN).stdout.strip()
    assert link.startswith(f"{firmware.url}/login#guest=")
    assert len(link.partition("=")[2]) == 32


def test_another_password(hanctl):
    assert hanctl("login", HAN_PASSWORD=PASSWORD).returncode == 0
    change = {"HAN_PASSWORD": PASSWORD, "HAN_NEW_PASSWORD": "sommer2026"}
    assert "too common" in hanctl("password", **change).stderr
    change["HAN_NEW_PASSWORD"] = "hest batteri stift"
    assert hanctl("password", **change).returncode == 0
    assert hanctl("now").returncode == 0  # logged in again


def test_the_log(hanctl):
    hanctl("login", HAN_PASSWORD=PASSWORD)
    assert "login" in hanctl("log").stdout
    assert "hanctl" in hanctl("log").stdout


def test_everything_into_a_file(hanctl, tmp_path):
    out = tmp_path / "all.json"
    assert hanctl("export", "--out", out, HAN_TOKEN=TOKEN).returncode == 0
    assert json.loads(out.read_text())["consent"]["state"] == "given"


def test_erase_wants_the_word(firmware, hanctl):
    got = hanctl("erase", "history", typed="no\n", HAN_TOKEN=TOKEN)
    assert (got.returncode, "nothing was erased" in got.stderr) == (1, True)
    assert hanctl("erase", "history", typed="ERASE\n", HAN_TOKEN=TOKEN).returncode == 0
    got = hanctl("erase", "all", "--yes", HAN_TOKEN=TOKEN, HAN_PASSWORD=PASSWORD)
    assert got.returncode == 0, got.stderr
    limit = time.monotonic() + 10
    while firmware.process.poll() is None:
        assert time.monotonic() < limit
        time.sleep(0.05)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nope.invalid", "ftp://x", "http://"])
def test_no_dongle_there(hanctl, url):
    got = hanctl("now", url=url)
    assert got.returncode == 1
    assert got.stderr.startswith("hanctl: ")
    assert "Traceback" not in got.stderr


def test_which_dongle(hanctl):
    assert "--url" in hanctl("now", url="").stderr
