"""What somebody cannot be told waits for his first sign; the group hears that it does (C22)."""

from typing import Any

import pytest

from commands.chat.errors import Unreachable
from commands.chat.messages import Button, Notice, Outgoing, Receipt
from commands.conversation.postbox import post_notice
from db import outbox
from db.people import directory
from tests.worlds.school import GROUP, School


@pytest.fixture
def deaf(school: School, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The 1:1 chats that take nothing."""
    chats: set[str] = {"u-chen", "u-lin"}
    send = school.platform.send

    async def sent(message: Outgoing) -> Receipt:
        if message.chat.id in chats:
            raise Unreachable("93006 invalid chatid")
        return await send(message)

    monkeypatch.setattr(school.platform, "send", sent)
    return chats


async def told(school: School, staff_no: str, text: str, **more: Any) -> None:
    with school.app.db.reading() as tx:
        person = directory(tx).by_staff_no[staff_no]
    notice = Notice(text=text, person=person.id, key=text, **more)
    await school.app.write(lambda tx: post_notice(tx, notice, school.clock.now()))
    await school.app.delivery.deliver_all()


def counts(school: School) -> dict[str, int]:
    with school.app.db.reading() as tx:
        return outbox.counts(tx)


async def test_it_goes_out_at_the_first_sign_plain_texts_as_one(
    school: School, deaf: set[str]
) -> None:
    await told(school, "T3012", "#3 已核实。")
    await told(school, "T3012", "本周还差视频。")
    await told(school, "T3012", "待您看。", buttons=((Button(label="帮助", says="help"),),))
    assert counts(school)[outbox.HELD] == 3
    deaf.clear()
    await school.says("u-chen", "你好")
    texts = [message.text for message in school.shown("u-chen") if message.author is None]
    assert "#3 已核实。\n本周还差视频。" in texts
    assert "待您看。" in texts
    assert counts(school).get(outbox.HELD, 0) == 0


async def test_the_group_is_told_once_a_day_without_the_content(
    school: School, deaf: set[str]
) -> None:
    await told(school, "T3012", "秘密。")
    await told(school, "T6001", "也是秘密。")
    before = len(school.shown("", GROUP))
    await school.at("03-18 16:00")
    assert school.last("", GROUP) == "有私信等您：陈晓、林芳，请点我头像发一句“你好”。"
    await school.at("03-18 23:00")
    assert len(school.shown("", GROUP)) == before + 1


async def test_who_was_never_bound_is_not_called_out(school: School) -> None:
    await told(school, "T3020", "白露没有账号。")
    before = len(school.shown("", GROUP))
    await school.at("03-18 16:01")
    assert len(school.shown("", GROUP)) == before


async def test_after_a_week_it_is_buried(school: School, deaf: set[str]) -> None:
    await told(school, "T3012", "#3 已核实。")
    await school.at("03-26 16:01")
    deaf.clear()
    await school.says("u-chen", "你好")
    texts = [message.text for message in school.shown("u-chen") if message.author is None]
    assert not any("#3 已核实。" in text for text in texts)


async def test_another_account_is_tried_first(school: School, deaf: set[str]) -> None:
    with school.app.db.reading() as tx:
        chen = directory(tx).by_staff_no["T3012"]
    from db import accounts

    await school.app.write(
        lambda tx: accounts.bind(tx, "local", "u-chen-2", "u-chen-2", chen.id, at=1)
    )
    await told(school, "T3012", "#3 已核实。")
    assert school.last("u-chen-2") == "#3 已核实。"
