"""Thousands of reports while the process is killed again and again: no answered one is lost, none
is halved."""

import random

import pytest
from sqlalchemy import func, select

from db.engine.database import Database
from db.schema import claims, facts, inbox, leads, outbox, postings, tallies, waiting
from scoring.cards import Tallies
from tests.crash import reporting
from tests.crash.victim import killed
from tests.worlds.school import close_school, open_school


@pytest.mark.parametrize(
    ("reports", "kills"), [(2_000, 50), pytest.param(5_000, 500, marks=pytest.mark.soak)]
)
async def test_no_answered_report_is_lost(
    sqlite_database: Database, reports: int, kills: int
) -> None:
    school = await open_school(sqlite_database, start="03-29 09:00")
    close_school(school)
    address = f"sqlite:///{sqlite_database.driver.path}"  # type: ignore[attr-defined]
    draw = random.Random(20240330)
    answered: dict[str, set[str]] = {}
    for answers in (*(draw.randint(1, reports // kills) for _ in range(kills)), None):
        for key, number in killed(reporting.serve, address, range(reports), after=answers):
            answered.setdefault(key, set()).add(number)

    assert len(answered) == reports
    assert all(len(numbers) == 1 for numbers in answered.values())
    with sqlite_database.reading() as tx:
        rows = {
            table.name: tx.run(select(func.count().label("rows")).select_from(table))[0].rows
            for table in (facts, leads, claims, waiting, inbox, outbox, postings)
        }
        assert set(rows.values()) == {reports}, rows
        recounted = Tallies(
            (p.unit, p.measure, p.period, p.delta) for p in tx.run(select(postings))
        )
        stored = Tallies((t.unit, t.measure, t.period, t.value) for t in tx.run(select(tallies)))
        assert stored.sums == recounted.sums
        kept = {f"#{row.id}" for row in tx.run(select(facts.c.id))}
    assert set().union(*answered.values()) == kept
