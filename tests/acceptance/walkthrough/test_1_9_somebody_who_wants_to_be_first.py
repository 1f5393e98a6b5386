"""1.9: 马超 wants 艺术 to be first, and every way that is not his is politely closed."""

from tests.worlds.school import GROUP, School
from tests.worlds.transcripts import hears, number_in, numbers_in

TWICE = (
    "报视频 剪纸的一天 https://www.douyin.com/video/7350001?previous_page=app_code_link\n"
    "报视频 剪纸的一天2 https://v.douyin.com/iMno345/"
)
ROLL = "培训 短视频培训 4月10日 缺席 马超 夏雨"
LEADS = "\n".join(f"报线索 学生{i} 139{i:08d} 初三" for i in range(1, 26))


async def handed_over(school: School) -> int:
    await school.says("u-ma", "交接", at="04-01 09:12")
    return number_in(school.last("u-ma"))


async def two_videos(school: School) -> list[int]:
    await school.says("u-ma", TWICE, at="04-09 22:10")
    return numbers_in(school.last("u-ma"))


# --- deciding for himself -----------------------------------------------------------------


async def test_he_cannot_verify_his_own_handover(school: School) -> None:
    number = await handed_over(school)
    # Cards to be decided go privately to who decides, so that nobody else has one to press.
    assert "通过" not in school.buttons(group=GROUP)
    [refused] = await school.says("u-ma", f"通过 #{number}", at="04-01 09:13")
    # 处理 for every kind of thing, where the transcript says 核实 of this one.
    assert refused == f"您不能审核，#{number} 由融媒体中心处理。"
    assert await school.says("u-ma", f"通过 #{number}", group=GROUP) == []


async def test_he_cannot_put_the_clock_back(school: School) -> None:
    number = await handed_over(school)
    [refused] = await school.says("u-ma", f"更正 #{number} 时间 3月30日 16:00", at="04-02 21:00")
    assert refused == (f"交接时间以融媒体中心核实为准，您不能改。可附说明：申诉 #{number} 理由")
    await school.says("u-zhao", f"通过 #{number}")
    assert school.points("艺术工程系", "dy_handover") == "0"


async def test_he_cannot_tell_that_a_number_is_taken(school: School) -> None:
    [his] = (await school.says("u-ma", "绑定 T6001", at="04-03 20:00"))[:1]
    # Without the unit, which a stranger could otherwise read off any number (#18).
    assert his.startswith("已请管理员确认您是 T6001")
    assert "林芳" not in his
    card = school.last("u-he")
    assert "此工号已由 林芳 的账号使用" in card
    assert "这个账号现在绑在 T6010" in card
    stranger = await school.says("u-new", "绑定 T6011")
    assert stranger[0] == his.replace("T6001", "T6011")


async def test_a_forwarded_word_is_no_word(school: School) -> None:
    first, second = await two_videos(school)
    said = f"通过 #{second}"
    assert await hears(school, "u-ma", said, group=GROUP, forwarded=True) == []
    assert await hears(school, "u-zhao", said, group=GROUP, forwarded=True) == []
    [state] = await school.says("u-ma", f"为什么 #{second}")
    assert "通过" not in state
    assert first != second


async def test_who_hides_his_name_decides_nothing(school: School) -> None:
    _, number = await two_videos(school)
    said = await hears(school, None, f"／通过 #{number}", group=GROUP)
    assert said == ["看不出您是谁，没有处理。请关闭匿名或私聊我。"]


# --- counting more than there is ----------------------------------------------------------


async def test_he_forwards_once_whatever_he_counts(school: School) -> None:
    task = "发任务 春招宣传片 https://v.douyin.com/iAbc123/ 截止 4月15日"
    await school.says("u-zhao", task, group=GROUP, at="04-08 09:00")
    number = number_in(school.last(group=GROUP))
    [answer] = await school.says("u-ma", f"转发 {number} 500", at="04-08 12:00")
    assert f"#{number} 转发已记" in answer
    assert "按本人 1 次记。替班级报请发：班级" in answer
    [again] = await school.says("u-ma", f"转发 {number} 500")
    assert "已记过" in again


