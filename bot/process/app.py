"""Wires database, writer, gateway, delivery and clock together, once and explicitly."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from types import ModuleType
from typing import TypeVar

from bot import settings
from bot.clock import Clock, RunningClock, VirtualClock
from bot.services.delivery import Delivery
from bot.services.files import PATIENCE, Files
from bot.services.gateway import Gateway, Inside
from bot.services.jobs import Jobs
from bot.services.menus import Menus
from bot.services.patience import Patience
from bot.settings import Settings
from bot.wording import say
from commands.chat.messages import Adapter
from commands.chat.requests import Registry
from commands.conversation.world import load_world
from commands.dispatch import respond, route
from commands.families import FAMILIES
from commands.scores import live_cards as cards
from db import livecards, outbox, plans
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.vault import key_from
from db.engine.writer import Work, Writer
from db.errors import Conflict
from db.pictures import kept
from reminders import upkeep
from reminders.tick import idle, next_due, tick
from scoring.errors import OperatorError
from scoring.moments import Instant

BOT_NAMES = ("宣传助手",)
"""What the bot is called in groups; settings may add names."""

log = logging.getLogger("promobot.app")

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class App:
    """Everything that runs on one database."""

    db: Database
    writer: Writer
    clock: Clock
    adapters: dict[str, Adapter]
    gateway: Gateway
    delivery: Delivery
    jobs: Jobs
    menus: Menus
    registry: Registry
    ticked_at: Instant | None = None
    damaged: bool = False
    """Whether the nightly check has found the database damaged."""

    async def write(self, work: Work[T]) -> T:
        """Run work(tx) in a writer transaction; return its result after the commit."""
        return await self.writer.run(work)

    async def tick(self) -> None:
        """Put what is due now into the outbox."""
        while not await asyncio.to_thread(self._idle):
            try:
                said = await self.write(self._tick)
            except Conflict:
                log.info("another replica was faster")  # its rows stay, ours are rolled back
                break
            self.delivery.wake()
            if not said:
                break
        while not await asyncio.to_thread(self._forgot):
            await self.write(self._forget)
        self.ticked_at = self.clock.now()

    def _forgot(self) -> bool:
        now = self.clock.now()
        with self.db.reading() as tx:
            return upkeep.idle(tx, plans.kept(tx).known(now), now)

    def _forget(self, tx: Tx) -> None:
        now = self.clock.now()
        upkeep.forget(tx, plans.kept(tx).known(now), now)

    def _idle(self) -> bool:
        with self.db.reading() as tx:
            return idle(tx, self.clock.now(), tx.cached("world", self.gateway.inside.load))

    def _tick(self, tx: Tx) -> int:
        return tick(tx, self.clock.now(), tx.cached("world", self.gateway.inside.load))

    async def turn_cards(self) -> None:
        """Bring the cards that change in place up to date."""
        if await asyncio.to_thread(self._has_cards) and await self.write(self._turn_cards):
            self.delivery.wake()

    def _has_cards(self) -> bool:
        with self.db.reading() as tx:
            return bool(livecards.live(tx, self.clock.now()))

    def _turn_cards(self, tx: Tx) -> bool:
        world, now = tx.cached("world", self.gateway.inside.load), self.clock.now()
        return bool(cards.refresh(tx, now, world.plan(now), world.capabilities))

    def next_due(self) -> Instant | None:
        """Return the next instant at which a reminder or waiting message is due, if any."""
        with self.db.reading() as tx:
            now = self.clock.now()
            world = tx.cached("world", self.gateway.inside.load)
            instants = (next_due(tx, now, world), outbox.next_due(tx))
        return min((at for at in instants if at is not None), default=None)

    async def fire_until(
        self,
        to: Instant,
        clock: VirtualClock | RunningClock,
        deliver: Callable[[], Awaitable[object]],
    ) -> None:
        """Move a simulated clock forward; everything due on the way happens at its time."""
        while (due := await asyncio.to_thread(self.next_due)) is not None:
            at = max(due, clock.now() + 1)
            if at > to:
                break
            clock.advance(at)
            await self.tick()
            await deliver()
        clock.advance(to)

    def close(self, patience: float = 60.0) -> None:
        """Stop the threads and close the database; everything submitted is committed first, unless
        the database does not answer for `patience` seconds."""
        late = Timer(patience, self.db.abort)
        late.daemon = True
        late.start()
        self.gateway.close()
        self.writer.close()
        self.db.close()
        late.cancel()


def read_settings(url: str | None = None) -> Settings:
    """Read the settings for a shell command; `url` overrides the database."""
    environ = dict(os.environ)
    if url:
        environ["PROMOBOT_DATABASE_URL"] = url
    return settings.read(environ)


def open_database(
    url: str, found: Settings, *, to_look: bool = False, new: bool = False
) -> Database:
    """Open a database with its key and migrate it to this version. With `to_look` it must exist
    at this version and is left as it is. `new`: it may be made, wherever it is; else only where
    nothing suggests that its address is mistyped. Only a new database gets a new key file."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        if to_look:
            raise OperatorError(say("database.missing", file=file))
        if not new:
            refuse_mistyped(file, found)
    if file is not None and not to_look:
        writable(file.parent)
    db = Database.open(url, key_of(url, found, generate=not to_look))
    try:
        _fit(db, to_look=to_look, new=new or file is not None)
    except BaseException:
        db.close()
        raise
    return db


