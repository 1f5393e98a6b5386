"""What an administrator says, and the read words that are left."""

from db import documents
from tests.worlds.school import GROUP, School

PLAN = """一、学校宣传平台。若干平台。
附件 3. 细则
#### 四、推广素材（5分）
(一) 介绍视频
(四) 4月5日前完成得5分
"""


async def test_a_role_is_granted_after_confirmation_and_taken_back(school: School) -> None:
    [shown] = await school.says("u-he", "授权 刘桂芳 融媒体中心")
    assert shown == "将授权 刘桂芳：融媒体中心。"
    await school.says("u-chen", "交接")
    assert (await school.says("u-liu", "通过 #1"))[0].startswith("您不能审核")
    await school.presses("u-he", "确认")
    assert (await school.says("u-liu", "通过 #1"))[0].startswith("#1 信工 账号交接已核实")
    await school.says("u-he", "收回授权 刘桂芳 融媒体中心")
    await school.presses("u-he", "确认")
    await school.says("u-min", "交接")
    assert (await school.says("u-liu", "通过 #2"))[0].startswith("您不能审核")


async def test_nobody_grants_himself(school: School) -> None:
    assert await school.says("u-he", "授权 何平 考核组") == [
        "不能给自己授权，没有改动。请另一位管理员来做。"
    ]


async def test_an_officer_is_lent_to_another_unit(school: School) -> None:
    await school.says("u-he", "授权 陈晓 健康 宣传员")
    await school.presses("u-he", "确认")
    assert school.last("u-he").startswith("已授权 陈晓：健康 宣传员。")
    await school.at("04-02 10:00")
    said = await school.says("u-chen", "代 健康 报新闻 晨检 https://mp.weixin.qq.com/s/JK1")
    assert said[0].startswith("代健康报：已收 #1 新闻《晨检》")


async def test_the_head_count_is_shown_with_its_line_before_it_changes(school: School) -> None:
    [shown] = await school.says("u-he", "设置 在校人数 七千五百")
    assert shown.startswith("在校人数：7000 → 7500？\n互动线变为 (7500+26)×80% = 6020.8")
    await school.presses("u-he", "确认")
    assert (await school.says("u-he", "设置"))[0] == "在校人数：7500"


async def test_bindings_with_the_name_of_the_roster_are_confirmed_in_one_press(
    school: School,
) -> None:
    await school.platform.says("u-bai", school._chat("u-bai", ""), "绑定 T3020", author_name="白露")
    await school.says("u-other", "绑定 T4011")
    [summary] = await school.says("u-he", "待确认")
    assert summary == "待确认绑定 2 人，其中 1 人姓名与名册一致。"
    await school.presses("u-he", "确认一致的 1 人")
    assert school.last("u-he") == "已绑定 1 人，还剩 1 人待确认。"
    assert school.last("u-bai").startswith("绑定好了，白老师。")


async def test_a_muted_person_hears_of_his_report_when_the_quiet_ends(school: School) -> None:
    await school.says("u-chen", "交接")
    assert await school.says("u-chen", "免打扰 到 3月19日") == [
        "好的，3月19日 24:00前不主动发给您；您查询时照常回话。"
    ]
    await school.says("u-zhao", "通过 #1")
    assert "已核实" not in school.last("u-chen")
    assert (await school.says("u-chen", "得分"))[0].startswith("信息工程系 得 8")
    await school.at("03-20 00:00")
    assert "已核实" not in school.last("u-chen")  # at night nobody is disturbed
    await school.at("03-20 07:30")
    assert school.last("u-chen").startswith("#1 信工 账号交接已核实")


async def test_muting_always_asks_for_an_end(school: School) -> None:
    await school.says("u-liu", "免打扰")
    assert school.buttons("u-liu") == ["今天", "到周日", "到 3月31日", "不停了"]
    await school.presses("u-liu", "到周日")
    assert school.last("u-liu").startswith("好的，3月24日 24:00前不主动发给您")


async def test_a_silenced_group_still_gets_its_answers(school: School) -> None:
    await school.says("u-he", "@宣传助手 本群静音 今天", group=GROUP)
    await school.says("u-zhao", "发任务 春招 https://v.douyin.com/i1/")
    assert not school.last(group=GROUP).startswith("任务")
    assert (await school.says("u-liu", "得分 机电", group=GROUP))[0].startswith("机电工程系")
    await school.at("03-19 00:00")
    assert school.last(group=GROUP).startswith("任务 #1 春招")


async def test_a_nudge_is_shown_first_and_goes_out_once_a_day(school: School) -> None:
    await school.at("04-08 09:00")
    [shown] = await school.says("u-he", "催办")
    assert shown.startswith("将催 ")
    await school.presses("u-he", "确认")
    assert school.last("u-wang").startswith("王主任，机电 还差：")
    await school.says("u-he", "催办")
    await school.presses("u-he", "确认")
    assert school.last("u-he") == "今天已经催过，没有重复发。"


async def test_the_audit_names_who_looked_at_a_number(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001")
    await school.says("u-sun", "待审")
    await school.presses("u-sun", "逐条看")
    [said] = await school.says("u-he", "审计 #1")
    assert said == (
        "#1 线索：3月18日 09:00 刘桂芳 报。\n查看过号码：孙丽 1 次（最近 3月18日 09:00）。"
    )


async def test_health_says_what_the_database_knows(school: School) -> None:
    [said] = await school.says("u-he", "健康")
    assert said.endswith("名册里绑定过的人都能收到私信。\n还没有备份。")


async def test_the_ranking_is_by_rate_with_the_cheapest_next_point(school: School) -> None:
    await school.says("u-chen", "交接")
    await school.says("u-zhao", "通过 #1")
    [said] = await school.says("u-ma", "排名", group=GROUP)
    first, second = said.split("\n")
    assert first.startswith("系部（按得分率）：1 信工 20.5%　2 ")
    assert second == "待评未计。艺术 离第 1 名差 3 分。最快：成绩发布一次 +1。"


async def test_the_platforms_are_those_of_the_plan(school: School) -> None:
    [said] = await school.says("u-liu", "平台")
    assert said.startswith("学校宣传平台：学校官网、创业微信公众号、民艺微信公众号、抖音号")


async def test_a_clause_is_quoted_once_the_school_has_loaded_its_document(school: School) -> None:
    [without] = await school.says("u-liu", "原文 附件3·四")
    assert without.startswith("附件3·四 对应：PPT（5 分）。")
    school.app.writer.submit(lambda tx: documents.load(tx, school.plan, PLAN)).result()
    [quoted] = await school.says("u-liu", "原文 附件3·四")
    assert quoted.startswith("附件3·四：“四、推广素材（5分）")
    [part] = await school.says("u-liu", "原文 附件3·四·（四）")
    assert part == "附件3·四·(四)：“(四) 4月5日前完成得5分”"
    [why] = await school.says("u-wu", "为什么 机电 PPT")
    assert "附件3·四：“四、推广素材（5分）" in why


async def test_the_office_asks_for_all_units_in_its_own_words(school: School) -> None:
    [every] = await school.says("u-han", "得分", at="04-08 09:00")
    assert every.startswith("系部：")
    for words in ("全部", "全部部门", "各系部", "系部", "所有部门"):
        assert await school.says("u-han", f"得分 {words}") == [every]
