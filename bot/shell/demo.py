"""`promobot demo`: makes the demonstration school, or remakes it."""

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from bot import logs
from bot.playground.demo import making
from bot.process.app import open_database, read_settings
from bot.settings import Settings
from bot.shell.output import out
from bot.shell.roster import roster_file
from bot.wording import say
from scoring.errors import OperatorError


def run(arguments: Namespace) -> int:
    """Fill the playground's database, or the named one."""
    if arguments.roster:
        return _own(arguments)
    if arguments.plan:
        raise OperatorError(say("own.plan_alone"))
    found = read_settings(arguments.db)
    logs.setup(found.secrets, level=logs.ERROR, form=found.log)
    url = found.database if arguments.db else found.playground_database
    if not arguments.db:
        found = replace(found, key="", key_file="")  # as the playground opens it
    _clear(url, found, own=url == found.playground_database)
    out(say("demo.making"))
    made = making.make(url, found, arguments.seed)
    out(say("demo.made", people=made.people, facts=made.facts))
    if url == found.playground_database:
        out(say("demo.next"))
    return 0


def _own(arguments: Namespace) -> int:
    """Rehearse a month with one's own people and plan, in the playground."""
    from bot.playground.demo import own
    from bot.shell.plan import shelf_of
    from bot.shell.setup import schooling
    from bot.shell.setup.asking import Asking

    found = read_settings()
    logs.setup(found.secrets, level=logs.ERROR, form=found.log)
    path = roster_file(Path(arguments.roster))
    has = replace(schooling.nothing(), shelf=shelf_of(None))
    planned = schooling.plan(Asking({"plan": arguments.plan}, silent=True), has, anew=True)
    text = planned.text or has.shelf.by_year[planned.plan.year][-1].text
    roster = schooling.people(path, planned.plan)
    making.release(Path(found.playground_database.removeprefix(making.FILE)))
    out(say("own.making"))
    for line in own.make(found, planned.plan, text, roster):
        out(line)
    out(say("own.next"))
    return 0


def _clear(url: str, found: Settings, *, own: bool) -> None:
    """Refuse a database that is in use or that belongs to a school."""
    file = Path(url.removeprefix(making.FILE)) if url.startswith(making.FILE) else None
    if file is not None and not file.exists():
        return
    if not own:
        db = open_database(url, found)
        try:
            if making.is_filled(db) and (file is None or not making.is_demonstration(db)):
                raise OperatorError(say("demo.not_empty"))
        finally:
            db.close()
    if file is not None:
        making.release(file)
