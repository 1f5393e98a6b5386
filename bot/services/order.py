"""The order of events among replicas: what a person or a chat says is done as it came.

Within a process lanes keep it (`bot.services.turns`). Where a platform calls any of several
processes, each notes in the database what has come to it before it begins, and waits while another
is at work on something of the same chat or person that came earlier. Waiting follows one order of
all events, so no two can wait for each other. Who dies holds up others for no more than seconds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from hashlib import blake2b
from itertools import count
from time import monotonic

from db.arrivals import GHOST, Arrivals, Lanes
from db.engine.database import Database

LOOK = 0.02
"""Seconds between two looks whether an event still has to wait."""

SEEN = GHOST / 3
"""Seconds between two signs of life while an event takes long."""

log = logging.getLogger("promobot.gateway")

Keys = tuple[tuple[str, ...], ...]
"""The chat of an event, then its person if one is known."""


Keep = Callable[[Keys], AbstractAsyncContextManager[None]]


def at_once(_: Keys) -> AbstractAsyncContextManager[None]:
    """Keep no order among replicas: one alone listens."""
    return nullcontext()


class Order:
    """The order kept by one process, named `holder` among the replicas."""

    def __init__(self, database: Database, holder: str) -> None:
        self._arrivals = Arrivals(database, holder)
        self._numbers = count(1)
        self._come: dict[int, Lanes] = {}
        self._gone: list[int] = []
        self._turns: dict[int, asyncio.Future[None]] = {}
        self._open: set[int] = set()
        self._news = asyncio.Event()
        self._noting: asyncio.Task[None] | None = None
        self._seen_at = 0.0

    @asynccontextmanager
    async def kept(self, keys: Keys) -> AsyncIterator[None]:
        """A context for the work on an event, entered when it is its turn among the replicas.
        Raises DatabaseFault if that cannot be known."""
        number = next(self._numbers)
        turn = self._turns[number] = asyncio.get_running_loop().create_future()
        self._come[number] = Lanes(*map(_hashed, keys), *[None] * (2 - len(keys)))
        self._open.add(number)
        self._call()
        try:
            await turn
            yield
        finally:
            self._turns.pop(number, None)
            self._open.discard(number)
            if self._come.pop(number, None) is None:
                self._gone.append(number)
                self._call()

    async def close(self, patience: float = 60.0) -> None:
        """Take back what was noted, if that takes no longer, and close the connection."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                if self._noting is not None:
                    await self._noting
                await asyncio.to_thread(self._arrivals.close)

    def _call(self) -> None:
        self._news.set()
        if self._noting is None or self._noting.done():
            self._noting = asyncio.create_task(self._note())

    async def _note(self) -> None:
        """Note what comes and goes while anything is open: all of a moment in one statement."""
        noted: set[int] = set()
        while self._open or self._gone:
            self._news.clear()
            come, self._come = self._come, {}
            gone, self._gone = self._gone, []
            noted |= come.keys()
            try:
                blocked = await asyncio.to_thread(
                    self._asked, come, gone, noted & self._turns.keys()
                )
            except Exception as fault:
                log.info("arrivals not noted: %s", type(fault).__name__)
                self._fail(noted, fault)
                noted.clear()
                continue
            for number in noted - blocked:
                if (turn := self._turns.get(number)) is not None and not turn.done():
                    turn.set_result(None)
            noted &= blocked
            try:
                async with asyncio.timeout(LOOK if blocked else SEEN):
                    await self._news.wait()
            except TimeoutError:
                continue

    def _asked(self, come: dict[int, Lanes], gone: list[int], waiting: set[int]) -> set[int]:
        """Return which of those that wait still have to."""
        blocked = self._arrivals.turn(come, gone) if come or gone else set()
        blocked |= self._arrivals.still(waiting - come.keys())
        if self._open and monotonic() - self._seen_at >= SEEN:
            self._seen_at = monotonic()
            self._arrivals.seen(self._open)
        return blocked

    def _fail(self, numbers: set[int], fault: Exception) -> None:
        for number in numbers:
            if (turn := self._turns.get(number)) is not None and not turn.done():
                turn.set_exception(fault)


def _hashed(key: tuple[str, ...]) -> int:
    digest = blake2b("\0".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
