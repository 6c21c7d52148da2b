"""The tests of lib/ where the dongle's Python is: `make test-mp`, and on 32-bit words `make test-words`.
Here so that they run beside all else. The cipher takes the WebAssembly build a minute: `make check` has it."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


LIB = ROOT / "host_tests" / "lib"
SMALL = sorted(
    str(path.relative_to(ROOT))
    for path in LIB.rglob("test_*.py")
    if not path.stem.endswith("_cpython")
    and path.name not in ("test_cipher.py", "test_damage.py", "test_gcm.py")
)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("target", "files"), [("test-mp", []), ("test-words", SMALL)])
def test_lib(target, files):
    done = subprocess.run(
        ["make", target, "FILES=" + " ".join(files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=590,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert " passed, 0 failed" in done.stdout
