"""Killed while it prepares a switch or makes it, the process switches once when it is back, and
the sums are those of all facts."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from db import jobs, ledger, plans, reposting
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from db.schema import jobs as job_table
from db.schema import outbox, postings, refilings
from db.schema import tallies as tally_table
from scoring.facts import Verb
from tests.conftest import KEY, Address
from tests.crash import refiler
from tests.crash.refiler import SWITCH, SWITCHED, Point
from tests.crash.victim import killed
from tests.worlds.plan import at
from tests.worlds.school import close_school, open_school

FACTS = 40
SUNDAY, DECIDED, NOW = at("04-07 20:00"), at("04-08 09:00"), at("04-20 10:00")
TOLD = select(func.count().label("total")).where(outbox.c.key.like("%in_force:2024.2%"))


def reported(tx: Tx, count: int) -> None:
    """Videos of Sunday, half of them approved on Monday."""
    [plan] = [one for one in plans.kept(tx).known(NOW) if one.year == 2024]
    for number in range(count):
        when = SUNDAY + number
        item = ledger.report(
            tx, plan, kind="video", unit="it", person=1, happened_at=when, recorded_at=when
        )
        if number % 2:
            ledger.decide(tx, plan, item, Verb.APPROVE, person=2, recorded_at=DECIDED)


async def agreed(database: Database) -> None:
    """A switch that two assessors want, and nobody has begun to prepare."""
    school = await open_school(database)
    await school.app.write(lambda tx: reported(tx, FACTS))
    await school.says("u-wu", "口径 A18 按通过", at="04-20 10:00")

    async def nothing() -> bool:
        return False

    school.app.delivery.errands = nothing
    await school.presses("u-zheng", "确认改口径")
    close_school(school)


def counted(tx: Any) -> dict[tuple[str, str, str], int]:
    """The tallies as they stand, and that they are what all postings add up to."""
    rows = tx.run(select(tally_table))
    sums = {(row.unit, row.measure, row.period): row.value for row in rows if row.value}
    added: Counter[tuple[str, str, str]] = Counter()
    for row in tx.run(select(postings)):
        added[row.unit, row.measure, row.period] += row.delta
    assert sums == {key: value for key, value in added.items() if value}
    return sums


async def switched(url: str, points: Sequence[tuple[Point, bool]]) -> int:
    """Have it killed at each point, with something reported in between, and let it finish; how
    often it was killed."""
    database = Database.open(url, KEY)
    await agreed(database)
    now, kills = NOW, 0
    for point, stops in points:
        now += jobs.LEASE + 1
        seen = killed(partial(refiler.serve, stops=stops), url, now, point, after=1)
        kills += len(seen)
        with Writer(database) as writer:
            writer.submit(lambda tx: reported(tx, 2)).result()
    killed(partial(refiler.serve, stops=False), url, now + jobs.LEASE + 1, 0, after=None)
    with database.reading() as tx:
        [row] = tx.run(select(refilings))
        revisions = plans.kept(tx).by_year[2024]
        assert [one.number for one in revisions] == [1, 2]
        assert (row.revision, revisions[-1].plan.reads("A18")) == (2, "approved")
        sums = counted(tx)
        assert sums == reposting.recomputed(tx, revisions[-1].plan)
        assert sums["it", "video.accepted", "2024-W15"] == FACTS // 2 + len(points)
        assert {one.state for one in tx.run(select(job_table))} == {jobs.DONE}
        assert tx.run(TOLD)[0].total
    database.close()
    return kills


SHORT: list[tuple[Point, bool]] = [(2, True), (5, True), (SWITCH, True), (SWITCHED, True)]


async def test_killed_while_it_refiles_it_switches_once(sqlite_address: Address) -> None:
    assert await switched(sqlite_address(True), SHORT) == len(SHORT)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_killed_at_any_moment_of_a_refiling_it_switches_once(
    kind: str, request: pytest.FixtureRequest, figure: Callable[[str], None]
) -> None:
    make: Address = request.getfixturevalue(f"{kind}_address")
    draw, kills = random.Random(21), 0
    for _ in range(10):
        points: list[Point] = [draw.randint(1, 6) for _ in range(6)]
        points += draw.choice(([SWITCH], [SWITCHED], [SWITCH, SWITCHED]))
        kills += await switched(make(True), [(one, draw.random() < 0.5) for one in points])
    figure(f"{kind}: killed {kills} times in 10 refilings, each switched once")
    assert kills > 30
