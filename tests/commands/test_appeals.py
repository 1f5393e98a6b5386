"""申诉, 反映 and 处理 (C14): who may, who answers, what is shown meanwhile and what changes."""

from commands.months import outline, workbook
from commands.months.compose import compose
from commands.paper.blocks import Text
from tests.worlds.episodes import ROLL, row
from tests.worlds.school import GROUP, School

STRANGER = "u-liu"


async def late_handover(school: School) -> None:
    """艺术's handover of 4月1日, verified by 赵倩: 0 of 3 points."""
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1", at="04-01 10:30")


async def appealed(school: School) -> str:
    await late_handover(school)
    said = await school.says("u-lin", "申诉 #1 周六下午4点我们去了没人", at="04-02 10:20")
    return said[0]


# --- the walkthrough, 1.6 -----------------------------------------------------------------


async def test_the_head_appeals_and_reads_who_answers_until_when(school: School) -> None:
    answer = await appealed(school)
    assert answer == (
        "已收申诉 #2（对 #1），4月8日（周一）前答复：郑涛办理，可随时发“申诉 #2”看进度。\n"
        "期间本项显示“0/3 申诉中”。"
    )


async def test_the_two_parties_are_told_privately(school: School) -> None:
    await appealed(school)
    assert school.last("u-zheng") == (
        "艺术 林芳 申诉 #2（对 #1 账号交接）：周六下午4点我们去了没人\n"
        "请在 4月8日（周一）前答复：处理 #2 成立|不成立 理由"
    )
    assert school.buttons("u-zheng") == ["成立", "不成立"]
    assert school.last("u-zhao").startswith("艺术 林芳 申诉 #1 账号交接（#2）")
    assert not any("申诉" in message.text for message in school.shown("", GROUP))


async def test_while_it_is_open_the_line_says_so(school: School) -> None:
    await appealed(school)
    [why] = await school.says("u-lin", "为什么 艺术 交接")
    assert why.split("\n")[0].endswith("申诉中")
    assert "申诉 #2 在办（郑涛，4月8日前答复）。" in why
    [rows] = await school.says("u-lin", "得分 艺术 明细")
    marked = [line for line in rows.split("\n") if line.endswith("申诉中")]
    assert len(marked) == 1
    assert marked[0].startswith("交接 0/3")
    [state] = await school.says("u-lin", "申诉 #2")
    assert state == "申诉 #2（对 #1）在办：郑涛办理，4月8日（周一）前答复。"
    # The card of the unit says so to everybody, and how it stands to those whose it is.
    for reader, told in (
        (STRANGER, "艺术 有 1 条申诉在办，进度只告诉本部门和办理的人。"),
        ("u-lin", state),
    ):
        [card] = await school.says(reader, "得分 艺术")
        assert card.split("\n")[1].endswith("申诉中：交接。")
        assert await school.presses(reader, "申诉情况") == [told]
    assert "申诉中" not in (await school.says("u-lin", "得分 信工"))[0]
    assert "申诉中" not in (await school.says("u-lin", "得分 艺术 截至 4月1日"))[0]
    # And so do the papers of the month, beside the item.
    written, cells = papers(school, "2024-04")
    assert "艺术工程系交接 0 分" in written
    assert [line for line in written.split("\n") if "（申诉中）" in line] == [
        line for line in written.split("\n") if "艺术工程系" in line and "交接" in line
    ]
    assert "申诉中申诉 1 件（艺术 交接）" in written
    assert {row for row, state in cells.items() if "申诉中" in state} == {("艺术工程系", "交接")}
    await school.says("u-zheng", "处理 2 不成立 值班到12点，3月29日已通知本人")
    await school.presses("u-zheng", "确认")
    assert "申诉中" not in (await school.says("u-lin", "得分 艺术"))[0]
    assert "申诉情况" not in school.buttons("u-lin")
    written, cells = papers(school, "2024-04")
    assert "（申诉中）" not in written + "".join(cells.values())


