"""Lighthouse (npm), as a phone, on every page of the firmware under MicroPython.

    python tools/lighthouse.py                       all of them; fails below 95
    python tools/lighthouse.py --only settings       those whose address has it

Lighthouse is 185 MB that no test needs: tools/npm/lighthouse is installed for this alone. The
firmware runs on this computer with a simulated meter's two hours; reports go to build/lighthouse.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "host_tests"))

from fakes.views import SETTINGS  # noqa: E402
from running_firmware import TOKEN, RunningFirmware  # noqa: E402

import build  # noqa: E402

NPM = ROOT / "tools" / "npm" / "lighthouse"
OUT = ROOT / "build" / "lighthouse"
LEAST = 95
TRIES = 3
CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = [
    *("", "#history/day", "#history/month", "#history/year", "#cabin", "#help", "#settings"),
    *("#settings/" + name for name in SETTINGS),
    "login",
]
METER = ["--meter", "kamstrup-tn", "--unpaced", "--start", "2026-11-24T10:59:00Z"]


def install() -> Path:
    """The program, by npm ci from the lock file."""
    program = NPM / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        subprocess.run(["npm", "ci", "--no-progress", "--silent"], cwd=NPM, check=True)
    return program


def scores(program: Path, url: str, report: Path) -> dict[str, int]:
    """{category: 0..100}. RuntimeError when Lighthouse has none."""
    headers = {"Authorization": f"Bearer {TOKEN}"} if not url.endswith("login") else {}
    command = [
        *(str(program), url, "--quiet", "--output=json", f"--output-path={report}"),
        *("--only-categories=" + ",".join(CATEGORIES), "--max-wait-for-load=45000"),
        *(
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            "--no-enable-error-reporting",
        ),
        "--extra-headers=" + json.dumps(headers),
    ]
    environment = dict(os.environ, CHROME_PATH=shutil.which("chromium") or "")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
    if done.returncode:
        raise RuntimeError(done.stderr[-800:])
    found = json.loads(report.read_text(encoding="utf-8"))["categories"]
    return {name: round(100 * (found[name]["score"] or 0)) for name in CATEGORIES}


def complaints(report: Path) -> list[str]:
    """The audits that cost points."""
    found = json.loads(report.read_text(encoding="utf-8"))
    audits = {
        ref["id"]
        for one in found["categories"].values()
        for ref in one["auditRefs"]
        if ref["weight"]
    }
    return [
        f"{name}: {audit['title']} {audit.get('displayValue', '')}"
        for name, audit in found["audits"].items()
        if name in audits and audit["score"] is not None and audit["score"] < 0.9
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Lighthouse on every page.")
    parser.add_argument("--only", default="", help="pages whose address has this")
    parser.add_argument("--heap", default="250K", help="the firmware's heap")
    given = parser.parse_args(arguments)
    program = install()
    OUT.mkdir(parents=True, exist_ok=True)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        build.write_tree(build.make_tree("unix").files, tree)
        settings = {"name": "Hytta", "grid": "area-2", "fuse_a": 25}
        firmware = RunningFirmware(tree, Path(folder) / "firmware", given.heap, settings)
        try:
            firmware.wait_until_up()
            simulator = [sys.executable, ROOT / "tools" / "meter_sim.py", *METER, "--out=-"]
            lists = subprocess.run(
                [*simulator, "--duration=7320"], capture_output=True, check=True
            ).stdout
            firmware.feed(lists)
            time.sleep(5)
            for page in [one for one in PAGES if given.only in one]:
                report = OUT / f"{page.strip('#').replace('/', '-') or 'now'}.json"
                # Other work on this computer costs points that are not the page's.
                found = scores(program, firmware.url + "/" + page, report)
                for _ in range(TRIES - 1):
                    if min(found.values()) >= LEAST:
                        break
                    found = scores(program, firmware.url + "/" + page, report)
                print(f"{page or 'now':22}", *(f"{name} {found[name]:3}" for name in CATEGORIES))
                if min(found.values()) < LEAST:
                    bad += 1
                    print("   " + "\n   ".join(complaints(report)))
        finally:
            firmware.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
