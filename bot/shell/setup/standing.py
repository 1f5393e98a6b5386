"""`promobot init --check`: what of a school stands, and what is still to be done."""

import asyncio
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.findings import FINE, ILL, Finding
from bot.process.app import exists, open_database
from bot.settings import FILE, Settings
from bot.shell import platforms
from bot.wording import say
from db import chats, plans
from db.engine.tx import Reading
from db.people import ADMIN, bound_with_role, directory
from db.platforms import LOCAL
from scoring.moments import day_of


def findings(found: Settings) -> Iterator[Finding]:
    """What stands, line by line."""
    yield from _of_the_file(Path(FILE))
    if found.playground:
        yield FINE, say("check.playground")
        return
    for name in found.platforms:
        yield from asyncio.run(platforms.reached(name, found)).findings
    if not exists(found.database, found):
        yield ILL, say("check.no_database")
        return
    db = open_database(found.database, found, to_look=True)
    try:
        with db.reading() as tx:
            yield from list(_of_the_school(tx, found))
    finally:
        db.close()


def _of_the_file(path: Path) -> Iterator[Finding]:
    if not path.exists():
        yield FINE, say("check.no_file", file=path)
    elif os.name != "nt" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield ILL, say("check.readable", file=path)
    else:
        yield FINE, say("check.file", file=path)


def _of_the_school(tx: Reading, found: Settings) -> Iterator[Finding]:
    now = int(time.time())
    year = day_of(now).year
    plan = plans.kept(tx).in_force(now)
    if plan is None:
        near = plans.kept(tx).nearest(now).year
        yield ILL, say("run.no_plan", year=year, source=near)
    else:
        yield FINE, say("check.plan", year=year, title=plan.title)
    people = directory(tx)
    staff = sum(bool(one.unit) for one in people.by_id.values())
    if staff:
        yield FINE, say("check.people", people=staff)
    else:
        yield ILL, say("check.nobody")
    if admins := bound_with_role(people, ADMIN):
        yield FINE, say("check.admin", names="、".join(one.name for one in admins))
    else:
        yield ILL, say("check.no_admin")
    on = {LOCAL if name == "console" else name for name in found.platforms}
    groups = [row for row in chats.groups(tx) if row.platform in on]
    if groups:
        yield FINE, say("check.groups", groups=len(groups))
    else:
        yield ILL, say("check.no_group")
