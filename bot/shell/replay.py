"""`promobot replay`: open what a script needs, play it, write the score."""

import asyncio
import json
import secrets
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import logs, wording
from bot.adapters.local import NAME, LocalPlatform
from bot.clock import VirtualClock
from bot.playground.replay import Line, Replay, first_moment, read_script
from bot.process.app import App, build, open_database, read_settings
from bot.shell.roster import bring_in, read_roster
from bot.shell.score import document_at
from db import chats, inbox, plans
from db.engine.database import Database
from db.engine.tx import Tx
from scoring.errors import OperatorError
from scoring.moments import Instant
from scoring.plan import Plan

EXIT_FAILED = 1


def run(arguments: Namespace) -> int:
    """Play a script; return 1 if one of its lines could not be carried out."""
    lines = read_script(Path(arguments.script))
    in_use = _plans(arguments.plan)
    with _database(arguments.db) as db:
        with db.reading() as tx:
            so_far, last = inbox.so_far(tx, NAME)
        start = last if last is not None else first_moment(lines) or 0
        clock = VirtualClock(start)
        platform = LocalPlatform(now=clock.now, prefix=f"{so_far}.")
        app = build(db, clock, in_use, [platform])
        try:
            _furnish(app, Path(arguments.roster), _nearest(in_use, start), lines, start)
            replay = Replay(app, platform, clock, Path(arguments.script).parent, _utf8_lines())
            went_well = asyncio.run(replay.run(lines))
            if arguments.score:
                _write_score(app, Path(arguments.score), clock.now())
        finally:
            app.close()
    return 0 if went_well else EXIT_FAILED


def _plans(file: str | None) -> tuple[Plan, ...]:
    if file is None:
        return plans.shipped()
    own = plans.read_file(file)
    others = (plan for plan in plans.shipped() if plan.year != own.year)
    return tuple(sorted((own, *others), key=lambda plan: plan.year))


def _nearest(in_use: tuple[Plan, ...], at: Instant) -> Plan:
    return plans.in_force(at, in_use) or in_use[-1]


@contextmanager
def _database(url: str | None) -> Iterator[Database]:
    """Open the named database, or a temporary one. `App.close` closes it."""
    found = read_settings(url)
    logs.setup(found.secrets, level=logs.ERROR)
    if url:
        yield open_database(found.database, found, new=True)
        return
    with tempfile.TemporaryDirectory(prefix="promobot-", ignore_cleanup_errors=True) as folder:
        db = Database.open(f"sqlite:///{Path(folder) / 'replay.db'}", secrets.token_bytes(32))
        db.migrate()
        yield db


def _furnish(app: App, roster: Path, plan: Plan, lines: list[Line], at: Instant) -> None:
    """Load the roster and link the groups of the script."""
    bring_in(app.db, app.writer, read_roster(roster, plan), at)
    groups = sorted({line.group for line in lines} - {""})

    def link(tx: Tx) -> None:
        linked = chats.linked(tx)
        for name in groups:
            if (NAME, name) not in linked:
                chats.link(tx, platform=NAME, chat=name, title=name, unit=None, by=None, at=at)

    app.writer.submit(link).result()


def _utf8_lines() -> Any:
    """Return a function that prints JSON lines as programs read them: UTF-8, LF line ends."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", newline="\n")

    def say(line: Mapping[str, Any]) -> None:
        print(json.dumps(line, ensure_ascii=False), flush=True)  # noqa: T201

    return say


def _write_score(app: App, path: Path, at: Instant) -> None:
    plan = plans.in_force(at, app.plans)
    if plan is None:
        raise OperatorError(wording.say("replay.no_plan"))
    with app.db.reading() as tx:
        document = document_at(tx, plan, until=at, known=at)
    try:
        path.write_text(
            json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n"
        )
    except OSError as fault:
        raise OperatorError(wording.say("replay.no_score", path=path)) from fault
