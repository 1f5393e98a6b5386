"""What waits for a decision: a place in the queue is won and lost by decisions alone."""

from typing import Any

import pytest
from sqlalchemy import select

from db import ledger
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from db.plans import shipped
from db.schema import waiting
from scoring.facts import Standing, State, Verb
from tests.worlds.plan import at

[PLAN] = [plan for plan in shipped() if plan.year == 2024]
WAITING = select(waiting.c.fact, waiting.c.since)


def reported(tx: Tx, kind: str, **more: Any) -> ledger.Entry:
    when = at("04-08 10:00")
    return ledger.report(
        tx, PLAN, kind=kind, unit="it", person=1, happened_at=when, recorded_at=when, **more
    )


def decided(tx: Tx, item: ledger.Entry, *verbs: Verb) -> Standing:
    for minute, verb in enumerate(verbs, start=1):
        moment = at(f"04-08 10:{minute:02d}")
        found = ledger.decide(tx, PLAN, item, verb, person=2, recorded_at=moment)
    return found


def queued(tx: Tx) -> list[int]:
    return [row.fact for row in tx.run(WAITING)]


@pytest.mark.parametrize("kind", ["news", "ppt", "video"])
def test_taking_back_where_nothing_was_decided_leaves_a_report_in_its_queue(
    kind: str, sqlite_database: Database
) -> None:
    def work(tx: Tx) -> None:
        item = reported(tx, kind)
        assert decided(tx, item, Verb.RETRACT).state is State.WAITING
        assert queued(tx) == [item.number]
        assert [row.since for row in tx.run(WAITING)] == [item.fact.recorded_at]
        decided(tx, item, Verb.APPROVE)
        assert queued(tx) == []
        decided(tx, item, Verb.RETRACT, Verb.RETRACT)
        assert queued(tx) == [item.number]
        found = ledger.tallies(tx, PLAN)
        assert sum(found.of("it", f"{kind}.waiting").values()) == 1
        assert not found.of("it", f"{kind}.accepted")

    with Writer(sqlite_database) as writer:
        writer.submit(work).result()


@pytest.mark.parametrize("kind", ["training", "waiver", "settlement", "forward"])
def test_what_nobody_decides_is_in_no_queue_when_it_stands_again(
    kind: str, sqlite_database: Database
) -> None:
    def work(tx: Tx) -> None:
        item = reported(tx, kind, details={"weeks": [], "task": 1, "metrics": {}, "staff": 9})
        assert queued(tx) == []
        assert decided(tx, item, Verb.WITHDRAW).state is State.WITHDRAWN
        assert decided(tx, item, Verb.RETRACT).state is State.WAITING
        assert queued(tx) == []
        newer = reported(tx, kind, details=item.fact.details, supersedes=item.number)
        assert ledger.stands(tx, item.number).state is State.WITHDRAWN
        decided(tx, newer, Verb.WITHDRAW)
        assert decided(tx, item, Verb.RETRACT).state is State.WAITING
        assert queued(tx) == []

    with Writer(sqlite_database) as writer:
        writer.submit(work).result()
