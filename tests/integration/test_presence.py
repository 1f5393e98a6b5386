"""Shown out of a group, let in again, stopped by a person: kept, told once to who can mend it."""

from typing import Literal

from commands.chat.messages import Chat, Incoming, Notice, Right
from commands.conversation.postbox import post_notice
from db import chats
from db.people import directory
from tests.worlds.school import GROUP, School


async def happens(
    school: School,
    presence: Literal["came", "left", "rights", "contacts"],
    chat: Chat,
    author: str | None = None,
    lacks: tuple[Right, ...] = (),
) -> None:
    now = school.clock.now()
    await school.app.gateway.receive(
        Incoming(
            update=f"{presence}-{chat.id}-{len(school.seen)}",
            chat=chat,
            author=author,
            sent_at=now,
            received_at=now,
            presence=presence,
            lacks=lacks,
        )
    )
    await school.app.delivery.deliver_all()


def group(name: str = GROUP) -> Chat:
    return Chat(platform="local", id=name, group=True, title=name)


def linked(school: School) -> set[str]:
    with school.app.db.reading() as tx:
        return {chat for _, chat in chats.linked(tx)}


async def test_a_group_that_shows_us_out_is_linked_no_more_and_the_administrator_knows(
    school: School,
) -> None:
    await happens(school, "left", group())
    assert linked(school) == set()
    assert school.last("u-he").startswith(f"我被移出了群“{GROUP}”")
    told = len(school.shown("u-he"))
    await happens(school, "left", group())
    assert len(school.shown("u-he")) == told


async def test_a_group_that_lets_us_in_hears_at_once_who_can_link_it(school: School) -> None:
    await happens(school, "came", group("new"))
    assert "何平" in school.last("", "new")
    said = len(school.shown("", "new"))
    await happens(school, "came", group("new"))
    assert len(school.shown("", "new")) == said


async def test_what_is_missing_in_a_group_is_said_at_joining_and_until_it_is_there(
    school: School,
) -> None:
    new = group("new")
    await happens(school, "came", new, lacks=("read", "delete"))
    assert school.last("", "new").splitlines()[1].startswith("我在本群还不是管理员")
    await school.says("u-he", "@宣传助手 关联", group="new")
    assert "请把我设为管理员" in school.last("", "new")
    await school.says("u-he", "健康")
    assert "1 个群里移不走误发的电话：new。" in school.last("u-he")
    await happens(school, "rights", new)
    assert school.last("", "new").startswith("权限齐了")
    await school.says("u-he", "健康")
    assert "移不走" not in school.last("u-he")
    await school.says("u-he", "@宣传助手 关联", group="new")
    assert "请把我设为管理员" not in school.last("", "new")


async def test_who_stops_us_is_not_written_to_until_he_starts_us_again(school: School) -> None:
    private = Chat(platform="local", id="u-liu")
    await happens(school, "left", private, "u-liu")
    with school.app.db.reading() as tx:
        people = directory(tx)
    liu = people.by_staff_no["T2031"]
    assert people.account_of(liu.id) is None
    await happens(school, "came", private, "u-liu")
    notice = Notice(text="绑定好了。", person=liu.id, key="n1")
    await school.app.write(lambda tx: post_notice(tx, notice, school.clock.now()))
    await school.app.delivery.deliver_all()
    assert school.last("u-liu") == "绑定好了。"


async def test_changed_contacts_are_told_to_the_administrator_once_a_day(school: School) -> None:
    before = len(school.shown("u-he"))
    for member in ("a", "b"):
        await happens(school, "contacts", Chat(platform="local", id=member))
    assert len(school.shown("u-he")) == before + 1
    assert "roster import --wecom" in school.last("u-he")
