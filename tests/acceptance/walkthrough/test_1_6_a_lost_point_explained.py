"""1.6: 艺术's account was handed over two days late; its head appeals, two assessors defend the
points, the chairman's office looks on."""

from tests.worlds.episodes import answered, appealed
from tests.worlds.school import School
from tests.worlds.transcripts import number_in, numbers_in

WEEKS = ("04-07 17:00", "04-10 10:00")


async def recommended(school: School) -> None:
    """Two teachers for the broadcasts, accepted: 直播 10."""
    await school.says("u-ma", "推荐 夏雨 林芳", at="03-28 10:00")
    for number in numbers_in(school.last("u-ma")):
        await school.says("u-zhao", f"通过 #{number}")


async def the_weeks_after(school: School) -> None:
    """From 04-07 on: 更新 2, 内容 5, PPT 3, 培训 3."""
    await school.says("u-ma", "报PPT 艺术专业介绍 https://pan.example.cn/y1", at="04-07 16:50")
    ppt = number_in(school.last("u-ma"))
    for at in WEEKS:
        await school.says("u-ma", f"报视频 剪纸 https://v.douyin.com/i{at[:5]}/", at=at)
        await school.says("u-zhao", f"通过 #{number_in(school.last('u-ma'))}")
        if at == WEEKS[0]:
            await school.says("u-li", f"通过 #{ppt}", at="04-09 09:00")
    await school.says("u-wu", "培训 短视频培训 4月10日 缺席 马超 夏雨", at="04-10 17:00")


# --- the deadline -------------------------------------------------------------------------


async def test_the_head_is_told_the_day_before_what_is_at_stake(school: School) -> None:
    await school.at("03-29 09:00")
    # The date with its weekday stands for 明天: the line is still right when read a day later.
    assert school.last("u-lin").startswith(
        "林主任，艺术抖音号还未交接：3月30日（周六）24:00前完成得 3 分，过时 0 分。"
    )


async def test_the_day_before_also_says_who_is_on_duty(school: School) -> None:
    await school.at("03-29 09:00")
    assert "值班" in school.last("u-lin")
    assert "转给宣传员" in school.buttons("u-lin")


async def test_the_last_day_is_said_again_even_on_a_saturday(school: School) -> None:
    await school.at("03-29 12:00")
    told = len(school.shown("u-lin"))
    await school.at("03-30 10:00")
    assert len(school.shown("u-lin")) == told + 1


async def test_the_last_day_is_called_so(school: School) -> None:
    await school.at("03-30 10:00")
    assert "今天" in school.last("u-lin")


async def test_on_the_next_workday_the_loss_is_said_without_blame(school: School) -> None:
    await school.at("04-01 09:00")
    told = school.last("u-lin")
    assert told.startswith("艺术 账号交接已过 3月30日，本项现为 0/3。仍请尽快交接")
    assert "！" not in told


async def test_the_loss_comes_with_the_way_to_appeal(school: School) -> None:
    await school.at("04-01 09:00")
    assert "申诉" in school.last("u-lin")


async def test_a_late_handover_is_taken_and_says_what_it_brings(school: School) -> None:
    [receipt, *_] = await school.says("u-ma", "交接", at="04-01 09:12")
    assert receipt == (
        f"已收 #{number_in(receipt)} 艺术工程系 账号交接（4月1日，已过 3月30日），"
        "待核实；本项按期限计 0/3。"
    )


# --- the appeal ---------------------------------------------------------------------------


async def test_the_appeal_names_its_handler_and_its_day(school: School) -> None:
    handover, appeal = await appealed(school)
    assert school.last("u-lin") == (
        f"已收申诉 #{appeal}（对 #{handover}），4月8日（周一）前答复：郑涛办理，"
        f"可随时发“申诉 #{appeal}”看进度。\n期间本项显示“0/3 申诉中”。"
    )
    [why] = await school.says("u-lin", "为什么 艺术 交接")
    assert why.split("\n")[0].endswith("申诉中")


