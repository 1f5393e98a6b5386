"""What every adapter must do, whatever its platform: a suite over a small harness.

A platform's test module gives a `harness` fixture and inherits `AdapterContract`. A test of
what the adapter's capabilities deny is skipped. A test that does not hold on a platform for
another reason is set to None in its subclass, which says why.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import pytest

from commands.chat.errors import Refused, Unreachable
from commands.chat.messages import Adapter, Button, Chat, File, Incoming, Outgoing, Receive
from db.platforms import PLATFORMS
from tests.worlds.photos import photo

PHOTO = photo("green")
WAIT = 10.0
"""Seconds after which something that should have come did not."""

CHOICE = (
    tuple(Button(label=f"#{n} 信工", says=f"#{n}", kind="tick") for n in (12, 13, 16)),
    (Button(label="通过选中的", says="approve", kind="gather"),),
)
YES_NO = (
    (Button(label="通过", says="approve 12"), Button(label="退回", says="reject 12")),
    (Button(label="为什么", says="why 12"),),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message as people see it: its text and the labels of its buttons, row by row."""

    text: str
    labels: tuple[tuple[str, ...], ...] = ()
    file: tuple[str, bytes] | None = None


async def fetched(incoming: Incoming) -> bytes:
    """The bytes of a picture, which its adapter has or gets."""
    assert incoming.file is not None
    return incoming.file.data if incoming.file.fetch is None else await incoming.file.fetch()


class Harness(Protocol):
    """A platform under test, with people on it."""

    @property
    def adapter(self) -> Adapter: ...

    def private(self, user: str) -> Chat:
        """The 1:1 chat with a person who may or may not have written to the bot."""

    def group(self) -> Chat:
        """A group with the bot and everybody in it."""

    def user_says(self, user: str, text: str, *, chat: Chat, mention: bool = False) -> None:
        """A person writes; `mention`: to the bot by name, as one does on this platform."""

    def user_presses(self, user: str, label: str, *, chat: Chat) -> None:
        """A person presses the newest button with this label."""

    async def user_ticks(self, user: str, label: str, *, chat: Chat) -> None:
        """A person ticks or unticks the option with this label on the newest card with it, and sees
        that."""

    def seen(self, chat: Chat) -> list[Seen]:
        """What the bot and the people wrote in a chat, oldest first, deleted ones gone."""


class Aside(Harness, Protocol):
    """A platform that shows a message in a group to one person alone."""

    def trust(self, chat: Chat) -> None:
        """Give the bot what it needs for that."""

    def seen_aside(self, user: str, chat: Chat) -> list[Seen]:
        """What this person alone sees in a group."""


class Showing(Harness, Protocol):
    """A platform that brings the pictures that people send."""

    def user_shows(
        self, user: str, data: bytes, text: str = "", *, chat: Chat, mention: bool = False
    ) -> None:
        """A person sends a picture with a text beside it, as one does on this platform."""


class Copying(Harness, Protocol):
    """A platform with buttons that copy a text."""

    def copied(self, label: str, chat: Chat) -> str:
        """What the newest message's button copies."""


class Asking(Harness, Protocol):
    """A platform where a question opens the input for its answer."""

    def opens_reply(self, chat: Chat) -> bool:
        """Whether the newest message does."""


class Calling(Harness, Protocol):
    """A platform where people are called by name in a group."""

    def account(self, user: str) -> str: ...

    def called(self, chat: Chat) -> set[str]:
        """The accounts that the newest message calls."""


class Inbox:
    """A `receive` that keeps what comes; `faults`: raise for the first so many."""

    def __init__(self, faults: int = 0) -> None:
        self.events: asyncio.Queue[Incoming] = asyncio.Queue()
        self.faults = faults

    async def receive(self, incoming: Incoming) -> None:
        self.events.put_nowait(incoming)
        if self.faults:
            self.faults -= 1
            raise RuntimeError("the database is away")

    async def next(self) -> Incoming:
        async with asyncio.timeout(WAIT):
            return await self.events.get()


@asynccontextmanager
async def listening(adapter: Adapter, receive: Receive) -> AsyncIterator[None]:
    """The adapter runs meanwhile, and has not ended by itself at the end."""
    running = asyncio.create_task(adapter.run(receive))
    try:
        yield
        assert not running.done(), "the adapter stopped listening"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def needs(harness: Harness, *abilities: str) -> None:
    for ability in abilities:
        if not getattr(harness.adapter.capabilities, ability):
            pytest.skip(f"{harness.adapter.name} has no {ability}")


def said(chat: Chat, text: str, **more: object) -> Outgoing:
    return Outgoing(**{"key": "k-1", "chat": chat, "kind": "reply", "text": text, **more})  # type: ignore[arg-type]


