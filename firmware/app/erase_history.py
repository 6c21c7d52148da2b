"""Erasing the household's history as one: on flash, and then what was worked out of it. Loaded for it."""

import asyncio

from app import clock
from app.erase import wipe
from app.rare import forget
from household.quality import Quality


async def erase(hours) -> None:
    """Erase all of it. When the flash refuses, it goes on with the next start."""
    forget("app.erase_history")  # what is still at work of it stays
    hours.erasing = True
    try:
        journal = hours.open()
        try:
            for _ in wipe(journal, hours.flash_keeps):
                hours.beat = clock.ms()
                await asyncio.sleep_ms(0)
        finally:
            hours.close()
    except OSError as error:
        print("erase:", error)
        return
    finally:
        hours.erasing = False
    hours.last = hours.today = hours.standby = hours.month = hours.scale = None
    hours.away = hours.away_now = hours.ledger = None
    hours.budget.clear()
    hours.budget.goal = [0, 0]
    hours.quality = Quality(hours.quality.net, hours.quality.fuse_a)
    from app.hourly import stop

    stop(hours)
    hours.note("erased")
    hours.due = True
