"""What one person asks for in a group is shown there to them alone, where the platform can; where
it cannot, or may not have arrived, it goes to their own chat (C8)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.local import CAPABILITIES
from commands.chat.errors import Unseen
from commands.chat.messages import Outgoing, Receipt
from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school

PRIVATELY = "已私信您。"


@pytest.fixture
async def school(database: Database) -> AsyncIterator[School]:
    school = await open_school(database, capabilities=replace(CAPABILITIES, asides=True))
    yield school
    close_school(school)


@pytest.fixture
def unseen(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group shows nothing to single people."""
    send = school.platform.send

    async def sent(message: Outgoing) -> Receipt:
        if message.eyes:
            raise Unseen("not enough rights")
        return await send(message)

    monkeypatch.setattr(school.platform, "send", sent)


@pytest.fixture
def shown(school: School, monkeypatch: pytest.MonkeyPatch) -> list[Outgoing]:
    """What the group shows to single people."""
    messages: list[Outgoing] = []
    send = school.platform.send

    async def sent(message: Outgoing) -> Receipt:
        if not message.eyes:
            return await send(message)
        messages.append(message)
        return Receipt(message="")

    monkeypatch.setattr(school.platform, "send", sent)
    return messages


@pytest.mark.parametrize("word", ["我的", "待办", "明细", "得分 信工 明细", "为什么 信工 视频更新"])
async def test_a_personal_question_is_answered_to_one_pair_of_eyes(
    school: School, shown: list[Outgoing], word: str
) -> None:
    before = len(school.shown("", GROUP))
    if word == "明细":
        await school.says("u-chen", "得分 信工", group=GROUP)
        before += 2
        await school.presses("u-chen", "明细", group=GROUP)
    else:
        await school.says("u-chen", f"@宣传助手 {word}", group=GROUP)
        before += 1
    [answer] = shown
    assert answer.eyes == "u-chen"
    assert answer.chat.id == GROUP
    assert len(school.shown("", GROUP)) == before
    assert school.shown("u-chen") == []


async def test_who_asks_again_soon_gets_it_privately(school: School, shown: list[Outgoing]) -> None:
    for _ in range(2):
        await school.says("u-chen", "@宣传助手 我的", group=GROUP)
    assert len(shown) == 1
    assert school.last("u-chen") == shown[0].text
    assert school.last("", GROUP) == PRIVATELY
    await school.says("u-chen", "@宣传助手 我的", group=GROUP)
    assert len(shown) == 2


@pytest.mark.usefixtures("unseen")
async def test_where_the_group_cannot_it_goes_privately_and_is_said_so(school: School) -> None:
    await school.says("u-chen", "@宣传助手 我的", group=GROUP)
    assert school.last("u-chen").startswith("线索")
    assert school.last("", GROUP) == PRIVATELY


@pytest.mark.usefixtures("unseen")
async def test_a_press_that_cannot_be_shown_aside_adds_nothing_to_the_group(
    school: School,
) -> None:
    await school.says("u-chen", "得分 信工", group=GROUP)
    before = len(school.shown("", GROUP))
    await school.presses("u-chen", "明细", group=GROUP)
    assert len(school.shown("", GROUP)) == before
    assert school.last("u-chen")


async def test_a_queue_still_goes_to_the_private_chat(
    school: School, shown: list[Outgoing]
) -> None:
    await school.says("u-zhao", "@宣传助手 待审", group=GROUP)
    assert shown == []
    assert school.last("u-zhao")
