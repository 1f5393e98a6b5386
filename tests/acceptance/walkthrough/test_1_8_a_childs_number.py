"""1.8: a child's number in a group, taken back, erased, and never taken again."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school
from tests.worlds.transcripts import WECOM, number_in

LEAD = "报线索 赵小某 13800010077 初三 想学计算机 妈妈姓钱"


@pytest_asyncio.fixture
async def wecom(sqlite_database: Database) -> AsyncIterator[School]:
    """The school on a platform that cannot delete."""
    found = await open_school(sqlite_database, capabilities=WECOM)
    yield found
    close_school(found)


async def asked_to_erase(school: School) -> int:
    """冯强's lead of 03-26, and his wish of 04-09 before anybody has confirmed it."""
    await school.says("u-feng", LEAD, group=GROUP, at="03-26 19:02")
    number = number_in(school.last(group=GROUP))
    await school.at("04-08 09:05")
    await school.says("u-sun", "待认定")
    await school.presses("u-sun", "逐条认定")
    await school.says("u-feng", "抹除 13800010077 拒联", at="04-09 15:31")
    return number


async def test_a_lead_in_the_group_is_taken_and_its_message_removed(school: School) -> None:
    said = await school.says("u-feng", LEAD, group=GROUP, at="03-26 19:02")
    [answer] = said
    number = number_in(answer)
    assert answer == f"冯老师，含电话的消息已移走，线索已收（#{number}）。以后请私聊我报。"
    assert not any(message.author for message in school.shown("", GROUP))
    # No {去私聊}: a button sends a line of the presser, on no platform does it open a chat.
    assert school.buttons(group=GROUP) == []
    [mine] = await school.says("u-feng", f"为什么 #{number}")
    assert mine.startswith(f"#{number} 线索")


async def test_a_childs_number_without_a_command_is_removed_and_not_recorded(
    school: School,
) -> None:
    await school.says("u-feng", LEAD, group=GROUP, at="03-26 19:02")
    number = number_in(school.last(group=GROUP))
    gossip = "赵小某13800010077 谁有空联系下，初三学生"
    assert await school.says("u-feng", gossip, group=GROUP) == [
        "冯老师，含学生电话的消息已移走，没有登记。要报线索请私聊我。"
    ]
    assert await school.says("u-feng", "食堂订餐电话 13800010088", group=GROUP) == []
    [shown] = [one.text for one in school.shown("", GROUP) if one.author]
    assert shown == "食堂订餐电话 13800010088"
    await school.says("u-feng", "报线索 钱某 13800010099 初三")
    assert number_in(school.last("u-feng")) == number + 1


async def test_where_nothing_can_be_deleted_the_sender_is_asked_to_recall(wecom: School) -> None:
    await wecom.says("u-feng", LEAD, at="03-26 19:02")
    [again] = await wecom.says(
        "u-feng", "@宣传助手 报线索 赵小某 13800010077 初三 计算机", group=GROUP, at="03-26 19:10"
    )
    # How one recalls is the platform's own way; the words leave it to the reader.
    assert again.startswith("冯老师，")
    assert "报过" in again
    assert "我删不了" in again
    assert "撤回" in again
    assert "赵小某" not in again
    assert "138" not in again
    assert wecom.buttons(group=GROUP) == ["已撤回"]
    in_group = len(wecom.shown("", GROUP))
    await wecom.at("03-26 19:20")
    assert "请撤回" in wecom.last("u-feng")
    assert wecom.buttons("u-feng") == ["已撤回", "我撤不了"]
    assert "请" in wecom.last("u-he")
    assert len(wecom.shown("", GROUP)) == in_group


async def test_who_has_recalled_is_not_asked_again(wecom: School) -> None:
    await wecom.says("u-feng", f"@宣传助手 {LEAD}", group=GROUP, at="03-26 19:10")
    await wecom.presses("u-feng", "已撤回", group=GROUP)
    seen = len(wecom.seen)
    await wecom.at("03-26 19:30")
    assert len(wecom.seen) == seen


async def test_a_wish_in_ones_own_words_is_led_to_the_word_for_it(school: School) -> None:
    await school.says("u-feng", LEAD, group=GROUP, at="03-26 19:02")
    number = number_in(school.last(group=GROUP))
    [hint] = await school.says(
        "u-feng",
        "家长打电话来说孩子号码被人发群里了，要求删掉，别再打",
        at="04-09 15:30",
    )
    # The lead is named by #n and masked: a number is shown in full to 招办 alone (C28).
    assert hint.startswith(f"明白，还没有删。要抹除的是 #{number}（138****0077）吗？")
    assert school.buttons("u-feng") == ["抹除并拒联", "只抹除"]
    [preview, _] = await school.presses("u-feng", "抹除并拒联")
    assert preview.startswith(f"将抹除 1 条（#{number}）")
    assert "并列入拒联" in preview


async def test_nobody_erases_alone(school: School) -> None:
    number = await asked_to_erase(school)
    preview = school.last("u-feng")
    # 聊天原文 is not named: the text of a message is kept nowhere, so there is none to erase.
    assert preview.startswith(
        f"将抹除 1 条（#{number}）：姓名、电话、备注、待发消息；只留“某人某日报过一条”。不能恢复。"
    )
    assert "已转孙丽" in preview
    assert school.buttons("u-feng") == ["取消"]
    assert school.buttons("u-sun") == [f"确认抹除 #{number}", "取消"]


async def test_what_is_erased_is_told_with_a_sentence_for_the_parents(school: School) -> None:
    number = await asked_to_erase(school)
    await school.presses("u-sun", "确认抹除", at="04-09 15:40")
    assert school.last("u-feng") == (
        "已抹除，并列入拒联。可转告家长：“您孩子的信息已删除，学校不会再联系，给您添麻烦了，抱歉。”"
    )
    [refused] = await school.says("u-ma", "报线索 赵某 13800010077 初三 计算机", at="04-15 10:10")
    assert refused == "这个号码不接收联系，没有登记。"
    [trail] = await school.says("u-he", f"审计 #{number}", at="04-15 10:12")
    assert trail.startswith(f"#{number} 线索（已抹除）：3月26日 19:02 冯强 在群“{GROUP}”报；")
    assert "；4月9日 15:31 冯强 申请抹除；4月9日 15:40 孙丽 确认抹除。\n" in trail
    assert trail.endswith("\n查看过号码：孙丽 1 次（最近 4月8日 09:05）。")
    assert "138" not in trail
    assert "赵小某" not in trail


@pytest.mark.parametrize("certified", [True, False])
async def test_erasing_leaves_the_reporter_his_count(school: School, certified: bool) -> None:
    number = await asked_to_erase(school)
    if certified:
        await school.says("u-sun", f"认定 {number}")
    before = (await school.says("u-feng", "我的"))[0].split("，")[0]
    await school.presses("u-sun", "确认抹除", at="04-09 15:40")
    assert (await school.says("u-feng", "我的"))[0].split("，")[0] == before
