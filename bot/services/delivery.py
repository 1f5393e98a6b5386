"""Delivery: send due outbox rows to their platforms, in order within a chat, chats in parallel.

Every row reaches its platform at least once: it is settled only after the platform took it. What
a platform refuses is buried with a reason; what it cannot take now waits. Neither holds up
another chat.
"""

import asyncio
import logging
import math
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

from bot.clock import Clock
from commands.chat.errors import Moved, Refused, Retry, Unreachable
from commands.chat.messages import Adapter, Chat, Outgoing
from commands.conversation.postbox import elsewhere, readdress, unpack
from db import accounts, chats, outbox
from db.engine.database import Database
from db.engine.tx import Row, Tx
from db.engine.writer import Writer
from db.people import directory
from scoring.moments import Instant

ATTEMPTS = 10
LONGEST = 300.0
"""Longest pause between two attempts, in seconds, unless the platform asks for more."""

CHATS = 16
"""Chats sent to at the same time."""

PAGE = 500
MOST = 5_000
"""Most rows held in memory."""

IDLE = 30.0
"""Seconds after which the outbox is checked even without a `wake`."""

SEND_TIMEOUT = 60.0

log = logging.getLogger("promobot.delivery")

Where = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one attempt. `later`: retry, but not before this instant; `dead`: why it is
    given up; `moved`: the chat's new id; `moot`: keys of notices that need not go out any more."""

    row: Row
    message: str = ""
    later: Instant | None = None
    dead: str = ""
    unreachable: bool = False
    moved: str = ""
    moot: tuple[str, ...] = ()