def _fit(db: Database, *, to_look: bool, new: bool) -> None:
    """Bring a database to this version; with `to_look` it must be."""
    if to_look:
        if not db.current():
            raise OperatorError(say("database.old"))
        return
    if not new and db.version() is None and db.holds_others():
        raise OperatorError(say("database.others"))
    db.migrate()


FILE = "sqlite:///"
PLAYGROUND = "playground.db"


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database; None for one on a server."""
    return Path(url.removeprefix(FILE)) if url.startswith(FILE) else None


def exists(url: str, found: Settings) -> bool:
    """Whether there is a database at an address, without making one."""
    file = sqlite_file(url)
    if file is not None:
        return file.exists()
    db = Database.open(url, key_of(url, found))
    try:
        return db.version() is not None
    finally:
        db.close()


def key_of(url: str, found: Settings, *, generate: bool = True) -> bytes:
    """The key for a database; beside SQLite one is generated, but only for a new database."""
    file = sqlite_file(url)
    kept = file is not None and file.exists() and file.stat().st_size > 0
    key_file = Path(found.key_file) if found.key_file else None
    beside = file.with_name("key") if file else None
    if beside is not None and not generate and not kept and not beside.exists():
        beside = None  # where a backup is to be restored to, no key has gone astray
    return key_from(found.key or None, key_file, beside, fresh=generate and not kept)


def refuse_mistyped(file: Path, found: Settings) -> None:
    """Make a new database at the usual address, or in a folder that holds no other, but not where
    one was taken away, leaving its key or its log."""
    left = [file.with_name(f"{file.name}-wal")]
    if not (found.key or found.key_file or file.with_name(PLAYGROUND).exists()):
        left.append(file.with_name("key"))
    if any(path.exists() for path in left):
        raise OperatorError(say("database.gone", file=file))
    if not found.database_url:
        return
    if not file.parent.is_dir():
        raise OperatorError(say("database.no_folder", file=file, folder=file.parent))
    if others := _others(file):
        raise OperatorError(say("database.mistyped", file=file, other=others[0]))


def _others(file: Path) -> list[str]:
    """The databases in the same folder, save the playground's."""
    return sorted(one.name for one in file.parent.glob("*.db") if one.name != PLAYGROUND)


def writable(folder: Path) -> None:
    """Make the folder for a database if needed; raise OperatorError if it is not writable (C26)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        usable = os.access(folder, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        raise OperatorError(say("database.read_only", folder=folder))


def inside(
    bot_names: tuple[str, ...],
    adapters: Mapping[str, Adapter],
    registry: Registry,
    web_url: str = "",
) -> Inside:
    """Return the commands, bound to what they must know of platforms and pages."""
    capabilities = {name: adapter.capabilities for name, adapter in adapters.items()}
    load = partial(
        load_world,
        bot_names=bot_names,
        capabilities=capabilities,
        registry=registry,
        web_url=web_url,
    )
    return Inside(load=load, route=route, respond=respond)


def names_in_groups(found: Settings) -> tuple[str, ...]:
    """Return the names of the bot in groups, including those set in a platform's console."""
    said = found.wecom_bot_names.replace("，", ",").split(",")
    return tuple(dict.fromkeys((*filter(None, map(str.strip, said)), *BOT_NAMES)))


def build(
    db: Database,
    clock: Clock,
    adapters: Iterable[Adapter],
    bot_names: tuple[str, ...] = BOT_NAMES,
    *,
    families: Sequence[ModuleType] = FAMILIES,
    patience: Patience | None = None,
    web_url: str = "",
) -> App:
    """Build an application on an open, migrated database. `families`: the modules whose commands
    it answers; `patience` None: the usual limit for people who type very fast; `web_url`: where
    its signed-in pages are."""
    by_name = {adapter.name: adapter for adapter in adapters}
    registry = Registry(families)
    writer = Writer(db)
    keep = partial(kept, vault=db.vault, beside=db.driver.beside)
    delivery = Delivery(db, writer, by_name, clock)
    gateway = Gateway(
        db,
        writer,
        clock,
        inside(bot_names, by_name, registry, web_url),
        patience=patience,
        files=Files(keep, patience=None if isinstance(clock, VirtualClock) else PATIENCE),
    )
    jobs = Jobs(db, writer, clock, gateway)

    def wake() -> None:
        delivery.wake()
        jobs.wake()

    gateway.on_commit = wake
    delivery.errands = jobs.run_due
    return App(
        db=db,
        writer=writer,
        clock=clock,
        adapters=by_name,
        gateway=gateway,
        delivery=delivery,
        jobs=jobs,
        menus=Menus(db, writer, by_name, registry.commands),
        registry=registry,
    )
