"""A process that prepares a switch of the readings, and is killed in the middle of it."""

import asyncio
import threading
from collections.abc import Callable
from functools import wraps
from multiprocessing.connection import Connection
from typing import Any

from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import build
from bot.services.patience import Patience
from db import refiling
from db.engine.database import Database
from scoring.moments import Instant
from tests.conftest import KEY

PAGE = 4
"""Facts to a part, so that there are many."""

SWITCH, SWITCHED = "before the switch", "after the switch, before its commit"
Point = int | str
"""Where to be killed: in the transaction of so many a part, or at the switch."""


def serve(address: str, now: Instant, point: Point, told: Connection, *, stops: bool) -> None:
    """Do the jobs that are free. At the point say so, and go no further if it `stops`."""
    asyncio.run(_serve(address, now, _Guard(point, stops, told)))


class _Guard:
    def __init__(self, point: Point, stops: bool, told: Connection) -> None:
        self._point, self._stops, self._told = point, stops, told
        self._parts = 0

    def passes(self, point: Point) -> None:
        if point == self._point:
            self._told.send(point)
            if self._stops:
                threading.Event().wait()

    def parts(self, enter: Callable[..., None]) -> Callable[..., None]:
        @wraps(enter)
        def guarded(*given: Any, **named: Any) -> None:
            enter(*given, **named)
            self._parts += 1
            self.passes(self._parts)

        return guarded

    def switch(self, switch: Callable[..., None]) -> Callable[..., None]:
        @wraps(switch)
        def guarded(*given: Any, **named: Any) -> None:
            self.passes(SWITCH)
            switch(*given, **named)
            self.passes(SWITCHED)

        return guarded


async def _serve(address: str, now: Instant, guard: _Guard) -> None:
    refiling.PAGE = PAGE
    refiling.enter = guard.parts(refiling.enter)
    refiling.switch = guard.switch(refiling.switch)
    clock = VirtualClock(now)
    platform = LocalPlatform(now=clock.now, prefix=f"{now} ")
    app = build(Database.open(address, KEY), clock, [platform], patience=Patience(None))
    platform.open(app.gateway.receive)
    await app.jobs.run_due()
    await app.delivery.deliver_all()
    app.close()
