"""A frozen month stays what it was, whatever is reported and decided later; the next report lists
exactly what became different."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from commands.grammar import lexicon
from commands.months import compose
from commands.months.stored import to_json
from commands.roster import enrolment, file
from db import ledger, months, plans, settings
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.months import Frozen
from scoring import months as monthly
from scoring.facts import Decision, Fact, Verb
from scoring.moments import DAY, HOUR, Instant
from scoring.plan import Plan
from scoring.postings import ledger as posted
from scoring.verdicts import Tallies
from tests.school import ROSTER
from tests.scoring_world import at

LATER = 500
KINDS = ("video", "news", "handover", "ppt", "recommend", "results", "lookup", "lead", "training")
VERBS = (Verb.APPROVE, Verb.APPROVE, Verb.OFF_TOPIC, Verb.REJECT, Verb.REVOKE, Verb.RETRACT)
[PLAN] = [plan for plan in plans.shipped() if plan.year == 2024]
PEOPLE = range(1, 20)


class Life:
    """Somebody who reports and decides at random, at given moments, of things before them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.numbers: list[int] = []

    def goes_on(self, tx: Tx, count: int, now: Instant, since: Instant) -> None:
        """So many facts and decisions recorded at `now` or up to an hour later."""
        for _ in range(count):
            recorded = now + self.chance.randrange(HOUR)
            if self.numbers and self.chance.random() < 0.5:
                self._decides(tx, recorded)
            else:
                self._reports(tx, recorded, since)

    def _reports(self, tx: Tx, recorded: Instant, since: Instant) -> None:
        chance, kind = self.chance, self.chance.choice(KINDS)
        units = [unit.code for unit in PLAN.scored_units]
        details: dict[str, Any] = {}
        if kind == "training":
            details = {"absent": [[chance.choice(PEOPLE), chance.choice(units)]]}
        entry = ledger.report(
            tx,
            PLAN,
            kind=kind,
            unit=chance.choice(units),
            person=chance.choice(PEOPLE),
            happened_at=chance.randrange(since, recorded + 1),
            recorded_at=recorded,
            details=details,
        )
        self.numbers.append(entry.number)

    def _decides(self, tx: Tx, recorded: Instant) -> None:
        item = ledger.entry(tx, self.chance.choice(self.numbers))
        assert item is not None
        ledger.decide(
            tx,
            PLAN,
            item,
            self.chance.choice(VERBS),
            person=self.chance.choice(PEOPLE),
            recorded_at=recorded,
            happened_at=self.chance.choice([None, recorded - self.chance.randrange(40 * DAY)]),
            reason="看过",
        )


def begin(tx: Tx) -> None:
    read = file.read(ROSTER.name, ROSTER.read_bytes(), lexicon.units_of(PLAN))
    enrolment.apply(tx, enrolment.compare(tx, read), at("03-01"), None)
    settings.put(tx, settings.STUDENTS, "7000", now=at("03-01"), by=None)


def froze(tx: Tx, month: str, now: Instant) -> Frozen:
    report = compose.compose(tx, PLAN, month, now)
    document = to_json(report)
    heads = months.heads(tx)
    found = Frozen(
        month=month,
        until=report.until,
        known=now,
        heads=heads,
        sha256=compose.seal(tx, PLAN, document, heads),
        document=document,
        by=1,
        confirmed_by=2,
    )
    months.freeze(tx, PLAN, found)
    return found


def from_the_start(tx: Reading, plan: Plan, month: str, now: Instant) -> dict[str, Any]:
    """The cards of a month from nothing but facts and decisions: no table of sums is asked."""
    until = monthly.month_end(month)
    told: list[tuple[Fact, list[Decision]]] = list(ledger.everything(tx, plan))
    tallies = Tallies(
        (entry.unit, entry.measure, entry.period, entry.delta)
        for fact, decisions in told
        for entry in posted(plan, fact, decisions)
        if entry.happened_at < until
    )
    found = monthly.cards(plan, tallies, ledger.basis(tx, plan, until - 1, now), until)
    return monthly.sheet(plan, found, tallies, until, now)


@pytest.mark.parametrize("seed", range(4))
def test_a_frozen_month_stays_and_the_next_report_lists_exactly_the_differences(
    seed: int, sqlite_database: Database
) -> None:
    life = Life(random.Random(seed))
    freezing, later, next_time = at("05-09 10:00"), at("05-09 10:00"), at("06-10 10:00")
    with Writer(sqlite_database) as writer:

        def do(work: Callable[[Tx], Any]) -> Any:
            return writer.submit(work).result()

        do(begin)
        do(lambda tx: life.goes_on(tx, 200, at("05-02"), at("03-01")))
        april = do(lambda tx: froze(tx, "2024-04", freezing))
        # From the very second of the freeze on, so that no clock can tell the two apart.
        do(lambda tx: life.goes_on(tx, LATER, later, at("03-01")))
        do(lambda tx: settings.put(tx, settings.STUDENTS, "9", now=later, by=None))
        with sqlite_database.reading() as tx:
            assert months.frozen(tx, PLAN, "2024-04") == april
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