def papers(school: School, month: str) -> tuple[str, dict[tuple[str, str], str]]:
    """The text of a month's document, and the state of each item in its workbook."""
    with school.app.db.reading() as tx:
        report = compose(tx, school.plan, month, school.clock.now())
    text = "\n".join(
        block.text for block in outline.outline(school.plan, report) if isinstance(block, Text)
    )
    [rows] = [
        rows for name, _, rows in workbook.sheets(school.plan, report, seal="") if name == "逐项"
    ]
    return text, {(str(row[0]), str(row[1])): str(row[5]) for row in rows}


async def test_an_answer_is_shown_before_it_counts_and_told_to_both(school: School) -> None:
    await appealed(school)
    [preview] = await school.says(
        "u-zheng", "处理 2 不成立 值班到12点，3月29日已通知本人", at="04-07 16:30"
    )
    assert preview.split("\n") == [
        "将答复 #2 不成立：值班到12点，3月29日已通知本人。",
        "截止前提醒送达：马超 3月30日 10:00:00、林芳 3月30日 10:00:00。",
    ]
    assert school.buttons("u-zheng") == ["确认", "取消", "改为成立"]
    assert "在办" in (await school.says("u-lin", "申诉 #2"))[0]
    await school.presses("u-zheng", "确认")
    told = "申诉 #2（对 #1）不成立：值班到12点，3月29日已通知本人（郑涛）。"
    assert [school.last(account) for account in ("u-zheng", "u-lin", "u-zhao")] == [told] * 3
    [why] = await school.says("u-wu", "为什么 艺术 交接", at="04-19 14:05")
    assert "申诉中" not in why
    assert "申诉 #2 4月7日 不成立（郑涛）。" in why


async def test_the_answer_day_skips_the_holiday_and_counts_the_make_up_sunday(
    school: School,
) -> None:
    await late_handover(school)
    said = await school.says("u-lin", "申诉 #1 没人值班", at="04-03 10:00")
    assert "4月9日（周二）前答复" in said[0]


async def test_an_upheld_late_handover_waits_for_its_verifier(school: School) -> None:
    await appealed(school)
    await school.says("u-zheng", "处理 #2 成立 值班表确实写到17点")
    assert "得分先不变" in school.last("u-zheng")
    await school.presses("u-zheng", "确认")
    assert school.points("艺术工程系", "dy_handover") == "0"
    assert "请融媒体中心重新核实 #1" in school.last("u-qian")
    await school.says("u-qian", "通过 #1 3月30日 16:00 值班登记第3行")
    assert "须第二人确认" in school.last("u-qian")
    await school.presses("u-zhao", "确认")
    assert school.points("艺术工程系", "dy_handover") == "3"
    [again] = await school.says("u-qian", "通过 #1")
    assert "没有重复处理" in again


# --- the walkthrough, 1.9 -----------------------------------------------------------------


