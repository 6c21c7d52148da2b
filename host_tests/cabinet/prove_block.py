#!/usr/bin/env python3
"""The longest time that anything keeps the firmware's loop, in real time on this computer: all routes with
thirteen months of hours, CSV, login, an update with its signature, MQTT to a broker that never answers, an
hour's work on the journal. What the process waits for a processor that others have is taken off.

    python host_tests/cabinet/prove_block.py
"""

import contextlib
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for part in ("tools", "lib", "firmware", "host_tests", "host_tests/fakes", "host_tests/firmware"):
    sys.path.append(str(ROOT / part))

import access_support  # noqa: E402
import han_update  # noqa: E402
import seeded_firmware  # noqa: E402
import update_bundles  # noqa: E402
import version  # noqa: E402

import build  # noqa: E402

LIMIT_MS = 50
SILENT = "mqtt://192.0.2.1:1883"  # TEST-NET: the connection is never made
ROUTES = (
    *("/", "/login", "/api/v1/now", "/api/v1/hours", "/api/v1/hours.csv", "/api/v1/days"),
    *(
        "/api/v1/days.csv",
        "/api/v1/months",
        "/api/v1/peaks",
        "/api/v1/peaks.csv",
        "/api/v1/export",
    ),
    *("/api/v1/events/log", "/api/v1/away", "/api/v1/tariff", "/api/v1/quality", "/api/v1/line"),
    *("/api/v1/line/raw", "/api/v1/settings", "/api/v1/keys", "/api/v1/security", "/metrics"),
    *("/api/v1/diagnosis", "/api/v1/diagnosis/log", "/api/v1/update", "/api/v1/session"),
)


class Steps:
    """The file that loop_main.py writes, read between two marks."""

    def __init__(self, path: Path):
        self.path = path
        self.read = 0
        self.rows: list[tuple[float, str]] = []

    def longest(self, what: str) -> None:
        """Since the last call."""
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        steps = [
            (int(us) - int(waited)) / 1000 for us, waited in map(str.split, lines[self.read :])
        ]
        self.read = len(lines)
        self.rows.append((max(steps, default=5.0), what))


def watch(steps: Steps, one) -> None:
    for path in ROUTES:
        with contextlib.suppress(OSError):
            one.get(path)
        time.sleep(0.1)
        steps.longest(path)
    access_support.phone(one)
    steps.longest("login")
    one.request("POST", "/api/v1/settings", '{"set":{"name":"Hytta 2"}}')
    time.sleep(1)
    steps.longest("settings written")
    time.sleep(3)
    steps.longest("MQTT, nobody answers")
    meter = seeded_firmware.meter_after(seeded_firmware.write_history(one.data / "hours.unused"))
    for _, frame in meter.lists(seeded_firmware.NOW, 3700):
        one.feed(frame)
        time.sleep(0.01)
    time.sleep(3)
    steps.longest("an hour of lists, and its end")
    files = {
        path.relative_to(one.tree).as_posix(): path.read_bytes()
        for path in one.tree.rglob("*")
        if path.is_file() and path.name != "main_.py"
    }
    files[version.NAME] = version.version_json("unix", files, "99.0.0")
    han_update.upload(access_support.owner(one), update_bundles.signed(files))
    steps.longest("update, signature and files")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        files = build.make_tree("unix").files
        files["update.keys"] = (
            f"{update_bundles.public(update_bundles.OWNER).hex()} owner\n".encode()
        )
        build.write_tree(files, tree)
        (tree / "main.py").rename(tree / "main_.py")
        text = (ROOT / "host_tests/cabinet/loop_main.py").read_text()
        (tree / "main.py").write_text(text.replace("import main ", "import main_ "))
        path = Path(folder) / "steps"
        one = seeded_firmware.seeded(
            tree, Path(folder) / "run", {"mqtt": SILENT}, HEAPLOG="", STEPS=str(path)
        )
        one.tree = tree
        steps = Steps(path)
        try:
            steps.longest("start")
            steps.rows.clear()  # nobody waits for anything yet
            watch(steps, one)
        finally:
            one.stop()
    steps.rows.sort(reverse=True)
    for ms, what in steps.rows[:12]:
        print(f"{ms:7.1f} ms  {what}")
    print(f"longest: {steps.rows[0][0]:.1f} ms, limit {LIMIT_MS} ms")
    return 0 if steps.rows[0][0] <= LIMIT_MS else 1


if __name__ == "__main__":
    sys.exit(main())
