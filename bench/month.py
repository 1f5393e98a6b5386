"""A month of 100,000 facts composed, sealed and put on paper while reports keep coming in."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

from bench.intake import Run, _flight, _taker
from bench.report import line, percentile
from bench.school import KEY, TEACHERS, open_school, updates
from bot.process.app import App
from bot.process.memory import settle
from db import jobs, months, plans
from db.engine.database import Database
from db.engine.tx import Tx
from scoring import months as monthly
from scoring.facts import Decision, Fact, Verb
from scoring.moments import DAY
from scoring.plan import Plan
from scoring.postings import Posting, ledger

FACTS = 100_000
MONTH = "2024-04"
GOAL = 10.0
"""Seconds for a month frozen with its files."""

IN_FLIGHT = 32
ROUND = 2_000
PACE = 0.5
"""The share of its usual pace that intake keeps at least while a report is made."""

KINDS = ("lead", "video", "news", "soft_article", "column", "meeting")
SEQUENCES = {"facts": "number", "decisions": "decisions", "postings": "postings"}


@contextmanager
def lived_in(plan: Plan, size: int) -> Iterator[App]:
    """A school with so many facts in a database of its own, nine days after MONTH."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.cwd()) as folder:
        path = Path(folder) / "school.db"
        db = Database.open(f"sqlite:///{path}", KEY)
        db.migrate()
        db.close()
        fill(path, plan, size)
        app = open_school(f"sqlite:///{path}")
        app.clock.advance(monthly.month_end(MONTH) + 9 * DAY)  # type: ignore[attr-defined]
        settle()
        app.jobs.polite = True  # as when `promobot run` serves
        yield app
        app.close()


def run(*, quick: bool = False) -> None:
    """Print how long the month takes and what intake keeps of its pace meanwhile."""
    size = FACTS // 10 if quick else FACTS
    [plan] = [plan for plan in plans.shipped() if plan.year == 2024]
    with lived_in(plan, size) as app:
        alone, beside, seconds = asyncio.run(measure(app, plan))
    line(
        "month",
        f"frozen with its files, {size:,} facts, intake going on",
        seconds,
        "s",
        goal=f"≤ {GOAL:g} s",
        ok=seconds <= GOAL,
    )
    share = beside.rate / alone.rate
    line(
        "month",
        f"intake at {IN_FLIGHT} meanwhile",
        beside.rate,
        "units/s",
        baseline=alone.rate,
        ratio=share,
        goal=f"≥ {PACE:g} × alone",
        ok=share >= PACE,
    )
    line("month", "p99 meanwhile", percentile(beside.seconds, 0.99) * 1000, "ms")


async def measure(app: App, plan: Plan) -> tuple[Run, Run, float]:
    """Intake alone, intake beside the month, and how long the month took."""
    alone, beside, seconds = await beside_a_job(app, lambda tx: order(tx, plan, app.clock.now()))
    with app.db.reading() as tx:
        assert months.frozen(tx, plan, MONTH) is not None
    return alone, beside, seconds


async def beside_a_job(
    app: App, ordered: Callable[[Tx], object], first: int = 10_000_000
) -> tuple[Run, Run, float]:
    """Intake alone, intake while a job is done that is `ordered`, and how long the job took;
    updates are numbered from `first`."""
    take = _taker(app)
    await _flight(take, IN_FLIGHT, updates(first, ROUND))
    alone = await _flight(take, IN_FLIGHT, updates(first + ROUND, ROUND))
    await app.write(ordered)
    started = perf_counter()
    job = asyncio.create_task(app.jobs.run_due())
    rounds: list[Run] = []
    for number in count(2):
        rounds.append(await _flight(take, IN_FLIGHT, updates(first + number * ROUND, ROUND // 4)))
        if job.done():
            break
    await job
    seconds = perf_counter() - started
    taken = [one for run_ in rounds for one in run_.seconds]
    return alone, Run(len(taken) / sum(len(r.seconds) / r.rate for r in rounds), taken), seconds


def order(tx: Tx, plan: Plan, now: int) -> int:
    """The job that a second assessor's {确认定稿} orders."""
    return jobs.ask(
        tx,
        "month_freeze",
        {"plan": plan.id, "month": MONTH, "by": 1, "second": 2, "early": ""},
        person=1,
        platform="telegram",
        account="1000",
        chat="1000",
        in_group=False,
        said="",
        now=now,
    )


# --- a month of facts ---------------------------------------------------------------------


def fill(path: Path, plan: Plan, size: int) -> None:
    """Facts of April, four in five of them decided, with the postings that they make."""
    facts = [_fact(number, plan, size) for number in range(1, size + 1)]
    decisions = [_decision(fact) for fact in facts if plan.kinds[fact.kind].deciders]
    taken = {one.fact: one for one in decisions if one.fact % 5}
    with sqlite3.connect(path) as db:
        db.executemany(
            "INSERT INTO facts (id, plan, kind, unit, person, title, link, details, chat, topic,"
            " claim, happened_at, recorded_at) VALUES (?,?,?,?,?,'一件事','','','','',x'',?,?)",
            (
                (f.number, plan.id, f.kind, f.unit, f.person, f.happened_at, f.recorded_at)
                for f in facts
            ),
        )
        db.executemany(
            "INSERT INTO decisions VALUES (?,?,?,2,?,?,'',0,?)",
            (
                (at, one.fact, one.verb.value, one.happened_at, one.recorded_at, one.fact)
                for at, one in enumerate(taken.values(), start=1)
            ),
        )
        entered = _entered(plan, facts, taken)
        db.executemany("INSERT INTO postings VALUES (?,?,?,?,?,?,?,?,?)", entered)
        db.execute(
            "INSERT INTO tallies SELECT plan, unit, measure, period, sum(delta) FROM postings"
            " GROUP BY plan, unit, measure, period"
        )
        db.execute(
            "INSERT INTO waiting SELECT id, kind, unit, recorded_at FROM facts"
            " WHERE kind != 'meeting' AND id NOT IN (SELECT fact FROM decisions)"
        )
        for table, name in SEQUENCES.items():
            db.execute(f"INSERT OR REPLACE INTO sequences SELECT '{name}', max(id) FROM {table}")
        db.execute("ANALYZE")


def _fact(number: int, plan: Plan, size: int) -> Fact:
    units = plan.scored_units
    at = monthly.month_start(MONTH) + number * 2_591_000 // size
    return Fact(
        number=number,
        kind=KINDS[number % len(KINDS)],
        unit=units[number % len(units)].code,
        person=number % TEACHERS + 1,
        happened_at=at,
        recorded_at=at,
    )


def _decision(fact: Fact) -> Decision:
    return Decision(
        fact=fact.number,
        verb=Verb.APPROVE,
        person=2,
        happened_at=fact.happened_at,
        recorded_at=fact.recorded_at + 3_600,
    )


def _entered(
    plan: Plan, facts: Iterable[Fact], taken: dict[int, Decision]
) -> Iterable[tuple[object, ...]]:
    numbers = count(1)
    for fact in facts:
        decided = [taken[fact.number]] if fact.number in taken else []
        entries: list[Posting] = ledger(plan, fact, decided)
        for one in entries:
            yield (
                *(next(numbers), plan.id, one.unit, one.measure, one.period),
                *(one.delta, one.happened_at, one.recorded_at, one.fact),
            )
