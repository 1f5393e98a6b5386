"""When the bot speaks, and to whom (C1, C8, C20)."""

from dataclasses import replace

import pytest

from commands.chat.messages import Chat, Incoming
from tests.worlds.school import GROUP, School


def event(
    school: School, text: str, *, author: str | None = "u-liu", group: bool = False
) -> Incoming:
    chat = Chat(platform="local", id=GROUP if group else "u-liu", group=group, title=GROUP)
    now = school.clock.now()
    return Incoming(
        update=f"x{text}{author}{group}",
        chat=chat,
        author=author,
        sent_at=now,
        received_at=now,
        text=text,
        message="m",
    )


async def answers(school: School, incoming: Incoming) -> list[str]:
    before = len(school.seen)
    await school.app.gateway.receive(incoming)
    await school.app.delivery.deliver_all()
    return [message.text for message in school.seen[before:]]


@pytest.mark.parametrize(
    "chatter",
    [
        "通过努力我系技能大赛获奖",
        "转发一下",
        "我的手机坏了",
        "关注一下学生动态",
        "直播今晚7点",
        "培训改到周五",
        "开始上课",
        "取消",
        "通过",
        "我的",
        "帮助",
    ],
)
async def test_chatter_in_the_group_is_left_alone(school: School, chatter: str) -> None:
    for account in ("u-liu", "u-chen", "u-zhao", "u-wu", "u-he"):
        assert await school.says(account, chatter, group=GROUP) == []


async def test_an_update_delivered_twice_has_one_effect_and_one_answer(school: School) -> None:
    report = event(school, "报线索 张某 13800010001")
    assert len(await answers(school, report)) == 1
    assert await answers(school, report) == []


async def test_an_edited_report_does_nothing_and_says_so_once(school: School) -> None:
    edited = replace(event(school, "报线索 张某 13800010001"), edited=True)
    [said] = await answers(school, edited)
    assert said == "改动没有计入，原来那条照旧。要改请发：更正 #编号 新的内容"
    assert await answers(school, replace(edited, update="again")) == []
    assert await answers(school, replace(event(school, "得分"), edited=True)) == []


async def test_a_forwarded_command_is_no_command(school: School) -> None:
    for group in (True, False):
        forwarded = replace(event(school, "通过 #1", group=group), forwarded=True)
        assert await answers(school, forwarded) == []


async def test_an_anonymous_admin_may_ask_but_not_report(school: School) -> None:
    [score] = await answers(school, event(school, "/得分 机电", author=None, group=True))
    assert score.startswith("机电工程系 得 5")
    [refused] = await answers(school, event(school, "/通过 #1", author=None, group=True))
    assert refused == "看不出您是谁，没有处理。请关闭匿名或私聊我。"


async def test_what_is_somebodys_own_goes_to_his_private_chat(school: School) -> None:
    await school.says("u-liu", "/我的", group=GROUP)
    assert school.last(group=GROUP) == "已私信您。"
    assert school.last("u-liu").startswith("线索 认定 0/10")


async def test_a_late_message_counts_from_its_own_time_for_two_days(school: School) -> None:
    await school.at("03-31 12:00")
    late = replace(event(school, "交接"), author="u-min", sent_at=school.clock.now() - 14 * 3600)
    await answers(school, late)
    assert "，已过" not in school.last("u-min")
    await school.says("u-zhao", "通过 #1")
    assert school.points("机电工程系", "dy_handover") == "3"


async def test_more_than_twenty_commands_a_minute_are_asked_once_to_slow_down(
    school: School,
) -> None:
    for _ in range(20):
        assert len(await school.says("u-liu", "待办")) == 1
    [slow] = await school.says("u-liu", "待办")
    assert slow.startswith("发得有些快，这条没有处理。")
    assert await school.says("u-liu", "待办") == []
    assert await school.says("u-ma", "待办") != []
    assert await school.says("u-liu", "待办", at="03-18 09:02") != []
