"""Somebody says in his own words what he wants: he hears the word for it, and nothing is done."""

import pytest

from tests.worlds.school import GROUP, School


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


@pytest.mark.parametrize(
    ("account", "text", "label"),
    [
        ("u-liu", "你好", "帮助"),
        ("u-liu", "你能做什么", "帮助"),
        ("u-liu", "我们系多少分", "得分"),
        ("u-liu", "有个学生想来读护理", "报线索"),
        ("u-liu", "还有什么没做", "待办"),
        ("u-liu", "怎么报线索", "报线索"),
        ("u-liu", "太多消息了", "免打扰"),
        ("u-wang", "我们怎么扣了一分", "为什么"),
        ("u-wang", "我们排第几", "排名"),
        ("u-chen", "来得及吗", "截止"),
        ("u-zhao", "有哪些要审的", "待审"),
        ("u-he", "加一个管理员", "授权"),
        ("u-he", "谁还没绑", "待确认"),
    ],
)
async def test_a_word_by_another_name_is_recognised(
    school: School, account: str, text: str, label: str
) -> None:
    [said] = await school.says(account, text)
    assert said == "您是想做这个吗？没有记任何东西。"
    assert school.buttons(account)[0] == label
    assert school.buttons(account)[-1] == "帮助"
    [answer, *_] = await school.presses(account, label)
    assert "听不懂" not in answer
    assert "没看懂" not in answer


async def test_nobody_is_shown_a_word_that_is_not_his(school: School) -> None:
    await school.says("u-liu", "谁来审核")
    assert school.buttons("u-liu") == ["帮助"]


@pytest.mark.parametrize("text", ["任务1", "第1条", "＃１", "1"])
async def test_a_number_alone_is_meant_however_it_is_written(school: School, text: str) -> None:
    await school.says("u-chen", "交接")
    assert (await school.says("u-chen", text))[0].startswith("只看到 #1，没有处理。")


@pytest.mark.parametrize("text", ["谢谢", "好的！", "收到", "辛苦了", "嗯嗯"])
async def test_thanks_are_no_riddle(school: School, text: str) -> None:
    assert await school.says("u-liu", text) == ["好的，有事随时发我。这句没有记任何东西。"]


async def test_a_lead_without_its_word_is_offered_as_one_and_taken_only_then(
    school: School,
) -> None:
    assert await school.says("u-liu", "张某 13800010001 初三 护理 中职") == [
        "这里面有电话，还没有登记。要作为线索报吗？"
    ]
    assert "待认定 0" in (await school.says("u-liu", "我的"))[0]
    [taken] = await school.presses("u-liu", "作为线索报")
    assert taken.startswith("已收 #1 张某（138****0001） 初三")


async def test_a_list_without_the_word_is_offered_as_a_list(school: School) -> None:
    await school.says("u-liu", "张某 13800010001 初三\n李某 13800010002 初三")
    await school.presses("u-liu", "作为线索报")
    assert "2 条" in school.last("u-liu")


async def test_a_number_that_is_no_lead_leaves_nothing(school: School) -> None:
    await school.says("u-liu", "食堂订餐电话 13800010088")
    assert school.buttons("u-liu") == ["作为线索报", "不报"]
    await school.presses("u-liu", "不报")
    assert "待认定 0" in (await school.says("u-liu", "我的"))[0]
