"""Whether the process takes work: found by writing and by asking the platforms, not by belief."""

import asyncio
import logging
from functools import partial
from time import monotonic

from bot.process.alarm import Alarm
from bot.process.app import App
from bot.process.outages import Outages
from bot.wording import say
from db import leases
from db.errors import Conflict, DatabaseFault

LONGEST = 5.0
"""Seconds that a small write may take."""

FRESH = 1.0
"""Seconds for which an answer is given again, so that asking often costs nothing."""

EVERY = 10.0
"""Seconds between two looks of our own."""

GONE = 3
"""Failures in a row after which a platform counts as gone."""

PULSE = "pulse"
"""The row that is written; all replicas share it."""

log = logging.getLogger("promobot.health")


class Health:
    """`down`: the platforms whose adapter has stopped and waits for its restart; `known`: the
    trouble last found."""

    def __init__(self, app: App) -> None:
        self.down: set[str] = set()
        self.started = self.ending = False
        self._app = app
        self._asking = asyncio.Lock()
        self.known = ""
        self._asked_at = -FRESH

    async def trouble(self) -> str:
        """Why the process takes no work; "" if it does."""
        if self.ending:
            return say("ready.ending")
        if not self.started:
            return say("ready.starting")
        async with self._asking:
            if monotonic() - self._asked_at >= FRESH:
                broken = say("ready.damaged") if self._app.damaged else ""
                self.known = broken or await self._unwritten() or self._unreached()
                self._asked_at = monotonic()
        return self.known

    async def watch(self) -> None:
        """Log every change, and tell administrators what lasts, for ever."""
        alarm, outages = Alarm(self._app), Outages(self._app)
        before = ""
        while True:
            await asyncio.sleep(EVERY)
            now = await self.trouble()
            if now and now != before:
                log.critical("not ready: %s", now)
            elif before and not now:
                log.warning("ready again")
            before = now
            await alarm.heard(now)
            await outages.seen(self.gone(), self._app.delivery.led & self._app.adapters.keys())

    async def _unwritten(self) -> str:
        now = self._app.clock.now()
        pulse = partial(leases.hold, name=PULSE, holder=PULSE, now=now, seconds=60)
        try:
            await asyncio.wait_for(self._app.write(pulse), LONGEST)
        except Conflict:  # another replica has just written it
            return ""
        except TimeoutError:
            return say("ready.stuck", seconds=int(LONGEST))
        except DatabaseFault as fault:
            return str(fault)
        except Exception:
            log.exception("the pulse failed")
            return say("ready.not_written")
        return ""

    def gone(self) -> list[str]:
        """The platforms that are out of reach."""
        return [
            name
            for name, adapter in self._app.adapters.items()
            if name in self.down or getattr(adapter, "failures", 0) >= GONE
        ]

    def _unreached(self) -> str:
        adapters, gone = self._app.adapters, self.gone()
        if adapters and len(gone) == len(adapters):
            return say("ready.no_platform", names="、".join(gone))
        return ""
