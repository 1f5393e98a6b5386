"""A group that goes on under another id keeps its link, its quiet and what waits for it."""

from dataclasses import replace
from typing import Any

from commands.chat.errors import Moved
from commands.chat.messages import Incoming, Notice, Outgoing, Receipt
from commands.conversation.postbox import post_notice
from db import accounts, chats, quiet
from db.engine.tx import Tx
from db.people import directory
from tests.worlds.school import GROUP, School

NEW = "-100777"


async def waits(school: School, key: str = "n1") -> None:
    """A notice for the group that has not gone out."""
    notice = Notice(text="本周五 15:00 前报齐。", chat=school._chat("", GROUP), key=key)
    await school.app.write(lambda tx: post_notice(tx, notice, school.clock.now()))


def linked(school: School) -> set[str]:
    with school.app.db.reading() as tx:
        return {chat for _, chat in chats.linked(tx)}


async def moves(school: School, update: str = "moved-1") -> None:
    now = school.clock.now()
    await school.app.gateway.receive(
        Incoming(
            update=update,
            chat=school._chat("", GROUP),
            author=None,
            sent_at=now,
            received_at=now,
            moved_to=NEW,
        )
    )


async def test_the_platform_says_that_a_group_has_moved(school: School) -> None:
    await school.app.write(
        lambda tx: quiet.hush(tx, f"group:local:{GROUP}", school.clock.now() + 60)
    )
    await waits(school)
    await moves(school)
    await moves(school)  # and says it again
    assert linked(school) == {NEW}
    with school.app.db.reading() as tx:
        assert quiet.until(tx, f"group:local:{NEW}") > school.clock.now()
    assert await school.says("u-wang", "@宣传助手 排名", group=NEW) != []


async def test_a_send_finds_out_that_a_group_has_moved(school: School, monkeypatch: Any) -> None:
    sent: list[Outgoing] = []
    send = school.platform.send

    async def moved(message: Outgoing) -> Receipt:
        if message.chat.id == GROUP:
            raise Moved(NEW)
        sent.append(message)
        return await send(replace(message))

    monkeypatch.setattr(school.platform, "send", moved)
    await waits(school)
    await school.app.delivery.deliver_all()
    assert [message.chat.id for message in sent] == [NEW]
    assert linked(school) == {NEW}


async def test_who_is_known_on_a_platform_that_no_longer_runs_is_told_where_we_are(
    school: School,
) -> None:
    people = school.app.db.peek("people", directory)
    liu = people.by_account["local", "u-liu"].id
    later = school.clock.now() + 60

    def settle(tx: Tx) -> None:
        accounts.bind(tx, "telegram", "77", "77", liu, at=later)

    await school.app.write(settle)
    notice = Notice(text="本周五前报齐。", person=liu, key="n2")
    await school.app.write(lambda tx: post_notice(tx, notice, school.clock.now()))
    await school.app.delivery.deliver_all()
    assert school.last("u-liu") == "本周五前报齐。"
