"""The playground: a demonstration school in virtual time, on a database of its own.

Its clock starts on 2024-04-02 at 10:00 and runs on; the offset is kept beside the database, so a
restart goes on from there.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.adapters.local import LocalPlatform
from bot.app import App, build, open_database
from bot.clock import RunningClock
from bot.settings import Settings
from db import plans
from scoring.moments import ZONE, instant

START = instant(datetime(2024, 4, 2, 10, tzinfo=ZONE))
GROUP = "staff"


@asynccontextmanager
async def playground(found: Settings, say: Callable[[str], None]) -> AsyncIterator[App]:
    """The demonstration school behind its page."""

    db = open_database(found.playground_database, found)
    clock = kept_clock(Path(found.playground_database.removeprefix("sqlite:///")))
    platform = LocalPlatform(now=clock.now)
    app = build(db, clock, plans.shipped(), [platform])
    raise NotImplementedError


def kept_clock(database: Path) -> RunningClock:
    """The clock of a playground: where it was, or at its start."""
    kept = database.with_suffix(".clock")
    try:
        return RunningClock(int(kept.read_text("ascii")))
    except (OSError, ValueError):
        clock = RunningClock.starting_at(START)
        keep_clock(clock, database)
        return clock


def keep_clock(clock: RunningClock, database: Path) -> None:
    """Remember how far the clock is from the real one."""
    kept = database.with_suffix(".clock")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(str(clock.offset), "ascii")
