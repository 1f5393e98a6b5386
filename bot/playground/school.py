"""The playground: the demonstration school in virtual time, on its own database.

Its clock starts on 2024-04-02 at 10:00, after three weeks of talk, and runs on. Its offset from
the real clock and the latest messages of the chats are kept beside the database, so that a
restart continues from there.
"""

import asyncio
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

    db, clock, keep = await asyncio.to_thread(open_playground, found, say)

    def people() -> list[PersonView]:
        return [PersonView(account=a, name=n, unit=u, roles=r) for a, n, u, r in people_of(app)]

    async def jump(to: Instant) -> None:
        await app.fire_until(to, clock, app.delivery.quiet)
        keep()

    tries = [Try(person=who, label=label, says=says) for who, label, says in first_tries()]
    page = WebPage(people=people, now=clock.now, jump=jump, group=STAFF, tries=tries)
    kept = talk.beside(_file(found))
    talk.recall(page.platform, kept)
    app = build(db, clock, [page], web_url=found.web_url)
    mounts: tuple[Mount, ...] = (page.mount,)
    if found.web_url:
        from bot.pages.mounting import Pages

        mounts = (page.mount, Pages(app, found.web_url).mount)
    served = running(app, found.http_host, found.http_port, mounts, claimed=claimed)
    async with served as port:
        host = f"[{found.http_host}]" if ":" in found.http_host else found.http_host
        say(wording.say("school.opened", host=host, port=port))
        yield app
    talk.keep(page.platform, kept)


def first_tries() -> list[tuple[str, str, str]]:
    """Return what a first visitor may try, as in the READMEs: account, what it is, the line."""
    return [
        ("u-ma", wording.say("tries.report"), wording.say("tries.report_says")),
        ("u-li", wording.say("tries.review"), wording.say("tries.review_says")),
        ("u-ma", wording.say("tries.score"), wording.say("tries.score_says")),
    ]


def open_playground(
    found: Settings, say: Say = lambda _: None
) -> tuple[Database, RunningClock, Callable[[], None]]:
    """Return its database, made at the first start, its clock, and what saves the clock."""
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
    clock = _kept_clock(kept)

    def keep() -> None:
        kept.write_text(str(clock.offset), "ascii")

    keep()
    return db, clock, keep


def _file(found: Settings) -> Path:
    return Path(found.playground_database.removeprefix(making.FILE))


def _kept_clock(kept: Path) -> RunningClock:
    try:
        return RunningClock(int(kept.read_text("ascii")))
    except (OSError, ValueError):
        return RunningClock.starting_at(START)


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