class Delivery:
    """Empties the outbox through the adapters of the running platforms."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.db = db
        self.writer = writer
        self.adapters = adapters
        self.clock = clock
        self.chance = chance
        self.lanes: dict[Where, deque[Row]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.taken: set[int] = set()
        self.looking = 0
        self.finished: set[int] = set()
        self.blocked: dict[Where, Instant] = {}
        self.sent: dict[Where, deque[float]] = {}
        self.free: dict[str, float] = {}
        self.verdicts: list[tuple[Verdict, asyncio.Future[None]]] = []
        self.called = asyncio.Event()
        self.slots = asyncio.Semaphore(CHATS)
        self.stopping = False
        self.errands: Callable[[], Awaitable[bool]] | None = None
        """Run by `deliver_all` when nothing is left to send: jobs, in virtual time."""

    def wake(self) -> None:
        """Check the outbox now: something may be due."""
        self.called.set()

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
        """Send what is due, then stop; return False if some of it did not finish in time."""
        try:
            async with asyncio.timeout(timeout):
                await self.quiet()
        except TimeoutError:
            pass
        self.stopping = True
        self.wake()
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
            while rows := self._due(0):
                verdicts = [await self._attempt(row) for row in rows]
                await asyncio.gather(*map(self._record, verdicts))
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

    def _due(self, after: int) -> list[Row]:
        with self.db.reading() as tx:
            return outbox.page(tx, self.clock.now(), PAGE, after)

    async def _take(self) -> float:
        """Put due rows into their lanes; return the seconds until more can be due."""
        self.looking += 1
        try:
            return await self._hand_out()
        finally:
            self.looking -= 1
            if not self.looking:
                self.finished.clear()

    async def _hand_out(self) -> float:
        now = self.clock.now()
        self.blocked = {where: until for where, until in self.blocked.items() if until > now}
        after = 0
        while len(self.taken) < MOST:
            rows = await asyncio.to_thread(self._due, after)
            if not rows or self.stopping:
                break
            for row in rows:
                after = row.id
                self._assign(row)
            if len(rows) < PAGE:
                break
        upcoming = await asyncio.to_thread(self._next_due)
        instants = [*self.blocked.values(), *([] if upcoming is None else [upcoming])]
        return min([IDLE, *(max(0.2, instant - self.clock.now()) for instant in instants)])

    def _next_due(self) -> Instant | None:
        with self.db.reading() as tx:
            return outbox.next_due(tx)

    def _assign(self, row: Row) -> None:
        where = (row.platform, row.chat)
        # The snapshot may still show rows as waiting that were finished while it was read.
        if row.id in self.taken or row.id in self.finished or where in self.blocked:
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
            while lane and not self.stopping:
                message = self._opened(lane[0])
                if message is not None and (until := self._paced(where, message)) is not None:
                    self.blocked[where] = until
                    break
                async with self.slots:
                    await self._turn(where[0])
                    verdict = await self._attempt(lane[0], message)
                if verdict.later is not None:
                    self.blocked[where] = verdict.later
                await self._record(verdict)
                self._finish(lane.popleft().id)
                if verdict.later is not None:
                    break
        except Exception:
            # The row stays due and is sent again: perhaps twice, but never not at all.
            log.exception("outcome cannot be kept")
            self.blocked[where] = self.clock.now() + 5
        finally:
            self.taken.difference_update(row.id for row in lane)
            del self.lanes[where]
            self.wake()

    def _finish(self, number: int) -> None:
        if self.looking:
            self.finished.add(number)
        self.taken.discard(number)

    def _paced(self, where: Where, message: Outgoing) -> Instant | None:
        """Return the instant until which this chat must rest; None if it may send now, which counts
        the message."""
        adapter = self.adapters.get(where[0])
        if adapter is None:
            return None
        can = adapter.capabilities
        private = None if message.chat.group else can.per_minute_private
        most = can.per_minute if private is None else private
        now = asyncio.get_running_loop().time()
        sent = self.sent.setdefault(where, deque())
        while sent and sent[0] <= now - (3600 if can.per_hour else 60):
            sent.popleft()
        wait = sent[-1] + can.apart - now if sent else 0.0
        if most and len(sent) >= most:
            wait = max(wait, sent[-most] + 60 - now)
        if can.per_hour and len(sent) >= can.per_hour:
            wait = max(wait, sent[-can.per_hour] + 3600 - now)
        if wait > 0:
            return self.clock.now() + math.ceil(wait)
        if most or can.apart or can.per_hour:
            sent.append(now)
        return None

    async def _turn(self, platform: str) -> None:
        """Wait until the platform as a whole accepts another message."""
        adapter = self.adapters.get(platform)
        if adapter is None or not adapter.capabilities.per_second:
            return
        now = asyncio.get_running_loop().time()
        slot = max(now, self.free.get(platform, 0.0))
        self.free[platform] = slot + 1 / adapter.capabilities.per_second
        if slot > now:
            await asyncio.sleep(slot - now)

    def _opened(self, row: Row) -> Outgoing | None:
        """Return the message of a row; None if it is unreadable."""
        try:
            return unpack(row, self.db.vault)
        except Exception:
            log.exception("outbox row unreadable", extra={"row": row.id})
            return None

    async def _attempt(self, row: Row, message: Outgoing | None = None) -> Verdict:
        """Send one row; whatever happens becomes a verdict."""
        message = message or self._opened(row)
        if message is None:
            return Verdict(row, dead="unreadable")
        adapter = self.adapters.get(row.platform)
        if adapter is None:
            chat = self._elsewhere(row)
            if chat is None:
                return Verdict(row, dead=f"no adapter for {row.platform or 'nobody'}")
            adapter = self.adapters[chat.platform]
            message = elsewhere(message, chat)
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                receipt = await adapter.send(message)
        except Retry as fault:
            return self._again(row, str(fault), fault.seconds)
        except Moved as fault:
            return Verdict(row, moved=fault.to)
        except Unreachable as fault:
            return Verdict(row, dead=f"unreachable: {fault}", unreachable=True)
        except Refused as fault:
            return Verdict(row, dead=f"refused: {fault}")
        except TimeoutError:
            return self._again(row, "timeout", None)
        except Exception as fault:
            log.exception("adapter failed", extra={"row": row.id, "platform": row.platform})
            return self._again(row, type(fault).__name__, None)
        instead = None if receipt.kept else message.instead
        return Verdict(row, message=receipt.message, moot=instead.moot if instead else ())

    def _elsewhere(self, row: Row) -> Chat | None:
        """Return a chat with the person on a running platform, when theirs is no longer served."""
        if row.person is None:
            return None
        addresses = self.db.peek("people", directory).addresses.get(row.person, ())
        return next(
            (
                Chat(platform=one.platform, id=one.chat)
                for one in addresses
                if one.platform in self.adapters and one.reachable and one.chat
            ),
            None,
        )

    def _again(self, row: Row, cause: str, seconds: float | None) -> Verdict:
        if row.attempts + 1 >= ATTEMPTS:
            return Verdict(row, dead=f"{ATTEMPTS} attempts: {cause}")
        if seconds is None:
            seconds = min(LONGEST, 2.0**row.attempts) * (0.5 + self.chance() / 2)
        log.info("will retry", extra={"row": row.id, "cause": cause, "seconds": round(seconds, 1)})
        return Verdict(row, later=self.clock.now() + max(1, math.ceil(seconds)))

    # --- storing outcomes -----------------------------------------------------------------

    async def _record(self, verdict: Verdict) -> None:
        """Store a verdict; concurrent ones share a transaction."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.verdicts.append((verdict, kept))
        if len(self.verdicts) == 1:
            task = asyncio.create_task(self._flush())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        await kept

    async def _flush(self) -> None:
        await asyncio.sleep(0)
        batch, self.verdicts = self.verdicts, []
        now = self.clock.now()
        work = partial(_keep, verdicts=[verdict for verdict, _ in batch], now=now)
        try:
            await self.writer.run(work)
        except Exception as fault:
            for _, kept in batch:
                kept.set_exception(fault)
            return
        for _, kept in batch:
            if not kept.done():
                kept.set_result(None)


def _keep(tx: Tx, *, verdicts: list[Verdict], now: Instant) -> None:
    for verdict in verdicts:
        row = verdict.row
        if verdict.moved:
            chats.move(tx, row.platform, row.chat, verdict.moved)
        elif verdict.later is not None:
            outbox.postpone(tx, row.id, verdict.later)
        elif verdict.unreachable and row.person is not None:
            _other_way(tx, verdict)
        elif verdict.dead:
            log.warning(
                "buried", extra={"row": row.id, "platform": row.platform, "cause": verdict.dead}
            )
            outbox.bury(tx, row.id, now, verdict.dead)
        else:
            outbox.settle(tx, row.id, now, verdict.message)
            for key in verdict.moot:
                outbox.withdraw(tx, key)


def _other_way(tx: Tx, verdict: Verdict) -> None:
    """Readdress to another platform where the person was seen; else hold the row for them (C22)."""
    row = verdict.row
    for one in directory(tx).addresses.get(row.person, ()):
        if (one.platform, one.chat) == (row.platform, row.chat):
            accounts.mark_unreachable(tx, one.platform, one.account)
    account = directory(tx).account_of(row.person)
    if account is not None and (account[0], account[2]) != (row.platform, row.chat):
        readdress(tx, row, Chat(platform=account[0], id=account[2]))
        return
    log.warning("held", extra={"row": row.id, "platform": row.platform, "cause": verdict.dead})
    outbox.hold(tx, row.id, verdict.dead)
