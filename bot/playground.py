"""The playground: the demonstration school in virtual time, on a database of its own.

Its clock starts on 2024-04-02 at 10:00 and runs on; how far it is from the real one is kept
beside the database, so that a restart goes on from there.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.app import App, build, open_database
from bot.clock import RunningClock
from bot.running import running
from bot.settings import Settings
from commands import demo
from commands.chat import Chat
from commands.texts import short
from db import plans
from db.database import Database
from db.people import LOCAL, directory
from db.tx import Tx
from db.writer import Writer
from scoring.moments import ZONE, Instant, instant

START = instant(datetime(2024, 4, 2, 10, tzinfo=ZONE))
STAFF = Chat(platform=LOCAL, id=demo.GROUP, group=True, title=demo.TITLE)

Say = Callable[[str], None]


@asynccontextmanager
async def playground(found: Settings, say: Say) -> AsyncIterator[App]:
    """The demonstration school behind its page."""
    from bot.adapters.web import PersonView, WebPage

    db, clock, keep = open_playground(found)

    def people() -> list[PersonView]:
        return [PersonView(account=a, name=n, unit=u, roles=r) for a, n, u, r in _people(app)]

    async def jump(to: Instant) -> None:
        await app.fire_until(to, clock, app.delivery.quiet)
        keep()

    page = WebPage(people=people, now=clock.now, jump=jump, group=STAFF)
    app = build(db, clock, plans.shipped(), [page])
    async with running(app, found.http_host, found.http_port, (page.mount,)) as port:
        host = f"[{found.http_host}]" if ":" in found.http_host else found.http_host
        say(f"演示学校已打开：http://{host}:{port}/ （只有本机能看；数据在 {DATA_NOTE}）")
        yield app


DATA_NOTE = "data/playground.db，删掉它就重新开始"


def open_playground(found: Settings) -> tuple[Database, RunningClock, Callable[[], None]]:
    """Its database, filled at the first start; its clock; and what keeps the clock."""
    url = found.playground_database
    # The school's own key has no business here.
    db = open_database(url, replace(found, key="", key_file=""))
    kept = Path(url.removeprefix("sqlite:///")).with_suffix(".clock")
    with Writer(db) as writer:
        fresh = writer.submit(_fill).result()
    clock = RunningClock.starting_at(START) if fresh else _kept_clock(kept)

    def keep() -> None:
        kept.write_text(str(clock.offset), "ascii")

    keep()
    return db, clock, keep


def _fill(tx: Tx) -> bool:
    """Load the demonstration school into an empty database; whether it was empty."""
    if directory(tx).by_id:
        return False
    plan = plans.in_force(START)
    assert plan is not None  # noqa: S101 - the plan of 2024 is shipped
    demo.load(tx, plan, START)
    return True


def _kept_clock(kept: Path) -> RunningClock:
    try:
        return RunningClock(int(kept.read_text("ascii")))
    except (OSError, ValueError):
        return RunningClock.starting_at(START)


def _people(app: App) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Account, name, unit and roles of everybody with an account here."""
    world = app.db.peek("world", app.gateway.inside.load)
    plan = world.nearest_plan(app.clock.now())
    return [
        (one.account, person.name, short(plan, person.unit), tuple(sorted(person.roles)))
        for person in world.people.by_id.values()
        for one in world.people.addresses.get(person.id, ())
        if one.platform == LOCAL
    ]
