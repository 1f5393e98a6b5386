"""Makes the database of the demonstration school, completely or not at all.

It is written to a separate file and renamed at the end, so that a killed start leaves nothing
that looks finished.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.local import NAME, LocalPlatform
from bot.clock import VirtualClock
from bot.playground.demo import talk
from bot.playground.demo.player import Unheard, newest, play
from bot.playground.demo.script import BEGIN, LAST, SEED, Line, history
from bot.process.app import build, open_database
from bot.settings import Settings
from bot.wording import say
from commands.roster import demo_school
from db import plans
from db.engine.database import Database
from db.engine.tx import Tx
from db.people import Directory, directory
from db.schema import inbox
from scoring.errors import OperatorError
from scoring.moments import DAY, Instant
from scoring.plan import Plan

PREFIX = "demo-"
"""Prefix of the update ids; it also marks a database as a demonstration."""

FILE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Made:
    """The size of a demonstration database."""

    people: int
    facts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tale:
    """What is played: from when until when, who is there, what they say. `unheard`: takes the
    lines that had no effect; without it, such a line is a fault."""

    begin: Instant
    last: Instant
    enter: Callable[[Tx], None]
    lines: Callable[[Plan, Directory], Iterable[Line]]
    unheard: list[Unheard] | None = None


def _enter(tx: Tx) -> None:
    plan = plans.kept(tx).in_force(LAST)
    assert plan is not None  # noqa: S101 - the plan of 2024 is shipped
    demo_school.load(tx, plan, BEGIN)


def invented(seed: int) -> Tale:
    """Three weeks of the demonstration school."""

    def lines(plan: Plan, people: Directory) -> Iterable[Line]:
        return history(plan, people, seed)

    return Tale(begin=BEGIN, last=LAST, enter=_enter, lines=lines)


def make(url: str, found: Settings, seed: int = SEED, *, tale: Tale | None = None) -> Made:
    """Make a demonstration, that of the invented school or of a tale, at a database address. A
    file is replaced once the new one is complete; a server database must be empty."""
    tale = tale or invented(seed)
    if not url.startswith(FILE):
        return _fill(open_database(url, found, new=True), None, tale)
    file = Path(url.removeprefix(FILE))
    new = file.with_name(f"{file.name}.new")
    _remove(new)
    fresh = open_database(f"{FILE}{new.as_posix()}", found, new=True)
    made = _fill(fresh, talk.beside(file), tale)
    clock_of(file).unlink(missing_ok=True)
    try:
        os.replace(new, file)
    except OSError as fault:
        raise OperatorError(say("school.in_use", file=file)) from fault
    return made


def clock_of(file: Path) -> Path:
    """Return the file where the playground keeps its clock's offset from the real one."""
    return file.with_suffix(".clock")


def is_filled(db: Database) -> bool:
    """Return whether a database has any people."""
    with db.reading() as tx:
        return bool(directory(tx).by_id)


def is_demonstration(db: Database) -> bool:
    """Return whether a database is a demonstration, which may be remade."""
    with db.reading() as tx:
        return tx.find(inbox, NAME, f"{PREFIX}1") is not None


def release(file: Path) -> None:
    """Checkpoint a database file; raise OperatorError if another process still uses it."""
    if not file.exists():
        return
    try:
        connection = sqlite3.connect(file, timeout=0)
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        mode = ""
    if mode != "delete":
        raise OperatorError(say("school.in_use", file=file))


def _remove(file: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + end).unlink(missing_ok=True)


def _fill(db: Database, kept: Path | None, tale: Tale) -> Made:
    """Play the history in a separate thread: this one may already run an event loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_told(db, kept, tale))).result()


async def _told(db: Database, kept: Path | None, tale: Tale) -> Made:
    clock = VirtualClock(tale.begin)
    platform = LocalPlatform(now=clock.now, prefix=PREFIX)
    app = build(db, clock, [platform])
    try:
        await app.write(tale.enter)
        with db.reading() as tx:
            plan = plans.kept(tx).nearest(tale.last)
            people = directory(tx)
        await play(app, platform, clock, tale.lines(plan, people), tale.last, unheard=tale.unheard)
        with db.reading() as tx:
            made = Made(len(people.by_id), newest(tx))
    finally:
        app.close()
    if kept is not None:
        talk.keep_newest(platform, kept, since=tale.last - DAY)
    return made
