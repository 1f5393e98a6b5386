"""Deciding: one, many, by card, taken back, back-dated, and by whom (C5, C16)."""

import pytest

from db import ledger
from scoring.cards import Status, scorecard
from tests.worlds.plan import at as instant_of
from tests.worlds.school import School

LATE = "03-31 09:00"


async def report_videos(school: School, count: int) -> None:
    await school.at("04-02 10:00")
    for number in range(count):
        await school.says("u-chen", f"报视频 第{number}课 https://v.douyin.com/i{number}aa/")


async def test_a_decision_is_told_to_its_reporter_at_once(school: School) -> None:
    await school.says("u-chen", "交接")
    await school.says("u-zhao", "通过 #1")
    assert school.last("u-chen") == "#1 信工 账号交接已核实：3月18日 09:00 完成。"


async def test_a_second_press_says_who_was_first(school: School) -> None:
    await school.says("u-chen", "交接")
    await school.says("u-zhao", "通过 #1")
    [said] = await school.presses("u-qian", "通过")
    assert said == "#1 已由赵倩 09:00 通过，没有重复处理。"


async def test_a_batch_is_shown_first_and_told_only_when_it_can_no_longer_be_taken_back(
    school: School,
) -> None:
    await report_videos(school, 3)
    [shown] = await school.says("u-zhao", "通过 1-3 9")
    assert shown == (
        "将通过 3 条：#1 信工 视频、#2 信工 视频、#3 信工 视频。\n通过即认定“不偏题”。"
    )
    assert school.buttons("u-zhao") == ["确认 3 条", "取消"]
    await school.presses("u-zhao", "确认")
    told = len(school.shown("u-chen"))
    await school.at("04-02 10:09")
    assert len(school.shown("u-chen")) == told
    await school.at("04-02 10:10")
    assert school.last("u-chen") == (
        "#1 视频《第0课》、#2 视频《第1课》、#3 视频《第2课》 已通过。"
    )


async def test_a_batch_taken_back_was_never_told(school: School) -> None:
    await report_videos(school, 3)
    await school.says("u-zhao", "通过 1-3")
    await school.presses("u-zhao", "确认")
    assert school.points("信息工程系", "dy_update") is None
    [said] = await school.says("u-zhao", "撤回")
    assert said == "已撤回刚才 3 条的决定，仍在待审。部门没有收到过通知。"
    told = len(school.shown("u-chen"))
    await school.at("04-02 11:00")
    assert len(school.shown("u-chen")) == told
    assert (await school.says("u-zhao", "待审"))[0].startswith("等您处理 3 条，最早 #1")


async def test_a_decision_can_be_taken_back_for_ten_minutes(school: School) -> None:
    await school.says("u-chen", "交接")
    await school.says("u-zhao", "通过 #1")
    assert school.points("信息工程系", "dy_handover") == "3"
    assert (await school.says("u-zhao", "撤回 #1", at="03-18 09:10"))[0] == (
        "已撤回对 #1 的决定，重新等待。"
    )
    assert school.points("信息工程系", "dy_handover") is None
    await school.says("u-zhao", "通过 #1")
    [late] = await school.says("u-zhao", "撤回 #1", at="03-18 09:21")
    assert late == "#1 的决定已过 10 分钟，不能撤回，没有改动。"


async def test_a_card_turns_into_the_next_one(school: School) -> None:
    await report_videos(school, 2)
    await school.says("u-zhao", "待审")
    await school.presses("u-zhao", "逐条看")
    assert school.last("u-zhao").startswith("#1 信工 视频《第0课》")
    before = len(school.shown("u-zhao"))
    await school.presses("u-zhao", "通过")
    assert school.last("u-zhao").startswith("#1 通过（可撤）。\n#2 信工 视频《第1课》")
    await school.presses("u-zhao", "偏题")
    assert school.last("u-zhao") == "#2 已判偏题（可撤）。\n后面没有等您处理的了。"
    assert len(school.shown("u-zhao")) == before