class AdapterContract:
    """Inherit, and give a `harness` fixture."""

    async def heard(self, harness: Harness, user: str, text: str, chat: Chat) -> Incoming:
        """What arrives when somebody says something."""
        inbox = Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_says(user, text, chat=chat)
            return await inbox.next()

    def test_a_roster_can_name_its_accounts(self, harness: Harness) -> None:
        assert harness.adapter.name in PLATFORMS

    async def test_a_private_text_arrives_as_it_was_said(self, harness: Harness) -> None:
        chat = harness.private("li")
        incoming = await self.heard(harness, "li", "报新闻 开放日 https://a.cn/1", chat)
        assert incoming.text == "报新闻 开放日 https://a.cn/1"
        assert (incoming.chat.id, incoming.chat.group) == (chat.id, False)
        assert incoming.author is not None
        assert incoming.press is None
        assert incoming.sent_at <= incoming.received_at

    async def test_a_text_in_a_group_is_marked_as_such(self, harness: Harness) -> None:
        chat, inbox = harness.group(), Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_says("li", "得分", chat=chat, mention=True)
            incoming = await inbox.next()
        assert incoming.chat.id == chat.id
        assert incoming.chat.group
        assert incoming.addressed

    async def test_a_mention_is_not_part_of_the_text(self, harness: Harness) -> None:
        chat, inbox = harness.group(), Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_says("li", "得分 机电", chat=chat, mention=True)
            incoming = await inbox.next()
        assert incoming.text == "得分 机电"

    async def test_chatter_in_a_group_is_not_addressed(self, harness: Harness) -> None:
        if harness.adapter.capabilities.needs_mention:
            pytest.skip("such chatter never arrives here")
        incoming = await self.heard(harness, "li", "今天下雨", harness.group())
        assert not incoming.addressed

    async def test_the_same_person_is_the_same_author_everywhere(self, harness: Harness) -> None:
        inbox = Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_says("li", "得分", chat=harness.private("li"))
            here = await inbox.next()
            harness.user_says("li", "得分", chat=harness.group(), mention=True)
            there = await inbox.next()
            harness.user_says("wang", "得分", chat=harness.private("wang"))
            other = await inbox.next()
        assert here.author == there.author != other.author
        assert len({here.update, there.update, other.update}) == 3

    async def test_events_of_one_chat_arrive_in_their_order(self, harness: Harness) -> None:
        chat, inbox = harness.private("li"), Inbox()
        for number in range(20):
            harness.user_says("li", f"第{number}条", chat=chat)
        async with listening(harness.adapter, inbox.receive):
            texts = [(await inbox.next()).text for _ in range(20)]
        assert texts == [f"第{number}条" for number in range(20)]

    async def test_a_picture_arrives_unfetched_and_can_be_fetched(self, harness: Showing) -> None:
        needs(harness, "pictures")
        inbox = Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_shows("li", PHOTO, chat=harness.private("li"))
            incoming = await inbox.next()
            assert (incoming.brings, incoming.text) == ("picture", "")
            assert incoming.file is not None
            assert incoming.file.name.endswith(".jpg")
            assert await fetched(incoming) == PHOTO
        assert incoming.file.data in (b"", PHOTO)

    async def test_a_text_beside_a_picture_arrives_with_it(self, harness: Showing) -> None:
        needs(harness, "pictures")
        inbox, chat = Inbox(), harness.private("li")
        async with listening(harness.adapter, inbox.receive):
            harness.user_shows("li", PHOTO, "报视频 机房 https://v.douyin.com/a/", chat=chat)
            incoming = await inbox.next()
        assert (incoming.brings, incoming.chat.id) == ("picture", chat.id)
        assert incoming.text == "报视频 机房 https://v.douyin.com/a/"

    async def test_a_picture_to_the_bot_in_a_group_is_marked_as_such(
        self, harness: Showing
    ) -> None:
        needs(harness, "pictures")
        inbox, chat = Inbox(), harness.group()
        async with listening(harness.adapter, inbox.receive):
            harness.user_shows("li", PHOTO, "报视频 机房", chat=chat, mention=True)
            incoming = await inbox.next()
        assert incoming.chat.group
        assert incoming.addressed
        assert incoming.brings == "picture"
        assert incoming.text.endswith("报视频 机房")

    async def test_a_sent_message_shows_its_text_and_buttons(self, harness: Harness) -> None:
        needs(harness, "buttons")
        chat = harness.group()
        receipt = await harness.adapter.send(said(chat, "#12 待审\n李静", buttons=YES_NO))
        assert receipt.message
        shown = harness.seen(chat)[-1]
        assert shown == Seen(text="#12 待审\n李静", labels=(("通过", "退回"), ("为什么",)))

    async def test_what_looks_like_markup_is_shown_as_it_is(self, harness: Harness) -> None:
        chat, text = harness.group(), "<b>88.5</b> & *点赞* _5,900_ [x](y) {1}"
        await harness.adapter.send(said(chat, text))
        assert harness.seen(chat)[-1].text == text

    async def test_pressing_a_button_says_what_it_says(self, harness: Harness) -> None:
        needs(harness, "buttons")
        chat, inbox = harness.group(), Inbox()
        receipt = await harness.adapter.send(said(chat, "#12 待审", buttons=YES_NO))
        async with listening(harness.adapter, inbox.receive):
            harness.user_presses("wang", "退回", chat=chat)
            incoming = await inbox.next()
        assert incoming.press == "reject 12"
        assert incoming.message == receipt.message
        assert incoming.chat.id == chat.id
        assert incoming.author is not None
        assert incoming.sent_at == incoming.received_at

    async def test_what_is_for_one_persons_eyes_is_seen_by_nobody_else(
        self, harness: Aside
    ) -> None:
        needs(harness, "asides")
        chat, inbox = harness.group(), Inbox()
        async with listening(harness.adapter, inbox.receive):
            harness.user_says("li", "我的", chat=chat, mention=True)
            asked = await inbox.next()
        before = harness.seen(chat)
        answer = said(
            chat, "您报了 3 条。", answers=asked.message, eyes=asked.author, buttons=YES_NO
        )
        harness.trust(chat)
        await harness.adapter.send(answer)
        labels = tuple(tuple(one.label for one in row) for row in YES_NO)
        assert harness.seen_aside("li", chat) == [Seen(text="您报了 3 条。", labels=labels)]
        assert harness.seen_aside("wang", chat) == []
        assert harness.seen(chat) == before

    async def test_several_options_are_ticked_and_sent_at_once(self, harness: Harness) -> None:
        needs(harness, "ticks")
        chat, inbox = harness.private("li"), Inbox()
        await self.heard(harness, "li", "待审", chat)
        await harness.adapter.send(said(chat, "勾选要通过的", buttons=CHOICE))
        async with listening(harness.adapter, inbox.receive):
            for label in ("#13 信工", "#12 信工", "#13 信工", "#16 信工"):
                await harness.user_ticks("li", label, chat=chat)
            harness.user_presses("li", "通过选中的", chat=chat)
            while (incoming := await inbox.next()).text == "待审":
                continue  # it was not yet confirmed
        assert incoming.press == "approve #12 #16"
        assert inbox.events.empty()

    async def test_a_button_copies_what_it_says(self, harness: Copying) -> None:
        needs(harness, "copies")
        chat = harness.group()
        copy = Button(label="复制例子", says="报新闻 开放日 https://a.cn/1", kind="copy")
        await harness.adapter.send(said(chat, "例：", buttons=((copy,),)))
        assert harness.copied("复制例子", chat) == "报新闻 开放日 https://a.cn/1"

    async def test_a_question_opens_its_answer(self, harness: Asking) -> None:
        needs(harness, "asks")
        chat = harness.private("li")
        await self.heard(harness, "li", "退回 #12", chat)
        await harness.adapter.send(said(chat, "请说明理由", asks=True, buttons=YES_NO))
        assert harness.opens_reply(chat)
        await harness.adapter.send(said(chat, "已退回", key="k-2"))
        assert not harness.opens_reply(chat)

    async def test_people_are_called_by_the_names_in_a_text(self, harness: Calling) -> None:
        needs(harness, "calls")
        chat, text = harness.group(), "😀 有私信等您：陈晓、林芳。"
        calls = ((harness.account("li"), "陈晓"), (harness.account("wang"), "林芳"))
        await harness.adapter.send(said(chat, text, calls=calls, sole=True))
        assert harness.seen(chat)[-1].text == text
        assert harness.called(chat) == {harness.account("li"), harness.account("wang")}

    async def test_a_button_may_say_sixty_four_bytes_and_no_more(self, harness: Harness) -> None:
        needs(harness, "buttons")
        chat = harness.group()
        fits = ((Button(label="是", says="x" * 64),),)
        await harness.adapter.send(said(chat, "行", buttons=fits))
        before = harness.seen(chat)
        too_long = ((Button(label="是", says="宣" * 22),),)
        with pytest.raises(Refused):
            await harness.adapter.send(said(chat, "不行", key="k-2", buttons=too_long))
        assert harness.seen(chat) == before

    async def test_an_edit_changes_the_text_and_removes_the_buttons(self, harness: Harness) -> None:
        needs(harness, "buttons", "edit")
        chat = harness.group()
        card = await harness.adapter.send(said(chat, "#12 待审", buttons=YES_NO))
        edit = said(chat, "#12 已通过", key="k-2", kind="edit", edits=card.message)
        after = await harness.adapter.send(edit)
        assert after == card
        assert harness.seen(chat) == [Seen(text="#12 已通过")]

    async def test_an_edit_that_changes_nothing_is_no_fault(self, harness: Harness) -> None:
        needs(harness, "edit")
        chat = harness.group()
        card = await harness.adapter.send(said(chat, "第1名 机电"))
        edit = said(chat, "第1名 机电", key="k-2", kind="edit", edits=card.message)
        assert await harness.adapter.send(edit) == card
        assert harness.seen(chat) == [Seen(text="第1名 机电")]

    async def test_an_edit_of_a_vanished_message_is_shown_anew(self, harness: Harness) -> None:
        needs(harness, "edit", "delete")
        chat = harness.group()
        card = await harness.adapter.send(said(chat, "#12 待审"))
        gone = said(chat, "先删了", key="k-2", deletes=(card.message,))
        await harness.adapter.send(gone)
        edit = said(chat, "#12 已通过", key="k-3", kind="edit", edits=card.message)
        await harness.adapter.send(edit)
        assert [shown.text for shown in harness.seen(chat)] == ["先删了", "#12 已通过"]

    async def test_a_deleted_message_is_gone_when_the_answer_stands(self, harness: Harness) -> None:
        needs(harness, "delete")
        chat = harness.group()
        asked = await self.heard(harness, "li", "报线索 张某 13800138000", chat)
        answer = said(chat, "#11 已登记，原消息已删除。", deletes=(asked.message,))
        await harness.adapter.send(answer)
        assert [shown.text for shown in harness.seen(chat)] == ["#11 已登记，原消息已删除。"]

    async def test_a_failing_delete_does_not_hold_up_the_answer(self, harness: Harness) -> None:
        chat = harness.group()
        await harness.adapter.send(said(chat, "#11 已登记", deletes=("99999",)))
        assert [shown.text for shown in harness.seen(chat)] == ["#11 已登记"]

    async def test_who_never_wrote_cannot_be_written_to(self, harness: Harness) -> None:
        stranger = harness.private("stranger")
        with pytest.raises(Unreachable):
            await harness.adapter.send(said(stranger, "您好"))

    async def test_who_wrote_once_can_be_written_to(self, harness: Harness) -> None:
        needs(harness, "private_push")
        incoming = await self.heard(harness, "li", "开始", harness.private("li"))
        await harness.adapter.send(said(incoming.chat, "您好，李静"))
        assert harness.seen(incoming.chat)[-1].text == "您好，李静"

    async def test_a_too_long_text_arrives_whole(self, harness: Harness) -> None:
        chat = harness.group()
        lines = "\n".join(f"{number} 🎓 {'得分' * 20}" for number in range(400))
        await harness.adapter.send(said(chat, lines, buttons=YES_NO))
        shown = harness.seen(chat)
        assert "\n".join(part.text for part in shown) == lines
        assert [bool(part.labels) for part in shown] == [False] * (len(shown) - 1) + [True]

    async def test_a_file_arrives_with_its_name_and_bytes(self, harness: Harness) -> None:
        needs(harness, "files")
        chat, table = harness.group(), File(name="得分.xlsx", data=bytes(range(256)))
        await harness.adapter.send(said(chat, "四月得分", files=(table,)))
        assert [shown.text for shown in harness.seen(chat) if shown.text] == ["四月得分"]
        files = [shown.file for shown in harness.seen(chat) if shown.file]
        assert files == [("得分.xlsx", bytes(range(256)))]

    async def test_an_empty_message_is_refused(self, harness: Harness) -> None:
        with pytest.raises(Refused):
            await harness.adapter.send(said(harness.group(), " \n"))

    async def test_an_event_whose_receipt_failed_is_seen_again(self, harness: Harness) -> None:
        chat, inbox = harness.private("li"), Inbox(faults=2)
        async with listening(harness.adapter, inbox.receive):
            harness.user_says("li", "撤回", chat=chat)
            first, second, third = [await inbox.next() for _ in range(3)]
            harness.user_says("li", "我的", chat=chat)
            fourth = await inbox.next()
        assert first.update == second.update == third.update
        assert (third.text, fourth.text) == ("撤回", "我的")

    async def test_an_event_in_work_at_a_stop_is_seen_again(self, harness: Harness) -> None:
        begun, inbox = asyncio.Event(), Inbox()

        async def stuck(incoming: Incoming) -> None:
            begun.set()
            await asyncio.Event().wait()

        async with listening(harness.adapter, stuck):
            harness.user_says("li", "得分", chat=harness.private("li"))
            async with asyncio.timeout(WAIT):
                await begun.wait()
        async with listening(harness.adapter, inbox.receive):
            assert (await inbox.next()).text == "得分"
