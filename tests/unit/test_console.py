"""The playground in a terminal."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from bot.playground.console import Console
from commands.chat.messages import Button, Chat, Incoming, Outgoing

Talk = Callable[..., Awaitable[tuple[list[Incoming], str]]]


@pytest.fixture
def talk() -> Talk:
    """Type lines and have the events that came in and what was printed."""

    async def talk(*lines: str, before: Sequence[Outgoing] = ()) -> tuple[list[Incoming], str]:
        heard: list[Incoming] = []
        printed: list[str] = []
        typed = iter([*(line + "\n" for line in lines), ""])
        console = Console(read=lambda: next(typed), out=printed.append)
        for message in before:
            await console.send(message)

        async def receive(incoming: Incoming) -> None:
            heard.append(incoming)

        await console.run(receive)
        return heard, "\n".join(printed)

    return talk


async def test_a_line_is_said_by_the_chosen_person_privately(talk: Talk) -> None:
    (event,), _ = await talk(":谁 u-li", "得分 机电")

    assert (event.author, event.chat, event.text) == (
        "u-li",
        Chat(platform="local", id="u-li"),
        "得分 机电",
    )


async def test_a_line_can_be_said_in_a_group_and_privately_again(talk: Talk) -> None:
    heard, _ = await talk(":谁 u-li", ":群 staff", "早", ":私", "我的")

    assert [event.chat.group for event in heard] == [True, False]


async def test_nobody_chosen_is_asked_for(talk: Talk) -> None:
    heard, printed = await talk("得分")

    assert heard == []
    assert ":谁" in printed


async def test_a_button_is_pressed_by_its_label(talk: Talk) -> None:
    button = Button(label="通过", says="approve #1")
    card = Outgoing(
        key="k",
        chat=Chat(platform="local", id="u-li"),
        kind="notice",
        text="一条",
        buttons=((button,),),
    )

    (event,), printed = await talk(":谁 u-li", ":按 通过", ":按 飞", before=[card])

    assert event.press == "approve #1"
    assert "{通过}" in printed
    assert "没有“飞”" in printed


async def test_a_file_is_sent_and_a_missing_one_is_said(talk: Talk, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"x")

    (event,), printed = await talk(":谁 u-li", f":传 {tmp_path / 'a.csv'}", ":传 nowhere.csv")

    assert (event.file.name, event.file.data) == ("a.csv", b"x")
    assert "nowhere.csv" in printed


async def test_leaving_ends_it_before_the_input_does(talk: Talk) -> None:
    heard, _ = await talk(":谁 u-li", ":退出", "得分")

    assert heard == []


PEOPLE = (
    ("u-ma", "马超", "艺术工程系"),
    ("u-li", "李校长", "院领导"),
    ("u-w1", "张伟", "机电工程系"),
    ("u-w2", "张伟", "后勤保障部"),
)


@pytest.mark.parametrize(
    ("said", "account", "part"),
    [
        ("马超", "u-ma", ""),
        ("u-ma", "u-ma", ""),
        ("马朝", "", "相近的：马超 u-ma"),
        ("u-mo", "", "u-ma"),
        ("张伟", "", "请写账号：张伟 u-w1、张伟 u-w2"),
    ],
)
async def test_one_speaks_as_a_name_or_an_account_of_the_school(
    said: str, account: str, part: str
) -> None:
    printed: list[str] = []
    typed = iter([f":谁 {said}\n", ""])
    console = Console(read=lambda: next(typed), out=printed.append, people=lambda: PEOPLE)
    await console.run(_nobody_listens)
    assert console.account == account
    assert part in printed[-1]
    assert "　u-li　李校长　院领导" in printed[2]


async def _nobody_listens(_: Incoming) -> None:
    """Nothing is said to it here."""
