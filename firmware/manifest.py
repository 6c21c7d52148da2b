"""A frozen build, for who makes an image of MicroPython: the modules run from flash then, and take no
heap for their code.

    cd micropython/ports/esp32
    make BOARD=ESP32_GENERIC FROZEN_MANIFEST=.../firmware/manifest.py

Frozen are the sources as they are, in their packages, with main.py and a boot.py of its own (frozen/):
MicroPython looks for both among what is frozen first. Onto the flash come, of build/device, version.json,
web/, tariffs/ and app/common.bin, and nothing else. frozen/boot.py puts what is frozen before the files:
by default files come first (sys.path is "", ".frozen", "/lib"), and a folder app/ there, were it to hold
common.bin alone, hides the whole frozen package. lib/ of build/device does no harm but is of no use: its
modules have no packages.

Updates are images then, over USB. Leave update.keys out, and the page refuses bundles (update_no_keys). One
that came in all the same would fail to start, since its modules go by other names, and be undone.

Verified (host_tests/firmware/test_manifest.py, 24 Nov 2026): MicroPython's own manifestfile.py (as in
micropython-stubber 1.29.1) lists from this file what the test's reading of it lists; every file compiles
with mpy-cross -O3 for the ESP32; the firmware runs from those .mpy files in this order of sys.path beside
such a flash, and does not in the default one. Not verified: a linked image, and how much heap it saves; the
sources of MicroPython's ports were not at hand.
"""

# The port's own manifest first: asyncio and the rest of it
include("$(PORT_DIR)/boards/manifest.py")  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("hanport", base_path="../lib", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("household", base_path="../lib", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("app", base_path=".", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
module("boot.py", base_path="frozen", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
for name in ("main.py", "slots.py", "switch.py"):
    module(name, base_path=".", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
