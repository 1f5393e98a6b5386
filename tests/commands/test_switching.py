"""口径 and 试算: a reading shown in both its worlds, switched by two assessors, or only tried."""

import re

import pytest

from db import ledger, months, plans, publishing
from tests.worlds.episodes import reported
from tests.worlds.school import School
from tests.worlds.school import _instant as at


def revision(school: School) -> plans.Revision:
    with school.app.db.reading() as tx:
        found = plans.kept(tx).revision(2024, school.clock.now())
    assert found is not None
    return found


async def handed_over(school: School) -> None:
    """信工 hands its account over on the first workday after the deadline."""
    await school.says("u-chen", "交接", at="04-01 09:00")
    await school.says("u-zhao", "通过 #1")
    assert school.points("信息工程系", "dy_handover") == "0"


async def test_another_value_is_shown_with_its_effect_and_switched_by_two(school: School) -> None:
    await handed_over(school)
    said = await school.says("u-wu", "口径 A02 顺延 按民法典", at="04-02 10:00")
    card = school.last("u-zheng").split("\n")
    assert card[0] == "吴敏提请改口径（理由：按民法典）："
    assert card[1].startswith("口径 A02（附件3·二·(一)，三·(一)，四·(四)）：不顺延 → 顺延。")
    assert "信息工程系　5/39 → 8/39" in card
    assert card[-1] == "其余 16 个不变。"
    assert any("信息工程系　5/39 → 8/39" in text for text in said)
    assert revision(school).number == 1
    await school.presses("u-zheng", "确认改口径")
    found = revision(school)
    assert (found.number, found.by, found.second) == (2, "吴敏", "郑涛")
    assert found.why == "口径 A02 改为“顺延” 按民法典"
    school.plan = found.plan
    assert school.points("信息工程系", "dy_handover") == "3"
    [why, *_] = await school.says("u-chen", "为什么 信工 交接")
    assert "4月1日" in why
    [row] = await school.says("u-wu", "口径 A02")
    assert "顺延到下一个工作日　（顺延，" in row
    [back, *_] = await school.says("u-wu", "口径 A02 顺延")
    assert back == "口径 A02 现在就是“顺延”，没有改动。"


async def test_a_deadline_moves_with_the_days_that_the_school_itself_is_off(
    school: School,
) -> None:
    await school.says("u-wu", "口径 A02 顺延", at="03-20 10:00")
    await school.presses("u-zheng", "确认改口径")
    [told, *_] = await school.says("u-chen", "截止")
    assert "4月1日" in told
    await school.says("u-he", "校历 4月1日 放假 校庆", at="03-21 10:00")
    [told, *_] = await school.says("u-chen", "截止")
    assert "4月2日" in told
    assert "4月1日" not in told
    with school.app.db.reading() as tx:
        shelf = plans.kept(tx)
        days = [
            shelf.in_force(at(when)).term("dy_handover", "deadline").isoformat()
            for when in ("03-19 09:00", "03-20 11:00", "03-21 11:00")
        ]
        assert [one.number for one in shelf.texts(2024)] == [1, 2]
    assert days == ["2024-03-30", "2024-04-01", "2024-04-02"]
    await school.says("u-wu", "口径 A06 全达标才给", at="03-22 10:00")
    await school.presses("u-zheng", "确认改口径")
    found = revision(school)
    assert found.number == 3
    assert found.plan.term("dy_handover", "deadline").isoformat() == "2024-04-02"


async def test_what_was_published_is_dated_by_when_its_decider_says(school: School) -> None:
    await school.says("u-wu", "口径 A18 按发布", at="04-02 10:00")
    await school.presses("u-zheng", "确认改口径")
    [received] = await school.says(
        "u-chen", "报视频 第1课 https://v.douyin.com/i1aa/", at="04-07 20:00"
    )
    assert received.startswith("已收 #1 视频《第1课》，按发布的时间归周，待审。")
    told = await school.says("u-zhao", "通过 #1", at="04-08 09:00")
    assert any("计入第15周" in text for text in told)
    told = await school.says("u-zhao", "通过 #1 4月15日 9:00", at="04-16 09:00")
    assert any("计入第16周" in text for text in told)
    school.plan = revision(school).plan
    with school.app.db.reading() as tx:
        assert ledger.tallies(tx, school.plan).of("it", "video.accepted") == {"2024-W16": 1}
    [answer] = await school.says("u-zhao", "通过 #1 4月30日 9:00")
    assert answer == "时间还没到，没有处理。请写已经发生的时间。"
    [answer] = await school.says("u-zhao", "通过 #1")
    assert answer.startswith("#1 已由赵倩")


