import subprocess
import sys
from pathlib import Path

import pytest
import setup_env


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError("
            "'...: Failed to establish a new connection: [Errno -3] Temporary failure in name "
            "resolution')': /x/\nERROR: No matching distribution found for amshan==2.1.1\n",
            "no network",
        ),
        ("npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\n", "no network"),
        ("error: x.c:1:10: fatal error: Python.h: No such file or directory\n", "python3-dev"),
        ("ERROR: No matching distribution found for ruff==0.17.6\n", "no build of ruff==0.17.6"),
        ("OSError: [Errno 28] No space left on device\n", "disk is full"),
        ("something\nERROR: that went wrong\n\n", "ERROR: that went wrong"),
        ("", "without a word"),
    ],
)
def test_a_failed_command_is_explained_in_one_line(output, message):
    said = setup_env.explain(output)
    assert message in said
    assert len(said.splitlines()) == 1


def test_another_machine_is_told_so(monkeypatch):
    setup_env.check_machine()
    monkeypatch.setattr(setup_env.platform, "machine", lambda: "aarch64")
    with pytest.raises(setup_env.SetupError, match="aarch64"):
        setup_env.check_machine()


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(setup_env.sys, "version_info", (3, 10, 2))
    with pytest.raises(setup_env.SetupError, match=r"make PYTHON=python3\.12"):
        setup_env.check_machine()


def test_a_failing_command_ends_with_its_own_reason(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_env, "LOG", tmp_path / "setup.log")
    code = "print('ERROR: No matching distribution found for x==1'); raise SystemExit(1)"
    with pytest.raises(setup_env.SetupError, match=r"things: no build of x==1"):
        setup_env.run([sys.executable, "-c", code], "things")
    assert "x==1" in (tmp_path / "setup.log").read_text()


def test_a_missing_venv_module_names_its_package(monkeypatch, tmp_path):
    monkeypatch.setattr(setup_env, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(setup_env, "VENV", tmp_path / "venv")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(setup_env.SetupError, match="apt-get install python3-venv"):
        setup_env.make_venv()


def test_the_versions_are_asked_of_the_programs(monkeypatch, capsys):
    setup_env.verify()
    assert "MicroPython 1.29, .mpy 6.3" in capsys.readouterr().out
    monkeypatch.setattr(setup_env, "MPY_FORMAT", "6.4")
    with pytest.raises(setup_env.SetupError, match=r"mpy-cross is not 1\.29 with \.mpy 6\.4"):
        setup_env.verify()
    monkeypatch.setattr(setup_env, "MICROPYTHON", "1.30")
    with pytest.raises(setup_env.SetupError, match=r"micropython is not 1\.30"):
        setup_env.verify()


def test_everything_pinned_is_installed_as_pinned():
    root = Path(setup_env.__file__).parents[1]
    pinned = dict(
        line.split("#")[0].strip().lower().replace("_", "-").split("==")
        for line in [
            *setup_env.pins()["dev"],
            *(root / "tools" / "constraints.txt").read_text().splitlines(),
        ]
        if "==" in line
    )
    done = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--disable-pip-version-check"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = dict(
        line.lower().replace("_", "-").split("==")
        for line in done.stdout.splitlines()
        if "==" in line
    )
    assert {name: found.get(name) for name in pinned} == pinned