async def test_a_reason_is_asked_privately_and_frees_the_link(school: School) -> None:
    await report_videos(school, 1)
    await school.says("u-zhao", "退回 #1")
    await school.says("u-zhao", "画面太暗")
    assert school.last("u-chen").startswith("#1 视频《第0课》 退回：画面太暗。")
    [again] = await school.says("u-chen", "报视频 重拍 https://v.douyin.com/i0aa/")
    assert again.startswith("已收 #2 视频《重拍》")


async def test_nobody_decides_for_his_own_unit(school: School) -> None:
    await school.at("04-02 10:00")
    await school.says("u-wu", "报新闻 例会 https://mp.weixin.qq.com/s/W1")
    [own] = await school.says("u-wu", "通过 #1")
    assert own.startswith("#1 是您本部门的，须由别的人（考核组、融媒体中心）处理。")
    [other, *_] = await school.says("u-zheng", "通过 #1")
    assert other.startswith("#1 新闻《例会》 通过。")


async def test_the_administrator_decides_nothing(school: School) -> None:
    await school.says("u-chen", "交接")
    assert await school.says("u-he", "通过 #1") == ["您不能审核，#1 由融媒体中心处理。"]


async def test_an_earlier_time_needs_evidence_and_a_second_person(school: School) -> None:
    await school.says("u-ma", "交接", at=LATE)
    [bare] = await school.says("u-zhao", "通过 #1 3月30日 16:00")
    assert "请在后面附依据" in bare
    asked = await school.says("u-zhao", "通过 #1 3月30日 16:00 值班登记第3行")
    assert asked[0] == "这次补录会改变得分，须第二人确认，已请钱峰。确认前不生效。"
    assert school.points("艺术工程系", "dy_handover") == "0"
    again = await school.says("u-zhao", "通过 #1 3月30日 16:00 值班登记第3行")
    assert again[0] == asked[0]
    await school.presses("u-qian", "确认")
    assert school.points("艺术工程系", "dy_handover") == "3"
    story = (await school.says("u-wu", "为什么 #1"))[0]
    assert "赵倩 通过，时间记为 3月30日 16:00（补录）：值班登记第3行（钱峰 复核）" in story


async def test_an_earlier_time_that_changes_nothing_needs_no_second_person(school: School) -> None:
    await school.says("u-chen", "交接", at="03-21 10:00")
    [said, *_] = await school.says("u-zhao", "通过 #1 3月20日 16:00 登录记录")
    assert said.startswith("#1 信工 账号交接已核实：3月20日 16:00 完成（补录）。")


async def test_a_time_to_come_is_refused(school: School) -> None:
    await school.says("u-chen", "交接", at="03-21 10:00")
    [said] = await school.says("u-zhao", "通过 #1 3月25日")
    assert said == "时间还没到，没有处理。请写已经发生的时间。"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("推荐 白露", "认可，按 4月1日 20:00 计（补录）。"),
        ("报新闻 技能节开幕 https://mp.weixin.qq.com/s/n1", "通过，按 4月1日 20:00 计（补录）。"),
        (
            "报视频 网线制作 https://v.douyin.com/n1/",
            "通过，按 4月1日 20:00 计（补录），计入第14周。",
        ),
    ],
)
async def test_an_earlier_time_is_named_where_it_changes_no_points(
    school: School, line: str, told: str
) -> None:
    await school.says("u-chen", line, at="04-02 10:00")
    decider = "u-wu" if "新闻" in line else "u-zhao"
    [said, *_] = await school.says(decider, "通过 #1 4月1日 20:00 依据 微信截图")
    assert said.splitlines()[0].endswith(told)
    assert said.splitlines()[0].startswith("#1 ")


async def test_an_earlier_time_of_a_recommendation_counts_after_a_second_word(
    school: School,
) -> None:
    await school.says("u-chen", "推荐 白露", at="04-08 09:00")
    [asked, *_] = await school.says("u-zhao", "通过 #1 4月6日 20:00 群聊截图")
    assert asked == "这次补录会改变得分，须第二人确认，已请钱峰。确认前不生效。"
    await school.presses("u-qian", "确认")
    assert school.points("信息工程系", "live_team") == "5"
    story = (await school.says("u-wu", "为什么 #1"))[0]
    assert "时间记为 4月6日 20:00（补录）：群聊截图（钱峰 复核）" in story


