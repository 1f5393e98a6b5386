"""What delivery notes: that it begins to send a message, and what became of it.

A message is noted before it is sent, so that nobody else sends it. An outcome that cannot be
recorded is kept in memory and recorded as soon as the database can be written to again; until
then its message is not sent a second time. Entries made at the same time share a transaction.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from secrets import token_hex

from bot.clock import Clock
from bot.services.attempts import Verdict
from bot.services.references import traced
from bot.wording import say
from commands.chat.messages import Chat, Notice
from commands.conversation import cards
from commands.conversation.gate import let_through
from commands.conversation.packing import readable
from commands.conversation.postbox import post_notice, readdress, unseen
from commands.pushes import REVISERS
from db import accounts, chats, outbox
from db.engine.tx import Row, Tx
from db.engine.writer import Writer
from db.errors import Conflict, DatabaseFault
from db.people import directory
from db.schema import chats as table
from scoring.errors import Fault
from scoring.moments import Instant

SHORTEST, LONGEST = 0.1, 1.0
"""Pauses between attempts to record an outcome, in seconds."""

UNKEPT = "its outcome cannot be kept"

log = logging.getLogger("promobot.delivery")

Guard = Callable[[Tx, str], bool]
"""Whether this process may send on a platform."""


class NotOurs(Fault):
    """Another process serves the platform, or has this message in its hands: nothing of the chat
    may be begun, or it would overtake."""


class Books:
    """`holder` names the process that sends; `guard` is asked in the transaction that notes it."""

    def __init__(self, writer: Writer, clock: Clock, holder: str = "") -> None:
        self.holder = holder or token_hex(4)
        self.guard: Guard = _always
        self.unkept: dict[int, Verdict] = {}
        """Outcomes that are not recorded yet, by message."""
        self._writer = writer
        self._clock = clock
        self._entries: list[tuple[Row | Verdict, asyncio.Future[Row | None]]] = []
        self._refused: set[int] = set()
        self._flushing: set[asyncio.Task[None]] = set()

    async def begin(self, row: Row) -> Row | None:
        """Note that a message is being sent; the message as it is now, None if it need not be.
        Raises NotOurs."""
        begun = await self._enter(row)
        if begun is None and row.id in self._refused:
            self._refused.discard(row.id)
            raise NotOurs
        return begun

    async def recall(self, share: outbox.Share) -> None:
        """Take over what others were sending when they died."""
        work = partial(outbox.recall, share=share, sender=self.holder)
        if count := await self._writer.run(work):
            log.warning("sent again, since their sender died", extra={"messages": count})

    async def keep(self, verdict: Verdict) -> None:
        """Record an outcome; return once it is recorded, however long that takes."""
        self.unkept[verdict.row.id] = verdict
        pause = SHORTEST
        while True:
            try:
                await self._enter(verdict)
                break
            except (DatabaseFault, Conflict) as fault:
                log.warning("outcome not recorded yet: %s", type(fault).__name__)
            except Exception:
                log.exception("outcome cannot be recorded", extra=traced(verdict.row))
                if verdict.dead == UNKEPT:
                    raise
                verdict = Verdict(verdict.row, dead=UNKEPT)
                continue
            await asyncio.sleep(pause)
            pause = min(LONGEST, 2 * pause)
        self.unkept.pop(verdict.row.id, None)  # in virtual time two may send the same

    async def _enter(self, entry: Row | Verdict) -> Row | None:
        kept: asyncio.Future[Row | None] = asyncio.get_running_loop().create_future()
        self._entries.append((entry, kept))
        if len(self._entries) == 1:
            task = asyncio.create_task(self._flush())
            self._flushing.add(task)
            task.add_done_callback(self._flushing.discard)
        return await kept

    async def _flush(self) -> None:
        await asyncio.sleep(0)
        batch, self._entries = self._entries, []
        try:
            await self._write(batch)
        except (DatabaseFault, Conflict) as fault:
            _fail(batch, fault)
        except Exception as fault:
            if len(batch) == 1:
                _fail(batch, fault)
                return
            for one in batch:  # one of them is the culprit
                try:
                    await self._write([one])
                except Exception as its:
                    _fail([one], its)

    async def _write(self, batch: list[tuple[Row | Verdict, asyncio.Future[Row | None]]]) -> None:
        entries = [entry for entry, _ in batch]
        found = await self._writer.run(partial(self._keep, entries=entries, now=self._clock.now()))
        for entry, kept in batch:
            if not kept.done():
                kept.set_result(None if isinstance(entry, Verdict) else found.get(entry.id))

    def _keep(self, tx: Tx, *, entries: Sequence[Row | Verdict], now: Instant) -> dict[int, Row]:
        verdicts = [entry for entry in entries if isinstance(entry, Verdict)]
        rows = [entry for entry in entries if not isinstance(entry, Verdict)]
        again = [verdict.row.id for verdict in verdicts if verdict.later is not None]
        if again:  # in replay it was not noted before
            outbox.begin(tx, again, now, self.holder)
        for verdict in verdicts:
            _note(tx, verdict, now)
        done = [verdict.row.id for verdict in verdicts if verdict.later is None]
        outbox.end(tx, done, again=again)
        allowed = {name for name in {row.platform for row in rows} if self.guard(tx, name)}
        numbers = [row.id for row in rows if row.platform in allowed]
        self._refused |= {row.id for row in rows if row.platform not in allowed}
        if not numbers:
            return {}
        begun = outbox.begin(tx, numbers, now, self.holder)
        if missing := [number for number in numbers if number not in begun]:
            self._refused |= outbox.in_other_hands(tx, missing, now, self.holder)
        passed = let_through(tx, begun, now, REVISERS)
        outbox.end(tx, [number for number in begun if number not in passed])
        return passed


def _always(_: Tx, __: str) -> bool:
    return True


def _fail(batch: list[tuple[Row | Verdict, asyncio.Future[Row | None]]], fault: Exception) -> None:
    for _, kept in batch:
        if not kept.done():
            kept.set_exception(fault)


def _note(tx: Tx, verdict: Verdict, now: Instant) -> None:
    row = verdict.row
    if verdict.moved:
        chats.move(tx, row.platform, row.chat, verdict.moved)
    elif verdict.later is not None:
        outbox.postpone(tx, row.id, verdict.later)
    elif verdict.unseen:
        unseen(tx, row, now)
    elif verdict.unreachable and row.person is not None:
        _other_way(tx, verdict)
    elif verdict.dead:
        log.warning("buried", extra=traced(row, cause=verdict.dead))
        outbox.bury(tx, row.id, now, verdict.dead)
        _tell_issuer(tx, row, "delivery.not_shown", now)
    else:
        outbox.settle(tx, row.id, now, verdict.message)
        cards.shown(tx, row, verdict.message, now)
        for key in verdict.moot:
            outbox.withdraw(tx, key)
        if verdict.astray:
            _tell_issuer(tx, row, "delivery.astray", now)


def _tell_issuer(tx: Tx, row: Row, key: str, now: Instant) -> None:
    """Tell whoever sent something to a group that it did not get it as meant."""
    message = readable(row, tx.vault)
    if message is not None and message.issuer is not None:
        group = tx.find(table, row.platform, row.chat)
        title = group.title if group is not None else row.chat
        text = say(key, group=title, said=message.text.partition("\n")[0])
        notice = Notice(text=text, person=message.issuer, key=f"issuer:{row.key}")
        post_notice(tx, notice, now)


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
    log.warning("held", extra=traced(row, cause=verdict.dead))
    outbox.hold(tx, row.id, verdict.dead)
