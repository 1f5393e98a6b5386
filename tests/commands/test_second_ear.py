"""Somebody says in his own words what he wants: he hears the word for it, and nothing is done."""

from pathlib import Path

import pytest

from db.engine.database import Database
from tests.worlds.school import GROUP, ROSTER, School, close_school, open_school


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
        "这里面有电话，还没有登记。要作为线索报吗？\n张某 138****0001 初三 护理 中职"
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


# --- what is heard ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "text", "answer"),
    [
        ("u-liu", "我们系多少分", "健康管理系 得 "),
        ("u-liu", "机电为什么扣分", "机电工程系 已失 3 分：交接 扣 3。"),
        ("u-liu", "看看机电的得分", "机电工程系 得 "),
        ("u-liu", "有个学生想来读护理", "请说一下姓名和电话"),
        ("u-liu", "你好", "您好，我在的。"),
        ("u-liu", "？", "刘老师好，常用的有"),
        ("u-liu", "你能做什么", "刘老师好，常用的有"),
        ("u-liu", "太多消息了", "停到哪天"),
        ("u-liu", "这系统真难用", "不好意思"),
        ("u-chen", "PPT满分几分", "PPT 满分 5 分，见附件3·四。"),
        ("u-wang", "我们排第几", "系部"),
        ("u-zhao", "有哪些要审的", "没有等您处理的"),
        ("u-he", "谁还没绑", "绑定"),
    ],
)
async def test_what_only_asks_is_answered_at_once(
    school: School, account: str, text: str, answer: str
) -> None:
    await school.at("04-02 10:00")
    said = await school.says(account, text)
    assert any(answer in one for one in said), said


async def test_what_would_be_booked_comes_back_as_its_line(school: School) -> None:
    [said] = await school.says("u-chen", "快手那条 https://v.kuaishou.com/K208 报一下")
    assert said.split("\n") == [
        "还没有登记，您看是不是这一句：",
        "报视频 https://v.kuaishou.com/K208",
        "写法：报视频 标题 链接",
    ]
    assert school.buttons("u-chen") == ["确认", "改一下", "取消"]
    [line] = await school.presses("u-chen", "改一下")
    assert line == "请改好再发：\n报视频 https://v.kuaishou.com/K208"
    await school.says("u-chen", "账号交接好了")
    assert (await school.presses("u-chen", "确认"))[0].startswith("已收 #1 ")


async def test_rights_come_before_questions(school: School) -> None:
    await school.says("u-min", "报视频 备赛 https://v.douyin.com/iJkl012/", at="04-02 16:30")
    [said] = await school.says("u-chen", "#1 同意")
    assert said.startswith("您不能审核")
    [choice] = await school.says("u-min", "撤销")
    assert "撤回 #1" in choice
    assert school.buttons("u-min") == ["确认", "改一下", "取消"]


async def test_several_likely_wishes_are_a_question_with_few_buttons(school: School) -> None:
    [said] = await school.says("u-liu", "这个学生成绩排名靠前")
    assert said == "您是想做这个吗？没有记任何东西。"
    assert school.buttons("u-liu") == ["排名", "帮助"]


@pytest.mark.parametrize("text", ["我们系多少分了", "转发了哈", "账号交接好了", "1", "谢谢"])
async def test_unaddressed_talk_of_a_group_stays_unheard(school: School, text: str) -> None:
    assert await school.says("u-chen", text, group=GROUP) == []


async def test_an_answer_about_a_person_leaves_the_group(school: School) -> None:
    await school.says("u-chen", "报新闻 甲 https://x.cn/1")
    said = await school.says("u-chen", "@宣传助手 我们的新闻审了吗", group=GROUP)
    assert "已私信您。" in said
    assert "#1 新闻《甲》：待核" in school.last("u-chen")


# --- dialogues that hold ----------------------------------------------------------------------


