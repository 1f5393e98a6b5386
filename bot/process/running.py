"""Runs an application: its tasks, their restarts, and an orderly end.

A failed adapter is restarted after a growing pause, and nothing else stops for it. At the end
what was received is committed, and messages being sent get a few seconds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from os import getpid
from secrets import token_hex
from socket import gethostname
from time import monotonic
from typing import Any

from bot.process.app import App
from bot.process.health import Health
from bot.process.http import Mount, application, listen
from bot.process.leading import leading
from commands.chat.messages import Adapter

LONGEST_PAUSE = 60.0
SETTLED = 20.0
"""Seconds of running after which an adapter counts as up."""

STEADY = 120.0
"""Seconds of running after which an adapter counts as healthy again."""

DRAIN = 10.0
"""Seconds to finish sending when the process is asked to stop."""

HOLDER = f"{gethostname()[:40]}-{getpid()}-{token_hex(4)}"
"""Names this process among the replicas."""

Upkeep = Callable[[App, str], Coroutine[Any, Any, None]]
"""Looks after a database for ever, under the name of this process."""

log = logging.getLogger("promobot.running")


@asynccontextmanager
async def running(
    app: App,
    host: str,
    port: int,
    mounts: tuple[Mount, ...] = (),
    *,
    upkeep: Upkeep | None = None,
) -> AsyncIterator[int]:
    """Run everything until the block ends; yield the port listened on. `upkeep`: what is done at
    night, None for a database that needs none."""
    health = Health(app)
    tasks: list[asyncio.Task[None]] = []
    async with AsyncExitStack() as stack:
        stack.callback(app.close)
        runner = await listen(application(health.trouble, mounts), host, port)
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(_stop, app, tasks)
        tasks.append(asyncio.create_task(app.delivery.run(), name="delivery"))
        tasks.append(asyncio.create_task(app.jobs.run(), name="jobs"))
        tasks.append(asyncio.create_task(app.menus.run(), name="menus"))
        tasks.extend(
            asyncio.create_task(keep_running(adapter, app, down=health.down), name=adapter.name)
            for adapter in app.adapters.values()
        )
        tasks.append(asyncio.create_task(health.watch(), name="health"))
        if upkeep is not None:
            tasks.append(asyncio.create_task(upkeep(app, HOLDER), name="upkeep"))
        await stack.enter_async_context(_ticking(app))
        health.started = True
        stack.callback(setattr, health, "started", False)
        yield runner.addresses[0][1]


async def keep_running(
    adapter: Adapter,
    app: App,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    *,
    down: set[str] | None = None,
) -> None:
    """Run an adapter for ever; each failure in a row doubles the pause before a restart. It is in
    `down` from a failure until it has run again for a while."""
    failures, down, loop = 0, set() if down is None else down, asyncio.get_running_loop()
    while True:
        started = monotonic()
        up = loop.call_later(SETTLED, down.discard, adapter.name)
        try:
            await _alone(adapter, app)
            return
        except Exception:
            if monotonic() - started > STEADY:
                failures = 0
            failures += 1
            down.add(adapter.name)
            log.exception("adapter stopped", extra={"platform": adapter.name, "failures": failures})
        finally:
            up.cancel()
        await pause(min(LONGEST_PAUSE, 2.0 ** (failures - 1)))


async def _alone(adapter: Adapter, app: App) -> None:
    """Run an adapter; if its platform allows one listener only, while holding its lease."""
    lease: str = getattr(adapter, "lease", "")
    if not lease:
        await adapter.run(app.gateway.receive)
        return
    run = partial(adapter.run, app.gateway.receive)
    await leading(lease, HOLDER, run, app.writer, app.clock)


async def _stop(app: App, tasks: list[asyncio.Task[None]]) -> None:
    """Send answers while the platforms are up, then stop listening, then commit what was taken."""
    await app.gateway.drain()
    if not await app.delivery.drain(DRAIN):
        log.warning("some messages wait for the next start")
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await app.gateway.drain()
    for adapter in app.adapters.values():
        if (close := getattr(adapter, "close", None)) is not None:
            with suppress(Exception):
                await close()


@asynccontextmanager
async def _ticking(app: App) -> AsyncIterator[None]:
    """Have APScheduler tick every minute; the rows a tick leaves keep a reminder from repeating."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    at_work = asyncio.Lock()

    async def tick() -> None:
        async with at_work:
            await app.tick(HOLDER)
            await app.turn_cards()

    scheduler = AsyncIOScheduler()
    scheduler.add_job(tick, "cron", second=0, coalesce=True, misfire_grace_time=None)
    scheduler.add_job(tick)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        async with at_work:  # let a running tick finish
            scheduler.shutdown(wait=False)