async def test_an_officer_s_appeal_goes_to_his_head_who_makes_it(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    said = await school.says("u-ma", "申诉 #1 培训那天请假了", at="04-16 10:05")
    assert said[0] == "只有部门负责人（林芳）能申诉本部门的扣分，已转给本人看。"
    assert school.buttons("u-ma") == ["撤回"]
    assert school.last("u-lin").startswith("马超想申诉 #1 培训“短视频培训”：培训那天请假了")
    await school.presses("u-lin", "以部门名义申诉", at="04-16 10:06")
    # 吴敏 entered the roll, so that C14 gives the appeal to 郑涛, unlike the transcript.
    assert school.last("u-lin").split("\n") == [
        "已收申诉 #2（对 #1 缺席 2 人），4月19日（周五）前答复：郑涛办理，"
        "可随时发“申诉 #2”看进度。",
        "期间本项显示“3/5 申诉中”。",
    ]


async def test_what_was_handed_to_the_head_can_be_taken_back(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-ma", "申诉 #1 培训那天请假了", at="04-16 10:05")
    await school.presses("u-ma", "撤回")
    said = await school.presses("u-lin", "以部门名义申诉")
    assert said == ["这一条已经处理过了，没有重复处理。"]


async def test_an_upheld_appeal_takes_only_that_unit_s_absences_out(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-lin", "申诉 #1 两人都请过假", at="04-16 10:06")
    await school.says("u-zheng", "处理 #2 成立 假条已补")
    await school.presses("u-zheng", "确认")
    assert school.last("u-zheng").endswith("艺术 在 #1 的扣分已取消，名单改记为 #3。")
    assert school.points("艺术工程系", "training") == "5"
    assert school.points("机电工程系", "training") == "4"
    assert school.points("信息工程系", "training") == "4"
    assert row(school, "机电工程系", "training")["because"] == "5－1×缺席1"
    [undo] = await school.says("u-zheng", "撤回 #2")
    assert undo == "#2 已确认答复，不能撤回，没有改动。"
    [undo] = await school.says("u-zheng", "撤回 #3")
    assert undo == "#3 是申诉成立后改记的，不能撤回，没有改动。"


async def test_an_appeal_on_a_roll_since_replaced_falls_on_the_one_that_stands(
    school: School,
) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-lin", "申诉 #1 两人都请过假", at="04-16 10:06")
    await school.says("u-wang", "申诉 #1 李强在外地", at="04-16 10:07")
    for number in (2, 3):
        await school.says("u-zheng", f"处理 #{number} 成立 已核实")
        await school.presses("u-zheng", "确认")
    assert school.points("艺术工程系", "training") == "5"
    assert school.points("机电工程系", "training") == "5"
    assert school.points("信息工程系", "training") == "4"


# --- rights -------------------------------------------------------------------------------


async def test_another_unit_is_shown_the_way_to_a_doubt(school: School) -> None:
    await late_handover(school)
    [answer] = await school.says("u-wang", "申诉 #1 不公平")
    assert answer == "#1 涉及的是艺术，您不能申诉，没有登记。有情况可发：反映 #1 理由"


async def test_one_appeal_a_fact_is_open_at_a_time(school: School) -> None:
    await appealed(school)
    [again] = await school.says("u-lin", "申诉 #1 再说一次")
    assert again == "#1 已有申诉 #2 在办，没有重复登记。看进度请发：申诉 #2"


async def test_what_nobody_has_decided_is_not_appealed(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    [answer] = await school.says("u-lin", "申诉 #1 请快些")
    assert answer.startswith("#1 还没有审，不用申诉")


async def test_a_lead_is_appealed_by_its_reporter_alone(school: School) -> None:
    await school.says("u-ma", "报线索 乙某 13900010002", at="04-01 09:00")
    await school.says("u-sun", "认定 #1")
    await school.says("u-sun", "撤销 #1 家长说从未咨询")
    await school.presses("u-sun", "确认")
    [head] = await school.says("u-lin", "申诉 #1 家长记错了")
    assert head == "#1 是别人报的线索，只有本人能申诉，没有登记。"
    said = await school.says("u-ma", "申诉 #1 家长记错了")
    assert said[0].startswith("已收申诉 #2（对 #1）")
    await school.says("u-zheng", "处理 #2 成立 家长已来校")
    await school.presses("u-zheng", "确认")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 1/10")


async def test_a_rejected_video_upheld_counts_for_its_first_week(school: School) -> None:
    await school.says("u-chen", "报视频 机房的一天 https://v.douyin.com/iGhi789/", at="04-09 12:00")
    await school.says("u-zhao", "退回 #1 画面太暗", at="04-15 09:00")
    await school.at("04-16 09:00")
    assert row(school, "信息工程系", "dy_update")["because"].startswith("2×0/2")
    await school.says("u-xu", "申诉 #1 画面正常")
    await school.says("u-zheng", "处理 #2 成立 复看正常")
    await school.presses("u-zheng", "确认")
    assert school.last("u-xu").endswith("#1 已通过，按首次的时间计。")
    assert row(school, "信息工程系", "dy_update")["because"].startswith("2×1/2")


async def test_nobody_answers_for_his_own_unit_or_his_own_decision(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-lin", "申诉 #1 两人都请过假", at="04-16 10:06")
    [first] = await school.says("u-wu", "处理 #2 不成立 没有假条")
    assert first == "#1 是您先前经办的，申诉 #2 由郑涛处理。"
    [other] = await school.says("u-ma", "处理 #2 成立 请过假")
    assert other == "#2 是您本部门的，须由别的人（考核组）处理。"
    [wrong] = await school.says("u-zheng", "通过 #2")
    assert wrong.startswith("#2 是申诉，没有处理。请发：处理 #2")


async def test_a_reason_is_asked_for_after_the_button(school: School) -> None:
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.at("04-10 17:11")
    await school.presses("u-lin", "申诉")
    assert school.last("u-lin").startswith("请说一句理由")
    said = await school.says("u-lin", "两人都请过假")
    assert said[0].startswith("已收申诉 #2（对 #1 缺席 2 人）")


async def test_an_appeal_in_the_group_is_answered_privately(school: School) -> None:
    await late_handover(school)
    await school.says("u-lin", "@宣传助手 申诉 #1 没人值班", group=GROUP)
    assert school.last("", GROUP) == "已私信您。"
    assert school.last("u-lin").startswith("已收申诉 #2")


async def test_an_open_appeal_can_be_taken_back_and_made_again(school: School) -> None:
    await appealed(school)
    await school.says("u-lin", "撤回 #2")
    assert school.last("u-lin") == "已撤回 #2，不再计数。"
    for account in ("u-zheng", "u-zhao"):
        assert school.last(account) == "申诉 #2（对 #1）已由林芳撤回，不用再办。"
    said = await school.says("u-lin", "申诉 #1 换个理由")
    assert said[0].startswith("已收申诉 #3")


# --- 反映 ---------------------------------------------------------------------------------


async def test_a_doubt_is_seen_by_reviewers_and_decides_nothing(school: School) -> None:
    await school.says("u-min", "报视频 备赛第三天 https://v.douyin.com/iJkl012/", at="04-12 16:30")
    await school.says("u-zhao", "通过 #1", at="04-15 09:00")
    before = school.points("机电工程系")
    said = await school.says("u-ma", "反映 #1 这是往年的", at="04-18 11:00")
    assert said[0] == "已收反映 #2（对 #1），只有核实的人（赵倩、钱峰）看得到您的名字。"
    assert school.last("u-zhao").startswith("马超 反映 #1 机电 视频《备赛第三天》：这是往年的")
    assert not any("反映" in message.text for message in school.shown("u-min"))
    [hidden] = await school.says("u-wang", "为什么 #2")
    assert hidden == "#2 不便显示。"
    await school.says("u-zhao", "处理 #2 成立 核对过确是去年的")
    await school.presses("u-zhao", "确认")
    assert school.last("u-ma").startswith("反映 #2（对 #1）成立")
    assert school.points("机电工程系") == before
    await school.says("u-qian", "退回 #1 往年的作品")
    assert school.points("机电工程系", "dy_content") == "0"


async def test_three_doubts_a_person_are_open_at_most(school: School) -> None:
    for place in range(4):
        await school.says(
            "u-min", f"报视频 备赛第{place}天 https://v.douyin.com/iJkl{place}/", at="04-12 16:30"
        )
    for number in (1, 2, 3):
        await school.says("u-ma", f"反映 #{number} 这是往年的")
    [fourth] = await school.says("u-ma", "反映 #4 这是往年的")
    assert fourth == "您已有 3 条反映在办，没有登记。等有答复再发。"


async def test_an_appeal_has_a_clock_that_no_holiday_stops(school: School) -> None:
    await school.says("u-wu", "培训 短视频 4月1日 缺席 周敏", at="04-01 17:00")
    await school.says("u-wang", "申诉 #1 周敏在带实习", at="04-02 10:00")
    entry = "申诉 #2（机电，对 #1）"
    await school.at("04-07 08:59")
    assert not [m for m in school.shown("u-zheng") if m.text.startswith(entry)]
    await school.at("04-07 09:30")  # the second of three workdays: 04-03, 04-07, 04-08
    [again] = [m.text for m in school.shown("u-zheng") if entry in m.text]
    assert "请在 4月8日（周一） 24:00 前答复：周敏在带实习" in again
    assert not [m for m in school.shown("u-wu") if entry in m.text]
    await school.at("04-09 09:30")
    assert [m for m in school.shown("u-zheng") if "4月8日（周一）到期还没有答复" in m.text]
