"""Whatever is reported, decided, taken back, backdated, corrected, appealed, switched, frozen,
erased and moved, in any order: sums agree, the past is told as it was shown, and frozen months keep
their bytes."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from commands.months import compose
from db import histories, ledger, months, plans, publishing, reposting, settings
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.schema import claims, erasures
from scoring import months as monthly
from scoring.facts import STANDING, standing
from scoring.moments import DAY, HOUR, Instant
from scoring.plan import Plan
from scoring.planedit import with_reading
from scoring.planfile import PlanFault
from scoring.switches import SWITCHES
from scoring.verdicts import ZERO
from tests.worlds.months import Life, begin, froze
from tests.worlds.plan import at

STEPS = 50
LOOKED_AT = 0.3
"""The share of steps after which everything is recomputed; it is after the last one in any case."""
MONTHS = [f"2024-{month:02d}" for month in range(3, 12)]

Do = Callable[[Callable[[Tx], Any]], Any]


def in_force(tx: Reading, known: Instant) -> Plan:
    found = plans.kept(tx).of_year(2024, known)
    assert found is not None
    return found


def shown(tx: Reading, moment: Instant) -> dict[str, Any]:
    """All cards as of a moment, as they were known then."""
    plan = in_force(tx, moment)
    tallies = ledger.tallies_at(tx, plan, moment, moment)
    found = monthly.cards(plan, tallies, ledger.basis(tx, plan, moment, moment), moment)
    return monthly.sheet(plan, found, tallies, moment, moment)


class Year:
    """One random sequence of what a school does to its assessment."""

    def __init__(self, seed: int, do: Do) -> None:
        self.chance = random.Random(seed)
        self.life = Life(self.chance)
        self.do = do
        self.now = at("03-28 09:00")
        self.before = self.now
        self.shown: dict[Instant, dict[str, Any]] = {}
        self.frozen: dict[str, months.Frozen] = {}

    def step(self) -> None:
        self.before = self.now
        self.now += self.chance.randrange(2 * HOUR, 5 * DAY)
        chosen = self.chance.choices(
            (self._lives, self._changes, self._switches, self._freezes, self._counts, self._shows),
            weights=(5, 3, 2, 1, 1, 2),
        )
        chosen[0]()

    def _plan(self, tx: Tx) -> Plan:
        """The plan in force, or that of a message which came before and is late."""
        return in_force(tx, self.chance.choice((self.now, self.now, self.before)))

    def _lives(self) -> None:
        def work(tx: Tx) -> None:
            self.life.plan = self._plan(tx)
            self.life.goes_on(tx, 4, self.now, at("03-01"))

        self.do(work)
        self.now += HOUR

    def _changes(self) -> None:
        life = self.life
        change = self.chance.choice(
            (life.corrects, life.stands_in_line, life.appeals, life.erases, life.moves)
        )

        def work(tx: Tx) -> None:
            life.plan = self._plan(tx)
            change(tx, self.now)

        if life.numbers:
            self.do(work)
            self.now += HOUR

    def _switches(self) -> None:
        number = self.chance.choice(list(SWITCHES))

        def work(tx: Tx) -> None:
            found = plans.kept(tx).revision(2024, self.now)
            assert found is not None
            others = [v for v in SWITCHES[number].values if v != found.plan.reads(number)]
            text = with_reading(found.text, number, self.chance.choice(others))
            publishing.publish(tx, text, now=self.now, by="甲", second="乙")

        try:
            self.do(work)
        except PlanFault:  # two values that cannot hold together
            return
        self.now += 1

    def _freezes(self) -> None:
        month = MONTHS[len(self.frozen)] if len(self.frozen) < len(MONTHS) else ""
        if month and monthly.month_end(month) <= self.now:
            self.frozen[month] = self.do(
                lambda tx: froze(tx, month, self.now, in_force(tx, self.now))
            )

    def _counts(self) -> None:
        value = self.chance.choice(("", "6500", "7000"))
        self.do(lambda tx: settings.put(tx, settings.STUDENTS, value, now=self.now, by=None))

    def _shows(self) -> None:
        self.shown[self.now] = self.do(lambda tx: shown(tx, self.now))


_CLAIMS = select(claims)


def standing_now(tx: Reading, plan: Plan) -> tuple[list[int], list[tuple[str, bytes, int]]]:
    """What waits for a decision, save the leads of erased people, and the claims held, by nothing
    but facts and decisions."""
    open_now, held_now = [], []
    for fact, decisions in histories.everything(tx, plan):
        stands = standing(decisions)
        erased = tx.find(erasures, fact.number, fact.recorded_at) is not None
        if stands.waits and plan.kinds[fact.kind].deciders and not erased:
            open_now.append(fact.number)
        state, entry = stands.state, ledger.entry(tx, fact.number)
        if state in STANDING and entry.topic:
            held_now.append((entry.topic, entry.claim, fact.number))
    return sorted(open_now), sorted(held_now)


def hold(tx: Reading, year: Year) -> None:
    """Tallies are what facts and decisions add up to; a card is the sum of its verdicts."""
    plan = in_force(tx, year.now)
    tallies = ledger.tallies(tx, plan)
    flat = {
        (*pair, period): value
        for pair, periods in tallies.sums.items()
        for period, value in periods.items()
        if value
    }
    assert flat == reposting.recomputed(tx, plan)
    assert min(flat.values(), default=1) > 0
    open_now, held_now = standing_now(tx, plan)
    gone = {row.fact for row in tx.run(select(erasures))}
    queued = {row.fact for row in ledger.queue(tx, plan.kinds)}
    assert sorted(queued - gone) == open_now
    assert sorted((row.topic, bytes(row.hash), row.fact) for row in tx.run(_CLAIMS)) == held_now
    basis = ledger.basis(tx, plan, year.now, year.now)
    for card in monthly.cards(plan, tallies, basis, year.now):
        assert card.points == sum((one.points or ZERO for one in card.verdicts), ZERO)
        assert card.points + card.lost + card.open + card.winnable == card.max


@pytest.mark.parametrize(
    "seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 2_000))]
)
def test_no_sequence_breaks_a_sum_a_past_moment_or_a_seal(
    seed: int, sqlite_database: Database
) -> None:
    with Writer(sqlite_database) as writer:
        year = Year(seed, lambda work: writer.submit(work).result())
        year.do(begin)
        for left in reversed(range(STEPS)):
            year.step()
            # What once disagrees stays so, and to look costs more than what is looked at.
            if not left or year.chance.random() < LOOKED_AT:
                year.do(lambda tx: hold(tx, year))
        with sqlite_database.reading() as tx:
            for moment, document in year.shown.items():
                assert shown(tx, moment) == document
            for month, kept in year.frozen.items():
                plan = in_force(tx, kept.known)
                assert months.frozen(tx, plan, month) == kept
                assert compose.holds(tx, plan, kept)
    assert year.shown or year.frozen
