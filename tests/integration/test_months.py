"""Frozen months and jobs on both databases."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from commands.months import compose
from db import jobs, months
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from db.errors import Conflict
from tests.worlds.months import PLAN, Life, begin, froze
from tests.worlds.plan import at


def doing(writer: Writer) -> Callable[[Callable[[Tx], Any]], Any]:
    return lambda work: writer.submit(work).result()


def test_a_month_is_frozen_made_again_and_corrected(database: Database, writer: Writer) -> None:
    life, do = Life(random.Random(5)), doing(writer)
    do(begin)
    do(lambda tx: life.goes_on(tx, 60, at("05-02"), at("03-01")))
    april = do(lambda tx: froze(tx, "2024-04", at("05-09")))
    do(lambda tx: life.goes_on(tx, 60, at("05-09"), at("03-01")))
    with database.reading() as tx:
        assert months.frozen(tx, PLAN, "2024-04") == april
        assert months.is_frozen(tx, PLAN, "2024-04") == april.known
        assert months.is_frozen(tx, PLAN, "2024-05") is None
        assert compose.holds(tx, PLAN, april)
        assert compose.compose(tx, PLAN, "2024-05", at("06-10")).corrections


def test_a_month_is_frozen_once(database: Database, writer: Writer) -> None:
    do = doing(writer)
    do(begin)
    do(lambda tx: froze(tx, "2024-04", at("05-09")))
    with pytest.raises(Conflict):
        do(lambda tx: froze(tx, "2024-04", at("05-10")))


def test_a_job_is_taken_by_one_renewed_and_settled_once(database: Database, writer: Writer) -> None:
    do, now = doing(writer), at("05-09")

    def ask(tx: Tx) -> int:
        return jobs.ask(
            tx,
            "month",
            {"plan": "2024"},
            person=1,
            platform="local",
            account="a",
            chat="a",
            in_group=False,
            said="",
            now=now,
        )

    number = do(ask)
    first = do(lambda tx: jobs.take(tx, now))
    assert (first.id, first.attempts) == (number, 1)
    assert do(lambda tx: jobs.take(tx, now + jobs.LEASE - 1)) is None
    assert do(lambda tx: jobs.renew(tx, number, 1, now + 30, 40))
    assert do(lambda tx: jobs.take(tx, now + jobs.LEASE)) is None
    second = do(lambda tx: jobs.take(tx, now + 30 + jobs.LEASE))
    assert second.attempts == 2
    assert not do(lambda tx: jobs.renew(tx, number, 1, now + 200, 50))
    assert do(lambda tx: jobs.done(tx, number))
    assert not do(lambda tx: jobs.failed(tx, number, "late"))
    with database.reading() as tx:
        assert not jobs.free(tx, now + 10_000)
