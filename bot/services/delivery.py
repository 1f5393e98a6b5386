"""Delivery: send due outbox rows to their platforms, in order within a chat, chats in parallel.

Every row reaches its platform at least once: it is settled only after the platform took it, and
noted before it is sent, so that no other process sends it too. What a platform refuses is buried
with a reason; what it cannot take now waits. Neither holds up another chat.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from bot.clock import Clock
from bot.services.attempts import Attempts
from bot.services.books import Books, NotOurs
from bot.services.pacing import Pacing, Where
from commands.chat.messages import Adapter
from db import outbox
from db.engine.database import Database
from db.engine.tx import Row
from db.engine.writer import Writer
from scoring.moments import Instant

PAGE = 500
MOST = 5_000
"""Most rows held in memory."""

IDLE = 30.0
"""Seconds after which the outbox is checked even without a `wake`."""

POLL = 0.25
"""The same where other replicas write into it."""

FINISH = 1.5
"""Seconds that a message on its way has to arrive when the process ends."""

log = logging.getLogger("promobot.delivery")


class Delivery:
    """Empties the outbox through the adapters of the running platforms. `holder` names this
    process among the replicas."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
        holder: str = "",
    ) -> None:
        self.db = db
        self.adapters = adapters
        self.clock = clock
        self.attempts = Attempts(db, adapters, clock, chance)
        self.books = Books(writer, clock, holder)
        self.pacing = Pacing(adapters, clock)
        self.led: set[str] = {*adapters, ""}
        """The platforms served by this process; "": those that no replica runs."""
        self.recalled: set[str] = set()
        self.lanes: dict[Where, deque[Row]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.taken: set[int] = set()
        self.blocked: dict[Where, Instant] = {}
        self.called = asyncio.Event()
        self.stopping = False
        self.errands: Callable[[], Awaitable[bool]] | None = None
        """Run by `deliver_all` when nothing is left to send: jobs, in virtual time."""

    def wake(self) -> None:
        """Check the outbox now: something may be due."""
        self.called.set()

    async def lead(self, platform: str) -> None:
        """Serve a platform until cancelled."""
        self.led.add(platform)
        self.wake()
        try:
            await asyncio.Event().wait()
        finally:
            self.led.discard(platform)
            self.recalled.discard(platform)

    async def run(self) -> None:
        """Deliver until drained."""
        while not self.stopping:
            self.called.clear()
            try:
                wait = await self._take()
            except Exception:
                log.exception("outbox cannot be read")
                wait = 1.0
            try:
                async with asyncio.timeout(wait):
                    await self.called.wait()
            except TimeoutError:
                continue

    async def drain(self, timeout: float) -> bool:  # noqa: ASYNC109 - a budget, not a cancel scope
        """Send what is due, then stop; return False if some of it did not finish in time. What is
        being sent then has FINISH seconds more, since it may arrive all the same."""
        try:
            async with asyncio.timeout(timeout):
                await self.quiet()
        except TimeoutError:
            pass
        except Exception:
            log.exception("outbox cannot be read")
        self.stopping = True
        self.wake()
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=min(FINISH, timeout))
        late = set(self.tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return not late

    async def deliver_all(self) -> int:
        """Send everything due at this instant, one after the other, and return how many. For
        replay, where `run` is not used."""
        count = 0
        while True:
            while rows := self._due(0, self.share()):
                begun = await asyncio.gather(*map(self.books.begin, rows))
                verdicts = [await self.attempts.attempt(row) for row in begun if row is not None]
                await asyncio.gather(*map(self.books.keep, verdicts))
                count += len(rows)
            if self.errands is None or not await self.errands():
                return count

    async def quiet(self) -> None:
        """Return once everything that can be sent at this instant has been sent."""
        while True:
            await self._take()
            if not (tasks := set(self.tasks)):
                return
            await asyncio.wait(tasks)

    # --- taking ---------------------------------------------------------------------------

    def share(self) -> outbox.Share:
        """Return what this process delivers now."""
        return outbox.Share(led=frozenset(self.led), known=frozenset(self.adapters))

    def _due(self, after: int, share: outbox.Share) -> list[Row]:
        with self.db.reading() as tx:
            return outbox.page(tx, self.clock.now(), PAGE, after, share)

    async def _take(self) -> float:
        """Put due rows into their lanes; return the seconds until more can be due."""
        if not self.led:
            return IDLE
        share = self.share()
        if not share.led <= self.recalled:
            await self.books.recall(share)
            self.recalled |= share.led & self.led
        now = self.clock.now()
        self.blocked = {where: until for where, until in self.blocked.items() if until > now}
        after = 0
        while len(self.taken) < MOST:
            # Not what is led by now: that would be read before it is recalled.
            rows = await asyncio.to_thread(self._due, after, share)
            if not rows or self.stopping:
                break
            for row in rows:
                after = row.id
                self._assign(row)
            if len(rows) < PAGE:
                break
        upcoming = await asyncio.to_thread(self._next_due)
        instants = [*self.blocked.values(), *([] if upcoming is None else [upcoming])]
        longest = POLL if self.db.driver.shared else IDLE
        return min([longest, *(max(0.2, instant - self.clock.now()) for instant in instants)])

    def _next_due(self) -> Instant | None:
        with self.db.reading() as tx:
            return outbox.next_due(tx)

    def _assign(self, row: Row) -> None:
        where = (row.platform, row.chat, row.kind == "toast")
        if row.id in self.taken or where in self.blocked:
            return
        self.taken.add(row.id)
        lane = self.lanes.get(where)
        if lane is not None:
            lane.append(row)
            return
        self.lanes[where] = deque([row])
        task = asyncio.create_task(self._work(where))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # --- one chat -------------------------------------------------------------------------

    async def _work(self, where: Where) -> None:
        """Send a chat's rows in order; stop at the first that has to wait."""
        lane = self.lanes[where]
        try:
            begun = await self._begun(where)
            while lane and begun is not None:
                async with self.pacing.call(where):
                    self.pacing.count(where)
                    verdict = await self.attempts.attempt(begun)
                if verdict.later is not None:
                    self.blocked[where] = verdict.later
                    await self.books.keep(verdict)
                    break
                sent = lane.popleft()
                # In one transaction: that it is sent, and that the next one is being sent.
                keeping = asyncio.ensure_future(self.books.keep(verdict))
                try:
                    begun = await self._begun(where)
                finally:
                    await keeping
                    self.taken.discard(sent.id)
        except NotOurs:
            self.blocked[where] = self.clock.now() + 1
        except Exception:
            log.exception("chat cannot be served")
            self.blocked[where] = self.clock.now() + 1
        finally:
            self.taken.difference_update(row.id for row in lane)
            del self.lanes[where]
            self.wake()

    async def _begun(self, where: Where) -> Row | None:
        """Begin the next row of a chat that is still to be sent; None if there is none, or the
        chat has to rest."""
        lane = self.lanes[where]
        while lane and not self.stopping and self._serves(where[0]):
            message = self.attempts.opened(lane[0])
            if message and (until := self.pacing.rest(where, message.chat)) is not None:
                self.blocked[where] = until
                return None
            if (begun := await self.books.begin(lane[0])) is not None:
                return begun
            self.taken.discard(lane.popleft().id)
        return None

    def _serves(self, platform: str) -> bool:
        return (platform if platform in self.adapters else "") in self.led
