"""A year of reminders planned for 5,000 people; 10,000 put off and said; the poll that finds
nothing. The job store of the scheduler that only ticks for us does the same beside it."""

import logging
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.report import line, percentile
from bench.school import KEY
from bot.adapters.local import LocalPlatform
from bot.clock import VirtualClock
from bot.process.app import App, build
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import plans, reminders
from db.engine.database import Database
from db.engine.tx import Tx
from reminders.schedule import schedule
from reminders.tick import idle, items, tick
from scoring.moments import DAY, HOUR

STAFF = 5_000
PUT_OFF = 10_000
JOBS = 500
"""Jobs that the job store takes and fires; it takes each by itself, so its pace is known then."""

NOW = 1_710_464_400
"""2024-03-15 09:00, when the first deadline is announced."""

YEAR_GOAL, RATIO, IDLE_GOAL = 2.0, 50.0, 0.05


def run(*, quick: bool = False) -> None:
    """Print the three cases."""
    staff, put_off = (STAFF // 10, PUT_OFF // 10) if quick else (STAFF, PUT_OFF)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        app = _school(f"sqlite:///{folder}/remind.db", staff)
        _planned(app, staff)
        _said(app, put_off, Path(folder))
        _idle(app, put_off)
        app.close()


def _school(address: str, staff: int) -> App:
    """Every unit with a head and an officer, the rest teachers; everybody can be reached."""
    db = Database.open(address, KEY)
    db.migrate()
    clock = VirtualClock(NOW - HOUR)
    app = build(db, clock, [LocalPlatform(now=clock.now)])
    units = [unit.name for unit in plans.shipped()[0].units]
    rows = [
        f"T{n},张{n},{units[n % len(units)]},{_role(n // len(units))},u{n}" for n in range(staff)
    ]
    table = "\n".join(["工号,姓名,部门,角色,账号", *rows])
    read = file.read("roster.csv", table.encode(), lexicon.units_of(plans.shipped()[0]))
    app.writer.submit(
        lambda tx: enrolment.apply(tx, enrolment.compare(tx, read), NOW, None)
    ).result()
    return app


def _role(rank: int) -> str:
    return {0: "部门负责人", 1: "宣传员"}.get(rank, "教师")


def _planned(app: App, staff: int) -> None:
    """Every occurrence of the year, and what it would say to whom."""
    load = app.gateway.inside.load
    with app.db.reading() as tx:
        world = tx.cached("world", load)
        began = perf_counter()
        occurrences = schedule(tx, world).all
        said = sum(1 for one in occurrences for _ in items(one, tx, one.at, world))
        seconds = perf_counter() - began
    line(
        "remind",
        f"a year for {staff:,} people: {len(occurrences)} instants, {said:,} messages",
        seconds,
        "s",
        goal=f"≤ {YEAR_GOAL:g} s",
        ok=seconds <= YEAR_GOAL,
    )


def _said(app: App, count: int, folder: Path) -> None:
    """Rows put off in one transaction, and all of them looked at again when they are due."""
    later = NOW + 2 * DAY
    ours = _seconds(lambda: app.writer.submit(lambda tx: _put_off(tx, count, later)).result())
    add, fire = _job_store(folder)
    theirs = add * count
    line(
        "remind",
        f"{count:,} put off",
        ours,
        "s",
        baseline=theirs,
        ratio=theirs / ours,
        goal=f"≥ {RATIO:g} × the job store",
        ok=theirs / ours >= RATIO,
    )
    world = app.gateway.inside.load

    def due(tx: Tx) -> int:
        return tick(tx, later, tx.cached("world", world))

    def all_due() -> None:
        while app.writer.submit(due).result():
            continue

    took = _seconds(all_due)
    line(
        "remind", f"{count:,} due at once, worked out and settled", took, "s", baseline=fire * count
    )


def _put_off(tx: Tx, count: int, at: int) -> None:
    for number in range(count):
        reminders.settle(
            tx,
            "handover.T-14",
            f"person:{number + 1}",
            at,
            reminders.WAITING,
            now=NOW,
            until=at + DAY,
        )


def _idle(app: App, count: int) -> None:
    """What every minute costs, with as many rows put off to a later day."""
    app.writer.submit(lambda tx: _put_off(tx, count, NOW + 3 * DAY)).result()
    load = app.gateway.inside.load
    times = []
    for _ in range(2_000):
        began = perf_counter()
        with app.db.reading() as tx:
            assert idle(tx, NOW + 2 * DAY, tx.cached("world", load))
        times.append((perf_counter() - began) * 1000)
    median = percentile(times, 0.5)
    line(
        "remind",
        f"poll, nothing due, {count:,} rows wait",
        median,
        "ms",
        goal=f"≤ {IDLE_GOAL:g} ms",
        ok=median <= IDLE_GOAL,
    )


def _job_store(folder: Path) -> tuple[float, float]:
    """Seconds a job that a durable job store of its own takes to add one, and to fire one."""
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder}/jobs.db")
    scheduler: Any = BackgroundScheduler(jobstores={"default": store})
    scheduler.start(paused=True)
    due = datetime.now(UTC) + timedelta(hours=1)
    add = _seconds(
        lambda: [
            scheduler.add_job(fired, "date", run_date=due, args=[n], misfire_grace_time=None)
            for n in range(JOBS)
        ]
    )
    store_jobs = store.get_due_jobs(due + timedelta(seconds=1))
    fire = _seconds(lambda: [store.remove_job(job.id) for job in store_jobs])
    scheduler.shutdown(wait=False)
    return add / JOBS, fire / JOBS


def fired(number: int) -> None:
    """What the jobs of the job store call; it is found by its name."""


def _seconds(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
