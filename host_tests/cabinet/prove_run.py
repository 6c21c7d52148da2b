#!/usr/bin/env python3
"""The running firmware in real time: p95 of /api/v1/now with four pages open, and the share of the
processor that metering takes. Figures of this computer; run it while nothing else does.

    python host_tests/cabinet/prove_run.py
"""

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for part in ("tools", "lib", "host_tests", "host_tests/fakes"):
    sys.path.append(str(ROOT / part))

from running_firmware import BEARER, RunningFirmware  # noqa: E402
from sim.meter import Meter  # noqa: E402

import build  # noqa: E402

START = 1767225600
REQUESTS = 300
SECONDS = 40
P95_MS, SHARE = 50, 0.01


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        build.write_tree(build.make_tree("unix").files, tree)
        # Without HEAPLOG, which collects twice a second
        one = RunningFirmware(tree, Path(folder) / "run", environment={"HEAPLOG": ""})
        try:
            one.wait_until_up()
            lists = list(Meter("kamstrup-tn", START).pushes(START, 120))
            used, began = cpu_s(one.process.pid), time.monotonic()
            for push in lists[: SECONDS // 10]:
                one.feed(push.frame)
                time.sleep(10)
            share = (cpu_s(one.process.pid) - used) / (time.monotonic() - began)
            pages = []
            for _ in range(4):
                page = one.connect()
                page.sendall(
                    b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n" + BEARER + b"\r\n"
                )
                page.recv(500)
                pages.append(page)
            times = []
            for number in range(REQUESTS):
                if number % 50 == 0:
                    one.feed(lists[SECONDS // 10 + number // 50].frame)
                start = time.monotonic()
                assert one.get("/api/v1/now")[0] == 200
                times.append(1000 * (time.monotonic() - start))
                time.sleep(0.02)
        finally:
            one.stop()
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(
        f"/api/v1/now, four pages open: p50 {times[len(times) // 2]:.1f} ms, p95 {p95:.1f} ms, "
        f"longest {times[-1]:.1f} ms (limit of p95 {P95_MS} ms)"
    )
    print(
        f"metering, in real time: {100 * share:.2f} % of a processor (limit {100 * SHARE:.0f} %)"
    )
    return 0 if p95 <= P95_MS and share <= SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
