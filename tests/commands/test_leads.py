"""Leads as teachers report them and 招办 certifies them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import pytest
import pytest_asyncio
from sqlalchemy import select

from bot.adapters.local import CAPABILITIES
from commands.chat.messages import Incoming
from db import leads as desk
from db.engine.database import Database
from db.schema import audit as audit_table
from tests.worlds.school import GROUP, School, close_school, open_school


async def test_a_lead_is_received_with_its_number_masked_and_the_standing(school: School) -> None:
    [answer] = await school.says("u-liu", "报线索张某13800010001初三护理中职")
    assert answer == (
        "已收 #1 张某（138****0001） 初三 · 健康 · 中职\n待招办认定；您已认定 0/10，待认定 1。"
    )


async def test_the_same_number_twice_is_one_lead(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    [again] = await school.says("u-liu", "报线索 张某 138 0001 0001 初三")
    [other] = await school.says("u-ma", "报线索 张某 +86 138-0001-0001")
    assert again == "这条您 09:00 已报过（#1），没有重复计。"
    assert other == (
        "该号码 3月18日 已有人先报，没有重复计。"
        "已为您排队：先报的若不成立会告诉您，由您接上，按现在的时间算。"
    )
    assert "刘桂芳" not in other


async def test_a_lead_typed_in_the_group_is_removed_and_nothing_of_it_repeated(
    school: School,
) -> None:
    [answer] = await school.says("u-feng", "报线索 赵小某 13800010077 初三", group=GROUP)
    assert answer == "冯老师，含电话的消息已移走，线索已收（#1）。以后请私聊我报。"
    assert "13800010077" not in "".join(message.text for message in school.shown("", GROUP))


async def test_a_withdrawn_lead_frees_its_number(school: School) -> None:
    await school.says("u-ma", "报线索 乙某 13900010002")
    assert await school.says("u-ma", "撤回") == ["已撤回 #1，不再计数。"]
    [answer] = await school.says("u-liu", "报线索 乙某 13900010002")
    assert answer.startswith("已收 #2 乙某")


async def test_a_revoked_certification_no_longer_counts(school: School) -> None:
    await school.says("u-ma", "报线索 乙某 13900010002")
    await school.says("u-sun", "认定 #1")
    await school.says("u-sun", "撤销 #1 家长说从未咨询")
    await school.presses("u-sun", "确认")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 0。")


# --- many at once (C6, C17) -----------------------------------------------------------------


async def test_a_pasted_list_gets_one_answer_with_the_range_of_numbers(school: School) -> None:
    lines = "\n".join(f"报线索 甲{n} 1390000{n:04d} 初三" for n in range(1, 26))
    [answer] = await school.says("u-ma", lines)
    assert answer == "收 25 条（#1–#25），待招办认定。号码多为连号，招办会先打电话核实。"
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 25。")
    assert await flagged(school) == list(range(1, 26))


async def test_a_pasted_list_can_be_taken_back_in_one_press(school: School) -> None:
    lines = "\n".join(f"报线索 甲{n} 139{n}0010001" for n in range(6))
    await school.says("u-ma", lines)
    await school.presses("u-ma", "全部撤回")
    assert school.last("u-ma") == "已撤回 6 条，不再计数。"
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10，待认定 0。")


async def test_the_word_is_said_once_and_lines_may_be_numbered(school: School) -> None:
    [answer] = await school.says(
        "u-ma", "报线索\n1. 张某 13900010001 初三\n２、李某 138-0001-0002 护理\n③王某 13700010003"
    )
    assert answer == "收 3 条（#1–#3），待招办认定。"
    mine = (await school.says("u-ma", "我的"))[0]
    assert "#1 3月18日 张某（139****0001） 初三：待认定" in mine
    assert "#2 3月18日 李某（138****0002） 健康：待认定" in mine
    assert "#3 3月18日 王某（137****0003）：待认定" in mine


async def test_lines_that_are_not_taken_are_named(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13900010001")
    [answer] = await school.says(
        "u-ma", "报线索 张某 13900010001\n李某 13900010033\n王某\n赵某 1390001004 13900010066"
    )
    assert answer.split("\n")[0] == "收 2 条（#2–#3），待招办认定。"
    assert answer.split("\n")[1] == (
        "未收第 1 条：这个号码已有人先报，已为您排队；"
        "未收第 3 条：没有看到电话，也没有“报线索”三个字"
    )


async def test_more_than_fifty_are_not_begun(school: School) -> None:
    lines = "\n".join(f"报线索 甲{n} 1390{n:07d}" for n in range(0, 5100, 100))
    [answer] = await school.says("u-ma", lines)
    assert answer == "一次最多 50 条，这里有 51 条，都没有收，请分几次发。"


async def test_a_pasted_list_in_a_group_is_removed_too(school: School) -> None:
    [answer] = await school.says(
        "u-ma", "报线索 张某 13900010001 初三\n李某 13900010033", group=GROUP
    )
    assert answer == "马老师，含电话的消息已移走，收 2 条线索（#1–#2）。以后请私聊我报。"
    assert "13900010033" not in "".join(message.text for message in school.shown("", GROUP))


async def test_one_lead_may_stand_on_several_lines(school: School) -> None:
    [answer] = await school.says("u-ma", "报线索 张某\n13900010001\n初三")
    assert answer.startswith("已收 #1 张某（139****0001） 初三")


async def flagged(school: School) -> list[int]:
    with school.app.db.reading() as tx:
        return sorted(desk.suspected(tx, school.plan))


async def test_five_numbers_in_a_row_are_flagged_and_four_are_not(school: School) -> None:
    for n in (1, 3, 4, 5):
        await school.says("u-ma", f"报线索 甲{n} 1390000000{n}")
    await school.says("u-liu", "报线索 乙某 13900000006")
    assert await flagged(school) == []
    [answer] = await school.says("u-ma", "报线索 甲 13900000002")
    assert await flagged(school) == [1, 2, 3, 4, 6]
    assert "连号" not in answer


async def test_more_than_twenty_on_one_day_are_flagged_all_and_the_next_day_is_not(
    school: School,
) -> None:
    for n in range(20):
        line = f"报线索 甲{n} 139{n * 7919 + 10_000_000:08d}"
        await school.says("u-ma", line, at=f"03-18 09:{n:02d}")
    assert await flagged(school) == []
    await school.says("u-ma", "报线索 乙某 13800010001", at="03-18 09:30")
    assert await flagged(school) == list(range(1, 22))
    await school.says("u-ma", "报线索 丙某 13800010044", at="03-19 09:00")
    assert await flagged(school) == list(range(1, 22))


# --- a child's number in a group (C7) -------------------------------------------------------

NOTE = "赵小某13800010077 谁有空联系下，初三学生"


@pytest_asyncio.fixture
async def stuck(sqlite_database: Database) -> AsyncIterator[School]:
    """The same school on a platform that cannot delete."""
    found = await open_school(sqlite_database, capabilities=replace(CAPABILITIES, delete=False))
    yield found
    close_school(found)


async def test_a_childs_number_without_a_command_is_removed_and_not_recorded(
    school: School,
) -> None:
    [answer] = await school.says("u-feng", NOTE, group=GROUP)
    assert answer == "冯老师，含学生电话的消息已移走，没有登记。要报线索请私聊我。"
    assert [m.author for m in school.shown("", GROUP)] == [None]
    assert (await school.says("u-feng", "我的"))[0].startswith("线索 认定 0/10，待认定 0。")


@pytest.mark.parametrize(
    "text",
    [
        "家长电话 138 0001 0077",
        "孩子的号 +86 138-0001-0077",
        "报名的 １３８０００１００７７",
        "学生\n13800010077",
        "@宣传助手 初三 13800010077",
        "报线索 初三",
    ],
)
async def test_however_it_is_written(school: School, text: str) -> None:
    await school.says("u-feng", text, group=GROUP)
    gone = not any(m.author for m in school.shown("", GROUP))
    assert gone is ("138" in text or "１３８" in text)


async def test_somebody_unknown_is_treated_alike(school: School) -> None:
    [answer] = await school.says("u-nobody", NOTE, group=GROUP)
    assert answer.endswith("含学生电话的消息已移走，没有登记。要报线索请私聊我。")
    await school.says("u-nobody", "报线索 赵小某 13800010077", group=GROUP)
    assert not any(m.author for m in school.shown("", GROUP))


@pytest.mark.parametrize(
    "text", ["食堂订餐电话 13800010088", "初三学生下午开会", "订单 138000100881234 学生"]
)
async def test_a_number_alone_is_left(school: School, text: str) -> None:
    assert await school.says("u-feng", text, group=GROUP) == []
    assert [m.text for m in school.shown("", GROUP)] == [text]


async def test_in_a_group_that_nobody_linked_nothing_is_touched(school: School) -> None:
    assert await school.says("u-feng", NOTE, group="elsewhere") == []


async def test_where_nothing_can_be_deleted_the_sender_is_asked_once_and_then_privately(
    stuck: School,
) -> None:
    [answer] = await stuck.says("u-feng", NOTE, group=GROUP, at="03-26 19:10")
    assert answer == ("冯老师，消息里有学生电话，没有登记。我删不了：请长按那条消息，点“撤回”。")
    assert stuck.buttons("", GROUP) == ["已撤回"]
    await stuck.at("03-26 19:19")
    assert stuck.last("u-feng") == ""
    await stuck.at("03-26 19:21")
    assert stuck.last("u-feng") == (
        "冯老师，群里那条含学生电话的消息请撤回；超过时限请联系群主处理。"
    )
    assert stuck.buttons("u-feng") == ["已撤回", "我撤不了"]
    assert stuck.last("u-he") == (
        "冯强 在群里发的一条消息含学生电话，10 分钟还没有撤回，请帮忙处理。"
    )
    assert len([m for m in stuck.shown("", GROUP) if m.author is None]) == 1


async def test_who_has_recalled_it_is_not_asked_again(stuck: School) -> None:
    await stuck.says("u-feng", NOTE, group=GROUP, at="03-26 19:10")
    with_press = await stuck.presses("u-feng", "已撤回", group=GROUP)
    assert stuck.last("", GROUP) == "好的，谢谢您。", with_press
    await stuck.at("03-26 20:00")
    assert stuck.last("u-feng") == ""
    assert "撤回" not in stuck.last("u-he")


async def test_nobody_else_may_say_that_it_was_recalled(stuck: School) -> None:
    await stuck.says("u-feng", NOTE, group=GROUP, at="03-26 19:10")
    await stuck.presses("u-ma", "已撤回", group=GROUP)
    await stuck.at("03-26 20:00")
    assert stuck.last("u-feng").startswith("冯老师，群里那条")


async def test_who_cannot_recall_it_gets_help(stuck: School) -> None:
    await stuck.says("u-feng", NOTE, group=GROUP, at="03-26 19:10")
    await stuck.at("03-26 19:21")
    await stuck.presses("u-feng", "我撤不了")
    assert stuck.last("u-feng") == "知道了，请联系群主删除那条消息；已请管理员帮忙。"
    assert stuck.last("u-he").startswith("冯强 撤不回群里那条")


async def test_a_lead_where_nothing_can_be_deleted_is_recorded_and_to_be_recalled(
    stuck: School,
) -> None:
    [answer] = await stuck.says("u-feng", "报线索 赵小某 13800010077 初三", group=GROUP)
    assert answer == (
        "冯老师，电话还在群里，我删不了：请长按那条消息，点“撤回”，线索已收（#1）。以后请私聊我报。"
    )
    assert stuck.buttons("", GROUP) == ["已撤回"]
    await stuck.at("03-18 09:11")
    assert stuck.last("u-feng").startswith("冯老师，群里那条")


@pytest.mark.parametrize("deletes", [True, False])
async def test_no_group_ever_reads_a_number_in_full_and_no_audit_or_log_keeps_one(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture, deletes: bool
) -> None:
    caplog.set_level(0)
    can = replace(CAPABILITIES, delete=deletes)
    school = await open_school(sqlite_database, capabilities=can)
    chance = Random(7)
    shapes = (
        "报线索 张某 {0} 初三",
        "@宣传助手 报线索 {0}",
        "@宣传助手 得分 {0}",
        "@宣传助手 为什么 {0}",
        "@宣传助手 {0} 是谁",
        "/抹除 {0} 拒联",
        "/认定 {0}",
        "/无效 #1 {0}",
        "学生 {0}",
        "/报线索 张某 {0}\n李某 {0}\n王某",
        "/帮助 {0}",
        "/更正 #1 {0}",
        "/培训 {0}",
        "/报新闻 招生热线 {0}",
    )
    numbers = set()
    for n, shape in enumerate(shapes * 6):
        number = f"1{chance.choice('3456789')}{chance.randrange(10**9):09d}"
        numbers.add(number)
        account = ("u-ma", "u-sun", "u-feng", "u-nobody")[n % 4]
        await school.says(account, shape.format(number), group=GROUP)
    told = [m.text for m in school.shown("", GROUP) if m.author is None]
    with school.app.db.reading() as tx:
        kept = [f"{row.subject} {row.action}" for row in tx.run(select(audit_table))]
    logged = [record.getMessage() + str(record.__dict__) for record in caplog.records]
    close_school(school)
    everything = "\n".join((*told, *kept, *logged))
    assert len(told) > 40
    assert [number for number in numbers if number in everything] == []


# --- forwarded (C20) ------------------------------------------------------------------------


async def forward(school: School, account: str, text: str) -> None:
    """Somebody forwards a message into his 1:1 chat with the bot."""
    now = school.clock.now()
    chat = school._chat(account, "")
    await school.app.gateway.receive(
        Incoming(
            update=f"f{now}{text[:3]}",
            chat=chat,
            author=account,
            sent_at=now,
            received_at=now,
            text=text,
            forwarded=True,
        )
    )
    await school.app.delivery.deliver_all()


async def test_a_forwarded_number_is_offered_as_a_lead_and_taken_only_then(school: School) -> None:
    await forward(school, "u-liu", "家长：孩子叫张某 13800010001 初三 想学护理")
    assert school.last("u-liu") == "转来的消息里有电话，还没有登记。要作为线索报吗？"
    assert school.buttons("u-liu") == ["作为线索报", "不报"]
    await school.presses("u-liu", "作为线索报")
    assert school.last("u-liu").startswith("已收 #1 ")


async def test_a_forwarded_number_that_is_declined_leaves_nothing(school: School) -> None:
    await forward(school, "u-liu", "张某 13800010001 初三")
    await school.presses("u-liu", "不报")
    assert (await school.says("u-liu", "我的"))[0].startswith("线索 认定 0/10，待认定 0。")


async def test_a_forwarded_command_is_none(school: School) -> None:
    await forward(school, "u-sun", "认定 #1")
    assert school.last("u-sun") == ""


@pytest.mark.parametrize(
    "said", ["13800010055", "138 0001 0055", "电话13800010055", "家长的手机号是：13800010055。"]
)
async def test_a_phone_alone_completes_the_lead_that_has_none(school: School, said: str) -> None:
    await school.says("u-liu", "报线索 周某 初三", at="04-02 10:00")
    await school.at("04-02 10:08")
    [answer] = await school.says("u-liu", said)
    assert answer == "#1 已更正为 #2 周某（138****0055） 初三，待招办认定。"
    assert "已更正" not in (await school.says("u-liu", "13800010066"))[0]
    assert "没有重复计" in (await school.says("u-liu", "报线索 周某 13800010055"))[0]


async def test_a_phone_alone_is_no_guess(school: School) -> None:
    await school.says("u-liu", "报线索 周某 初三", at="04-02 10:00")
    assert "没有登记" in (await school.says("u-ma", "13800010055"))[0]
    await school.says("u-liu", "@宣传助手 13800010055", group=GROUP)
    assert "更正" not in school.last(group=GROUP)
    await school.says("u-liu", "报线索 吴某 高三")
    assert await school.says("u-liu", "13800010055") == [
        "还没有登记这个电话。是哪条线索的？请发：更正 #2 电话\n"
        "还没有电话的：#2 吴某 高三；#1 周某 初三"
    ]
    await school.at("04-02 10:11")
    assert (await school.says("u-liu", "13800010055"))[0].startswith("只看到一个电话，没有登记。")