async def test_the_answer_is_shown_before_it_is_given(school: School) -> None:
    _, appeal = await appealed(school)
    [preview] = await school.says(
        "u-zheng", f"处理 {appeal} 不成立 值班到12点，3月29日已通知本人", at="04-07 16:30"
    )
    assert preview.startswith(f"将答复 #{appeal} 不成立：值班到12点，3月29日已通知本人。")
    # {取消} is the contract's word for what the transcript calls {改写}.
    assert school.buttons("u-zheng") == ["确认", "取消", "改为成立"]


async def test_the_answer_shows_when_the_reminder_arrived(school: School) -> None:
    _, appeal = await appealed(school)
    [preview] = await school.says("u-zheng", f"处理 {appeal} 不成立 3月29日已通知本人")
    assert preview.endswith("截止前提醒送达：马超 3月30日 10:00:00、林芳 3月30日 10:00:00。")


# --- the defence --------------------------------------------------------------------------


async def test_the_point_is_defended_with_fact_people_appeal_and_reading(school: School) -> None:
    handover, appeal = await answered(school)
    [why] = await school.says("u-wu", "为什么 艺术 交接", at="04-19 14:05")
    result, facts, after = why.split("\n")
    assert result == "艺术 交接 0/3：4月1日 完成，晚于 3月30日（附件3·二·(一)）"
    assert facts == (
        f"依据：#{handover} 马超 4月1日 09:12 报，赵倩 4月1日 10:30 通过。"
        "提醒送达：马超 3月30日 10:00:00、林芳 3月30日 10:00:00。"
    )
    assert after == (
        f"申诉 #{appeal} 4月7日 不成立（郑涛）。"
        "口径：“X日前”含当日，到 24:00 为止（约定 A01）；截止日遇周末或假日不顺延（约定 A02）"
    )


async def test_the_defence_can_be_had_on_one_page(school: School) -> None:
    await answered(school)
    await school.says("u-wu", "为什么 艺术 交接", at="04-19 14:05")
    await school.presses("u-wu", "生成一页说明", at="04-19 14:06")
    assert school.seen[-1].files[0].name.endswith(".docx")


async def test_another_reading_can_be_tried_without_being_kept(school: School) -> None:
    await answered(school)
    await school.says("u-wu", "为什么 艺术 交接", at="04-19 14:20")
    await school.presses("u-wu", "换口径看看")
    head, moved, same, formal = school.last("u-wu").split("\n")
    assert head == "试算（不保存）："
    assert moved == "截止日遇周末或假日顺延到下一个工作日（A02）：艺术 0→3 分，其余部门不变。"
    assert same == "不变的：A01 不含当日。"
    assert formal == "正式改口径请发：口径 A02 顺延 理由；须郑涛二次确认，并列入更正。"
    assert school.points("艺术工程系", "dy_handover") == "0"


# --- the chairman's office ----------------------------------------------------------------


async def test_a_bare_unit_name_is_its_score_with_its_place_and_its_losses(
    school: School,
) -> None:
    await recommended(school)
    await answered(school)
    await the_weeks_after(school)
    [card] = await school.says("u-han", "艺术", at="04-19 14:41")
    first, second, *_ = card.split("\n")
    # The other units of this roster are as they began, so the place is not the transcript's 5.
    assert first == "艺术工程系 得 23 / 应得 39（58.9%）■■■■■□□□□□　系部第 1/5（按得分率）"
    assert second == "已失 7（培训 2、交接 3、PPT 2）；待评 0；还可争取 9。"
    # {每分依据|申诉情况} are called 明细 and 为什么 by the contract; an appeal is marked in both.
    assert school.buttons("u-han")[:2] == ["明细", "为什么"]


async def test_the_place_is_not_said_to_who_competes(school: School) -> None:
    [card] = await school.says("u-ma", "艺术")
    assert "按得分率" not in card


async def test_gossip_is_not_understood_and_nothing_is_booked(school: School) -> None:
    handover, _ = await answered(school)
    [said] = await school.says("u-han", "马超说系统时间是错的？", at="04-19 14:42")
    # What was asked before is not kept, so the way is 帮助 and not 为什么 艺术 交接.
    assert said.startswith("这句我听不懂，没有记任何东西。")
    assert school.buttons("u-han")[-1] == "帮助"
    assert number_in((await school.says("u-han", f"为什么 #{handover}"))[0]) == handover
