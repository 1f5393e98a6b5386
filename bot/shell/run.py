"""`promobot run`: the long-running process.

With only the web page and no database set it is the playground (`bot.playground.school`); with
any other platform it serves the school's own database on the real clock.
"""

import asyncio
import logging
import os
import signal
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from pathlib import Path
from socket import socket

from bot import logs, settings, wording
from bot.adapters.findings import CUT, FINE, WRONG
from bot.clock import RealClock
from bot.process.alone import alone
from bot.process.app import App, build, names_in_groups, open_database, writable
from bot.process.http import claim
from bot.process.memory import settle
from bot.process.running import running
from bot.settings import Settings
from bot.shell.platforms import door, reached, shown
from commands.paper import fonts
from db import plans
from db.accounts import BIND, FIRST_ADMIN, issue_code
from db.engine.tx import Tx
from db.people import ADMIN, bound_with_role, directory
from scoring.errors import OperatorError
from scoring.moments import MINUTE, Instant, local

Say = Callable[[str], None]


def run(arguments: Namespace) -> int:
    """Serve until asked to stop; with `--demo` the page of a demonstration, whatever is set."""
    page = {"PROMOBOT_PLATFORMS": "web", "PROMOBOT_DATABASE_URL": ""} if arguments.demo else {}
    found = settings.read({**os.environ, **page}, to_run=True)
    level = logging.WARNING if found.playground else logging.INFO
    logs.setup(found.secrets, level=level, form=found.log)
    asyncio.run(serve(found, started=settle))
    return 0


def out(text: str) -> None:
    """Print a line for whoever is at the console."""
    print(text, flush=True)  # noqa: T201


async def serve(
    found: Settings,
    *,
    say: Say = out,
    stop: asyncio.Event | None = None,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Run on these settings until `stop` is set or a signal comes; call `started` when ready."""
    stop = stop or asyncio.Event()
    fonts.prefer(found.font)
    _stop_on_signals(stop)
    url = found.playground_database if found.playground else found.database
    with _port(found, url) as claimed:
        if found.playground:
            from bot.playground.school import playground

            served = playground(found, say, claimed)
        else:
            served = _school(found, say, claimed)
        if not found.database_url:
            writable(settings.DATA)
        with alone(url):
            await _until(stop, served, say, started)


@contextmanager
def _port(found: Settings, url: str) -> Iterator[list[socket]]:
    """Take the port before anything else is done. Where it is taken by a process on the same
    database, that is what to hear about."""
    try:
        claimed = claim(found.http_host, found.http_port)
    except OperatorError:
        with alone(url):
            raise
    try:
        yield claimed
    finally:
        for door in claimed:
            door.close()


async def _until(
    stop: asyncio.Event,
    served: AbstractAsyncContextManager[App],
    say: Say,
    started: Callable[[], None],
) -> None:
    async with served:
        started()
        say(wording.say("run.how_to_stop"))
        await stop.wait()
        say(wording.say("run.stopping"))


@asynccontextmanager
async def _school(found: Settings, say: Say, claimed: list[socket]) -> AsyncIterator[App]:
    from bot.process.soundness import refuse_damaged
    from bot.process.upkeep import Upkeep, keep_up

    db = open_database(found.database, found)
    refuse_damaged(db, found.database)
    clock = RealClock()
    waiting, bot = await _unreached(found, say)
    doors = [door(name) for name in found.platforms]
    adapters = [one.make(found, clock) for one in doors]
    app = build(db, clock, adapters, names_in_groups(found), web_url=found.web_url)
    for one, adapter in zip(doors, adapters, strict=True):
        if one.settled is not None:
            one.settled(adapter, app)
    mounts = tuple(adapter.mount for adapter in adapters if hasattr(adapter, "mount"))
    if found.web_url:
        from bot.pages.mounting import Pages

        mounts = (*mounts, Pages(app, found.web_url).mount)
    kept = Upkeep(folder=found.backups, keep=found.backup_keep, keep_days=found.keep_days)
    upkeep = partial(keep_up, upkeep=kept)
    served = running(
        app,
        found.http_host,
        found.http_port,
        mounts,
        upkeep=upkeep,
        claimed=claimed,
        folder=kept.folder.parent,
        metrics_token=found.metrics_token,
    )
    async with served:
        now = clock.now()
        with db.reading() as tx:
            shelf = plans.kept(tx)
        if shelf.in_force(now) is None:
            year = local(now).year
            say(wording.say("run.no_plan", year=year, source=shelf.nearest(now).year))
        codes = await app.write(lambda tx: first_codes(tx, now))
        say(_started(found, waiting))
        for line, code in codes:
            say(line + (wording.say("run.code_link", bot=bot, code=code) if bot else ""))
        yield app


async def _unreached(found: Settings, say: Say) -> tuple[list[str], str]:
    """Tell what the platforms find wrong; return those that do not take us yet, and the name in
    links to the bot, if any has one."""
    looked = await asyncio.gather(*(reached(name, found) for name in found.platforms))
    told = dict(zip(found.platforms, looked, strict=True))
    for kind, line in (finding for one in looked for finding in one.findings):
        if kind != FINE:
            say(f"{kind}　{line}")
    waiting = [
        name for name, one in told.items() if any(kind in {CUT, WRONG} for kind, _ in one.findings)
    ]
    return waiting, next((one.bot for one in looked if one.bot), "")


def _started(found: Settings, waiting: list[str]) -> str:
    names = "、".join(map(shown, found.platforms))
    data = kept_in(found.database)
    if waiting:
        waits = "、".join(map(shown, waiting))
        return wording.say("run.started_waiting", platforms=names, waiting=waits, data=data)
    return wording.say("run.started", platforms=names, data=data)


MOST_CODES = 5
"""Most codes told at a start; the others are given by `promobot roster codes`."""

FILE = "sqlite:///"


def kept_in(database: str) -> str:
    """Say where the data are and that they need a backup; never shows a password."""
    if not database.startswith(FILE):
        return wording.say("run.in_postgresql")
    folder = Path(database.removeprefix(FILE)).parent
    name = folder.as_posix() if folder.name else Path.cwd().name
    return wording.say("run.in_folder", folder=name)


def first_codes(tx: Tx, now: Instant) -> list[tuple[str, str]]:
    """Say how the first administrator comes in, while none is bound, each sentence with its code:
    those of the roster each by their own; without any, by one that makes its sender
    administrator."""
    people = directory(tx)
    if bound_with_role(people, ADMIN):
        return []
    admins = people.with_role(ADMIN)
    if not admins:
        code = issue_code(tx, FIRST_ADMIN, None, now, ttl=30 * MINUTE)
        return [(wording.say("run.first_code", code=code), code)]
    codes = [(one.name, issue_code(tx, BIND, one.id, now)) for one in admins[:MOST_CODES]]
    return [(wording.say("run.admins_code", name=name, code=code), code) for name, code in codes]


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            with suppress(ValueError):
                signal.signal(number, ask)
