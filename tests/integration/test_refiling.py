"""Postings prepared beside the old ones, page by page, while reports go on; then one switch."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from db import jobs, ledger, months, plans, publishing, refiling, reposting
from db.engine.database import Database
from db.engine.writer import Writer
from db.publishing import Unpublishable
from db.schema import postings
from scoring.facts import Verb
from scoring.plan import Plan
from scoring.planedit import with_reading
from tests.worlds.school import _instant as at
from tests.worlds.school import close_school, open_school

TEXT = plans.templates()[0].text
PLAN = plans.shipped()[0]
BY_APPROVAL = with_reading(TEXT, "A18", "approved")
NOW = at("2024-04-20T10:00")
ALL = select(func.count().label("total")).select_from(postings)


def reported(tx: Any, number: int) -> ledger.Entry:
    """A video of Sunday, one in five of them a piece of news."""
    kind = "news" if number % 5 == 0 else "video"
    when = at("2024-04-07T20:00") + number
    return ledger.report(
        tx, PLAN, kind=kind, unit="it", person=1, happened_at=when, recorded_at=when
    )


def approved(tx: Any, item: ledger.Entry) -> None:
    ledger.decide(tx, PLAN, item, Verb.APPROVE, person=2, recorded_at=at("2024-04-08T09:00"))


def revoked(tx: Any, item: ledger.Entry) -> None:
    ledger.decide(tx, PLAN, item, Verb.REVOKE, person=2, recorded_at=at("2024-04-16T09:00"))


def counted(tx: Any, plan: Plan) -> dict[Any, int]:
    return {
        (unit, measure, period): value
        for (unit, measure), periods in ledger.tallies(tx, plan).sums.items()
        for period, value in periods.items()
        if value
    }


def prepare(writer: Writer, number: int, parts: tuple[refiling.Part, ...]) -> None:
    for part in parts:
        writer.submit(partial(refiling.enter, number=number, part=part, now=NOW)).result()


def left(database: Database, number: int) -> tuple[refiling.Part, ...]:
    with database.reading() as tx:
        return refiling.parts(tx, number)


def test_what_is_reported_and_decided_meanwhile_is_caught_up_by_the_switch(
    database: Database, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refiling, "PAGE", 3)

    def some(tx: Any) -> list[ledger.Entry]:
        found = [reported(tx, number) for number in range(20)]
        for item in found[:12]:
            approved(tx, item)
        return found

    items = writer.submit(some).result()
    given_up = writer.submit(
        lambda tx: refiling.begin(tx, PLAN, BY_APPROVAL, why="", now=NOW)
    ).result()
    prepare(writer, given_up, left(database, given_up)[:3])
    number = writer.submit(
        lambda tx: refiling.begin(tx, PLAN, BY_APPROVAL, why="", now=NOW)
    ).result()
    first = left(database, number)
    assert [what for what, _ in first].count(refiling.CLEAR) == 1
    assert [what for what, _ in first].count(refiling.FACTS) == 6
    prepare(writer, number, first[:4])
    writer.submit(lambda tx: revoked(tx, items[1])).result()  # prepared
    writer.submit(lambda tx: approved(tx, items[17])).result()  # not prepared yet
    prepare(writer, number, first)  # a worker that died is followed by one that goes on
    again = left(database, number)
    assert again[0] == (refiling.DECISIONS, again[0][1])
    late = writer.submit(lambda tx: reported(tx, 21)).result()
    with database.reading() as tx:
        before = counted(tx, PLAN)
        assert counted(tx, PLAN) == {k: v for k, v in reposting.recomputed(tx, PLAN).items() if v}
        assert refiling.one(tx, given_up) is None
        heads = months.heads(tx)
    made = writer.submit(
        lambda tx: publishing.publish(tx, BY_APPROVAL, now=NOW, prepared=number)
    ).result()
    with database.reading() as tx:
        new = made.plan
        assert counted(tx, new) == reposting.recomputed(tx, new)
        assert counted(tx, new) != before
        assert ledger.tallies(tx, new).of("it", "video.accepted")["2024-W15"] == 9
        for plan, known, sums in ((PLAN, NOW - 1, before), (new, NOW, counted(tx, new))):
            found = ledger.tallies_at(tx, plan, NOW, known).sums
            kept = {(*key, p): v for key, periods in found.items() for p, v in periods.items() if v}
            assert kept == sums
        until = at("2024-05-01T00:00")
        assert months.tallies(tx, PLAN, until, heads).of("it", "video.accepted") == {"2024-W14": 9}
        assert left(database, number) == ()
    assert new.ledgers == (PLAN.id, f"{PLAN.id}~{number}")
    writer.submit(
        lambda tx: ledger.decide(  # a fact of before, decided after the switch
            tx, new, late, Verb.APPROVE, person=2, recorded_at=NOW + 60
        )
    ).result()
    with database.reading() as tx:
        assert counted(tx, new) == reposting.recomputed(tx, new)
        assert ledger.tallies(tx, new).of("it", "video.accepted")["2024-W16"] == 1


def test_what_came_before_a_switch_and_is_entered_after_it_is_filed_by_it(
    database: Database, writer: Writer
) -> None:
    settled = with_reading(BY_APPROVAL, "A24", "metric")
    item = writer.submit(lambda tx: reported(tx, 1)).result()
    made = writer.submit(lambda tx: publishing.publish(tx, settled, now=NOW)).result()

    def late(tx: Any) -> None:
        """By the plan that was in force when it came."""
        approved(tx, item)
        approved(tx, reported(tx, 2))
        details = {"task": 7, "metrics": {"like": 10}, "students": 900, "staff": 10}
        when = {"happened_at": NOW - 9, "recorded_at": NOW - 9}
        of: Any = {"kind": "settlement", "unit": "school_office", "person": 1, **when}
        task = ledger.report(tx, PLAN, **of, details=details)
        ledger.report(tx, PLAN, **of, details=details, supersedes=task.number)

    writer.submit(late).result()
    with database.reading() as tx:
        assert counted(tx, made.plan) == reposting.recomputed(tx, made.plan)
        assert ledger.tallies(tx, made.plan).of("it", "video.accepted") == {"2024-W15": 2}


def test_switching_there_and_back_leaves_every_sum_as_it_was(
    database: Database, writer: Writer
) -> None:
    def some(tx: Any) -> None:
        for number in range(6):
            approved(tx, reported(tx, number))

    writer.submit(some).result()
    with database.reading() as tx:
        before = counted(tx, PLAN)
    writer.submit(lambda tx: publishing.publish(tx, BY_APPROVAL, now=NOW)).result()
    back = writer.submit(lambda tx: publishing.publish(tx, TEXT, now=NOW + 60)).result()
    with database.reading() as tx:
        assert counted(tx, back.plan) == before == reposting.recomputed(tx, back.plan)
        assert len(back.plan.books) == 2


async def test_nothing_else_is_switched_meanwhile(database: Database) -> None:
    school = await open_school(database)
    try:
        await school.says("u-wu", "口径 A18 按通过", at="04-20 10:00")

        def begin(tx: Any) -> None:
            job = jobs.ask(
                tx,
                "refile",
                {},
                person=1,
                platform="local",
                account="u-x",
                chat="u-x",
                in_group=False,
                said="",
                now=NOW,
            )
            refiling.worked_on(tx, refiling.begin(tx, PLAN, BY_APPROVAL, why="", now=NOW), job)
            jobs.take(tx, NOW)

        school.app.writer.submit(begin).result()
        for said in ("口径 A02 顺延", "口径 A21 按提交"):
            [answer] = await school.says("u-wu", said)
            assert answer.startswith("上一个改动正在换账，还没有换好，没有改动。")
        told = await school.presses("u-zheng", "确认改口径")
        assert any(text.startswith("上一个改动正在换账") for text in told)
        with pytest.raises(Unpublishable, match="另一版正在换账"):
            await school.app.write(lambda tx: publishing.publish(tx, BY_APPROVAL, now=NOW))
        with database.reading() as tx:
            assert plans.kept(tx).in_force(NOW + 60) == PLAN
        assert "只是试算" in (await school.says("u-wu", "试算 A02 顺延"))[-1]
    finally:
        close_school(school)
