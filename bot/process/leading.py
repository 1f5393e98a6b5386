"""Leases for work that only one replica may do: polling, connecting a bot, delivering, ticking.

The replica with the lease works and keeps renewing it; one that loses it stops at once; the
others keep looking. When a process dies, another takes over as soon as its lease has ended, or at
once if it can see that the process is gone. The database's clock counts.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from secrets import token_hex
from socket import gethostname
from time import monotonic

from db import leases
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from db.errors import Conflict
from scoring.values import frozen

LET_GO = 0.5
"""Seconds to give a lease back in; after that it ends by itself."""

log = logging.getLogger("promobot.leading")

Pause = Callable[[float], Awaitable[None]]


@frozen
class Rhythm:
    """Seconds that a lease lasts, between two renewals, and between two looks at another's."""

    lasts: int
    renew: float
    look: float


TOGETHER = Rhythm(lasts=8, renew=2.0, look=0.5)
ALONE = Rhythm(lasts=leases.LONGEST, renew=10.0, look=1.0)
"""On a database that only one process serves, a renewal is a write for nobody to read."""


def named() -> str:
    """Return a name for this process among the replicas, from which others on its machine can tell
    whether it lives (see `gone`)."""
    return f"{_machine()}/{os.getpid()}/{token_hex(4)}"


def gone(holder: str) -> bool:
    """Whether the process with this name ran on this machine and has ended."""
    machine, _, rest = holder.partition("/")
    number = rest.partition("/")[0]
    if os.name != "posix" or machine != _machine() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _machine() -> str:
    """Name the machine; two containers with one name see different processes, so differ too."""
    with suppress(OSError):
        return f"{gethostname()[:40]}{Path('/proc/self/ns/pid').readlink()}"
    return gethostname()[:40]


class Replica:
    """One process among those on a database. `led`: the leases that it holds now."""

    def __init__(
        self,
        db: Database,
        writer: Writer,
        name: str = "",
        *,
        rhythm: Rhythm | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self.name = name or named()
        self.led: set[str] = set()
        self._db = db
        self._writer = writer
        self._rhythm = rhythm or (TOGETHER if db.driver.shared else ALONE)
        self._pause = pause

    async def leading(self, lease: str, work: Callable[[], Awaitable[object]]) -> None:
        """Work while a lease is held; return when the work returns, raise what it raises."""
        while True:
            while not await self._taken(lease):
                await self._pause(self._rhythm.look)
            log.info("leading", extra={"lease": lease})
            self.led.add(lease)
            task = asyncio.ensure_future(work())
            renewing = asyncio.create_task(self._renewed(lease))
            try:
                await asyncio.wait({task, renewing}, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    task.result()
                    return
                log.warning("lease lost", extra={"lease": lease})
            finally:
                self.led.discard(lease)
                for one in (task, renewing):
                    one.cancel()
                await asyncio.gather(task, renewing, return_exceptions=True)
                with suppress(Exception):
                    let_go = partial(leases.let_go, name=lease, holder=self.name)
                    async with asyncio.timeout(LET_GO):
                        await self._writer.run(let_go)

    def holds(self, tx: Tx, lease: str) -> bool:
        """Whether this process holds a lease in a transaction, whatever it believes."""
        return leases.holder_of(tx, lease) == self.name

    async def _taken(self, lease: str) -> bool:
        """Take a lease that nobody holds, or whose holder is dead."""
        try:
            holder = await asyncio.to_thread(self._holder, lease)
            if holder not in ("", self.name) and not gone(holder):
                return False
            return await self._writer.run(partial(self._take, lease=lease, dead=holder))
        except Exception as fault:
            log.warning("lease not taken: %s", fault)
            return False

    def _holder(self, lease: str) -> str:
        with self._db.reading() as tx:
            return leases.holder_of(tx, lease)

    def _take(self, tx: Tx, *, lease: str, dead: str = "") -> bool:
        if dead != self.name and dead:
            leases.let_go(tx, lease, dead)
        return leases.hold(tx, lease, self.name, tx.clock(), self._rhythm.lasts)

    async def _renewed(self, lease: str) -> None:
        """Renew a lease; return once it is taken by another or its state is unknown for too
        long: others count from the last renewal, so it is counted from before that."""
        kept_at = monotonic()
        while True:
            await self._pause(self._rhythm.renew)
            asked_at = monotonic()
            left = kept_at + self._rhythm.lasts - asked_at
            try:
                async with asyncio.timeout(left):
                    if not await self._writer.run(partial(self._take, lease=lease)):
                        return
                kept_at = asked_at
            except Conflict:
                return
            except Exception as fault:
                log.warning("lease not renewed: %s", type(fault).__name__)
                if monotonic() - kept_at >= self._rhythm.lasts - self._rhythm.renew:
                    return