async def test_a_lead_told_in_pieces_is_one_lead(school: School) -> None:
    await school.says("u-liu", "报线索")
    [phone] = await school.says("u-liu", "钱某")
    assert phone.startswith("电话是多少？没有就回“没有”")
    [taken] = await school.says("u-liu", "13800050001")
    assert taken.startswith("已收 #1 钱某（138****0001）")
    await school.says("u-liu", "报线索")
    await school.says("u-liu", "孙某")
    assert (await school.says("u-liu", "没有"))[0].startswith("已收 #2 孙某")


async def test_a_wish_of_its_own_ends_a_dialogue(school: School) -> None:
    await school.says("u-liu", "报线索")
    [score] = await school.says("u-liu", "我们系现在多少分了")
    assert "健康管理系 得" in score
    await school.says("u-liu", "报线索")
    assert await school.says("u-liu", "算了不报了") == ["好的，没有改动。"]
    assert "待认定 0" in (await school.says("u-liu", "我的"))[0]


async def test_two_answers_that_give_nothing_end_a_dialogue_with_an_example(
    school: School,
) -> None:
    await school.says("u-feng", "班会")
    await school.says("u-feng", "在操场上开的")
    [ended] = await school.says("u-feng", "天气很热")
    assert ended.startswith("先不问了，没有登记。")
    assert "听不懂" in (await school.says("u-feng", "操场"))[0]


async def test_a_task_is_shown_before_it_goes_out_where_it_came_in_pieces(school: School) -> None:
    [asked] = await school.says("u-zhao", "发任务 校园开放日")
    assert asked.startswith("链接是什么？")
    [shown] = await school.says("u-zhao", "https://v.douyin.com/DG5/")
    assert "发任务 校园开放日 https://v.douyin.com/DG5/" in shown
    assert school.buttons("u-zhao") == ["确认", "改一下", "取消"]
    assert any("#1" in said for said in await school.presses("u-zhao", "确认"))


async def test_what_a_handler_awaits_is_what_comes_next(school: School) -> None:
    await school.says("u-liu", "别老发了", at="04-03 10:00")
    assert "4月8日" in (await school.says("u-liu", "到4月8日"))[0]
    await school.says("u-he", "设置 在校人数")
    assert "6800" in (await school.says("u-he", "6800"))[0]
    assert school.buttons("u-he")[:1] == ["确认"]
    # Whatever else the answer would be as a command.
    asked = await school.says("u-chen", "报介绍 走进数控 https://v.douyin.com/iPqr345/")
    assert "PPT" in asked[0]
    assert "介绍PPT《走进数控》" in (await school.says("u-chen", "PPT"))[0].replace(" ", "")


# --- nothing unnamed is taken back --------------------------------------------------------------


async def test_a_bare_word_takes_back_only_what_can_be_meant(school: School) -> None:
    await school.says("u-chen", "报新闻 甲 https://x.cn/1", at="04-02 10:00")
    [named] = await school.says("u-chen", "撤回", at="04-02 11:00")
    assert named == "还没有撤回。要撤回哪一条？#1 新闻《甲》"
    assert school.buttons("u-chen") == ["撤回 #1"]
    await school.says("u-chen", "报新闻 乙 https://x.cn/2")
    await school.says("u-chen", "报新闻 丙 https://x.cn/3")
    [two] = await school.says("u-chen", "撤回")
    assert two == "还没有撤回。要撤回哪一条？#3 新闻《丙》；#2 新闻《乙》"
    assert "撤回 #3" in (await school.says("u-chen", "第二条不要了"))[0]
    assert await school.says("u-chen", "撤回") == ["好的，没有改动。"]
    await school.says("u-chen", "撤回 #2")
    assert await school.says("u-chen", "撤回") == ["已撤回 #3，不再计数。"]


async def test_what_was_noted_for_a_task_can_be_taken_back(school: School) -> None:
    await school.says(
        "u-zhao", "@宣传助手 发任务 片 https://v.douyin.com/x/", group=GROUP, at="04-02 10:00"
    )
    await school.says("u-liu", "转了")
    assert await school.says("u-liu", "撤回") == ["已撤回任务 #1 的 转发。"]
    assert "转发" in (await school.says("u-liu", "待办"))[0]


