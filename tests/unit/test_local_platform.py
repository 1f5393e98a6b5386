"""The platform in memory shows what a person would see."""

from collections.abc import Sequence
from typing import Any

import pytest

from bot.adapters.local import LocalPlatform
from commands.chat.messages import Button, Chat, Incoming, Outgoing

GROUP = Chat(platform="local", id="staff", group=True)
PRIVATE = Chat(platform="local", id="u-li")


def message(text: str, chat: Chat = GROUP, labels: Sequence[str] = (), **rest: Any) -> Outgoing:
    buttons = (tuple(Button(label=label, says=f"do {label}") for label in labels),)
    return Outgoing(key="k", chat=chat, kind="reply", text=text, buttons=buttons, **rest)


@pytest.fixture
def heard() -> list[Incoming]:
    return []


@pytest.fixture
def platform(heard: list[Incoming]) -> LocalPlatform:
    async def receive(incoming: Incoming) -> None:
        heard.append(incoming)

    platform = LocalPlatform(now=lambda: 1_000)
    platform.open(receive)
    return platform


async def test_what_is_sent_stands_in_its_chat_alone(platform: LocalPlatform) -> None:
    await platform.send(message("大家好"))

    assert [m.text for m in platform.transcript(GROUP)] == ["大家好"]
    assert platform.transcript(PRIVATE) == []


async def test_a_group_and_a_private_chat_of_the_same_name_are_two(platform: LocalPlatform) -> None:
    await platform.send(message("群里", chat=Chat(platform="local", id="u-li", group=True)))

    assert platform.transcript(PRIVATE) == []


async def test_an_edit_replaces_text_and_buttons_in_place(platform: LocalPlatform) -> None:
    card = await platform.send(message("待审", labels=["通过"]))
    await platform.send(message("后面的"))

    again = await platform.send(message("已通过", edits=card.message))

    first, second = platform.transcript(GROUP)
    assert (first.text, first.buttons, first.edited) == ("已通过", ((),), True)
    assert second.text == "后面的"
    assert again == card


async def test_an_edit_of_a_message_that_is_gone_is_sent_anew(platform: LocalPlatform) -> None:
    await platform.send(message("已通过", edits="m99"))

    assert [m.text for m in platform.transcript(GROUP)] == ["已通过"]


async def test_deleted_messages_are_no_longer_shown_nor_pressed(platform: LocalPlatform) -> None:
    card = await platform.send(message("待审", labels=["通过"]))

    await platform.send(message("移走了", deletes=(card.message,)))

    assert [m.text for m in platform.transcript(GROUP)] == ["移走了"]
    assert platform.newest_with(GROUP, "通过") is None


async def test_the_newest_message_with_exactly_the_label_is_found_first(
    platform: LocalPlatform,
) -> None:
    await platform.send(message("旧", labels=["确认"]))
    await platform.send(message("中", labels=["确认"]))
    await platform.send(message("新", labels=["确认 6 条"]))

    found, button = platform.newest_with(GROUP, "确认") or pytest.fail("none is shown")

    assert (found.text, button.label) == ("中", "确认")


async def test_a_label_may_go_on_where_none_is_exact(platform: LocalPlatform) -> None:
    await platform.send(message("新", labels=["取消", "确认 6 条"]))

    _, button = platform.newest_with(GROUP, "确认") or pytest.fail("none is shown")

    assert button.label == "确认 6 条"


async def test_a_press_says_what_the_button_says_about_its_message(
    platform: LocalPlatform, heard: list[Incoming]
) -> None:
    await platform.send(message("待审", labels=["通过"]))
    card, button = platform.newest_with(GROUP, "通过") or pytest.fail("none is shown")

    await platform.presses("u-li", GROUP, card, button)

    (event,) = heard
    assert (event.press, event.message, event.author) == ("do 通过", card.id, "u-li")


@pytest.mark.parametrize("text", ["@宣传助手 得分", "＠宣传助手 得分"])
async def test_either_at_sign_is_a_mention(
    platform: LocalPlatform, heard: list[Incoming], text: str
) -> None:
    await platform.says("u-li", GROUP, text)

    assert heard[0].addressed


async def test_a_quote_counts_as_a_quote_of_the_bot(
    platform: LocalPlatform, heard: list[Incoming]
) -> None:
    await platform.says("u-li", GROUP, "已转", quote="任务 #186")

    assert (heard[0].addressed, heard[0].quote) == (True, "任务 #186")


async def test_chatter_is_not_addressed(platform: LocalPlatform, heard: list[Incoming]) -> None:
    await platform.says("u-li", GROUP, "大家辛苦了")

    assert not heard[0].addressed


async def test_no_two_events_share_an_update(
    platform: LocalPlatform, heard: list[Incoming]
) -> None:
    for _ in range(3):
        await platform.says("u-li", GROUP, "同一句")

    assert len({event.update for event in heard}) == 3


async def test_hooks_hear_of_everything_in_order(platform: LocalPlatform) -> None:
    seen = []
    platform.hooks.append(lambda event: seen.append((event.kind, event.message.text)))

    await platform.says("u-li", GROUP, "待审")
    card = await platform.send(message("一条"))
    await platform.send(message("没有了", edits=card.message))

    assert seen == [("said", "待审"), ("sent", "一条"), ("edited", "没有了")]
