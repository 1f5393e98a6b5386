"""Somebody says in his own words what he wants: he hears the word for it, and nothing is done."""

import pytest

from tests.school import GROUP, School


async def test_a_bare_phone_is_no_lead_and_says_how_to_report_one(school: School) -> None:
    [said] = await school.says("u-liu", "138 0001 0001")
    assert said.startswith("只看到一个电话，没有登记。要报线索请发：报线索 姓名 电话 年级")
    assert "0001" not in said


async def test_a_bare_number_is_refused_with_the_way_to_ask(school: School) -> None:
    await school.says("u-chen", "交接")
    [said] = await school.says("u-chen", "＃1")
    assert said == "只看到 #1，没有处理。想对它做什么，请在前面加一个词，如：为什么 #1"
    await school.presses("u-chen", "看 #1")
    assert school.last("u-chen").startswith("#1 账号交接")


async def test_a_bare_count_belongs_under_a_quote(school: School) -> None:
    [said] = await school.says("u-chen", "１３０２")
    assert said.endswith("或发：点击 #编号 1302")


async def test_of_several_leads_none_is_guessed(school: School) -> None:
    await school.says("u-feng", "报线索 甲某 13800010001")
    await school.says("u-feng", "报线索 乙某 13800010002")
    [said] = await school.says("u-feng", "家长要求删掉孩子的号码")
    assert said.startswith("明白，还没有删。请发：抹除 电话（加“拒联”")
    [named] = await school.says("u-feng", "13800010002 家长要求删掉")
    assert named.startswith("明白，还没有删。要抹除的是 #2（138****0002）吗？")
    assert school.buttons("u-feng") == ["抹除并拒联", "只抹除"]


async def test_another_s_lead_is_not_given_away(school: School) -> None:
    await school.says("u-ma", "报线索 甲某 13800010001")
    [said] = await school.says("u-feng", "13800010001 这个号码请删掉")
    assert said.startswith("明白，还没有删。请发：抹除 13800010001")
    assert await school.says("u-feng", "抹除 #1") == [
        "这个号码不是您报的，没有处理。请让报送人或招办发：抹除 电话"
    ]


async def test_what_has_no_phone_cannot_be_erased(school: School) -> None:
    await school.says("u-chen", "交接")
    [said] = await school.says("u-chen", "抹除 #1")
    assert said == "#1 没有可抹除的电话，没有处理。请发：抹除 电话"


async def test_a_suspicion_is_led_to_the_word_for_it(school: School) -> None:
    await school.says("u-min", "报视频 大赛备赛 https://v.douyin.com/iJkl012/", at="04-12 16:30")
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/iJkl013/")
    [said] = await school.says("u-ma", "我举报机电视频是往年的", at="04-18 11:00")
    assert said == "还没有登记。请发：反映 #1 理由。只有核实的人看得到您的名字。"
    assert school.buttons("u-ma") == ["反映 #1"]


@pytest.mark.parametrize("text", ["家长要求删掉孩子号码", "13800010001", "我举报机电视频", "1302"])
async def test_in_a_group_nothing_is_overheard(school: School, text: str) -> None:
    assert await school.says("u-ma", text, group=GROUP) == []


async def test_an_open_question_takes_the_words_as_its_answer(school: School) -> None:
    await school.says("u-min", "报视频 备赛 https://v.douyin.com/iJkl012/", at="04-12 16:30")
    await school.says("u-ma", "反映 #1")
    [said, *_] = await school.says("u-ma", "举报：视频是去年的，请删掉家长信息")
    assert said.startswith("已收反映 #2（对 #1）")
