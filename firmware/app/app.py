"""The whole: objects, tasks, and the watch over them."""

import asyncio
import gc
import sys

import slots
from micropython import const

from app import clock
from app.access import DONE
from app.rare import forget, keep

if sys.platform == "esp32":
    from app import board_esp32 as board
else:
    from app import board_unix as board

_GC_AFTER = const(16384)  # octets: collect before the heap thinks of growing
_TICK = const(500)
_HEARTBEAT = const(15000)
# Ticks the button is held for a reset, which comes as it is let go. A serial program may pull the
# same pin for as long as it runs, and so may whoever wanted safe mode
_RESET = const(20)
_STUCK = const(60)
_AGAIN = const(1000)
# What a task may die of; made once, since there may be no heap for it then
_ENDS = Exception, asyncio.CancelledError
_HUNG = const(50)  # ticks without a sign of life: 25 s, and not the seconds all stood still


class App:
    """The objects by name, from start.compose(). `tasks` have a name, a run() that never returns,
    `beat`: clock.ms() of their latest round, and `job`: the asyncio.Task. `failures` counts what
    ended one of them."""

    def __init__(self):
        self.failures = 0
        self.update = None  # one under way, see api_update.py
        from app import start

        self.board = board
        parts = start.compose(board, self)
        self.settings, self.consent, self.live, self.hours, self.meter = parts[:5]
        self.access, self.wifi, self.guard, self.api = parts[5:]
        self.setup = start.first_start(self, board)
        self.tasks: tuple = (self.meter, self.hours, self.guard, self.setup or self.wifi)
        forget("app.start")
        keep()

    def admit(self, conn) -> int:
        """The status that refuses a request whose head is in, 0 to let it in."""
        if not self.knows_host(conn.headers["host"].lower()):
            if self.setup is None or not self.setup.is_own(conn.peer):
                return 421
            # A phone on the own network asks its maker's address whether there is an Internet
            conn.location = "http://" + self.setup.own_address + "/setup"
            return 302
        if self.access.stage != DONE:
            conn.location = "/setup"
        return self.access.check(conn)

    def set_up(self) -> None:
        """Set-up is through: its heap is given back, and the household's Wi-Fi takes over."""
        self.setup = None
        self.tasks = (self.meter, self.hours, self.guard, self.wifi)
        self.begin(self.wifi)
        forget("app.setup app.portal")

    def knows_host(self, host: str) -> bool:
        """Whether the page may be asked for under this Host, in lower case, port and all. A name
        that a stranger has pointed at the dongle's address is none of its own."""
        colon = host.rfind(":")
        if colon > host.rfind("]"):
            host = host[:colon]
        own = self.wifi.hostname
        return host in (own, own + ".local") or host in board.addresses(self.wifi.wlan)

    async def run(self) -> None:
        """Start the tasks; then the health check that feeds the watchdog, the board's sign of life
        and the heartbeat of the streams."""
        if slots.on_trial:
            from app.trial import Trial

            self.tasks += (Trial(self),)
        for task in self.tasks:
            self.begin(task)
        on = False
        held = _STUCK
        woken_at = clock.ms()
        while True:
            try:
                now = clock.ms()
                hung = 0
                for task in self.tasks:
                    task.still += 1
                    if task.beat != task.was:
                        task.was = task.beat
                        task.still = 0
                    elif task.still > _HUNG:
                        hung += 1
                        # It dies of the cancel and is started again
                        if not task.job.cancel():
                            self.begin(task)
                # No reset while lists arrive. All before this and this take no heap
                if not hung or self.live.state(now) == "live":
                    board.feed()
                on = not on
                board.indicate(self.live.state(now), on)
                if now - woken_at >= _HEARTBEAT:
                    woken_at = now
                    self.live.wake()
                    for conn in self.guard.conns:
                        if conn.streaming and not self.access.alive(conn.who):
                            conn.task.cancel()
                if board.button():
                    held += 1
                elif _RESET <= held < _STUCK:
                    from app import reset

                    reset.begin(board, board.data_folder())
                else:
                    held = 0
            except Exception as error:  # noqa: BLE001  once is no reason to restart; the dog waits 30 s
                sys.print_exception(error)
                gc.collect()
            await asyncio.sleep_ms(_TICK)

    def begin(self, task) -> None:
        """Start one of self.tasks."""
        task.was = task.still = 0
        task.job = asyncio.create_task(self._keep(task))

    async def _keep(self, task):
        wait = 0
        while task in self.tasks:
            try:
                await asyncio.sleep_ms(wait)
                wait = _AGAIN
                await task.run()
            except _ENDS as error:
                if task not in self.tasks:
                    return
                self.failures += 1
                try:
                    from app import faults

                    wait = faults.died(self, task, error)
                    forget("app.faults")
                except Exception:  # noqa: BLE001  no heap to tell of it
                    gc.collect()


def main() -> None:
    """Run until Ctrl-C."""
    clock.start(board.ticks_ms)
    gc.threshold(_GC_AFTER)
    run(App)


def run(make) -> None:
    """Make the App and let it run; what ends it is told of and ends in a restart."""
    try:
        app = make()
        gc.collect()
        asyncio.run(app.run())
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  whatever it is
        app = None
        gc.collect()  # it may be for want of heap
        from app import boots

        boots.ended(board, error)