async def test_points_are_given_by_hand_where_the_plan_is_read_so(school: School) -> None:
    [told] = await school.says("u-wu", "评定 机电 1.5 每周都更新", at="04-02 10:00")
    assert told == "口径 A06 现在不是“手工评定”，没有登记。要改请发：口径 A06 手工评定"
    await school.says("u-wu", "口径 A06 手工评定")
    await school.presses("u-zheng", "确认改口径")
    [told, *_] = await school.says("u-wu", "评定 信工 1.5 每周都更新", at="04-09 10:00")
    assert told.startswith("已评定 #1 信工 视频更新 1.5 分（满分 2）：每周都更新。")
    school.plan = revision(school).plan
    assert school.points("信息工程系", "dy_update") == "1.5"
    assert "考核组评定 1.5 分（#1）" in (await school.says("u-chen", "为什么 信工 视频更新"))[0]
    for said, answer in (
        ("评定 信工 3 很好", "视频更新满分 2 分，3 分没有登记。"),
        ("评定 信工 很好", "没有登记：请写分数和理由，如 评定 机电 1.5 每周都更新"),
        ("评定 财务 1 很好", "财务 没有抖音号任务，没有要豁免的。"),
    ):
        assert await school.says("u-wu", said) == [answer]
    await school.says("u-wu", "撤回 #1")
    assert school.points("信息工程系", "dy_update") is None


async def test_a_switch_of_a_day_to_come_is_not_lost_to_another_one(school: School) -> None:
    await school.says("u-wu", "口径 A02 顺延 4月10日", at="04-02 10:00")
    await school.presses("u-zheng", "确认改口径")
    [told] = await school.says("u-wu", "口径 A06 不给")
    assert told.startswith("第 2 版已定，2024年4月10日 00:00 起在用")
    [now] = await school.says("u-wu", "口径 A02")
    assert "（不顺延，附件3·二·(一)，三·(一)，四·(四)）" in now
    await school.at("04-10 08:00")
    [then] = await school.says("u-wu", "口径 A02")
    assert "（顺延，附件3·二·(一)，三·(一)，四·(四)）" in then


async def test_nobody_switches_alone(school: School) -> None:
    await school.says("u-wu", "口径 A20 满员才给", at="04-02 10:00")
    assert school.buttons("u-wu") == ["取消"]
    assert revision(school).number == 1


async def test_a_reading_that_files_facts_elsewhere_keeps_every_past_moment(school: School) -> None:
    await school.says("u-chen", "报视频 第1课 https://v.douyin.com/i1aa/", at="04-07 20:00")
    await school.says("u-zhao", "通过 #1", at="04-08 09:00")
    assert school.points("信息工程系", "dy_update") == "2"
    await school.says("u-wu", "口径 A18 按通过", at="04-09 10:00")
    assert "信息工程系　12/39 → 10/39" in school.last("u-zheng")
    await school.presses("u-zheng", "确认改口径")
    school.plan = revision(school).plan
    assert school.points("信息工程系", "dy_update") == "0"
    two = "报视频 第2课 https://v.douyin.com/i2aa/\n报视频 第3课 https://v.douyin.com/i3aa/"
    assert "#2 视频（按通过的时间归周）" in (await school.says("u-chen", two))[0]
    # A small change keeps the first time only where the report's time counts at all.
    await school.says("u-zhao", "退回 #2 小修 片头")
    again = "报视频 第2课 https://v.douyin.com/i2bb/"
    [redone, *_] = await school.says("u-chen", again, quote="#2 视频 退回", at="04-09 11:00")
    assert redone.startswith("已收 #4 视频《第2课》，按通过的时间归周，待审。")
    assert "仍按" not in redone
    school.plan = plans.shipped()[0]
    assert school.points("信息工程系", "dy_update", until="04-08 12:00") == "2"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("口径 A02 再说", "口径 A02 没有“再说”这种取值，没有改动。可写：不顺延、顺延"),
        (
            "口径 A17 true",
            "口径 A17 只有一种读法（以核实的授权时间为准，得到后不再扣回），没有改动。",
        ),
        ("口径 A03 不含本数", "没有改动：A03 取“不含本数”与 A04 取“归高一档”矛盾，请改其中一条。"),
        (
            "口径 A02 顺延 3月1日",
            "口径不能从 3月1日 这样过去的日子起算，没有改动。不写日期就从确认时起。",
        ),
        ("口径 A99 顺延", "没有“A99”这条口径。"),
        ("口径 A02 顺延 2050-01-01", "2050-01-01 不在 2024 年里，口径没有改动。"),
        ("口径 A02 顺延 2023-12-01", "2023-12-01 不在 2024 年里，口径没有改动。"),
        ("口径 A18 按通过 5月1日", "没有改动：改了送审、归期或计数的周期，只能即时生效"),
    ],
)
async def test_what_cannot_be_switched_is_one_sentence(
    school: School, said: str, answer: str
) -> None:
    [told, *_] = await school.says("u-wu", said, at="04-02 10:00")
    assert told.startswith(answer)
    assert revision(school).number == 1


