"""更正: what can be put right, what keeps its time, and what nobody may change."""

import pytest

from tests.worlds.school import GROUP, School

LINK = "https://mp.weixin.qq.com/s/B1"


@pytest.fixture
async def news(school: School) -> School:
    """#1 is news of 信息工程系, reported on 2 April at 20:15."""
    await school.says("u-chen", f"报新闻 例会 {LINK}", at="04-02 20:15")
    await school.at("04-30 23:00")
    return school


async def test_a_new_title_keeps_the_time(news: School) -> None:
    [answer] = await news.says("u-chen", "更正 #1 班主任例会")
    assert answer == "#1 已更正为 #2 新闻《班主任例会》。\n时间仍按 4月2日 20:15 计。"
    [queue] = await news.says("u-wu", "待审")
    assert "#2" in queue
    assert "#1 " not in queue


async def test_another_link_counts_from_now(news: School) -> None:
    [answer] = await news.says("u-chen", "更正 #1 https://mp.weixin.qq.com/s/B2", at="05-01 08:00")
    assert answer == "#1 已更正为 #2 新闻《例会》。\n时间按现在（5月1日 08:00）计。"
    [quota] = await news.says("u-chen", "指标")
    assert "新闻 1/2" in quota
    [free] = await news.says("u-chen", f"报新闻 例会 {LINK}")
    assert free.startswith("已收 #3")


async def test_another_kind_counts_from_now(news: School) -> None:
    [answer] = await news.says("u-chen", "更正 #1 软文", at="05-01 08:00")
    assert answer == "#1 已更正为 #2 软文《例会》。\n时间按现在（5月1日 08:00）计。"


async def test_the_shared_form_of_the_same_link_is_no_other_link(news: School) -> None:
    [answer] = await news.says("u-chen", f"更正 #1 例会纪要 {LINK}?scene=126&from=timeline")
    assert answer.endswith("时间仍按 4月2日 20:15 计。")


async def test_a_quote_names_what_is_corrected(news: School) -> None:
    [answer] = await news.says("u-chen", "更正 班主任例会", quote="已收 #1 新闻《例会》，待核。")
    assert answer.startswith("#1 已更正为 #2 新闻《班主任例会》。")


@pytest.mark.parametrize(
    ("account", "text", "said"),
    [
        ("u-ma", "更正 #1 植树", "#1 不是您报的，没有更正。只能更正自己报的。"),
        ("u-chen", "更正 #1 例会", "#1 和原来一样，没有更正。请写新的标题或链接。"),
        ("u-chen", "更正 #9 例会", "没有 #9 这一条，没有处理。看编号请发：我的 或 待审"),
        (
            "u-chen",
            "更正 #1 时间 3月30日 16:00",
            "#1 的时间按收到时（4月2日 20:15）计，您不能改。可附说明：反映 #1 理由",
        ),
        (
            "u-chen",
            "更正 #1 https：//坏的",
            "要改成什么没看懂，没有更正。请写新的标题和完整的链接。",
        ),
    ],
)
async def test_what_is_not_corrected_is_said_with_the_way(
    news: School, account: str, text: str, said: str
) -> None:
    assert await news.says(account, text) == [said]


async def test_a_date_in_a_title_is_no_time(news: School) -> None:
    [answer] = await news.says("u-chen", "更正 #1 4月2日班主任例会")
    assert "新闻《4月2日班主任例会》" in answer


async def test_the_decided_is_not_corrected(news: School) -> None:
    await news.says("u-wu", "通过 #1")
    [answer] = await news.says("u-chen", "更正 #1 植树")
    assert answer == "#1 已通过，没有更正。如有不同意见，请部门负责人发：申诉 #1 理由"


async def test_what_was_replaced_stays_so_while_its_successor_stands(news: School) -> None:
    await news.says("u-chen", "更正 #1 班主任例会")
    [again] = await news.says("u-chen", "更正 #1 植树")
    assert again == "#1 已换成 #2，没有更正。请改 #2。"
    [undone] = await news.says("u-chen", "撤回 #1")
    assert "没有" in undone
    await news.says("u-chen", "撤回 #2")
    [quota] = await news.says("u-chen", "指标")
    assert "新闻 0/2" in quota


