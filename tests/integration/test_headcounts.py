"""A task settled without 在校人数 is judged by the first number that is set later."""

from typing import Any

from db import ledger, settings
from db.engine.database import Database
from db.engine.tx import Tx
from db.engine.writer import Writer
from tests.worlds.months import PLAN
from tests.worlds.plan import at


def test_a_settlement_entered_in_the_place_of_another_finds_its_number_too(
    sqlite_database: Database,
) -> None:
    def settled(tx: Tx, task: int, when: str, **more: Any) -> ledger.Entry:
        details = {"task": task, "metrics": {"like": 10}, "students": None, "staff": 9}
        times: Any = {"happened_at": at(when), "recorded_at": at(when)}
        return ledger.report(
            tx,
            PLAN,
            kind="settlement",
            unit="school_office",
            person=1,
            details=details,
            **times,
            **more,
        )

    def later(tx: Tx) -> tuple[tuple[str, int], ...]:
        return ledger.basis(tx, PLAN, at("05-01"), at("05-01")).later

    with Writer(sqlite_database) as writer:
        first = writer.submit(lambda tx: settled(tx, 7, "04-02 09:00")).result()
        writer.submit(
            lambda tx: settings.put(tx, settings.STUDENTS, "900", now=at("04-03 09:00"), by=None)
        ).result()
        assert writer.submit(later).result() == (("7", 900),)
        writer.submit(lambda tx: settled(tx, 8, "04-02 10:00", supersedes=first.number)).result()
        assert writer.submit(later).result() == (("7", 900), ("8", 900))
