"""A frozen month stays what it was, whatever is reported and decided later; the next report lists
exactly what became different."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commands.months import compose
from commands.months.stored import to_json
from db import histories, ledger, months, settings
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from scoring import months as monthly
from scoring.facts import Decision, Fact
from scoring.moments import Instant
from scoring.plan import Plan
from scoring.postings import ledger as posted
from scoring.verdicts import Tallies
from tests.worlds.months import PLAN, Life, begin, froze
from tests.worlds.plan import at

EARLY, LATER = (40, 200), (100, 500)
"""How many facts and decisions there are before and after the first freeze."""


def from_the_start(tx: Reading, plan: Plan, month: str, now: Instant) -> dict[str, Any]:
    """The cards of a month from nothing but facts and decisions: no table of sums is asked."""
    until = monthly.month_end(month)
    told: list[tuple[Fact, list[Decision]]] = list(histories.everything(tx, plan))
    tallies = Tallies(
        (entry.unit, entry.measure, entry.period, entry.delta)
        for fact, decisions in told
        for entry in posted(plan, fact, decisions)
        if entry.happened_at < until
    )
    found = monthly.cards(plan, tallies, ledger.basis(tx, plan, until - 1, now), until)
    return monthly.sheet(plan, found, tallies, until, now)


def floats(found: Any) -> Iterator[float]:
    """The binary floats in a document: there are none on the way of a point to a reader."""
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    for part in parts:
        yield from floats(part)
    if isinstance(found, float):
        yield found


@pytest.mark.parametrize(
    "seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(4, 2_000))]
)
def test_a_frozen_month_stays_and_the_next_report_lists_exactly_the_differences(
    seed: int, sqlite_database: Database
) -> None:
    life = Life(random.Random(seed))
    freezing, later, next_time = at("05-09 10:00"), at("05-09 10:00"), at("06-10 10:00")
    with Writer(sqlite_database) as writer:

        def do(work: Callable[[Tx], Any]) -> Any:
            return writer.submit(work).result()

        do(begin)
        do(lambda tx: life.goes_on(tx, life.chance.randrange(*EARLY), at("05-02"), at("03-01")))
        april = do(lambda tx: froze(tx, "2024-04", freezing))
        # From the very second of the freeze on, so that no clock can tell the two apart.
        do(lambda tx: life.goes_on(tx, life.chance.randrange(*LATER), later, at("03-01")))
        do(lambda tx: settings.put(tx, settings.STUDENTS, "9", now=later, by=None))
        with sqlite_database.reading() as tx:
            assert months.frozen(tx, PLAN, "2024-04") == april
            assert not list(floats(april.document))
            assert compose.holds(tx, PLAN, april)
            again = from_the_start(tx, PLAN, "2024-04", next_time)
            told = compose.compose(tx, PLAN, "2024-05", next_time).corrections
        expected = {
            (row["unit"], item["item"]): (was["points"], item["points"])
            for before, row in zip(monthly.rows(april.document), monthly.rows(again), strict=True)
            for was, item in zip(before["items"], row["items"], strict=True)
            if was != item
        }
        assert expected
        assert {
            (one["unit"], one["item"]): (one["was"], one["now"]) for one in to_json(told)
        } == expected
        assert len(told) == len(expected)
        do(lambda tx: froze(tx, "2024-05", next_time))
        with sqlite_database.reading() as tx:
            assert compose.compose(tx, PLAN, "2024-06", at("07-10")).corrections == ()
            assert compose.holds(tx, PLAN, april)


def test_every_correction_by_a_fact_names_it_and_who(sqlite_database: Database) -> None:
    life = Life(random.Random(9))
    with Writer(sqlite_database) as writer:
        writer.submit(begin).result()
        writer.submit(lambda tx: life.goes_on(tx, 100, at("05-02"), at("03-01"))).result()
        writer.submit(lambda tx: froze(tx, "2024-04", at("05-09"))).result()
        writer.submit(lambda tx: life.goes_on(tx, 100, at("05-09"), at("03-01"))).result()
        with sqlite_database.reading() as tx:
            told = compose.compose(tx, PLAN, "2024-05", at("06-10")).corrections
    assert told
    for one in told:
        assert one.causes, one
        assert all(cause.who and cause.verb for cause in one.causes)
