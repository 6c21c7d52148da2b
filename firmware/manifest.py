"""A frozen build, for who makes an image of MicroPython: the modules run from flash then, and take no
heap for their code (about a third of what .mpy files take).

    python tools/build.py --board esp32 --out build/device
    cd micropython/ports/esp32
    make BOARD=ESP32_GENERIC FROZEN_MANIFEST=.../firmware/manifest.py

Frozen are the sources as they are. boot.py, main.py, slots.py, switch.py, web/, tariffs/ and
app/common.bin still come from build/device by make deploy; leave its lib/ and app/*.mpy out, since
files go before what is frozen. Updates over the page then replace the page and the tariffs only:
the modules of a bundle would shadow the frozen ones.
"""

# The port's own manifest first: asyncio and the rest of it
include("$(PORT_DIR)/boards/manifest.py")  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("hanport", base_path="../lib", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("household", base_path="../lib", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
package("app", base_path=".", opt=3)  # noqa: F821  # pyright: ignore[reportUndefinedVariable]