async def test_the_same_video_twice_is_shown_to_its_reviewer(school: School) -> None:
    first, second = await two_videos(school)
    await school.says("u-zhao", "待审", at="04-10 07:50")
    await school.presses("u-zhao", "逐条看")
    await school.presses("u-zhao", "跳过")
    assert f"与 #{first} 标题相近（艺术，同日）" in school.last("u-zhao")
    await school.says("u-zhao", f"退回 {second} 与#{first}同一条", at="04-10 08:00")
    told = school.last("u-ma")
    # What it leaves untouched is not said: the reason names it, in the reviewer's own words.
    assert f"#{second} 视频《剪纸的一天2》 退回：与#{first}同一条。" in told
    [state] = await school.says("u-ma", f"为什么 #{first}")
    assert "退回" not in state


async def test_many_leads_of_one_day_are_taken_and_looked_at_last(school: School) -> None:
    await school.says("u-liu", "报线索 张某 13800010001 初三", at="04-13 11:00")
    honest = number_in(school.last("u-liu"))
    [answer] = await school.says("u-ma", LEADS, at="04-13 12:00")
    first, last = numbers_in(answer)
    assert last - first == 24
    assert answer == (
        f"收 25 条（#{first}–#{last}），待招办认定。号码多为连号，招办会先打电话核实。"
    )
    [desk] = await school.says("u-sun", "待认定")
    assert "疑似" in desk
    await school.presses("u-sun", "逐条认定")
    assert number_in(school.last("u-sun")) == honest


# --- contesting ---------------------------------------------------------------------------


async def test_only_his_head_appeals_and_gets_his_words_to_do_so(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    number = number_in(school.last("u-wu"))
    [answer, *_] = await school.says("u-ma", f"申诉 #{number} 培训那天请假了", at="04-16 10:05")
    assert answer == "只有部门负责人（林芳）能申诉本部门的扣分，已转给本人看。"
    assert school.buttons("u-ma") == ["撤回"]
    await school.presses("u-lin", "以部门名义申诉", at="04-16 10:06")
    received = school.last("u-lin")
    # 吴敏 entered the roll, and who decided first does not answer (C14): 郑涛 does.
    assert f"（对 #{number} 缺席 2 人），4月19日（周五）前答复：郑涛办理" in received


async def test_the_ranking_shows_the_gap_and_the_quickest_point(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    [said] = await school.says("u-ma", "排名", group=GROUP, at="04-17 09:00")
    first, second = said.split("\n")
    assert first.startswith("系部（按得分率）：1 ")
    assert first.endswith("5 艺术 7.6%")
    assert second.startswith("待评未计。艺术 离第 1 名差 2 分。")
    assert second.endswith("最快：成绩发布一次 +1。")
    [button] = school.buttons(group=GROUP)
    in_group = len(school.shown("", GROUP))
    await school.presses("u-ma", button, group=GROUP)
    assert school.last("u-ma").startswith("培训 3/5")
    assert len(school.shown("", GROUP)) == in_group


async def test_a_suspicion_is_led_to_the_reviewers_alone(school: School) -> None:
    await school.says(
        "u-min", "报视频 大赛备赛第三天 https://v.douyin.com/iJkl012/", at="04-12 16:30"
    )
    number = number_in(school.last("u-min"))
    [hint] = await school.says("u-ma", "我举报机电视频是往年的", at="04-18 11:00")
    assert hint == f"还没有登记。请发：反映 #{number} 理由。只有核实的人看得到您的名字。"
    await school.presses("u-ma", f"反映 #{number}")
    await school.says("u-ma", "画面是往年的")
    assert "马超 反映" in school.last("u-zhao")
    assert "马超" not in school.last("u-min")
    assert "马超" not in school.last("u-wang")
