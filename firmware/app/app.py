"""The whole: objects, tasks, and the watch over them."""

import asyncio
import gc
import sys
import time

from micropython import const

from app import clock
from app.rare import forget

if sys.platform == "esp32":
    from app import board_esp32 as board
else:
    from app import board_unix as board

_GC_AFTER = const(16384)  # octets: collect before the heap thinks of growing
_TICK = const(500)
_HEARTBEAT = const(15000)
_AGAIN = const(1000)
_RESTART = const(3000)  # time for a Ctrl-C


class App:
    """The objects by name, from start.compose(). `tasks` have a name, a run() that never returns,
    and `beat`: clock.ms() of their latest round. `failures` counts what ended one of them."""

    def __init__(self):
        self.failures = 0
        from app import start

        parts = start.compose(board, self.knows_host)
        self.settings, self.live, self.meter, self.wifi, self.guard, self.api = parts
        self.tasks = (self.meter, self.guard, self.wifi)
        forget("app.start")

    def knows_host(self, host: str) -> bool:
        """Whether the page may be asked for under this Host, in lower case, port and all. A name
        that a stranger has pointed at the dongle's address is none of its own."""
        colon = host.rfind(":")
        if colon > host.rfind("]"):
            host = host[:colon]
        own = self.wifi.hostname
        return host in (own, own + ".local") or host in board.addresses(self.wifi.wlan)

    async def run(self) -> None:
        """Start the tasks; then the board's sign of life and the heartbeat of the streams."""
        for task in self.tasks:
            asyncio.create_task(self._keep(task))
        on = False
        woken_at = clock.ms()
        while True:
            now = clock.ms()
            on = not on
            board.indicate(self.live.state(now), on)
            if now - woken_at >= _HEARTBEAT:
                woken_at = now
                self.live.wake()
            await asyncio.sleep_ms(_TICK)

    async def _keep(self, task):
        while True:
            try:
                await task.run()
            except Exception as error:  # noqa: BLE001  one task's death must not be the others'
                self.failures += 1
                print("task", task.name)
                sys.print_exception(error)
            await asyncio.sleep_ms(_AGAIN)


def main() -> None:
    """Run until Ctrl-C."""
    clock.start(board.ticks_ms)
    gc.threshold(_GC_AFTER)
    try:
        app = App()
        gc.collect()
        asyncio.run(app.run())
    except KeyboardInterrupt:
        print("stopped")
    except Exception as error:  # noqa: BLE001  at the prompt it would stay for ever
        sys.print_exception(error)
        time.sleep_ms(_RESTART)
        board.restart()
