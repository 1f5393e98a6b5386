"""What a school's process does by itself at night: backup, thinning, pruning; and each minute it
brings the list of erasures beside the backups up to date."""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from bot.process import archive
from bot.process.app import App
from bot.process.soundness import damaged
from db import audit, leases, pictures, pruning
from db.backup import BackupFault
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.errors import Conflict
from scoring.moments import DAY, HOUR, Instant, day_of, start_of
from scoring.values import frozen

T = TypeVar("T")

EVERY = 60.0
"""Seconds between two looks."""

NIGHT = 2 * HOUR
"""The time of day of the nightly work."""

BREATH = 0.02
"""Seconds between two pages of pruning."""

log = logging.getLogger("promobot.upkeep")


@frozen
class Upkeep:
    """Where backups go, how many days, weeks and months of them are kept, and how many days of
    updates and delivered messages."""

    folder: Path
    keep: tuple[int, ...]
    keep_days: int


async def keep_up(app: App, holder: str, *, upkeep: Upkeep, every: float = EVERY) -> None:
    """Look after a database for ever; a fault is logged and tried again."""
    pruned: Instant = 0
    looked = last_night(app.clock.now())
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(archive.keep_list, app.db, upkeep.folder)
            night = last_night(app.clock.now())
            if looked < night:
                looked = night
                app.damaged = await asyncio.to_thread(damaged, app.db)
            if pruned < night:
                await prune(app, app.clock.now() - upkeep.keep_days * DAY)
                await tidy(app)
                pruned = night
            await nightly(app, upkeep, holder)
        except Exception:
            log.exception("upkeep failed")


def last_night(now: Instant) -> Instant:
    """The last instant at which a nightly backup was due."""
    today = start_of(day_of(now)) + NIGHT
    return today if today <= now else today - DAY


async def nightly(app: App, upkeep: Upkeep, holder: str) -> None:
    """Make the backup of last night unless there is one, and thin the older ones. After a
    failure the next attempt is an hour later, by whichever replica is first."""
    now = app.clock.now()
    if await asyncio.to_thread(_done, app.db, last_night(now)):
        return
    if not await _taken(app, holder, now):
        return
    try:
        await asyncio.to_thread(archive.make, app.db, upkeep.folder, now)
    except BackupFault as fault:
        log.error("no backup: %s", fault)  # noqa: TRY400 - the sentence says it all
        await app.write(partial(note, at=now, action="backup_failed"))
        return
    await app.write(partial(note, at=now, action="backup"))
    gone = await asyncio.to_thread(archive.thin, upkeep.folder, upkeep.keep, now, app.db.vault)
    log.info("backup made", extra={"thinned": len(gone)})


def _done(db: Database, since: Instant) -> bool:
    with db.reading() as tx:
        return any(
            row.action == audit.BACKUP and row.at >= since for row in audit.about(tx, audit.BACKUP)
        )


async def _taken(app: App, holder: str, now: Instant) -> bool:
    hold = partial(leases.hold, name="backup", holder=f"{holder}@{now}", now=now)
    try:
        return await app.write(partial(hold, seconds=HOUR))
    except Conflict:
        return False


def note(tx: Tx, *, at: Instant, action: str) -> None:
    """Note in the audit trail that a backup was made or failed."""
    audit.note(tx, at=at, person=None, action=action, subject=audit.BACKUP, chat="")


def noted(db: Database, at: Instant) -> None:
    """Note a backup made by the shell."""
    with Writer(db) as writer:
        writer.submit(partial(note, at=at, action="backup")).result()


# --- pruning --------------------------------------------------------------------------------


async def prune(app: App, before: Instant) -> int:
    """Delete updates and delivered messages from before an instant, some at a time."""
    updates, messages = await asyncio.to_thread(_old, app.db, before)
    count = 0
    for platform, keys in updates.items():
        for page in _paged(keys):
            count += await app.write(partial(pruning.forget, platform=platform, updates=page))
            await asyncio.sleep(BREATH)
    for numbers in _paged(messages):
        count += await app.write(partial(pruning.drop, numbers=numbers))
        await asyncio.sleep(BREATH)
    return count


async def tidy(app: App) -> None:
    """Remove the files beside the database that a crash has left without a row."""
    beside = app.db.driver.beside
    if beside is None:
        return
    for key in await asyncio.to_thread(_stray, app.db):
        await asyncio.to_thread(beside.drop, key)


def _stray(db: Database) -> list[str]:
    with db.reading() as tx:
        return pictures.stray(tx)


def _old(db: Database, before: Instant) -> tuple[dict[str, list[str]], list[int]]:
    with db.reading() as tx:
        return _old_on(tx, before)


def _old_on(tx: Reading, before: Instant) -> tuple[dict[str, list[str]], list[int]]:
    return pruning.old_updates(tx, before), pruning.old_messages(tx, before)


def _paged(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), pruning.PAGE):
        yield items[start : start + pruning.PAGE]
