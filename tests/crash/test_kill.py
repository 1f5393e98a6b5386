"""Killed at any moment, the process has kept every report it acknowledged, whole."""

import random
from collections.abc import Iterable

import pytest
from sqlalchemy import func, select, text

from db.engine.database import Database
from db.engine.tx import Reading
from db.schema import audit, facts, leads, outbox, postings, sequences, tallies, waiting
from tests.conftest import KEY, Address
from tests.crash import reporter
from tests.crash.victim import killed

TABLES = (facts, leads, waiting, postings, audit, outbox)
NUMBERS = select(facts.c.id).order_by(facts.c.id)
COUNTS = [select(func.count().label("rows")).select_from(table) for table in TABLES]
TALLIES = select(func.sum(tallies.c.value).label("value"))
POSTINGS = select(func.sum(postings.c.delta).label("value"))
HEAD = select(sequences.c.head).where(sequences.c.name == "number")


def whole(tx: Reading, acknowledged: Iterable[int]) -> int:
    """How many reports there are, once it is sure that none is lost or halved."""
    numbers = [row.id for row in tx.run(NUMBERS)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(acknowledged) <= set(numbers)
    assert {tx.run(count)[0].rows for count in COUNTS} == {len(numbers)}
    assert tx.run(TALLIES)[0].value == tx.run(POSTINGS)[0].value == len(numbers)
    assert tx.run(HEAD)[0].head == len(numbers)
    return len(numbers)


@pytest.mark.parametrize(
    ("kind", "kills"),
    [
        ("sqlite", 50),
        ("postgres", 5),
        pytest.param("sqlite", 1_000, marks=pytest.mark.soak),
        pytest.param("postgres", 100, marks=pytest.mark.soak),
    ],
)
def test_no_acknowledged_report_is_lost(
    kind: str, kills: int, request: pytest.FixtureRequest
) -> None:
    make: Address = request.getfixturevalue(f"{kind}_address")
    url = make(True)
    acknowledged: list[int] = []
    for _ in range(kills):
        acknowledged += killed(reporter.serve, url, after=random.randint(1, 1_500))
    assert len(set(acknowledged)) == len(acknowledged)
    database = Database.open(url, KEY)
    with database.reading() as tx:
        assert whole(tx, acknowledged) >= len(acknowledged)
        if kind == "sqlite":
            assert tx.run(text("PRAGMA integrity_check"))[0].integrity_check == "ok"
    database.close()
