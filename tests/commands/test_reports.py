"""Links as officers paste them: one to twenty at once, again, alone, and after a rejection."""

import pytest

from tests.worlds.school import GROUP, School

PASTE = (
    "报新闻\n1.信工系召开班主任例会 https://mp.weixin.qq.com/s/BBB222\n"
    "２、师生植树\nhttps://mp.weixin.qq.com/s/CCC333\n"
    "③ 技能节开幕 https://mp.weixin.qq.com/s/AAA111?from=timeline\n"
    "7.53 复制打开抖音，看看【信工系的作品】网线制作小课堂 # 网络技术 "
    "https://v.douyin.com/iDef456/ 03/22 y@g.OX :2pm\n"
    "软文 一根网线的教育 https://mp.weixin.qq.com/s/EEE555"
)


async def test_news_before_the_quotas_begin_is_kept_and_said_not_to_count(school: School) -> None:
    link = "https://mp.weixin.qq.com/s/AAA111?chksm=9f&scene=126&sharer_shareinfo=zz"
    text = f"报新闻 我系举行“技能节” 开幕式 {link}"
    assert await school.says("u-chen", text, at="03-25 10:00") == [
        "已收 #1 新闻《我系举行“技能节” 开幕式》，待核。\n"
        "指标从 4月1日（第14周）起算，这条存档，不计本月数。"
    ]


async def test_five_pasted_at_once_are_answered_in_three_lines(school: School) -> None:
    await school.says("u-chen", "报新闻 技能节 https://mp.weixin.qq.com/s/AAA111", at="03-25 10:00")
    assert await school.says("u-chen", PASTE, at="04-02 20:15") == [
        "五条收四条：#2 新闻、#3 新闻、#4 视频（第14周）、#5 软文，均待核。\n"
        "未收第 3 条：同一链接 3月25日 已报（#1）。\n"
        "本月 新闻 2/2　软文 1/2　本周 视频 1/1（均含待核）"
    ]
    assert school.buttons("u-chen") == ["看明细", "全部撤回"]
    [detail] = await school.presses("u-chen", "看明细")
    assert detail.splitlines()[0] == "#2 新闻《信工系召开班主任例会》 待核"
    assert len(detail.splitlines()) == 4
    [undone] = await school.presses("u-chen", "全部撤回")
    assert undone.count("已撤回") == 4


async def test_the_same_link_twice_in_one_message_is_one_report(school: School) -> None:
    half = "@宣传助手 报视频 机房的一天 https://v.douyin.com/iGhi789/"
    await school.at("04-09 12:00")
    [answer] = await school.says("u-chen", f"{half}\n{half}", group=GROUP)
    assert answer == ("已收 #1 视频《机房的一天》，第15周，待审。\n本周 视频 1/1（含待核）")


async def test_a_video_without_a_link_says_on_which_platform_it_is(school: School) -> None:
    [answer] = await school.says("u-chen", "[视频号卡片]", at="04-03 08:30")
    assert answer == (
        "视频号卡片我读不到。请发：报视频 标题 视频号\n没有链接也能报，融媒体中心按标题核对。"
    )
    [answer] = await school.says("u-chen", "报视频 宿舍网络安全三分钟 视频号")
    assert answer.splitlines()[0] == (
        "已收 #1 视频《宿舍网络安全三分钟》（视频号，无链接），第14周，待审。"
    )


# --- a link alone -------------------------------------------------------------------------


async def test_a_bare_link_of_an_officer_is_asked_for_its_kind(school: School) -> None:
    await school.at("04-09 12:02")
    [asked] = await school.says(
        "u-chen", "@宣传助手 https://mp.weixin.qq.com/s/HHH888", group=GROUP
    )
    assert asked == "这条报成哪一类？"
    assert school.buttons("", GROUP) == ["新闻", "软文", "栏目", "视频", "不报"]
    await school.presses("u-ma", "软文", group=GROUP)
    assert school.points("信息工程系") == "5"
    [answer] = await school.presses("u-chen", "软文", group=GROUP)
    assert answer.startswith("已收 #1 软文《（无标题）》，待核。")


async def test_a_bare_link_may_be_left_alone(school: School) -> None:
    await school.says("u-chen", "https://mp.weixin.qq.com/s/HHH888")
    assert await school.presses("u-chen", "不报") == ["好的，没有登记。"]
    [mine] = await school.says("u-chen", "我的")
    assert "#" not in mine


async def test_a_bare_link_of_a_teacher_is_not_taken_for_a_report(school: School) -> None:
    [answer] = await school.says("u-liu", "https://mp.weixin.qq.com/s/HHH888")
    assert "哪一类" not in answer


