"""Runs an application: its tasks, their restarts, and an orderly end.

A failed adapter is restarted after a growing pause, and nothing else stops for it. At the end
what was received is committed, and messages being sent get a few seconds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any

from bot.process.app import App
from bot.process.health import Health
from bot.process.http import Mount, application, listen
from bot.process.leading import Replica
from bot.process.metrics import Metrics, mount
from bot.services.order import Order
from commands.chat.messages import Adapter

LONGEST_PAUSE = 60.0
SETTLED = 20.0
"""Seconds of running after which an adapter counts as up."""

STEADY = 120.0
"""Seconds of running after which an adapter counts as healthy again."""

KEEP = 1.0
"""Seconds to commit what was received when the process is asked to stop."""

DRAIN, HAND_OVER = 3.0, 0.5
"""Seconds to send what is due then; the shorter where another replica goes on with it."""

PART = 1.0
"""Seconds that each of the other parts has to end in."""

STRAYS = "delivery"
"""The lease for messages to platforms that no replica runs."""

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
    claimed: Sequence[socket] = (),
    folder: Path = Path(),
    metrics_token: str = "",
) -> AsyncIterator[int]:
    """Run everything until the block ends; yield the port listened on. `upkeep`: what is done at
    night, None for a database that needs none; `claimed`: the port, if it is taken already;
    `folder`: where the data lie."""
    health = Health(app)
    replica = Replica(app.db, app.writer)
    figures = mount(Metrics(app, replica, health, folder), metrics_token)
    tasks: list[asyncio.Task[None]] = []
    async with AsyncExitStack() as stack:
        stack.callback(app.close, PART)
        if doors := [one.name for one in app.adapters.values() if _any_may_be_called(one, app)]:
            order = Order(app.db, replica.name)
            stack.push_async_callback(order.close, PART)
            app.gateway.orders |= dict.fromkeys(doors, order.kept)
        runner = await listen(application(health.trouble, (*mounts, figures)), host, port, claimed)
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(_stop, app, tasks)
        stack.callback(setattr, health, "ending", True)
        _deliver_only_what_is_led(app, replica)
        work = {
            "delivery": app.delivery.run(),
            "jobs": app.jobs.run(),
            "menus": app.menus.run(),
            "health": health.watch(),
            "ticker": replica.leading("ticker", partial(_tick_for_ever, app)),
            "strays": replica.leading(STRAYS, partial(app.delivery.lead, "")),
        }
        for adapter in app.adapters.values():
            work |= _work_of(adapter, app, replica, health.down)
        if upkeep is not None:
            work["upkeep"] = upkeep(app, replica.name)
        tasks += [asyncio.create_task(one, name=name) for name, one in work.items()]
        health.started = True
        yield runner.addresses[0][1]


def _work_of(
    adapter: Adapter, app: App, replica: Replica, down: set[str]
) -> dict[str, Coroutine[Any, Any, None]]:
    """Return what runs an adapter and delivers through it. Where one process alone may listen, it
    also delivers: it has the connection."""
    sends = partial(app.delivery.lead, adapter.name)
    if not _lease_to_listen(adapter):
        work = {adapter.name: keep_running(adapter, app, down=down)}
        work[f"delivery of {adapter.name}"] = replica.leading(_lease_to_send(adapter), sends)
        keeping = getattr(adapter, "keeping", None)
        if keeping is not None and keeping.lease:
            keeping.ours = False
            work[f"webhook of {adapter.name}"] = replica.leading(keeping.lease, keeping.lead)
        return work

    async def alone() -> None:
        sending = asyncio.create_task(sends())
        try:
            await adapter.run(app.gateway.receive)
        finally:
            sending.cancel()

    leading = partial(replica.leading, _lease_to_listen(adapter), alone)
    return {adapter.name: keep_running(adapter, app, down=down, run=leading)}


def _lease_to_listen(adapter: Adapter) -> str:
    lease: str = getattr(adapter, "lease", "")
    return lease


def _lease_to_send(adapter: Adapter) -> str:
    return _lease_to_listen(adapter) or f"{STRAYS}:{adapter.name}"


def _any_may_be_called(adapter: Adapter, app: App) -> bool:
    """Whether a platform may bring its next event to another process than this one."""
    return app.db.driver.shared and hasattr(adapter, "mount") and not _lease_to_listen(adapter)


def _deliver_only_what_is_led(app: App, replica: Replica) -> None:
    needed = {name: _lease_to_send(adapter) for name, adapter in app.adapters.items()}
    books = app.delivery.books
    books.holder = replica.name
    books.guard = lambda tx, platform: replica.holds(tx, needed.get(platform, STRAYS))
    app.delivery.led.clear()


async def keep_running(
    adapter: Adapter,
    app: App,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    *,
    down: set[str] | None = None,
    run: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Run an adapter for ever; each failure in a row doubles the pause before a restart. It is in
    `down` from a failure until it has run again for a while. `run`: how, if not simply."""
    failures, down, loop = 0, set() if down is None else down, asyncio.get_running_loop()
    run = run or partial(adapter.run, app.gateway.receive)
    while True:
        started = monotonic()
        up = loop.call_later(SETTLED, down.discard, adapter.name)
        try:
            await run()
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


async def _stop(app: App, tasks: list[asyncio.Task[None]]) -> None:
    """Take nothing more, commit what was taken, send what is due, then stop listening. Whatever
    hangs has its time, and no more; what is left waits for the next start or another replica."""
    app.gateway.stopping = True
    await _in_time(KEEP, app.gateway.drain())
    if not await app.delivery.drain(HAND_OVER if app.db.driver.shared else DRAIN):
        log.warning("some messages wait for the next start")
    for task in tasks:
        task.cancel()
    await _in_time(PART, asyncio.gather(*tasks, return_exceptions=True))
    closing = [adapter.close() for adapter in app.adapters.values() if hasattr(adapter, "close")]
    await _in_time(PART, asyncio.gather(*closing, return_exceptions=True))


async def _in_time(seconds: float, work: Awaitable[object]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def _tick_for_ever(app: App) -> None:
    """Have APScheduler tick every minute; the rows a tick leaves keep a reminder from repeating."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    at_work = asyncio.Lock()

    async def tick() -> None:
        async with at_work:
            await app.tick()
            await app.turn_cards()

    scheduler = AsyncIOScheduler()
    scheduler.add_job(tick, "cron", second=0, coalesce=True, misfire_grace_time=None)
    scheduler.add_job(tick)
    scheduler.start()
    try:
        await asyncio.Event().wait()
    finally:
        scheduler.pause()
        async with at_work:  # let a running tick finish
            scheduler.shutdown(wait=False)
