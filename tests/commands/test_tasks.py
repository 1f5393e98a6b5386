"""Interaction tasks: the card, taking part, settling (附件3·五, C9, C17)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from commands.chat.errors import Refused
from commands.chat.messages import Chat, Outgoing, Receipt
from db.engine.database import Database
from tests.worlds.school import GROUP, School, close_school, open_school

ISSUE = "@宣传助手 发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"


async def issued(school: School) -> None:
    await school.says("u-zhao", ISSUE, group=GROUP, at="04-08 09:00")


async def test_the_card_of_a_task_stands_in_its_group(school: School) -> None:
    await issued(school)
    assert school.last(group=GROUP) == (
        "任务 #1 春招宣传片　截止 4月15日（周一）24:00\n"
        "https://v.douyin.com/iAbc123/\n"
        "看完请按下面，各按一次即可；不按也可引用本条回“已转”。"
    )
    assert school.buttons(group=GROUP) == ["已转发", "已点赞", "已评论", "已关注"]


async def test_a_task_issued_privately_goes_to_the_linked_groups(school: School) -> None:
    await school.says("u-zhao", ISSUE.removeprefix("@宣传助手 "), at="04-08 09:00")
    assert school.last("u-zhao") == (
        "任务 #1 正发往 1 个群，截止 4月15日（周一）24:00；哪个群没收到会告诉您。"
    )
    assert school.last(group=GROUP).startswith("任务 #1 春招宣传片")


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            Refused("not a member"),
            "“staff”没有收到：任务 #1 春招宣传片　截止 4月15日（周一）24:00。",
        ),
        (True, "“staff”里关联的话题已关闭或删除，这一条发到了群首页：任务 #1 春招宣传片"),
        (False, ""),
    ],
)
async def test_whoever_issues_a_task_hears_of_a_group_that_did_not_get_it_as_meant(
    school: School, monkeypatch: pytest.MonkeyPatch, outcome: Refused | bool, told: str
) -> None:
    taken = school.platform.send

    async def send(message: Outgoing) -> Receipt:
        if message.chat.group and isinstance(outcome, Refused):
            raise outcome
        return replace(await taken(message), astray=message.chat.group and outcome is True)

    monkeypatch.setattr(school.platform, "send", send)
    said = await school.says("u-zhao", ISSUE.removeprefix("@宣传助手 "), at="04-08 09:00")
    notices = [text for text in said if not text.startswith("任务 #1")]
    assert len(notices) == bool(told)
    assert all(text.startswith(told) for text in notices)


async def test_a_group_is_spoken_to_in_the_topic_where_it_was_linked(school: School) -> None:
    chat = Chat(platform="local", id="forum", group=True, thread="7")
    await school.platform.says("u-he", chat, "@宣传助手 关联")
    await school.says("u-zhao", ISSUE.removeprefix("@宣传助手 "), at="04-08 09:00")
    assert [one.chat.thread for one in school.seen if one.chat.id == "forum"][-1] == "7"


async def test_a_task_without_an_end_runs_a_week_and_never_ends_on_a_day_off(
    school: School,
) -> None:
    await school.says("u-zhao", "@宣传助手 发任务 招生片", group=GROUP, at="03-28 09:00")
    assert "截止 4月7日（周日）24:00" in school.last(group=GROUP)


@pytest.mark.parametrize("said", ["转发 1", "转发1", "已转 #1", "/forward 1", "转发 #１"])
async def test_taking_part_is_noted_once(school: School, said: str) -> None:
    await issued(school)
    assert await school.says("u-liu", said) == ["刘老师，#1 转发已记。"]
    assert await school.says("u-liu", "转发 1") == ["已记过，不用再按。"]


async def test_a_quote_of_the_card_names_the_task(school: School) -> None:
    await issued(school)
    card = "任务 #1 春招宣传片"
    assert await school.says("u-liu", "@宣传助手 已转", group=GROUP, quote=card) == [
        "刘老师，#1 转发已记。"
    ]
    assert await school.says("u-liu", "收到", group=GROUP) == []


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("已转 已赞 已评", "转发、点赞、评论"),
        ("转发、点赞", "转发、点赞"),
        ("@宣传助手 转赞评都做了", "转发、点赞、评论"),
        ("已转发；已关注！", "转发、关注"),
    ],
)
async def test_several_acts_under_a_quote_are_all_noted(
    school: School, said: str, noted: str
) -> None:
    await issued(school)
    card = "任务 #1 春招宣传片"
    assert await school.says("u-liu", said, group=GROUP, quote=card) == [
        f"刘老师，#1 {noted}已记。"
    ]
    assert await school.says("u-liu", said, quote=card) == ["已记过，不用再按。"]
    assert await school.says("u-ma", f"{said} 1") == [f"马老师，#1 {noted}已记。"]
    assert await school.says("u-chen", said.replace("@宣传助手", ""), group=GROUP) == []


async def test_of_several_acts_those_left_out_are_named(school: School) -> None:
    await school.says(
        "u-zhao", "发任务 招生片 链接 https://v.douyin.com/iA6/ 不计 评论", at="03-28 09:00"
    )
    assert await school.says("u-liu", "转发 点赞 评论") == [
        "刘老师，#1 转发、点赞已记。\n#1 不计评论，不用做。"
    ]


async def test_a_press_in_the_group_is_answered_to_the_presser_alone(school: School) -> None:
    await issued(school)
    before = len(school.shown("", GROUP))
    await school.presses("u-liu", "已点赞", group=GROUP)
    assert school.last("u-liu") == "刘老师，#1 点赞已记。"
    await school.presses("u-liu", "已点赞", group=GROUP)
    assert school.last("u-liu") == "已记过，不用再按。"
    assert len(school.shown("", GROUP)) == before


async def test_a_count_above_one_needs_a_class(school: School) -> None:
    await issued(school)
    [said] = await school.says("u-ma", "转发 1 500")
    assert said == "马老师，#1 转发已记。\n按本人 1 次记。替班级报请发：班级 机电2301 转发 30"


async def test_what_is_left_of_a_task_stands_in_ones_own_list(school: School) -> None:
    await issued(school)
    await school.says("u-liu", "转发 1")
    [mine] = await school.says("u-liu", "我的")
    assert "任务 #1 转发已记，还差 点赞、评论、关注。" in mine


async def test_a_number_of_another_kind_is_named(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001")
    assert await school.says("u-liu", "转发 1") == ["#1 是线索，不是任务，没有处理。"]


async def test_a_closed_task_takes_no_more(school: School) -> None:
    await issued(school)
    await school.at("04-16 00:00")
    assert await school.says("u-liu", "转发 1") == ["#1 已经截止，没有记。"]
    assert await school.says("u-liu", "点赞") == ["现在没有进行中的任务，没有记。"]


async def test_a_task_below_the_line_costs_a_point(school: School) -> None:
    await issued(school)
    await school.at("04-15 18:00")
    shown = await school.says("u-zhao", "结任务 1 转发 6000 点赞 5620 评论5600，关注7000")
    # (7000 students + 26 on the roster) × 80 % = 5620.8
    assert shown[0].split("\n") == [
        "#1 线 5620.8（(7000+26)×80%）：转发6000 达　点赞5620 未达　评论5600 未达　关注7000 达",
        "院办 互动 10 → 9 分。",
        "请核对平台数，附上截图（私聊发图）再确认。",
    ]
    assert school.points("学校办公室", "interaction") == "10"
    await school.presses("u-zhao", "确认结任务")
    assert school.points("学校办公室", "interaction") == "9"
    [again] = await school.says("u-zhao", "结任务 1 转发 6000 点赞 6000 评论6000 关注7000")
    assert again == "#1 已经结过（#2），没有重复结。"


async def test_a_task_that_reaches_the_line_costs_nothing(school: School) -> None:
    await issued(school)
    await school.says("u-zhao", "结任务 1 转发=6000 点赞=6000 评论=6000 关注=1.2万")
    await school.presses("u-zhao", "确认结任务")
    assert school.points("学校办公室", "interaction") == "10"


async def test_a_metric_left_out_is_not_asked_for(school: School) -> None:
    line = "@宣传助手 发任务 视频号作品 不计评论 截止 4月15日"
    await school.says("u-zhao", line, group=GROUP, at="04-08 09:00")
    assert school.buttons(group=GROUP) == ["已转发", "已点赞", "已关注"]
    [short] = await school.says("u-zhao", "结任务 1 转发 6000 点赞 6000")
    assert short == "#1 还缺 关注 的数，没有结。请补全后再发。"
    # What is asked for is called by words that are commands elsewhere; here they are the answer.
    [preview] = await school.says("u-zhao", "关注 7000")
    assert "转发6000 达　点赞6000 达　关注7000 达" in preview
    await school.presses("u-zhao", "取消")
    await school.says("u-zhao", "结任务 1")
    [preview] = await school.says("u-zhao", "转发 6000 点赞=5900，关注7000")
    assert "转发6000 达　点赞5900 达　关注7000 达" in preview
    # Any other command is still itself, and so is this one where nothing was asked.
    await school.says("u-zhao", "结任务 1")
    assert (await school.says("u-zhao", "得分 机电"))[0].startswith("机电工程系 得 ")
    await school.says("u-zhao", "取消")
    assert "#1 转发已记" in (await school.says("u-zhao", "转发 1"))[0]


async def test_only_the_media_centre_issues_and_settles(school: School) -> None:
    [said] = await school.says("u-liu", "发任务 春招宣传片")
    assert said == "发任务 由融媒体中心来做，没有处理。要看自己能做什么，请发：帮助"


async def test_a_metric_is_left_out_with_its_reason(school: School) -> None:
    line = "@宣传助手 发任务 视频号作品 不计 评论（没有评论区） 截止 4月15日"
    await school.says("u-zhao", line, group=GROUP, at="04-08 09:00")
    assert school.buttons(group=GROUP) == ["已转发", "已点赞", "已关注"]
    card = school.last(group=GROUP).splitlines()
    assert card[0] == "任务 #1 视频号作品　截止 4月15日（周一）24:00"
    assert card[-1].endswith("不计 评论（没有评论区）。")


async def test_a_task_without_any_metric_is_not_issued(school: School) -> None:
    [said] = await school.says(
        "u-zhao", "发任务 片 https://v.douyin.com/x/ 不计转发 不计点赞 不计评论 不计关注"
    )
    assert said == "四项都不计，就没有可做的了，没有发。请至少留一项。"


async def test_a_task_taken_back_cannot_be_settled(school: School) -> None:
    await issued(school)
    await school.says("u-zhao", "撤回 #1")
    [said] = await school.says("u-zhao", "结任务 1 转发 1 点赞 1 评论 1 关注 1")
    assert said == "#1 已撤回，没有结，也不影响得分。"
    assert school.points("学校办公室", "interaction") == "10"


async def test_a_settled_task_taken_back_takes_its_settlement_along(school: School) -> None:
    await issued(school)
    await school.says("u-zhao", "结任务 1 转发 1 点赞 1 评论 1 关注 1")
    await school.presses("u-zhao", "确认结任务")
    assert school.points("学校办公室", "interaction") == "9"
    [said] = await school.says("u-zhao", "撤回 #1")
    assert said == "已撤回 #1 和它的结任务 #2，都不再计数。"
    assert school.points("学校办公室", "interaction") == "10"


async def test_what_somebody_else_settled_is_taken_back_by_him_first(school: School) -> None:
    await issued(school)
    await school.says("u-qian", "结任务 1 转发 1 点赞 1 评论 1 关注 1")
    await school.presses("u-qian", "确认结任务")
    [said] = await school.says("u-zhao", "撤回 #1")
    assert said == "#1 已由钱峰结任务（#2），没有撤回。请先由钱峰撤回 #2。"
    assert school.points("学校办公室", "interaction") == "9"
    await school.says("u-qian", "撤回 #2")
    assert (await school.says("u-zhao", "撤回 #1")) == ["已撤回 #1，不再计数。"]
    assert school.points("学校办公室", "interaction") == "10"


async def test_a_metric_that_turns_out_missing_is_left_out_at_settlement(school: School) -> None:
    await issued(school)
    line = "结任务 1 转发 6000 点赞 6000 关注 7000 不计评论（评论区关闭）"
    [shown] = await school.says("u-zhao", line)
    assert "评论" not in shown.split("\n")[0]
    await school.presses("u-zhao", "确认结任务")
    assert school.points("学校办公室", "interaction") == "10"
    every = "不计转发 不计点赞 不计评论 不计关注"
    await school.says("u-zhao", "撤回 #2")
    [none] = await school.says("u-zhao", f"结任务 1 {every}")
    assert none == "#1 的各项都不计，就没有可结的了，没有结。请至少留一项的数。"


async def test_a_task_settled_without_students_is_judged_by_the_first_number_set_later(
    sqlite_database: Database,
) -> None:
    school = await open_school(sqlite_database, students=None)
    await issued(school)
    await school.says("u-zhao", "结任务 1 转发 5900 点赞 5900 评论 5900 关注 5900")
    await school.presses("u-zhao", "确认结任务")
    assert school.points("学校办公室", "interaction") is None
    for number, at in (("7000", "04-20 09:00"), ("9000", "05-06 09:00")):
        await school.says("u-he", f"设置 在校人数 {number}", at=at)
        await school.presses("u-he", "确认")
        assert school.points("学校办公室", "interaction") == "10"
    assert school.points("学校办公室", "interaction", until="04-19 09:00") is None
    assert school.points("学校办公室", "interaction", until="04-21 09:00") == "10"
    close_school(school)


@pytest_asyncio.fixture
async def classes(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[School]:
    """A school with one class and its teacher."""
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "工号,姓名,部门,角色,班级,账号\n"
        "M0007,赵倩,融媒体中心,融媒体中心,,u-zhao\n"
        "T4011,李强,机电工程系,班主任,机电2301,u-qiang\n",
        "utf-8",
    )
    found = await open_school(sqlite_database, roster=roster)
    yield found
    close_school(found)


@pytest.mark.parametrize(
    "said",
    [
        "班级 机电2301 转发 30",
        "班级 机电2301 转发 1 30",
        "班级 机电2301 转发 30 #1",
        "班级 机电2301 转发 三十",
    ],
)
async def test_a_class_teacher_notes_his_class(classes: School, said: str) -> None:
    await issued(classes)
    [answer] = await classes.says("u-qiang", said)
    assert answer.splitlines()[0] == ("#1 机电2301 转发 30 人已记，属参与数据，考核以平台数为准。")


async def test_a_class_teacher_s_chain_is_taken_and_every_row_accounted_for(
    classes: School,
) -> None:
    await issued(classes)
    chain = (
        "@宣传助手 #接龙\n春招宣传片 点赞\n1. 李强 已赞\n2. 赵倩没转\n3、王五（请假）\n"
        "4. 赵六未转\n5. 138\n6 还没弄 钱七\n7. 无名氏✅\n大家辛苦"
    )
    [answer] = await classes.says("u-qiang", chain, group=GROUP)
    assert answer.splitlines() == [
        "#1 点赞 已替 1 人记。",
        "花名册里没有：无名氏，没有记。",
        "写着没做的没有记：赵倩、王五、赵六、钱七。没看懂的行：“5. 138”、“大家辛苦”。",
    ]
    [refused] = await classes.says("u-qiang", "#接龙\n1. 李强 没转\n2. ok")
    assert refused.startswith("接龙里没看到")
    assert "没有记：李强" in refused
    assert "“2. ok”" in refused
