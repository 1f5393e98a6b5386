"""The playground: the demonstration school in virtual time, on its own database.

Its clock starts on 2024-04-02 at 10:00, after three weeks of talk, and runs on. Its offset from
the real clock and the messages of the chats are kept beside the database as they come about, so
that a restart, even after a kill, continues from there.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from socket import socket

from bot import wording
from bot.clock import RunningClock
from bot.playground.demo import making, script, talk
from bot.process.app import App, build, open_database, writable
from bot.process.http import Mount
from bot.process.running import running
from bot.settings import Settings
from commands.chat.messages import Chat
from commands.roster import demo_school
from commands.wording.formats import short
from db.engine.database import Database
from db.platforms import LOCAL
from scoring.moments import Instant

START = script.LAST
STAFF = Chat(platform=LOCAL, id=demo_school.GROUP, group=True, title=demo_school.TITLE)

Say = Callable[[str], None]


@asynccontextmanager
async def playground(
    found: Settings, say: Say, claimed: Sequence[socket] = ()
) -> AsyncIterator[App]:
    """Serve the demonstration school on its page. `claimed`: the port, if it is taken already."""
    from bot.playground.pages.views import Try
    from bot.playground.web import PersonView, WebPage

    db, clock = await asyncio.to_thread(open_playground, found, say)

    def people() -> list[PersonView]:
        return [PersonView(account=a, name=n, unit=u, roles=r) for a, n, u, r in people_of(app)]

    async def jump(to: Instant) -> None:
        await app.fire_until(to, clock, app.delivery.quiet)

    tries = [Try(person=who, label=label, says=says) for who, label, says in first_tries()]
    page = WebPage(people=people, now=clock.now, jump=jump, group=STAFF, tries=tries)
    app = build(db, clock, [page], web_url=found.web_url)
    mounts: tuple[Mount, ...] = (page.mount,)
    if found.web_url:
        from bot.pages.mounting import Pages

        mounts = (page.mount, Pages(app, found.web_url).mount)
    served = running(app, found.http_host, found.http_port, mounts, claimed=claimed)
    with talk.Talk(talk.beside(_file(found))) as kept:
        kept.recall(page.platform)
        page.platform.hooks.append(kept.note)
        async with served as port:
            host = f"[{found.http_host}]" if ":" in found.http_host else found.http_host
            say(wording.say("school.opened", host=host, port=port))
            yield app


def first_tries() -> list[tuple[str, str, str]]:
    """Return what a first visitor may try, as in the READMEs: account, what it is, the line."""
    return [
        ("u-ma", wording.say("tries.report"), wording.say("tries.report_says")),
        ("u-li", wording.say("tries.review"), wording.say("tries.review_says")),
        ("u-ma", wording.say("tries.score"), wording.say("tries.score_says")),
    ]


class KeptClock(RunningClock):
    """A running clock that is found again as it was moved: it is kept before anything happens
    at the new time, which would otherwise lie in the future of the next start."""

    def __init__(self, offset: int, file: Path) -> None:
        super().__init__(offset)
        self._file = file
        self._keep()

    def advance(self, to: Instant) -> None:
        """Move forward to an instant, for good."""
        super().advance(to)
        self._keep()

    def _keep(self) -> None:
        new = self._file.with_name(f"{self._file.name}.new")
        new.write_text(str(self.offset), "ascii")
        os.replace(new, self._file)


def open_playground(found: Settings, say: Say = lambda _: None) -> tuple[Database, KeptClock]:
    """Return its database, made at the first start, and its clock."""
    writable(_file(found).parent)
    url = found.playground_database
    # The school's own key must not be used here.
    own = replace(found, key="", key_file="")
    kept = making.clock_of(_file(found))
    db = open_database(url, own) if _file(found).exists() else None
    if db is None or not making.is_filled(db):
        say(wording.say("school.first_time"))
        if db is not None:
            db.close()
        making.make(url, own)
        db = open_database(url, own)
    return db, KeptClock(_kept_offset(kept), kept)


def _file(found: Settings) -> Path:
    return Path(found.playground_database.removeprefix(making.FILE))


def _kept_offset(kept: Path) -> int:
    try:
        return int(kept.read_text("ascii"))
    except (OSError, ValueError):
        return RunningClock.starting_at(START).offset


def people_of(app: App) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Return account, name, unit and roles of everybody with a local account."""
    world = app.db.peek("world", app.gateway.inside.load)
    plan = world.nearest_plan(app.clock.now())
    return [
        (one.account, person.name, short(plan, person.unit), tuple(sorted(person.roles)))
        for person in world.people.by_id.values()
        for one in world.people.addresses.get(person.id, ())
        if one.platform == LOCAL
    ]
