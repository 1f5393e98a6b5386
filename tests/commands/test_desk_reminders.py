"""What waits on a desk is asked for there: views, tasks about to close, reviews, leads."""

from dataclasses import replace

import pytest

from db.holidays import statutory
from tests.worlds.school import GROUP, School

TASK = "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"


async def test_views_are_asked_for_a_week_after_publication_all_at_once(school: School) -> None:
    await school.says(
        "u-chen", "报新闻 信工系召开班主任例会 https://mp.weixin.qq.com/s/B1", at="04-02 20:15"
    )
    await school.says("u-chen", "报软文 一根网线的教育 https://mp.weixin.qq.com/s/B2")
    await school.at("04-09 12:00")
    assert "发布满 7 天" not in school.last("u-chen")
    await school.at("04-16 09:00")
    # What was due at nine besides stands above it.
    *_, first, second = school.last("u-chen").split("\n")
    assert first.startswith("#1《信工系召开班主任例会》发布满 7 天，请报点击量")
    assert second == "同时到期：#2。信息工程系每篇目标 1209。"
    [said] = await school.says("u-chen", "１３０２", quote=first, at="04-16 09:06")
    assert said.startswith("#1 点击 1302，达标")
    before = len(school.shown("u-chen"))
    await school.at("04-23 12:00")
    asked = [m.text for m in school.shown("u-chen")[before:] if "发布满 7 天" in m.text]
    assert asked == []


async def test_a_task_is_recalled_in_the_group_the_workday_before_it_closes(
    school: School,
) -> None:
    await school.says("u-zhao", TASK, group=GROUP, at="04-08 09:00")
    await school.says("u-liu", "转发")
    before = len(school.shown("", GROUP))
    await school.at("04-12 16:00")
    said = [message for message in school.shown("", GROUP)[before:] if "春招宣传片" in message.text]
    assert [message.text for message in said] == [
        "任务 #1 春招宣传片　4月15日（周一）24:00截止。转发 1　点赞 0　评论 0　关注 0"
        "（教职工 26 人）。还没做的请按下面。"
    ]
    labels = [button.label for row in said[0].buttons for button in row]
    assert labels == ["已转发", "已点赞", "已评论", "已关注"]


async def test_a_closed_task_is_asked_of_the_media_centre_until_it_is_settled(
    school: School,
) -> None:
    await school.says("u-zhao", TASK, group=GROUP, at="04-08 09:00")
    await school.at("04-16 09:00")
    assert "任务 #1 春招宣传片 已于 4月15日（周一）24:00截止。请报平台数：结任务 1 转发=… " in (
        school.last("u-zhao")
    )
    before = len(school.shown("u-zhao"))
    await school.at("04-17 09:30")
    assert not any("请报平台数" in m.text for m in school.shown("u-zhao")[before:])


async def test_a_task_that_is_taken_back_is_not_recalled(school: School) -> None:
    await school.says("u-zhao", TASK, group=GROUP, at="04-08 09:00")
    await school.says("u-zhao", "撤回 #1")
    before = len(school.shown("", GROUP))
    await school.at("04-12 16:00")
    assert not any("春招宣传片" in m.text for m in school.shown("", GROUP)[before:])


@pytest.mark.parametrize("day", ["04-08 09:00", "04-11 09:00"])
async def test_what_waits_is_asked_for_on_mondays_and_if_it_is_old_on_thursdays(
    school: School, day: str
) -> None:
    await school.says("u-chen", "报视频 甲 https://v.douyin.com/iA1/", at="04-07 10:00")
    await school.at(day)
    [said] = [
        message.text
        for message in school.seen
        if message.at == school.clock.now() and message.chat.id == "u-zhao"
    ]
    assert "待审 1 条" in said


async def test_a_young_review_is_left_alone_on_thursdays(school: School) -> None:
    await school.says("u-chen", "报视频 甲 https://v.douyin.com/iA1/", at="04-10 10:00")
    before = len(school.shown("u-zhao"))
    await school.at("04-11 12:00")
    assert not any("待审 1 条" in m.text for m in school.shown("u-zhao")[before:])


async def test_leads_are_asked_for_when_they_are_old_or_many(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三", at="04-01 10:00")
    await school.at("04-07 12:00")
    assert "待认定线索" not in school.last("u-sun")
    await school.at("04-08 09:00")
    assert school.last("u-sun") == "待认定线索 1 条，最早已等 7 天。"
    assert school.buttons("u-sun")[0] == "待认定"


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.begins("11-29 09:00")
async def test_in_december_the_administrator_hears_whether_next_year_is_known(
    school: School, monkeypatch: pytest.MonkeyPatch, published: bool
) -> None:
    known = replace(statutory(), years=frozenset({2024, 2025} if published else {2024}))
    monkeypatch.setattr("db.calendar.statutory", lambda: known)
    await school.at("2024-12-02T09:30:00+08:00")
    asked = [m.text for m in school.shown("u-he") if "2025 年的放假安排还没有数据" in m.text]
    assert bool(asked) is not published


async def test_on_mondays_the_administrator_hears_which_units_nobody_answers_for(
    school: School,
) -> None:
    await school.at("03-25 08:30")
    first, second = school.last("u-he").split("\n")
    assert first.startswith("早上好：过去一周提醒送到 ")
    assert second.startswith("名册里没有宣传员和负责人、提醒没有人收的部门：党群、院办、财务")