async def test_an_earlier_time_of_a_video_moves_it_to_its_week(school: School) -> None:
    await school.says("u-chen", "报视频 第1课 https://v.douyin.com/i1aa/", at="04-08 09:00")
    await school.says("u-zhao", "通过 #1 4月7日 20:00 后台发布记录")
    assert school.points("信息工程系", "dy_update") == "0"
    await school.presses("u-qian", "确认")
    assert school.points("信息工程系", "dy_update") == "2"


async def test_a_report_is_never_moved_to_later_than_it_came(school: School) -> None:
    await school.says("u-chen", "推荐 白露", at="04-06 19:00")
    [said] = await school.says("u-zhao", "通过 #1 4月8日 9:00", at="04-08 09:00")
    assert said.startswith(
        "#1 是 4月6日 19:00 报送的，时间不能改得更晚（4月8日 09:00），没有处理。"
    )
    [done, *_] = await school.says("u-zhao", "通过 #1 4月6日")
    assert done.startswith("#1 推荐 白露 已认可。")
    assert school.points("信息工程系", "live_team") == "5"


async def test_a_time_later_the_same_day_has_not_come_yet(school: School) -> None:
    await school.says("u-chen", "交接", at="03-21 10:00")
    [said] = await school.says("u-zhao", "通过 #1 3月21日 20:00 登录记录")
    assert said == "时间还没到，没有处理。请写已经发生的时间。"
    [today, *_] = await school.says("u-zhao", "通过 #1 3月21日")
    assert today.startswith("#1 信工 账号交接已核实：3月21日 10:00 完成。")


async def test_the_dean_alone_may_not_antedate_into_points(school: School) -> None:
    await school.says("u-chen", "报PPT 专业介绍", at="04-04 09:00")
    [bare] = await school.says("u-li", "通过 #1 4月5日 20:00", at="04-07 09:00")
    assert "请在后面附依据" in bare
    [asked, *_] = await school.says("u-li", "通过 #1 4月5日 20:00 当晚短信")
    assert asked == "这次补录会改变得分，须第二人确认，已请吴敏、郑涛。确认前不生效。"
    assert school.points("信息工程系", "ppt") is None
    await school.presses("u-wu", "确认")
    assert school.points("信息工程系", "ppt") == "5"
    story = (await school.says("u-wu", "为什么 #1"))[0]
    assert "时间记为 4月5日 20:00（补录）：当晚短信（吴敏 复核）" in story


async def test_the_dean_withdraws_an_approval_with_a_reason_and_a_second_person(
    school: School,
) -> None:
    await school.says("u-chen", "报PPT 专业介绍", at="04-02 09:00")
    await school.says("u-li", "通过 #1")
    [asked, *_] = await school.says("u-li", "撤销 #1 数据有误", at="04-20 09:00")
    assert asked == "撤销通过须第二人确认，已请吴敏、郑涛。确认前不生效。"
    assert school.points("信息工程系", "ppt") == "5"
    await school.presses("u-zheng", "确认")
    assert school.last("u-chen").startswith("#1 信工 PPT 的通过已撤销：数据有误（郑涛 复核）。")
    assert school.points("信息工程系", "ppt") == "0"
    assert school.points("信息工程系", "ppt", until="04-19 09:00") == "5"


async def test_an_approval_taken_back_after_the_gate_counts_for_no_time_before(
    school: School,
) -> None:
    await school.says("u-chen", "报PPT 专业介绍", at="04-04 09:00")
    await school.says("u-li", "通过 #1", at="04-05 23:55")
    await school.says("u-li", "撤回 #1", at="04-06 00:02")
    await school.says("u-li", "退回 #1 数据有误")
    await school.at("05-08 09:00")
    with school.app.db.reading() as tx:
        until, known = instant_of("04-06 00:00"), school.clock.now()
        tallies = ledger.tallies_at(tx, school.plan, until - 1, known)
        basis = ledger.basis(tx, school.plan, until - 1, known)
    card = scorecard(school.plan, school.plan.by_code["it"], tallies, basis, until - 1)
    [ppt] = [one for one in card.verdicts if one.item == "ppt"]
    assert (ppt.points, ppt.status) == (None, Status.UNVERIFIED)
