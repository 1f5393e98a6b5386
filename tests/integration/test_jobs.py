"""Long work beside the chat: it blocks nobody, survives a restart, and answers once."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from bot.services.jobs import ATTEMPTS, Jobs
from commands.chat.errors import Refusal
from commands.chat.messages import Chat, Incoming, Reply
from commands.chat.requests import Job, Made, Order, Request, Tell
from commands.conversation import jobs as longwork
from db import jobs
from db.engine.tx import Reading, Row, Tx
from tests.worlds.school import School


def order_one(school: School, kind: str) -> int:
    """A job ordered by 吴敏 in her own chat."""

    def work(tx: Tx) -> int:
        return jobs.ask(
            tx,
            kind,
            {"plan": "2024"},
            person=20,
            platform="local",
            account="u-wu",
            chat="u-wu",
            in_group=False,
            said="",
            now=school.clock.now(),
        )

    return school.app.writer.submit(work).result()


def row_of(school: School, number: int) -> Row:
    with school.app.db.reading() as tx:
        return jobs.job(tx, number)


@pytest.fixture
def tried(school: School) -> list[int]:
    """A kind `test` whose work runs what a test says, and how often it was tried."""
    attempts: list[int] = []

    def work(tx: Reading, order: Order, tell: Tell) -> Made:
        attempts.append(order.number)
        return Made(payload={"text": f"做好了 {order.number}"})

    school.app.registry.jobs["test"] = a_job(work)
    return attempts


def finish(_request: Request, _tx: Tx, _order: Order, made: Made) -> Reply:
    return Reply(text=made.payload["text"])


def a_job(work: Callable[[Reading, Order, Tell], Made]) -> Job:
    return Job(name="test", work=work, finish=finish)


def failing(fault: Exception) -> Job:
    def work(tx: Reading, order: Order, tell: Tell) -> Made:
        raise fault

    return a_job(work)


async def test_what_a_job_made_comes_back_as_an_answer(school: School, tried: list[int]) -> None:
    number = order_one(school, "test")
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == f"做好了 {number}"
    assert row_of(school, number).state == jobs.DONE


async def test_a_job_runs_once_however_often_it_is_looked_for(
    school: School, tried: list[int]
) -> None:
    order_one(school, "test")
    await school.app.jobs.run_due()
    assert not await school.app.jobs.run_due()
    assert len(tried) == 1


async def test_a_job_whose_worker_died_is_taken_again_after_its_lease(
    school: School, tried: list[int]
) -> None:
    number = order_one(school, "test")
    now = school.clock.now()
    await school.app.write(lambda tx: jobs.take(tx, now))  # and never heard of again
    assert not await school.app.jobs.run_due()
    school.clock.advance(now + jobs.LEASE)
    other = Jobs(school.app.db, school.app.writer, school.clock, school.app.gateway)
    assert await other.run_due()
    assert row_of(school, number).attempts == 2
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == f"做好了 {number}"


async def test_a_job_done_twice_answers_once(school: School, tried: list[int]) -> None:
    number = order_one(school, "test")
    row = await school.app.write(lambda tx: jobs.take(tx, school.clock.now()))
    made = Made(payload={"text": "做好了"})
    for _ in range(2):
        await school.app.gateway.receive(longwork.returning(row, made, school.clock.now()))
    await school.app.delivery.deliver_all()
    assert [m.text for m in school.shown("u-wu")] == ["做好了"]
    assert row_of(school, number).state == jobs.DONE


async def test_a_job_that_keeps_failing_is_given_up_with_a_word(
    school: School, tried: list[int], caplog: pytest.LogCaptureFixture
) -> None:
    school.app.registry.jobs["test"] = failing(RuntimeError("boom"))
    number = order_one(school, "test")
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == (f"没有做成，已记下（编号 {number}），请稍后再试或告诉管理员。")
    assert (row_of(school, number).state, row_of(school, number).attempts) == (
        jobs.FAILED,
        ATTEMPTS,
    )


async def test_what_a_person_can_mend_is_told_at_once(school: School, tried: list[int]) -> None:
    school.app.registry.jobs["test"] = failing(Refusal("没有字体，没有出图。"))
    number = order_one(school, "test")
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == "没有字体，没有出图。"
    assert row_of(school, number).attempts == 1


async def test_nobody_else_can_hand_in_a_result(school: School, tried: list[int]) -> None:
    number = order_one(school, "test")
    await school.app.write(lambda tx: jobs.take(tx, school.clock.now()))
    now = school.clock.now()
    forged = Incoming(
        update="forged",
        chat=Chat(platform="local", id="u-wu"),
        author="u-wu",
        sent_at=now,
        received_at=now,
        press=f"jobdone #{number}",
    )
    await school.app.gateway.receive(forged)
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == "这件事已经办完，没有重复办。"
    assert row_of(school, number).state == jobs.TAKEN


async def test_people_are_answered_while_a_job_is_at_work(school: School, tried: list[int]) -> None:
    started, release = threading.Event(), threading.Event()

    def work(tx: Reading, order: Order, tell: Tell) -> Made:
        started.set()
        release.wait(20)
        return Made(payload={"text": "做好了"})

    school.app.registry.jobs["test"] = a_job(work)
    order_one(school, "test")
    running = asyncio.create_task(school.app.jobs.run_due())
    await asyncio.to_thread(started.wait, 20)
    school.app.delivery.errands = None
    await school.says("u-chen", "得分")
    assert school.last("u-chen").startswith("信息工程系 得 ")
    release.set()
    await running
    await school.app.delivery.deliver_all()
    assert school.last("u-wu") == "做好了"


async def test_a_long_job_shows_how_far_it_is_in_its_own_line(
    school: School, tried: list[int]
) -> None:
    shown: list[str] = []

    def work(tx: Reading, order: Order, tell: Tell) -> Made:
        school.clock.advance(school.clock.now() + longwork.PATIENCE)
        tell(40)
        school.clock.advance(school.clock.now() + 1)
        tell(41)  # too soon after the one before
        return Made(payload={"text": "做好了"})

    def note(event: object) -> None:
        sent = getattr(event, "sent", None)
        if sent is not None:
            shown.append(f"{sent.kind} {sent.text}")

    before = school.app.registry.jobs["month"]
    school.app.registry.jobs["month"] = a_job(work)
    school.platform.hooks.append(note)
    try:
        await school.says("u-wu", "月报 2024-04", at="05-06 09:00")
    finally:
        school.app.registry.jobs["month"] = before
    assert shown[-4:] == [
        "reply 正在出 2024-04 月报，好了发给您。",
        "edit 正在做，已到 40%，好了发给您。",
        "edit 好了，见下一条。",
        "reply 做好了",
    ]
