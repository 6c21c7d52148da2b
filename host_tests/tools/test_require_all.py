import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
CONTENT = """
import pytest

def test_runs():
    pass

def test_left_out():
    pytest.skip("no browser here")

@pytest.mark.xfail(strict=True)
def test_known():
    assert False
"""


def run(folder, *plugin):
    (folder / "test_some.py").write_text(CONTENT)
    (folder / "test_whole_file.py").write_text("import pytest\npytest.importorskip('no_such')\n")
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", folder]
    return subprocess.run(
        [*command, *plugin, folder],
        capture_output=True,
        text=True,
        env=dict(os.environ, PYTHONPATH=str(TESTS)),
        check=False,
    )


def test_a_skip_fails_where_all_must_run(tmp_path):
    done = run(tmp_path)
    assert done.returncode == 0
    assert "1 passed, 2 skipped, 1 xfailed" in done.stdout
    done = run(tmp_path, "-p", "require_all", "--continue-on-collection-errors")
    assert done.returncode == 1
    assert "no browser here" in done.stdout
    assert "could not import 'no_such'" in done.stdout
    assert "1 failed, 1 passed, 1 xfailed, 1 error" in done.stdout
