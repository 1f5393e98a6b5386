"""The worker: runs jobs one after the other in a thread and hands in their results.

Nobody waits for it: a job reads its own snapshot, reports its progress now and then, and its
result enters through the gateway like any message. A job is tried three times, then given up and
the person who asked is told.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from time import perf_counter, sleep
from typing import Any

from bot.clock import Clock
from bot.services.gateway import Gateway
from commands.chat.messages import Notice
from commands.chat.requests import Job, Made, Order
from commands.conversation import jobs as longwork
from commands.conversation.postbox import post_notice
from commands.wording.sentences import say
from db import jobs
from db.engine.database import Database
from db.engine.tx import Row, Tx
from db.engine.writer import Writer
from scoring.errors import UserError
from scoring.moments import Instant

ATTEMPTS = 3
IDLE = 30.0
"""Seconds after which the table is checked even without a `wake`."""

BREATH = 0.2
"""Seconds between two checks, however often `wake` is called."""

HEARTBEAT = jobs.LEASE / 3

REST, LONGEST_REST = 2.0, 0.05
"""A live worker rests REST times as long as its last piece of work took, at most LONGEST_REST
seconds: its thread shares the interpreter with everybody waiting for an answer."""

log = logging.getLogger("promobot.jobs")


class Jobs:
    """Runs the jobs in the table."""

    def __init__(self, db: Database, writer: Writer, clock: Clock, gateway: Gateway) -> None:
        self.db = db
        self.writer = writer
        self.clock = clock
        self.gateway = gateway
        self.called = asyncio.Event()
        self.polite = False

    def wake(self) -> None:
        """Check the table soon: a job may have been ordered."""
        self.called.set()

    async def run(self) -> None:
        """Work until cancelled, leaving time to other threads."""
        self.polite = True
        while True:
            self.called.clear()
            try:
                await self.run_due()
            except Exception:
                log.exception("jobs cannot be read")
            with suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self.called.wait()
            await asyncio.sleep(BREATH)

    async def run_due(self) -> bool:
        """Run every free job; return whether there was one."""
        ran = False
        while await asyncio.to_thread(self._free):
            row = await self.writer.run(lambda tx: jobs.take(tx, self.clock.now()))
            if row is None:
                break
            ran = True
            await self._do(row)
        return ran

    def _free(self) -> bool:
        with self.db.reading() as tx:
            return jobs.free(tx, self.clock.now())

    async def _do(self, row: Row) -> None:
        """Make one attempt: hand in its result, put it off, or give it up and say so."""
        loop = asyncio.get_running_loop()
        state = _Progress(self, row, loop)
        beating = asyncio.create_task(state.beat())
        try:
            told, made = await asyncio.to_thread(self._work, row, state.tell)
            await self._enter(told, made, state.tell)
            while made.again:
                told, made = await asyncio.to_thread(self._work, row, state.tell)
                await self._enter(told, made, state.tell)
        except UserError as refusal:
            await self._give_up(row, str(refusal), str(refusal))
            return
        except Exception as fault:
            log.exception("job failed", extra={"job": row.id, "kind": row.kind})
            if row.attempts >= ATTEMPTS:
                text = say("work.failed", reference=row.id)
                await self._give_up(row, type(fault).__name__, text)
            else:
                await self.writer.run(partial(_put_off, number=row.id, attempt=row.attempts))
            return
        finally:
            beating.cancel()
        await self.gateway.receive(longwork.returning(row, made, self.clock.now()), ours=True)
        # If the person who asked has left meanwhile, nothing else will finish the job.
        await self.writer.run(lambda tx: jobs.failed(tx, row.id, "not taken back"))

    async def _enter(self, told: Order, made: Made, tell: Callable[[int], None]) -> None:
        """Write what a job has to write part by part, so that nobody waits for all of it."""
        job = self.db.peek("world", self.gateway.inside.load).registry.jobs[told.kind]
        for place, part in enumerate(made.parts, start=1):
            await self.writer.run(partial(_entered, job=job, told=told, part=part))
            await asyncio.to_thread(tell, 100 * place // len(made.parts))

    def _work(self, row: Row, tell: Callable[[int], None]) -> tuple[Order, Made]:
        world = self.db.peek("world", self.gateway.inside.load)
        now = self.clock.now()
        with self.db.reading() as tx:
            told = longwork.order(row, world.plans, world.people, now)
            return told, world.registry.jobs[row.kind].work(tx, told, tell)

    async def _give_up(self, row: Row, why: str, text: str) -> None:
        now = self.clock.now()
        key = f"job:{row.id}:failed"

        def work(tx: Tx) -> None:
            if jobs.failed(tx, row.id, why):
                notice = Notice(text=text, person=row.person, key=key, prompt=True)
                post_notice(tx, notice, now)

        await self.writer.run(work)
        self.gateway.on_commit()


class Rest:
    """The pauses of long work in a thread of a live process."""

    def __init__(self) -> None:
        self._went_on = perf_counter()

    def take(self) -> None:
        """Rest for as long as the work since the last time makes polite."""
        sleep(min(LONGEST_REST, REST * (perf_counter() - self._went_on)))
        self._went_on = perf_counter()


class _Progress:
    """Progress of one attempt; recorded with the lease always, shown in the chat now and then."""

    def __init__(self, owner: Jobs, row: Row, loop: asyncio.AbstractEventLoop) -> None:
        self.owner = owner
        self.row = row
        self.loop = loop
        self.percent = 0
        self.shown_at: Instant = owner.clock.now()
        self.rest = Rest()

    def tell(self, percent: int) -> None:
        """Report progress; called in the worker's thread after each piece of work."""
        self.percent = percent
        if self.owner.polite:
            self.rest.take()
        now = self.owner.clock.now()
        if now - self.shown_at >= longwork.PATIENCE:
            self.shown_at = now
            self.owner.writer.submit(partial(self._show, now=now, percent=percent))
            self.loop.call_soon_threadsafe(self.owner.gateway.on_commit)

    async def beat(self) -> None:
        """Renew the lease for as long as the work takes."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            now = self.owner.clock.now()
            await self.owner.writer.run(partial(self._renew, now=now))

    def _renew(self, tx: Tx, now: Instant) -> None:
        jobs.renew(tx, self.row.id, self.row.attempts, now, self.percent)

    def _show(self, tx: Tx, now: Instant, percent: int) -> None:
        self._renew(tx, now)
        adapters = tx.cached("world", self.owner.gateway.inside.load).capabilities
        can = adapters[self.row.platform].edit if self.row.platform in adapters else False
        text = say("work.progress", percent=percent)
        key = f"job:{self.row.id}:{self.row.attempts}:{percent}:{now}"
        longwork.show(tx, self.row, text, key, now, can=can)


def _entered(tx: Tx, *, job: Job, told: Order, part: Any) -> None:
    assert job.enter is not None  # noqa: S101 - only such a job makes parts
    job.enter(tx, told, part)


def _put_off(tx: Tx, *, number: int, attempt: int) -> None:
    """End the lease now, so that the next check takes the job again."""
    jobs.renew(tx, number, attempt, -jobs.LEASE, 0)
