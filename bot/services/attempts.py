"""One attempt to send one message: whatever happens becomes a verdict.

Only what a platform refuses for this message, and what we cannot write, counts against the
message. While a network, a token or a server fails, it waits, for as long as it is of use.
"""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.services.references import traced
from commands.chat.errors import Moved, Refused, Retry, Unreachable, Unseen
from commands.chat.messages import Adapter, Chat, Outgoing, Receipt, within
from commands.conversation.packing import unpack
from commands.conversation.postbox import elsewhere
from db import outbox
from db.engine.database import Database
from db.engine.tx import Row
from db.people import directory
from db.pictures import read
from scoring.moments import Instant

STRIKES = 10
"""Attempts of ours that end in a bug before a message is given up."""

DOUBTS = 20
"""Processes that may end with a message in their hands before it is taken for the cause. Most of
them had only begun with it: a chat is begun before its turn to be sent to comes."""

LONGEST = 60.0
"""Longest pause between two attempts, in seconds, unless the platform asks for more."""

DEADLINE, FILE_DEADLINE = 30.0, 90.0
"""Seconds a call may take, without and with files."""

log = logging.getLogger("promobot.delivery")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one attempt. `later`: retry, but not before this instant; `dead`: why it is
    given up; `unseen`: its group cannot show it to one person alone; `moved`: the chat's new id;
    `moot`: keys of notices that need not go out any more;
    `astray`: its topic is gone, and it went to the group's root."""

    row: Row
    message: str = ""
    later: Instant | None = None
    dead: str = ""
    unreachable: bool = False
    unseen: bool = False
    moved: str = ""
    moot: tuple[str, ...] = ()
    astray: bool = False


class Attempts:
    """Sends rows of the outbox through the adapters of the running platforms."""

    def __init__(
        self,
        db: Database,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        chance: Callable[[], float],
    ) -> None:
        self._db = db
        self._adapters = adapters
        self._clock = clock
        self._chance = chance
        self._strikes: Counter[int] = Counter()
        self.counts: Counter[tuple[str, str]] = Counter()
        """How many attempts ended how, by platform and outcome."""

    def opened(self, row: Row) -> Outgoing | None:
        """Return the message of a row; None if it is unreadable."""
        try:
            return unpack(row, self._db.vault)
        except Exception:
            log.exception("outbox row unreadable", extra=traced(row))
            return None

    async def attempt(self, row: Row) -> Verdict:
        """Send one row."""
        verdict = self._hopeless(row) or await self._send(row)
        if verdict.later is None:
            self._strikes.pop(row.id, None)
        how = "later" if verdict.later else "dead" if verdict.dead else "sent"
        self.counts[row.platform, how] += 1
        return verdict

    def _hopeless(self, row: Row) -> Verdict | None:
        """Give up what is of no use any more, or takes every process down that touches it."""
        if self._clock.now() - row.wanted_at > outbox.USEFUL[row.kind]:
            return Verdict(row, dead=outbox.STALE)
        if row.doubts >= DOUBTS:
            return Verdict(row, dead=f"{row.doubts} processes ended while sending it")
        return None

    async def _send(self, row: Row) -> Verdict:
        message = self.opened(row)
        if message is None:
            return Verdict(row, dead="unreadable")
        if any(file.picture for file in message.files):
            message = await asyncio.to_thread(self._with_pictures, message)
        adapter = self._adapters.get(row.platform)
        if adapter is None:
            chat = await asyncio.to_thread(self._elsewhere, row)
            if chat is None:
                return Verdict(row, dead=f"no adapter for {row.platform or 'nobody'}")
            adapter = self._adapters[chat.platform]
            message = elsewhere(message, chat)
        try:
            async with asyncio.timeout(FILE_DEADLINE if message.files else DEADLINE):
                receipt = await _sent(adapter, message, again=row.doubts > 0)
        except Retry as fault:
            return self._again(row, str(fault), fault.seconds)
        except Moved as fault:
            return Verdict(row, moved=fault.to)
        except Unseen as fault:
            return Verdict(row, dead=f"unseen: {fault}", unseen=True)
        except Unreachable as fault:
            return Verdict(row, dead=f"unreachable: {fault}", unreachable=True)
        except Refused as fault:
            return Verdict(row, dead=f"refused: {fault}")
        except TimeoutError:
            return self._again(row, "timeout", None)
        except Exception as fault:
            log.exception("adapter failed", extra=traced(row))
            self._strikes[row.id] += 1
            if self._strikes[row.id] >= STRIKES:
                return Verdict(row, dead=f"{STRIKES} attempts: {type(fault).__name__}")
            return self._again(row, type(fault).__name__, None)
        instead = None if receipt.kept else message.instead
        moot = instead.moot if instead else ()
        return Verdict(row, message=receipt.message, moot=moot, astray=receipt.astray)

    def _with_pictures(self, message: Outgoing) -> Outgoing:
        """The message with the bytes of its pictures; without those that were erased meanwhile."""
        with self._db.reading() as tx:
            files = tuple(
                replace(file, data=read(tx, file.picture) or b"") if file.picture else file
                for file in message.files
            )
        return replace(message, files=tuple(file for file in files if file.data))

    def _elsewhere(self, row: Row) -> Chat | None:
        """Return a chat with the person on a running platform, when theirs is no longer served."""
        if row.person is None:
            return None
        addresses = self._db.peek("people", directory).addresses.get(row.person, ())
        return next(
            (
                Chat(platform=one.platform, id=one.chat)
                for one in addresses
                if one.platform in self._adapters and one.reachable and one.chat
            ),
            None,
        )

    def _again(self, row: Row, cause: str, seconds: float | None) -> Verdict:
        if seconds is None:
            seconds = min(LONGEST, 2.0 ** min(row.attempts, 20)) * (0.5 + self._chance() / 2)
        log.info("will retry", extra=traced(row, cause=cause, seconds=round(seconds, 1)))
        return Verdict(row, later=self._clock.now() + max(1, math.ceil(seconds)))


async def _sent(adapter: Adapter, message: Outgoing, *, again: bool) -> Receipt:
    """Send a message; `again`: it may have arrived when its sender died."""
    if message.eyes and not adapter.capabilities.asides:
        raise Unseen("this platform shows all to all")
    message = within(message, adapter.capabilities)
    return await adapter.send(replace(message, again=True) if again else message)
