"""The live heap on this computer's 64-bit words, which size.py puts beside the dongle's: the ratio
says how large a heap of the Unix port is like the dongle's.
"""

import socket
import subprocess
import tempfile
from pathlib import Path

import device_sources

import build

ROOT = Path(__file__).resolve().parent.parent


class HostError(Exception):
    """The firmware does not start here; the message is its own."""


def live_heap(compose: str) -> int:
    """Octets that are live once `compose` (size.py) has run on the tree for this computer."""
    sources = device_sources.sources_for("unix")
    said = "\ngc.collect()\ngc.collect()\nprint(gc.mem_alloc())\n"
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        build.write_tree(build.make_tree("unix").files, tree)
        data = Path(folder) / "data"
        data.mkdir()
        (data / "owner").touch()  # set up, as size_board.py has it
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = str(one.getsockname()[1])
        environment = {"MICROPYPATH": ":lib:.frozen", "DATA": str(data), "HTTP": port}
        done = subprocess.run(
            [
                ROOT / ".venv/bin/micropython",
                "-c",
                sources.as_in_tree("import gc\n" + compose + said),
            ],
            cwd=tree,
            env=environment | {"HAN": "tcp:127.0.0.1:1"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise HostError(done.stderr.strip())
    return int(done.stdout.split()[-1])