async def test_what_was_just_said_is_put_right_by_its_own_words(school: School) -> None:
    await school.says("u-liu", "报线索 吴某 13800050005 初三")
    [said] = await school.says("u-liu", "不对是13800050009")
    assert "更正 #1 13800050009" in said
    [done] = await school.presses("u-liu", "确认")
    assert "138****0009" in done


# --- what else is meant -----------------------------------------------------------------------


async def test_a_unit_whose_name_is_a_word_of_the_administrator_has_its_score(
    school: School,
) -> None:
    assert (await school.says("u-ma", "健康"))[0].startswith("健康管理系 得 ")
    assert "健康管理系" not in (await school.says("u-he", "健康"))[0]


async def test_a_mention_alone_or_thanks_in_a_group_are_answered(school: School) -> None:
    assert (await school.says("u-liu", "@宣传助手", group=GROUP))[0].startswith("您好，我在的。")
    assert (await school.says("u-liu", "@宣传助手 谢谢", group=GROUP))[0].startswith("好的，")


async def test_a_reason_is_asked_with_the_number_that_was_pressed(school: School) -> None:
    await school.says("u-min", "报视频 备赛 https://v.douyin.com/iJkl012/", at="04-02 16:30")
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/iJkl013/")
    [asked] = await school.says("u-zhao", "退回 #2")
    assert "#1" not in asked
    assert "#2" in asked


async def test_a_kind_that_was_said_is_not_asked_for(school: School) -> None:
    [said] = await school.says("u-chen", "查询通道发了 https://x.cn/s/LK2")
    assert "发布查询 https://x.cn/s/LK2" in said or "请发标题和链接" in said
    [item, *_] = await school.says("u-wang", "培训")
    assert item.startswith("机电 培训 5/5")


async def test_a_lead_is_asked_for_beside_an_act_for_which_no_task_is_open(school: School) -> None:
    for text in ("转发了 有家长咨询 怎么报线索", "点赞了 有个线索要报"):
        [said] = await school.says("u-liu", text)
        assert said.startswith("请说一下姓名和电话")


async def test_who_has_one_class_need_not_name_it(
    sqlite_database: Database, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    known = ROSTER.read_text("utf-8").replace("账号\n", "账号,班级\n", 1)
    roster.write_text(known + "T5009,段某,信息工程系,班主任,u-duan,信工2302\n", "utf-8")
    school = await open_school(sqlite_database, start="04-03 09:00", roster=roster)
    heard = {
        "我们班这周班会开了 45人": "班会 信工2302 45",
        "主题班会开完了，44个学生都到了": "班会 信工2302 44",
        "昨天班会开了，来了40个": "班会 信工2302 昨天 40",
        "这周班会43名学生参加": "班会 信工2302 43",
    }
    try:
        for said, line in heard.items():
            [shown] = await school.says("u-duan", said)
            assert line in shown.splitlines()
            await school.presses("u-duan", "取消")
        assert "到了多少人" in (await school.says("u-duan", "班会"))[0]
        assert (await school.says("u-duan", "42"))[0].startswith("已登记 #1 信工2302 班会 42 人")
        [again] = await school.says("u-duan", "班会 45")
        assert again == "信工2302 本周班会已登记（#1），没有重复登记。"
    finally:
        close_school(school)


async def test_how_leads_stand_is_told_to_each_as_it_concerns_him(school: School) -> None:
    for said in ("线索进度", "线索够了吗", "线索有几条了"):
        assert (await school.says("u-liu", said))[0].startswith("线索 认定 0/10")
    assert (await school.says("u-sun", "线索进度"))[0].startswith("两院 线索 0/10")
    assert (await school.says("u-liu", "线索 进某某"))[0].startswith("已收 #1 进某某")
