"""What changes a month after its freeze is told once, in the next report, with who and why (A32):
an upheld appeal, a late revocation, a settlement anew, a switch, a changed day of the calendar, a
head-count; an erasure changes nothing. Frozen months keep their bytes and their seal."""

from commands.months import compose, outline
from commands.months.report import Correction
from db import months, plans
from db.engine.database import Database
from tests.worlds.episodes import ROLL
from tests.worlds.months import froze
from tests.worlds.school import GROUP, School, close_school, open_school

TASK = "@宣传助手 发任务 春招 https://v.douyin.com/iAbc123/ 截止 4月15日"


async def april(school: School) -> None:
    """Things of April, three of them contested before its objections end."""
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1", at="04-01 10:30")
    await school.says("u-chen", "报PPT 专业介绍 https://example.cn/ppt", at="04-03 09:00")
    await school.says("u-li", "通过 #2")
    await school.says("u-chen", "报视频 机房的一天 https://v.cn/a1")
    await school.says("u-zhao", "通过 #3")
    await school.says("u-wu", ROLL, at="04-10 17:00")
    await school.says("u-zhao", TASK, group=GROUP, at="04-11 09:00")
    await school.says("u-zhao", "结任务 5 转发 6000 点赞 90 评论 6800 关注 7000", at="04-16 09:00")
    await school.presses("u-zhao", "确认结任务")
    await school.says("u-ma", "报线索 乙某 13900010002 初三", at="04-28 09:00")
    await school.says("u-he", "授权 吴敏 部门负责人", at="05-08 09:00")
    await school.presses("u-he", "确认")
    for head, number in (("u-lin", 1), ("u-lin", 4), ("u-wu", 6)):
        await school.says(head, f"申诉 #{number} 请复核")


async def since(school: School) -> None:
    """What is decided after the freeze."""
    await school.at("05-10 09:00")
    for number in (8, 9, 10):
        await school.says("u-zheng", f"处理 #{number} 成立 已核实")
        await school.presses("u-zheng", "确认")
    await school.says("u-qian", "通过 #1 3月30日 16:00 值班登记")
    await school.presses("u-zhao", "确认")
    await school.says("u-qian", "结任务 5 转发 6000 点赞 6000 评论 6800 关注 7000")
    await school.presses("u-qian", "确认结任务")
    await school.says("u-li", "撤销 #2 内容抄袭")
    await school.presses("u-zheng", "确认")
    await school.says("u-wu", "口径 A06 全达标才给 主任会议")
    await school.presses("u-zheng", "确认改口径")
    await school.says("u-sun", "抹除 13900010002")
    await school.presses("u-wu", "确认")


async def frozen(school: School, month: str = "2024-04", at: str = "05-09 10:00") -> None:
    """A month frozen as its job does it, without its papers."""
    await school.at(at)
    with school.app.db.reading() as tx:
        plan = plans.kept(tx).of_year(2024, school.clock.now())
    assert plan is not None
    await school.app.write(lambda tx: froze(tx, month, school.clock.now(), plan))


def composed(school: School, month: str) -> dict[tuple[str, str], Correction]:
    with school.app.db.reading() as tx:
        plan = plans.kept(tx).of_year(2024, school.clock.now())
        assert plan is not None
        told = compose.compose(tx, plan, month, school.clock.now()).corrections
    assert len({(one.month, one.unit, one.item) for one in told}) == len(told), "each once"
    return {(one.unit, one.item): one for one in told}


def assert_kept(school: School, before: list[months.Frozen]) -> None:
    with school.app.db.reading() as tx:
        now = months.all_frozen(tx, school.plan)
        assert now[: len(before)] == before
        assert all(compose.holds(tx, school.plan, one) for one in now)


async def test_each_change_is_told_once_with_who_and_why(school: School) -> None:
    await april(school)
    await frozen(school)
    with school.app.db.reading() as tx:
        before = months.all_frozen(tx, school.plan)
    assert [one.month for one in before] == ["2024-04"]
    await since(school)
    assert_kept(school, before)
    told = composed(school, "2024-05")
    causes = {
        key: [(one.number, one.verb, one.who, one.why) for one in found.causes]
        for key, found in told.items()
    }
    switched = [causes.pop(key) for key in list(causes) if key[1] == "dy_update"]
    assert switched == [[(0, "改为“全达标才给”", "吴敏、郑涛", "主任会议")]] * len(switched)
    assert told["信息工程系", "dy_update"].change == "-0.5"
    assert causes == {
        ("艺术工程系", "dy_handover"): [
            (1, "通过", "钱峰", "申诉 #8 成立：已核实；值班登记（赵倩 复核）")
        ],
        ("艺术工程系", "training"): [
            (4, "撤回", "郑涛", "→ #11"),
            (11, "补报", "郑涛", "申诉 #9 成立"),
        ],
        ("学校办公室", "interaction"): [
            (6, "撤回", "钱峰", "申诉 #10 成立：已核实；→ #12"),
            (12, "补报", "钱峰", "代替 #6"),
        ],
    }, "a revocation counts from its own day (A35), an erasure not at all"
    await frozen(school, "2024-05", "06-10 10:00")
    assert_kept(school, before)
    assert composed(school, "2024-06") == {}


async def test_a_head_count_set_later_names_who_set_it(sqlite_database: Database) -> None:
    school = await open_school(sqlite_database, start="04-15 09:00", students=None)
    await school.says("u-zhao", TASK.replace("15日", "16日"), group=GROUP)
    await school.says("u-zhao", "结任务 1 转发 90 点赞 90 评论 90 关注 90", at="04-17 09:00")
    await school.presses("u-zhao", "确认结任务")
    await frozen(school)
    await school.says("u-he", "设置 在校人数 6000", at="05-10 09:00")
    await school.presses("u-he", "确认")
    told = composed(school, "2024-05")["学校办公室", "interaction"]
    assert [(one.what, one.verb, one.who) for one in told.causes] == [
        ("在校人数", "改为 6000", "何平")
    ]
    close_school(school)


async def test_a_day_of_the_calendar_changed_later_is_named_with_who_changed_it(
    sqlite_database: Database,
) -> None:
    """A deadline that moves with the school's days (A02) moves in a frozen month as well."""
    school = await open_school(sqlite_database, start="03-28 09:00")
    await school.says("u-wu", "口径 A02 顺延")
    await school.presses("u-zheng", "确认改口径")
    await school.says("u-ma", "交接", at="04-01 09:12")
    await school.says("u-zhao", "通过 #1", at="04-01 10:30")
    await frozen(school)
    with school.app.db.reading() as tx:
        before = months.all_frozen(tx, school.plan)
    # 3月30日 was a Saturday, so the deadline was 4月1日; a Saturday of May moves nothing.
    await school.says("u-he", "校历 3月30日 上班 补课", at="05-10 09:00")
    await school.says("u-he", "校历 5月11日 上班 开放日", at="05-10 10:00")
    told = composed(school, "2024-05")
    assert {item for _, item in told} == {"dy_handover"}
    assert [unit for (unit, _), one in told.items() if one.change != "0"] == ["艺术工程系"]
    found = told["艺术工程系", "dy_handover"]
    assert (found.was, found.now) == (3, 0)
    assert [(one.what, one.verb, one.who, one.why) for one in found.causes] == [
        ("校历", "把 3月30日 改为上班", "何平", "补课")
    ]
    assert outline.causes(found) == "依据 校历把 3月30日 改为上班，5月10日 09:00 何平：补课。"
    await frozen(school, "2024-05", "06-10 10:00")
    assert_kept(school, before)
    assert composed(school, "2024-06") == {}, "told once"
    close_school(school)