async def test_a_link_that_another_holds_is_refused_and_nothing_is_lost(news: School) -> None:
    await news.says("u-ma", "报新闻 植树 https://mp.weixin.qq.com/s/B2")
    [answer] = await news.says("u-chen", "更正 #1 https://mp.weixin.qq.com/s/B2")
    assert answer == "#1 没有更正：同样的内容已报过（#2）。"
    assert "#1" in (await news.says("u-wu", "待审"))[0]


async def test_a_small_change_may_be_handed_in_by_a_correction(school: School) -> None:
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/i1/", at="04-05 10:00")
    await school.says("u-zhao", "退回 #1 小修 字幕", at="04-08 10:00")
    [answer] = await school.says("u-chen", "更正 #1 机房 https://v.douyin.com/i2/")
    assert answer == "#1 已更正为 #2 视频《机房》。\n时间仍按 4月5日 10:00 计。"


async def test_a_plain_rejection_handed_in_by_a_correction_counts_from_now(school: School) -> None:
    await school.says("u-chen", "报视频 机房 https://v.douyin.com/i1/", at="04-05 10:00")
    await school.says("u-zhao", "退回 #1 太暗", at="04-08 10:00")
    [answer] = await school.says("u-chen", "更正 #1 机房 https://v.douyin.com/i2/")
    assert answer.endswith("时间按现在（4月8日 10:00）计。")


async def test_nobody_sets_the_time_of_his_handover(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    assert await school.says("u-ma", "更正 #1 时间 3月30日 16:00", at="04-02 21:00") == [
        "交接时间以融媒体中心核实为准，您不能改。可附说明：申诉 #1 理由"
    ]
    [noted, *_] = await school.says("u-ma", "更正 #1 已在融媒体中心登录")
    assert noted.endswith("时间仍按 4月1日 09:12 计。")
    await school.says("u-zhao", "通过 #2")
    assert school.points("艺术工程系", "dy_handover") == "0"


async def test_what_has_no_text_is_withdrawn_and_reported_again(school: School) -> None:
    await school.says("u-min", "推荐 李强")
    [answer] = await school.says("u-min", "更正 #1 王芳")
    assert answer == "#1 是推荐，不能更正，没有处理。请发：撤回 #1，再重新报。"


async def test_a_count_of_views_is_corrected_by_its_own_number(school: School) -> None:
    await school.says("u-chen", f"报新闻 例会 {LINK}", at="04-02 20:15")
    await school.says("u-chen", "点击 #1 1203")
    [answer] = await school.says("u-chen", "更正 #2 1302")
    assert answer.startswith("#2 已更正为 #3 点击 #1 1302。")


# --- leads --------------------------------------------------------------------------------


async def test_a_leads_missing_track_is_one_press(school: School) -> None:
    await school.says("u-liu", "报线索 李某 13800010002 九年级")
    assert school.buttons("u-liu") == ["中职", "高职", "改一下", "撤回"]
    [answer] = await school.presses("u-liu", "中职")
    assert answer == "#1 已更正为 #2 李某（138****0002） 初三 · 中职，待招办认定。"
    assert school.buttons("u-liu") == ["改一下", "撤回"]
    [mine] = await school.says("u-liu", "我的")
    assert mine.startswith("线索 认定 0/10，待认定 1。")


async def test_a_lead_may_be_corrected_step_by_step(school: School) -> None:
    await school.says("u-liu", "报线索 李某 13800010002 九年级 中职")
    [asked] = await school.presses("u-liu", "改一下")
    assert "请发要改成的内容" in asked
    [answer] = await school.says("u-liu", "电话 13800010003 姓名 李小某")
    assert answer == "#1 已更正为 #2 李小某（138****0003） 初三 · 中职，待招办认定。"
    [free] = await school.says("u-ma", "报线索 李某 13800010002")
    assert free.startswith("已收 #3")
    [taken] = await school.says("u-ma", "报线索 李某 13800010003")
    assert "已有人先报" in taken


async def test_a_lead_corrected_in_the_group_leaves_nothing_of_it_there(school: School) -> None:
    await school.says("u-liu", "报线索 李某 13800010002")
    await school.says("u-liu", "@宣传助手 更正 #1 电话 13800010003", group=GROUP)
    assert "13800010003" not in "".join(message.text for message in school.shown("", GROUP))
    [mine] = await school.says("u-liu", "我的")
    assert "138****0003" in mine


async def test_a_certified_lead_is_not_corrected(school: School) -> None:
    await school.says("u-liu", "报线索 李某 13800010002")
    await school.says("u-sun", "认定 #1")
    [answer] = await school.says("u-liu", "更正 #1 高职")
    assert answer == "#1 已认定，没有更正。如有不同意见，请发：申诉 #1 理由"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("新链接 https://mp.weixin.qq.com/s/B2", "新闻《例会》"),
        ("标题改成 乙", "新闻《乙》"),
        ("标题改成《乙》", "新闻《乙》"),
        ("把题目更正为：乙", "新闻《乙》"),
        ("标题：乙 链接：https://mp.weixin.qq.com/s/B2", "新闻《乙》"),
        ("链接https://mp.weixin.qq.com/s/B2，标题应该是乙", "新闻《乙》"),
        ("类型改成软文", "软文《例会》"),
        ("标题党要不得", "新闻《标题党要不得》"),
        ("电话 改变生活", "新闻《电话 改变生活》"),
    ],
)
async def test_what_is_named_is_changed(news: School, text: str, what: str) -> None:
    [answer] = await news.says("u-chen", f"更正 #1 {text}")
    assert answer.startswith(f"#1 已更正为 #2 {what}。")
    assert ("时间按现在" in answer) == ("/s/B2" in text or "软文" in text)


