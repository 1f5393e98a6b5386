"""What has nothing to do with each other may be entered in any order: points, postings and months
come out the same, and differ by the numbers of the facts alone."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from db import ledger
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.schema import claims, postings, tallies
from scoring import months as monthly
from scoring.moments import DAY, HOUR, Instant
from tests.conftest import KEY, Address
from tests.worlds.months import PLAN, UNITS, Life, begin, froze
from tests.worlds.plan import at

LIVES, EVENTS = 3, 16
BEGUN, FREEZING = at("03-20 09:00"), at("07-05 10:00")
LOOKED_AT = [at("04-10"), at("05-20"), FREEZING]

Event = Callable[[Tx], None]


def lived(seed: int) -> list[tuple[Life, list[Event]]]:
    """Lives of units of their own; the moments of their events are drawn beforehand."""
    draw = random.Random(seed)
    units = draw.sample(UNITS, len(UNITS))
    return [_life(seed, place, units[place::LIVES]) for place in range(LIVES)]


def _life(seed: int, place: int, units: Sequence[str]) -> tuple[Life, list[Event]]:
    draw = random.Random(f"{seed} {place}")
    life = Life(draw, units, f"{place}-")
    moments = sorted(draw.randrange(BEGUN, FREEZING - DAY) for _ in range(EVENTS))
    return life, [partial(_happens, life=life, now=moment) for moment in moments]


def _happens(tx: Tx, life: Life, now: Instant) -> None:
    life.goes_on(tx, 2, now - HOUR, at("03-01"))
    change = life.chance.choice(
        (life.corrects, life.stands_in_line, life.appeals, life.erases, None)
    )
    if change is not None and life.numbers:
        change(tx, now)


def one_after_the_other(events: list[list[Event]], _draw: random.Random) -> Iterator[Event]:
    for some in events:
        yield from some


def mixed(events: list[list[Event]], draw: random.Random) -> Iterator[Event]:
    """Any order in which the events of each life keep theirs."""
    left = [iter(some) for some in events]
    turns = [place for place, some in enumerate(events) for _ in some]
    draw.shuffle(turns)
    return (next(left[place]) for place in turns)


def outcome(database: Database, lives: list[Life], month: dict[str, Any]) -> dict[str, Any]:
    """All that counts, with the facts named by their life and not by their numbers."""
    named = {
        str(number): f"{life.name}{place}"
        for life in lives
        for place, number in enumerate(life.numbers)
    }
    with database.reading() as tx:
        rows = [
            (*_renamed(row, named), row.delta, row.happened_at, row.recorded_at)
            for row in tx.run(select(postings))
        ]
        assert len(rows) > 30
        return {
            "postings": Counter(rows),
            "tallies": Counter(
                (row.unit, row.measure, row.value) for row in tx.run(select(tallies)) if row.value
            ),
            "claims": Counter(
                (row.topic, bytes(row.hash), named[str(row.fact)]) for row in tx.run(select(claims))
            ),
            "cards": [_cards(tx, moment) for moment in LOOKED_AT],
            "month": {name: month[name] for name in ("units", "school", "before", "basis")},
        }


def _renamed(row: Any, named: dict[str, str]) -> tuple[str, ...]:
    """A posting without the number of its fact, which some are also filed under."""
    kind = PLAN.kinds.get(row.measure.partition(".")[0])
    by_number = row.measure == "training.held" or (kind is not None and kind.period == "fact")
    period = "" if by_number else row.period
    return row.unit, row.measure, period, named.get(str(row.fact), "case")


def _cards(tx: Reading, moment: Instant) -> dict[str, Any]:
    found = ledger.tallies_at(tx, PLAN, moment, moment)
    cards = monthly.cards(PLAN, found, ledger.basis(tx, PLAN, moment, moment), moment)
    return monthly.sheet(PLAN, cards, found, moment, moment)


@pytest.mark.parametrize(
    ("kind", "seed"),
    [
        ("sqlite", 0),
        ("postgres", 1),
        *(pytest.param("sqlite", seed, marks=pytest.mark.soak) for seed in range(2, 300)),
    ],
)
def test_lives_apart_may_be_entered_in_any_order(
    kind: str, seed: int, request: pytest.FixtureRequest
) -> None:
    make: Address = request.getfixturevalue(f"{kind}_address")
    draw = random.Random(seed)
    found = []
    for order in (one_after_the_other, mixed, mixed):
        database = Database.open(make(True), KEY)
        lives = lived(seed)
        with Writer(database) as writer:
            writer.submit(begin).result()
            for event in order([events for _, events in lives], draw):
                writer.submit(event).result()
            frozen = writer.submit(lambda tx: froze(tx, "2024-06", FREEZING)).result()
        found.append(outcome(database, [life for life, _ in lives], frozen.document))
        database.close()
    first, *others = found
    assert all(other == first for other in others)
