"""What 为什么 says behind the points: which weeks, and only the facts of the unit asked."""

import pytest

from tests.worlds.school import School

VIDEO = "报视频 第{0}课 https://v.douyin.com/i{0}aa/"


async def test_the_weeks_of_an_account_are_named_as_met_missed_and_waived(school: School) -> None:
    for number, moment in ((1, "03-25 09:00"), (2, "04-03 09:00")):
        await school.says("u-chen", VIDEO.format(number), at=moment)
        await school.says("u-zhao", f"通过 #{number}")
    await school.says("u-wu", "豁免 信工 第16周 停电", at="04-15 09:00")
    [why] = await school.says("u-chen", "为什么 信工 视频更新", at="04-23 09:00")
    assert "达标 第14周；没达标 第15周；豁免 第16周。" in why
    assert "#2 陈晓" in why
    assert "#1 " not in why  # of before the first week
    [running] = await school.says("u-chen", "为什么 机电 视频更新")
    assert "没达标 第14–16周。" in running


@pytest.mark.begins("06-02 09:00")
async def test_the_months_of_the_school_office_are_named(school: School) -> None:
    [why] = await school.says("u-wu", "为什么 院办 视频更新", at="06-03 09:00")
    assert "没达标 4–5月。" in why


async def test_a_line_shows_no_facts_of_another_unit(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三", at="04-02 09:00")
    await school.says("u-sun", "认定 1")
    [own] = await school.says("u-kong", "为什么 健康 线索")
    assert "#1" in own
    [other] = await school.says("u-wang", "为什么 机电 线索")
    assert "#1" not in other


async def test_ten_leads_are_told_with_what_they_stand_for(school: School) -> None:
    for number in range(20):
        lead = f"报线索 张{number} 138000100{number:02d} 初三"
        await school.says("u-liu", lead, at=f"04-02 09:{2 * number:02d}")
    await school.says("u-sun", "认定 1-20")
    await school.presses("u-sun", "确认")
    [mine, *_] = await school.says("u-liu", "我的", at="04-02 10:00")
    assert "折合招生任务 2 人（每 10 条 1 人）。" in mine
    await school.says("u-liu", "报线索 李某 13800020001 初三")
    assert "折合招生任务 2 人（每 10 条 1 人）。" in school.last("u-liu")
