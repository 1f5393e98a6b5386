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
from db import chats, inbox, plans, publishing
from db.engine.database import Database
from db.engine.tx import Tx
from scoring.errors import OperatorError
from scoring.moments import Instant

EXIT_FAILED = 1


def run(arguments: Namespace) -> int:
    """Play a script; return 1 if one of its lines could not be carried out."""
    lines = read_script(Path(arguments.script))
    own = _own_plan(arguments.plan)
    with _database(arguments.db) as db:
        with db.reading() as tx:
            so_far, last = inbox.so_far(tx, NAME)
        start = last if last is not None else first_moment(lines) or 0
        clock = VirtualClock(start)
        platform = LocalPlatform(now=clock.now, prefix=f"{so_far}.")
        app = build(db, clock, [platform])
        try:
            if own is not None:
                app.writer.submit(lambda tx: publishing.adopt(tx, own, start)).result()
            _furnish(app, Path(arguments.roster), lines, start)
            replay = Replay(app, platform, clock, Path(arguments.script).parent, _utf8_lines())
            went_well = asyncio.run(replay.run(lines))
            if arguments.score:
                _write_score(app, Path(arguments.score), clock.now())
        finally:
            app.close()
    return 0 if went_well else EXIT_FAILED


def _own_plan(file: str | None) -> str | None:
    """The text of a plan file, checked."""
    if file is None:
        return None
    plans.read_file(file)
    return plans.read_text(file)


@contextmanager
def _database(url: str | None) -> Iterator[Database]:
    """Open the named database, or a temporary one. `App.close` closes it."""
    found = read_settings(url)
    logs.setup(found.secrets, level=logs.ERROR, form=found.log)
    if url:
        yield open_database(found.database, found, new=True)
        return
    with tempfile.TemporaryDirectory(prefix="promobot-", ignore_cleanup_errors=True) as folder:
        db = Database.open(f"sqlite:///{Path(folder) / 'replay.db'}", secrets.token_bytes(32))
        db.migrate()
        yield db


def _furnish(app: App, roster: Path, lines: list[Line], at: Instant) -> None:
    """Load the roster and link the groups of the script."""
    with app.db.reading() as tx:
        plan = plans.kept(tx).nearest(at)
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
    with app.db.reading() as tx:
        plan = plans.kept(tx).in_force(at)
        if plan is None:
            raise OperatorError(wording.say("replay.no_plan"))
        document = document_at(tx, plan, until=at, known=at)
    try:
        path.write_text(
            json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8", newline="\n"
        )
    except OSError as fault:
        raise OperatorError(wording.say("replay.no_score", path=path)) from fault