async def test_what_a_reading_says_is_for_people(school: School) -> None:
    [every] = await school.says("u-wu", "口径", at="04-02 10:00")
    words = set(re.findall("[A-Za-z_]+", every))
    assert {one for one in words if one not in {"A", "X"}} <= {"PPT"}
    [one] = await school.says("u-wu", "口径 A06")
    assert "也可以读作：" in one
    assert one.endswith("要看影响，请发：口径 A06 全达标才给")
    [fixed] = await school.says("u-wu", "口径 A34")
    assert "也可以读作" not in fixed


async def test_a_text_dated_into_a_frozen_month_is_refused(school: School) -> None:
    await reported(school)
    await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    await school.presses("u-zheng", "确认定稿")
    day = 'year = 2024\nin_force_from = "04-20"\n'
    text = plans.templates()[0].text.replace("year = 2024\n", day)
    with school.app.db.reading() as tx, pytest.raises(publishing.Unpublishable) as refused:
        publishing.check(tx, plans.read(text, ""), text, at("05-10 09:00"))
    assert "2024-04 已定稿" in str(refused.value)


async def test_a_frozen_month_stays_and_the_next_report_says_who_switched_and_why(
    school: School,
) -> None:
    await handed_over(school)
    await reported(school)
    await school.says("u-wu", "月报 2024-04 定稿", at="05-09 10:00")
    await school.presses("u-zheng", "确认定稿")
    with school.app.db.reading() as tx:
        [frozen] = months.all_frozen(tx, school.plan)
    await school.says("u-wu", "口径 A02 顺延 按民法典", at="05-20 10:00")
    assert "2024-04（已定稿，不改）：" in school.last("u-zheng")
    await school.presses("u-zheng", "确认改口径")
    school.plan = revision(school).plan
    await school.says("u-wu", "月报 2024-05 定稿", at="06-06 10:00")
    await school.presses("u-zheng", "确认定稿")
    with school.app.db.reading() as tx:
        april, may = months.all_frozen(tx, school.plan)
    assert april == frozen
    changed = [
        one
        for one in may.document["corrections"]
        if (one["unit"], one["item"]) == ("信息工程系", "dy_handover")
    ]
    [one] = changed
    assert (one["was"], one["now"]) == ("0", "3")
    [cause] = one["causes"]
    assert (cause["what"], cause["verb"]) == ("口径 A02", "改为“顺延”")
    assert (cause["who"], cause["why"]) == ("吴敏、郑涛", "按民法典")


@pytest.mark.parametrize(
    ("said", "head", "effect"),
    [
        ("试算 A02 顺延", "口径 A02（", "信息工程系　5/39 → 8/39"),
        ("试算 交接 截止 4月1日", "假如交接的截止是 4月1日：", "信息工程系　5/39 → 8/39"),
        ("试算 在校人数 6500", "假如在校人数是 6500：", "现在各部门的分都不变。"),
        ("试算 信工 视频 2", "假如信工的抖音视频数量是 2：", "现在各部门的分都不变。"),
        ("试算 抖音移交 4月7日", "假如交接的截止是 4月7日：", "信息工程系　5/39 → 8/39"),
        ("试算 PPT 第二档 4月20日", "假如PPT的截止是 4月20日：", "现在各部门的分都不变。"),
        ("试算 视频 每周2条", "假如各部门的抖音视频数量是 2：", "现在各部门的分都不变。"),
        ("试算 在校学生 7千人", "假如在校人数是 7000：", "现在各部门的分都不变。"),
    ],
)
async def test_a_trial_answers_and_saves_nothing(
    school: School, said: str, head: str, effect: str
) -> None:
    await handed_over(school)
    told = await school.says("u-wu", said, at="04-02 10:00")
    answer = next(text for text in told if "只是试算，没有保存。" in text)
    assert answer.startswith(head)
    assert effect in answer
    assert revision(school).number == 1
    assert school.points("信息工程系", "dy_handover") == "0"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("试算 天气", "“天气”没看懂，没有试算。可写：试算 A02 顺延"),
        ("试算 财务 视频 2", "“财务 视频 2”没看懂，没有试算。"),
        ("试算 视频 0", "“视频 0”没看懂，没有试算。"),
        ("试算 交接 2023-04-01", "2023-04-01 不在 2024 年里，没有试算。"),
        ("试算 PPT 4月20日", "PPT的截止改到 4月20日，两档的先后就乱了，没有试算。"),
        ("试算 交接 2月30日", "日期没看懂：没有“2月30日”这一天"),
        ("试算 A02 再说", "口径 A02 没有“再说”这种取值"),
        ("试算 A99 顺延", "没有“A99”这条口径。"),
    ],
)
async def test_a_trial_that_cannot_be_is_one_sentence(
    school: School, said: str, answer: str
) -> None:
    [told] = await school.says("u-wu", said, at="04-02 10:00")
    assert told.startswith(answer)
