"""Four hundred teachers report in a minute, in bursts, while twenty reminders a second go out."""

import asyncio
import random
import time
from collections.abc import Callable
from functools import partial

import pytest

from bot.adapters.local import NAME
from commands.chat.messages import Chat, Incoming, Outgoing
from commands.conversation.postbox import put
from commands.grammar import lexicon
from commands.roster import enrolment, file
from db import outbox, plans
from db.engine.database import Database
from db.engine.tx import Tx
from tests.worlds.school import close_school, open_school

TEACHERS = 400
REMINDERS = 20
"""A second."""

GOAL = 0.1
"""Seconds in which 95 of 100 answers are queued, on a quiet machine."""


def enrol(tx: Tx, now: int) -> None:
    rows = "\n".join(f"T{n},张{n},机电工程系,教师,{NAME}:u{n}" for n in range(TEACHERS))
    table = f"工号,姓名,部门,角色,账号\n{rows}\n"
    read = file.read("roster.csv", table.encode(), lexicon.units_of(plans.shipped()[0]))
    enrolment.apply(tx, enrolment.compare(tx, read), now, None)


def reminder(tx: Tx, number: int, now: int) -> None:
    chat = Chat(platform=NAME, id=f"u{number % TEACHERS}")
    said = Outgoing(key=f"r{number}", chat=chat, kind="notice", text="还差视频")
    put(tx, said, person=None, now=now)


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.soak)])
async def test_a_flood_of_reports_is_answered_at_once_and_all_of_it_is_sent(
    database: Database, seconds: int, figure: Callable[[str], None]
) -> None:
    school = await open_school(database)
    app, now = school.app, school.clock.now()
    await app.write(partial(enrol, now=now))
    draw, took = random.Random(7), []
    delivering = asyncio.create_task(app.delivery.run())

    async def report(number: int) -> None:
        await asyncio.sleep(draw.random() * seconds // 2 * 2)  # everybody at the same moments
        started = time.perf_counter()
        await app.gateway.receive(
            Incoming(
                update=f"f{number}",
                chat=Chat(platform=NAME, id=f"u{number}"),
                author=f"u{number}",
                sent_at=now,
                received_at=now,
                text=f"报线索 张某 138{number:08d} 初三",
                message=f"f{number}",
            )
        )
        took.append(time.perf_counter() - started)

    async def remind(number: int) -> None:
        await asyncio.sleep(number / REMINDERS)
        await app.write(partial(reminder, number=number, now=now))
        app.delivery.wake()

    reports = TEACHERS * seconds // 60
    reminders = REMINDERS * seconds
    before = len(school.seen)
    await asyncio.gather(*map(report, range(reports)), *map(remind, range(reminders)))
    await app.delivery.quiet()
    with database.reading() as tx:
        assert set(outbox.counts(tx)) == {outbox.SENT}
    texts = [message.text for message in school.seen[before:]]
    assert len([text for text in texts if text.startswith("已收")]) == reports
    assert texts.count("还差视频") == reminders
    p95 = sorted(took)[len(took) * 95 // 100]
    kind = database.driver.dialect.name
    figure(f"{reports} reports in {seconds} s ({kind}): p95 {p95 * 1000:.0f} ms (goal ≤ 100 ms)")
    await app.delivery.drain(1)
    await delivering
    close_school(school)
