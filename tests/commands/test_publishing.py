"""方案 with a file: checked, shown with its effect on every unit, published by two assessors."""

from bot.adapters.local import Message
from commands.chat.messages import File
from db import audit, plans
from db.plans import Revision
from scoring.planroll import roll
from tests.worlds.school import School

TEXT = plans.templates()[0].text
LESS = TEXT.replace("terms.second_points = { is = 3,", "terms.second_points = { is = 2,")
ASKER, SECOND = "u-wu", "u-zheng"


def toml(text: str, name: str = "我校.toml") -> File:
    return File(name=name, data=text.encode())


async def hands_in(school: School, text: str, why: str = "", who: str = ASKER) -> str:
    """What the sender of a plan file is last told."""
    await school.says(who, f"方案 {why}".strip(), file=toml(text))
    await school.app.jobs.run_due()
    await school.app.delivery.deliver_all()
    return school.last(who)


def in_force(school: School, year: int = 2024) -> Revision:
    with school.app.db.reading() as tx:
        found = plans.kept(tx).revision(year, school.clock.now())
    assert found is not None
    return found


async def _pressed(school: School, who: str, message: Message) -> str:
    """What somebody is told who presses the first button of a message, be it another's."""
    await school.platform.presses(who, school._chat(who, ""), message, message.buttons[0][0])
    await school.app.delivery.deliver_all()
    return school.last(who)


async def test_a_plan_file_is_published_once_a_second_assessor_confirms(school: School) -> None:
    await school.at("04-12 10:00")
    told = await hands_in(school, LESS, "第二档改 2 分")
    for part in (
        "2024 年方案第 2 版，还没有发布。",
        "改动 1 处：",
        "PPT：第二档 3 分 → 第二档 2 分　附件3·四·(四)",
        "须另一位考核组成员确认，已请 郑涛。",
    ):
        assert part in told
    units = [unit.name for unit in in_force(school).plan.scored_units]
    assert all(f"{name}　" in told for name in (*units, "两院"))
    assert school.buttons(ASKER) == ["取消"]
    assert in_force(school).number == 1
    card = school.last(SECOND)
    assert card.startswith("吴敏 请您确认发布 2024 年方案第 2 版。\n改动 1 处：")
    assert school.buttons(SECOND) == ["确认发布", "取消"]
    await school.presses(SECOND, "确认发布")
    made = in_force(school)
    assert (made.number, made.by, made.second, made.why) == (2, "吴敏", "郑涛", "第二档改 2 分")
    assert school.last(ASKER).startswith("已发布 2024 年方案第 2 版，2024年4月12日")
    with school.app.db.reading() as tx:
        assert [row.action for row in audit.about(tx, "2024.2")] == ["publish", "second"]
    [said] = await school.says(SECOND, "方案")
    assert said.split("\n") == [
        "2024 年方案（民创发〔2024〕11号）第 2 版，2024年4月12日 10:00 起在用，由吴敏发布，"
        "郑涛 同意。",
        "说明：第二档改 2 分",
    ]


async def test_what_is_wrong_with_a_plan_file_is_told_at_once_by_line_and_field(
    school: School,
) -> None:
    bad = LESS.replace("max = 3\n", "max = -3\n").replace("note =", "notes =", 1)
    told = await hands_in(school, bad)
    assert told.startswith("方案 我校.toml 没有读入")
    assert all(part in told for part in ("notes：不认识这个名字", "max：", "第 "))
    for data in (b"\xff\xfe", b"", b"PK\x03\x04", b"year = ", b"[" * 5000):
        told = (await school.says(ASKER, "方案", file=File(name="a.toml", data=data)))[-1]
        assert "出了点问题" not in told
        assert "a.toml" in told
    assert "一字不差" in await hands_in(school, TEXT)
    assert "已是 2024 年的方案" in await hands_in(
        school, TEXT.replace("year = 2024", "year = 2025")
    )
    assert in_force(school).number == 1
    assert school.buttons(ASKER) == []


async def test_nobody_confirms_alone_and_only_what_was_seen_is_published(school: School) -> None:
    await hands_in(school, LESS)
    seen = school.shown(SECOND)[-1]
    assert await _pressed(school, ASKER, seen) == "这一条要由别人确认，没有处理。"
    await hands_in(school, LESS.replace("second_points = { is = 2", "second_points = { is = 1"))
    await school.presses(SECOND, "确认发布")
    assert in_force(school).number == 2
    assert "又有了新版" in await _pressed(school, SECOND, seen)
    assert in_force(school).number == 2
    assert "考核组" in (await school.says("u-liu", "方案", file=toml(LESS)))[-1]


async def test_the_plan_of_another_year_shows_what_to_look_at(school: School) -> None:
    told = await hands_in(school, roll(TEXT, 2025))
    assert "2025 年还没有方案，这是第一版。" in told
    assert "4月5日（周六）" in told
    assert "在校人数" in told
    await school.presses(SECOND, "确认发布")
    assert in_force(school, 2025).number == 1


async def test_a_lone_assessor_is_told_how_to_get_a_second(school: School) -> None:
    roster = (
        "工号,姓名,部门,角色,账号\nM0002,郑涛,融媒体中心,考核组,u-zheng\n"
        "T9009,何平,后勤保障部,管理员,u-he\n"
    )
    await school.says("u-he", "名册", file=File(name="r.csv", data=roster.encode()))
    await school.presses("u-he", "导入")
    told = (await school.says(SECOND, "方案", file=toml(LESS)))[-1]
    assert "授权 姓名 考核组" in told


async def test_an_unknown_unit_in_a_roster_is_answered_with_the_units_and_both_ways_out(
    school: School,
) -> None:
    roster = "工号,姓名,部门\nT1,甲,信工教研室\nT2,乙,机电\n"
    told = (await school.says("u-he", "名册", file=File(name="r.csv", data=roster.encode())))[-1]
    assert "部门“信工教研室”不认识" in told
    assert all(unit.name in told for unit in in_force(school).plan.units)
    assert "把名册改成这里的写法" in told
    assert "promobot plan publish" in told
    none = "工号,姓名,部门\nT1,,机电\n"
    told = (await school.says("u-he", "名册", file=File(name="r.csv", data=none.encode())))[-1]
    assert "两条路" not in told
