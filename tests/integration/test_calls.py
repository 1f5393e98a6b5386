"""催办 and {提醒他们} reach also those whom nobody can write to: their group calls them by name,
once a day a subject, and by their accounts where the platform knows them."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.local import CAPABILITIES
from commands.chat.errors import Unreachable
from commands.chat.messages import MOST_CALLED, Outgoing, Receipt
from commands.conversation import calls
from db.engine.database import Database
from db.people import directory
from tests.worlds.school import GROUP, School, close_school, open_school

HEARS: set[str] = set()
"""Chats that take something again once their person has written."""


@pytest.fixture
async def school(sqlite_database: Database) -> AsyncIterator[School]:
    school = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, calls=True))
    yield school
    close_school(school)


@pytest.fixture
def called(school: School, monkeypatch: pytest.MonkeyPatch) -> list[Outgoing]:
    """What the group is told, while nobody's own chat takes anything but answers."""
    lines: list[Outgoing] = []
    send = school.platform.send

    async def sent(message: Outgoing) -> Receipt:
        unheard = message.kind == "notice" and not message.chat.group
        if unheard and message.chat.id not in HEARS:
            raise Unreachable("93006 invalid chatid")
        if message.key.startswith("called:"):
            lines.append(message)
        return await send(message)

    monkeypatch.setattr(school.platform, "send", sent)
    return lines


async def reminded(school: School, at: str) -> None:
    await school.says("u-zhao", "谁没转发", at=at)
    await school.presses("u-zhao", "提醒他们")


async def test_one_line_calls_all_whom_a_reminder_did_not_reach(
    school: School, called: list[Outgoing]
) -> None:
    task = "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"
    await school.says("u-zhao", task, group=GROUP, at="04-08 09:00")
    await reminded(school, "04-08 10:00")
    assert called == []
    await school.at("04-08 10:05")
    [line] = called
    assert line.sole
    accounts = {account for account, _ in line.calls}
    assert accounts <= set(_accounts(school))
    assert 1 < len(line.calls) <= MOST_CALLED
    assert all(name in line.text for _, name in line.calls)
    assert "春招宣传片" not in line.text
    await school.says("u-zhao", "谁没转发", at="04-08 10:30")
    assert (await school.presses("u-zhao", "提醒他们"))[0].startswith("这件事今天都提醒过了")
    await school.at("04-08 11:30")
    assert len(called) == 1


async def test_who_writes_in_that_minute_is_not_called(
    school: School, called: list[Outgoing]
) -> None:
    await school.says("u-he", "催办", at="04-08 10:00")
    await school.presses("u-he", "确认")
    HEARS.add("u-chen")
    await school.says("u-chen", "你好")
    HEARS.clear()
    await school.at("04-08 10:05")
    [line] = called
    assert "陈晓" not in line.text


async def test_other_messages_wait_for_the_days_line(
    school: School, called: list[Outgoing]
) -> None:
    await school.says("u-chen", "报视频 甲 https://v.douyin.com/1/", at="04-08 10:00")
    await school.says("u-zhao", "退回 #1 画面太暗")
    await school.at("04-08 12:00")
    assert called == []


def _accounts(school: School) -> list[str]:
    with school.app.db.reading() as tx:
        people = directory(tx)
        return [one.account for found in people.addresses.values() for one in found]


def test_a_line_names_no_more_than_may_be_called(school: School) -> None:
    with school.app.db.reading() as tx:
        people = directory(tx)
        text, named = calls.said(people, people.by_id, "")
    assert len(named) == MOST_CALLED
    assert text.count("、") == MOST_CALLED - 1
