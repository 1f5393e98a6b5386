"""Leases for work that only one replica may do: polling a token, connecting a bot.

The replica with the lease works and keeps renewing it; one that loses it stops at once; the
others keep asking. When a process dies, another takes over as soon as its lease has ended.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

from bot.clock import Clock
from db import leases
from db.engine.writer import Writer
from db.errors import Conflict

LASTS = 30
"""Seconds that a lease lasts without renewal."""

EVERY = 10.0
"""Seconds between two renewals, and between two attempts to get the lease."""

log = logging.getLogger("promobot.leading")

Pause = Callable[[float], Awaitable[None]]


async def leading(
    name: str,
    holder: str,
    work: Callable[[], Awaitable[object]],
    writer: Writer,
    clock: Clock,
    *,
    pause: Pause = asyncio.sleep,
) -> None:
    """Work while the lease `name` is held; return when the work returns, raise what it raises."""
    while True:
        while not await _held(name, holder, writer, clock):
            await pause(EVERY)
        log.info("leading", extra={"lease": name})
        task = asyncio.ensure_future(work())
        renewing = asyncio.create_task(_renewed(name, holder, writer, clock, pause))
        try:
            await asyncio.wait({task, renewing}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
                return
            log.warning("lease lost", extra={"lease": name})
        finally:
            for one in (task, renewing):
                one.cancel()
            await asyncio.gather(task, renewing, return_exceptions=True)
            with suppress(Exception):
                await writer.run(partial(leases.let_go, name=name, holder=holder))


async def _renewed(name: str, holder: str, writer: Writer, clock: Clock, pause: Pause) -> None:
    """Renew the lease; return once it is taken by another or its state is unknown for too long."""
    kept_at = clock.now()
    while True:
        await pause(EVERY)
        try:
            if not await _held(name, holder, writer, clock):
                return
            kept_at = clock.now()
        except Exception as fault:
            # The database is unreachable: lead only as long as nobody else can take the lease.
            log.warning("lease not renewed: %s", type(fault).__name__)
            if clock.now() - kept_at >= LASTS - EVERY:
                return


async def _held(name: str, holder: str, writer: Writer, clock: Clock) -> bool:
    now = clock.now()
    try:
        return await writer.run(
            partial(leases.hold, name=name, holder=holder, now=now, seconds=LASTS)
        )
    except Conflict:
        return False