async def test_a_bare_link_in_a_group_that_nobody_addressed_stays_unanswered(
    school: School,
) -> None:
    assert await school.says("u-chen", "https://mp.weixin.qq.com/s/HHH888", group=GROUP) == []


# --- columns ------------------------------------------------------------------------------


async def test_a_column_may_show_the_same_piece_as_the_units_own_news(school: School) -> None:
    link = "https://mp.weixin.qq.com/s/BBB222"
    await school.says("u-tang", f"报新闻 公开课周 {link}", at="04-02 10:00")
    [answer] = await school.says("u-tang", f"报栏目 教学教研 公开课周 {link}")
    assert answer.splitlines() == [
        "已收 #2 栏目《教学教研 公开课周》，待核。",
        "本周 栏目 1/1（含待核）",
    ]
    [again] = await school.says("u-tang", f"报栏目 教学教研 公开课周 {link}")
    assert again == "未收第 1 条：同一链接 4月2日 已报（#2）。"
    [other] = await school.says("u-deng", f"报栏目 教学教研 公开课周 {link}")
    assert other == "未收第 1 条：同一链接 4月2日 已报（#1）。"


async def test_a_column_is_no_way_to_report_anothers_piece_as_news(school: School) -> None:
    link = "https://mp.weixin.qq.com/s/BBB222"
    await school.says("u-tang", f"报栏目 教学教研 公开课周 {link}", at="04-02 10:00")
    [other] = await school.says("u-deng", f"报新闻 公开课周 {link}")
    assert other == "未收第 1 条：同一链接 4月2日 已报（#1）。"
    [own] = await school.says("u-tang", f"报新闻 公开课周 {link}")
    assert own.startswith("已收 #2 新闻")


# --- once more ----------------------------------------------------------------------------


async def test_a_rejected_video_handed_in_again_counts_from_then(school: School) -> None:
    await school.says("u-chen", "报视频 宿舍网络安全 视频号", at="04-03 08:31")
    await school.says("u-qian", "退回 #1 学生正脸，请换背影镜头", at="04-07 09:10")
    told = school.last("u-chen")
    assert told == (
        "#1 视频《宿舍网络安全》 退回：学生正脸，请换背影镜头。\n"
        "改好后引用本条发“报视频 …”即可，按重交时间计周。"
    )
    [answer] = await school.says(
        "u-chen", "报视频 宿舍网络安全 https://v.douyin.com/iNew1/", quote=told, at="04-08 08:00"
    )
    assert answer.startswith("已收 #2 视频《宿舍网络安全》，第15周，待审。")


async def test_a_small_change_keeps_the_first_time(school: School) -> None:
    await school.says("u-chen", "报视频 宿舍网络安全 视频号", at="04-03 08:31")
    await school.says("u-qian", "退回 #1 小修 片尾字幕错一个字", at="04-07 09:10")
    told = school.last("u-chen")
    assert told == (
        "#1 视频《宿舍网络安全》 退回（小修）：片尾字幕错一个字。\n"
        "改好后引用本条重报，仍按原来的时间计。"
    )
    [answer] = await school.says(
        "u-chen", "报视频 宿舍网络安全 https://v.douyin.com/iNew1/", quote=told, at="04-08 08:00"
    )
    assert answer == (
        "已收 #2 视频《宿舍网络安全》，第14周，待审。\n接着 #1，仍按 4月3日 08:31 计。"
    )
    await school.says("u-qian", "通过 #2")
    assert school.points("信息工程系", "dy_update") == "2"


async def test_only_the_first_resubmission_keeps_the_first_time(school: School) -> None:
    await school.says("u-chen", "报视频 宿舍网络安全 视频号", at="04-03 08:31")
    await school.says("u-qian", "退回 #1 小修 片尾字幕", at="04-07 09:10")
    told = school.last("u-chen")
    await school.says(
        "u-chen", "报视频 甲 https://v.douyin.com/iNew1/", quote=told, at="04-08 08:00"
    )
    [second] = await school.says("u-chen", "报视频 乙 https://v.douyin.com/iNew2/", quote=told)
    assert second.startswith("已收 #3 视频《乙》，第15周，待审。")


async def test_a_rejection_cannot_be_taken_back_beside_what_replaced_it(school: School) -> None:
    await school.says("u-chen", "报视频 宿舍网络安全 视频号", at="04-03 08:31")
    await school.says("u-qian", "退回 #1 小修 片尾字幕")
    told = school.last("u-chen")
    await school.says("u-chen", "报视频 甲 https://v.douyin.com/iNew1/", quote=told)
    [answer] = await school.says("u-qian", "撤回 #1")
    assert "没有" in answer
    assert "#2" in answer
    assert "#1" not in (await school.says("u-qian", "待审"))[0]


