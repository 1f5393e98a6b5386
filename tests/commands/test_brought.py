"""What people send that is no text: contacts, voices, stickers, albums: one answer in private."""

from itertools import count
from typing import Any

import pytest

from bot.adapters.local import NAME
from commands.chat.messages import Brings, Chat, File, Incoming
from db import pictures
from tests.worlds.photos import photo
from tests.worlds.school import GROUP, School

NEWS = "报新闻 开放日 https://mp.weixin.qq.com/s/AAA111"
UPDATES = count(1)
COLOURS = ("red", "blue", "green")


async def brings(
    school: School, who: str, what: Brings, text: str = "", *, group: str = "", **more: Any
) -> list[str]:
    """Somebody sends something; the texts that the bot then sends."""
    before, now = len(school.seen), school.clock.now()
    chat = Chat(platform=NAME, id=group or who, group=bool(group))
    update = more.pop("update", f"b{next(UPDATES)}")
    said: dict[str, Any] = {"chat": chat, "author": who, "text": text, "brings": what, **more}
    event = Incoming(update=update, sent_at=now, received_at=now, **said)
    await school.app.gateway.receive(event)
    await school.app.delivery.deliver_all()
    return [message.text for message in school.seen[before:]]


def lazy(colour: str, fetched: list[str]) -> File:
    """A picture that is still on its platform."""

    async def fetch() -> bytes:
        fetched.append(colour)
        return photo(colour)

    return File(name="photo.jpg", data=b"", fetch=fetch)


def kept(school: School, number: int) -> int:
    with school.app.db.reading() as tx:
        return len(pictures.of(tx, [number]))


def loose(school: School) -> int:
    with school.app.db.reading() as tx:
        return pictures.total(tx)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("voice", "语音我听不了"),
        ("video", "报视频 标题 链接"),
        ("sticker", "帮助"),
        ("location", "位置用不上"),
        ("other", "看不了"),
    ],
)
async def test_what_cannot_be_read_is_answered_in_private_and_not_in_a_group(
    school: School, what: Brings, says: str
) -> None:
    [said] = await brings(school, "u-liu", what)
    assert says in said
    assert await brings(school, "u-liu", what, group=GROUP) == []
    [stranger] = await brings(school, "u-nobody", what)
    assert "绑定" in stranger


async def test_a_command_beside_a_video_is_carried_out(school: School) -> None:
    [said] = await brings(school, "u-liu", "video", "得分 健康")
    assert said.startswith("健康")


async def test_a_contact_is_offered_as_a_lead(school: School) -> None:
    [said] = await brings(school, "u-liu", "contact", "张某 +86 138 0001 0001")
    assert school.buttons("u-liu") == ["作为线索报", "不报"]
    assert "13800010001" not in said
    [done] = await school.presses("u-liu", "作为线索报")
    assert done.startswith("已收 #1")
    assert "138****0001" in done
    [none] = await brings(school, "u-liu", "contact", "教务处 010-88886666")
    assert none.startswith("这种消息我看不了")
    assert await brings(school, "u-liu", "contact", "张某 13800010009", group=GROUP) == []


async def test_an_album_is_answered_once_and_all_of_it_belongs(school: School) -> None:
    fetched: list[str] = []
    said = [
        await brings(school, "u-chen", "picture", text, album="7", file=lazy(colour, fetched))
        for colour, text in zip(COLOURS, (NEWS, "", ""), strict=True)
    ]
    assert [len(texts) for texts in said] == [1, 0, 0]
    assert (kept(school, 1), fetched) == (3, list(COLOURS))


async def test_an_album_that_belongs_to_nothing_is_asked_about_once(school: School) -> None:
    fetched: list[str] = []
    said = [
        await brings(school, "u-liu", "picture", album="7", file=lazy(colour, fetched))
        for colour in COLOURS
    ]
    assert [len(texts) for texts in said] == [1, 0, 0]
    await school.presses("u-liu", "不用了")
    assert loose(school) == 0


async def test_an_album_in_a_group_is_ours_only_with_its_first(school: School) -> None:
    fetched: list[str] = []
    for text in ("今天升旗", ""):
        more: dict[str, Any] = {"album": "8", "file": lazy("red", fetched), "group": GROUP}
        assert await brings(school, "u-chen", "picture", text, **more) == []
    assert await brings(school, "u-nobody", "picture", **more) == []
    assert fetched == []
    for colour, text in zip(COLOURS, (NEWS, "", ""), strict=True):
        more = {"album": "9", "file": lazy(colour, fetched), "group": GROUP}
        await brings(school, "u-chen", "picture", text, **more)
    assert (kept(school, 1), len(fetched)) == (3, 3)


async def test_a_replayed_update_is_stored_and_answered_once(school: School) -> None:
    fetched: list[str] = []
    for _ in range(2):
        await brings(school, "u-chen", "picture", NEWS, update="x", file=lazy("red", fetched))
    assert (kept(school, 1), fetched) == (1, ["red"])


async def test_a_picture_that_cannot_be_fetched_is_told(school: School) -> None:
    [said] = await brings(school, "u-chen", "picture", NEWS, file_too_big=True)
    assert said.startswith("已收 #1")
    assert "这张图太大" in said
    [said] = await brings(school, "u-chen", "picture", file_too_big=True)
    assert said.startswith("这张图太大")