@pytest.mark.parametrize("text", ["新链接", "标题改成", "链接改成 乙", "改成", "类型改成诗歌"])
async def test_what_is_named_and_missing_is_asked_for(news: School, text: str) -> None:
    [answer] = await news.says("u-chen", f"更正 #1 {text}")
    assert answer.startswith("要改成什么没看懂，没有更正。")


async def test_an_unnamed_wish_is_shown_before_it_counts(news: School) -> None:
    assert await news.says("u-chen", "更正 #1 改成班主任例会") == [
        "还没有更正。要把 #1 改成“班主任例会”吗？"
    ]
    assert news.buttons("u-chen") == ["确认", "取消"]
    [done] = await news.presses("u-chen", "确认")
    assert done.startswith("#1 已更正为 #2 新闻《班主任例会》。")
    await news.says("u-chen", "更正 #2 应该是例会纪要")
    await news.presses("u-chen", "取消")
    assert "班主任例会" in (await news.says("u-chen", "为什么 #2"))[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("姓名 王五", "王五（138****0001） 初三"),
        ("电话改成 13800010002", "张某（138****0002） 初三"),
        ("年级是高三", "张某（138****0001） 高三"),
        ("姓名改成王五，新手机号13800010002", "王五（138****0002） 初三"),
    ],
)
async def test_what_is_named_of_a_lead_is_changed(school: School, text: str, what: str) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    [answer] = await school.says("u-liu", f"更正 #1 {text}")
    assert answer.startswith(f"#1 已更正为 #2 {what}，待招办认定。")


async def test_no_time_is_changed_by_its_name(news: School) -> None:
    for text in ("新日期 3月30日", "把时间改成3月30日 16:00", "日期 3.30"):
        assert (await news.says("u-chen", f"更正 #1 {text}"))[0].startswith("#1 的时间按收到时")
    await news.says("u-liu", "报线索 张某 13800010001 初三")
    for text in ("电话改成 1380001", "年级 张三"):
        assert "已更正" not in (await news.says("u-liu", f"更正 #2 {text}"))[0]