# --- alike --------------------------------------------------------------------------------


async def test_the_reviewer_is_shown_a_title_that_is_alike(school: School) -> None:
    paste = (
        "报视频 剪纸的一天 https://www.douyin.com/video/7350001?previous_page=app_code_link\n"
        "报视频 剪纸的一天2 https://v.douyin.com/iMno345/"
    )
    await school.says("u-ma", paste, at="04-09 22:10")
    await school.says("u-zhao", "待审", at="04-10 08:00")
    await school.presses("u-zhao", "逐条看")
    assert "相近" not in school.last("u-zhao")
    await school.presses("u-zhao", "跳过")
    assert "与 #1 标题相近（艺术，同日）" in school.last("u-zhao")


async def test_titles_of_another_unit_or_long_ago_are_not_alike(school: School) -> None:
    await school.says("u-chen", "报视频 剪纸的一天 https://v.douyin.com/i1/", at="04-01 10:00")
    await school.says("u-ma", "报视频 剪纸的一天 https://v.douyin.com/i2/")
    await school.says("u-chen", "报视频 剪纸的一天 https://v.douyin.com/i3/", at="04-09 10:00")
    await school.says("u-zhao", "待审")
    for label in ("逐条看", "跳过", "跳过"):
        await school.presses("u-zhao", label)
        assert "相近" not in school.last("u-zhao")


# --- views --------------------------------------------------------------------------------


@pytest.fixture
async def posts(school: School) -> School:
    """#1 news, #2 news, #3 a soft article of 信息工程系, on 2 April; a video is #4."""
    await school.says(
        "u-chen",
        "报新闻\n例会 https://mp.weixin.qq.com/s/B1\n植树 https://mp.weixin.qq.com/s/B2\n"
        "软文 网线 https://mp.weixin.qq.com/s/B3\n视频 机房 https://v.douyin.com/iB4/",
        at="04-02 20:15",
    )
    return school


async def test_a_quoted_number_answered_by_a_bare_count_is_its_views(posts: School) -> None:
    [answer] = await posts.says("u-chen", "１３０２", quote="#1《例会》", at="04-16 09:06")
    assert answer == "#1 点击 1302，达标（≥1209）。还差 #2、#3。"


async def test_a_count_under_several_numbers_asks_which(posts: School) -> None:
    quote = "#1《例会》发布满 7 天，请报点击量。\n同时到期：#2、#3。"
    await posts.says("u-chen", "1302", quote=quote, at="04-16 09:06")
    assert posts.buttons("u-chen") == ["#1", "#2", "#3"]
    [answer] = await posts.presses("u-chen", "#2")
    assert answer.startswith("#2 点击 1302，达标")


async def test_views_below_the_bar_may_be_reported_again(posts: School) -> None:
    [low] = await posts.says("u-chen", "点击 #1 900", at="04-16 09:06")
    assert low.startswith("#1 点击 900，未达标（≥1209）。")
    [high] = await posts.says("u-chen", "/views #1 1,302")
    assert high.startswith("#1 点击 1302，达标")
    [queue] = await posts.says("u-wu", "待审")
    assert queue.count("点击") == 1
    [quota] = await posts.says("u-chen", "指标")
    assert "点击达标 1/3" in quota


async def test_views_not_yet_due_are_not_missed(posts: School) -> None:
    [answer] = await posts.says("u-chen", "点击 #1 1302", at="04-05 09:00")
    assert answer == "#1 点击 1302，达标（≥1209）。"
    [quota] = await posts.says("u-chen", "指标")
    assert "点击" not in quota


@pytest.mark.parametrize(
    ("account", "text", "said"),
    [
        ("u-chen", "点击 #4 1302", "#4 是视频，点击只记新闻和软文，没有登记。"),
        ("u-ma", "点击 #1 1302", "#1 不是您部门的，没有登记。点击由发布的部门报。"),
        ("u-chen", "点击 #99 1302", "没有 #99 这一条，没有处理。看编号请发：我的 或 待审"),
    ],
)
async def test_views_are_taken_of_ones_own_posts_only(
    posts: School, account: str, text: str, said: str
) -> None:
    assert await posts.says(account, text) == [said]


async def test_views_of_what_was_rejected_are_not_taken(posts: School) -> None:
    await posts.says("u-wu", "退回 #2 图片不清")
    assert await posts.says("u-chen", "点击 #2 1302") == ["#2 已退回，点击没有登记。"]
