"""调动 离职 换宣传员: the roster changed for one person, with a history and without a gift."""

from typing import Any

import pytest
from sqlalchemy import select

from db import grants, people
from db.engine.database import Database
from db.people import ADMIN, HEAD, Person
from db.schema import audit
from tests.worlds.school import GROUP, School, _instant, close_school, open_school


def known(school: School, number: str) -> Person | None:
    with school.app.db.reading() as tx:
        return people.directory(tx).by_staff_no.get(number)


def employed(school: School, number: str, at: str) -> str | None:
    """The unit of somebody at a moment, as known now."""
    with school.app.db.reading() as tx:
        found = people.everybody(tx)[number]
        return people.staff_at(tx, _instant(at), school.clock.now()).get(found)


def audited(school: School) -> list[tuple[str, str]]:
    with school.app.db.reading() as tx:
        rows = tx.run(select(audit).order_by(audit.c.id))
    return [(row.action, row.subject) for row in rows]


async def granted(school: School, number: str, role: str, unit: str = "") -> None:
    def work(tx: Any) -> None:
        person = people.directory(tx).by_staff_no[number]
        grants.grant(tx, person.id, role, unit, at=school.clock.now(), by=0)

    await school.app.write(work)


async def test_somebody_moves_and_leaves_with_a_history(database: Database) -> None:
    school = await open_school(database, start="04-10 09:00")
    try:
        await granted(school, "T3012", HEAD)
        [shown] = await school.says("u-he", "调动 T3012 机电 4月1日")
        assert shown.split("\n") == [
            "将调动 陈晓（T3012）：信工 → 机电，4月1日 起。交回：宣传员、部门负责人。",
            "保留：教师。到新部门的角色请另行授权。",
            "以前报的、审的都不变。名册文件也请改好，否则下次导入又会改回去。",
        ]
        assert employed(school, "T3012", "04-10 09:00") == "it"
        told = await school.presses("u-he", "确认")
        assert told[0].startswith("已调动 陈晓（T3012）：信工 → 机电，4月1日 起。")
        assert school.last("u-chen").startswith("您 4月1日 起由 信工 调到 机电。")
        assert school.last("u-xu") == school.last("u-wang")
        assert school.last("u-wang").startswith("陈晓（T3012）4月1日 起由 信工 调到 机电。")
        moved = known(school, "T3012")
        assert moved is not None
        assert (moved.unit, moved.roles) == ("mechatronics", frozenset({"教师"}))
        assert employed(school, "T3012", "03-31 12:00") == "it"
        assert employed(school, "T3012", "04-01 00:00") == "mechatronics"
        assert audited(school)[-2:] == [
            ("role", "T3012 宣传员、部门负责人 → 教师"),
            ("move", "T3012 it → mechatronics 2024-04-01"),
        ]
        assert (await school.says("u-chen", "交接"))[0].startswith("交接 由")

        [shown] = await school.says("u-he", "离职 T3012 4月8日")
        assert shown.startswith("将把 机电 陈晓（T3012）记为离职，4月8日 起不在册")
        await school.presses("u-he", "确认")
        assert school.last("u-chen").startswith("工号 T3012 已记为离职，这个账号不能再用。")
        assert school.last("u-wang").startswith("机电 陈晓（T3012）4月8日 起离职")
        assert known(school, "T3012") is None
        assert employed(school, "T3012", "04-07 23:00") == "mechatronics"
        assert employed(school, "T3012", "04-08 00:00") is None
        assert (await school.says("u-chen", "得分"))[0].startswith("老师好。先认一下您")
        with school.app.db.reading() as tx:
            assert not grants.roles_granted(tx, school.clock.now())
    finally:
        close_school(school)


async def test_a_unit_gets_another_officer(school: School) -> None:
    [shown] = await school.says("u-he", "换宣传员 信工 白露")
    assert shown.startswith("信工 宣传员将由 陈晓（T3012） 换成 白露（T3020）。白露 还没绑定")
    await school.presses("u-he", "确认")
    assert school.last("u-chen").startswith("信工 宣传员已由 陈晓（T3012） 换成 白露（T3020）")
    assert school.last("u-xu") == school.last("u-chen")
    assert (await school.says("u-chen", "交接"))[0].startswith("交接 由")
    new, old = known(school, "T3020"), known(school, "T3012")
    assert new is not None
    assert old is not None
    assert (new.roles, old.roles) == (frozenset({"教师", "宣传员"}), frozenset({"教师"}))
    assert audited(school)[-1] == ("officer", "it → T3020")
    assert await school.says("u-he", "换宣传员 白露") == [
        "白露 已经是 信工 唯一的宣传员，没有改动。"
    ]
    [said] = await school.says("u-he", "换宣传员 信工 李强")
    assert said.startswith("李强 是 机电 的，没有改动。")


async def test_the_roles_of_a_unit_stay_in_it(school: School) -> None:
    """Also where the role is named like the unit, and where it was granted."""
    await granted(school, "T7003", "考核组")
    await school.says("u-he", "调动 孙丽 机电")
    await school.presses("u-he", "确认")
    moved = known(school, "T7003")
    assert moved is not None
    assert moved.roles == frozenset({"教师", "考核组"})
    await school.says("u-he", "调动 徐明 机电")
    await school.presses("u-he", "确认")
    assert [one.staff_no for one in _directory(school).heads("mechatronics")] == ["T4001"]


def _directory(school: School) -> people.Directory:
    with school.app.db.reading() as tx:
        return people.directory(tx)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("调动 陈晓 信工", "陈晓 已经在 信工，没有改动。"),
        ("调动 陈晓 机电 4月20日", "4月20日 还没到，没有改动。"),
        ("离职 陈晓 2023-12-31", "只能写 2024 年以来的日期"),
        ("离职 陈晓 2月30日", "日期没看懂"),
        ("离职 无此人", "花名册里没有“无此人”"),
        ("调动 陈晓 信工教研室", "“信工教研室”没看懂"),
        ("调动 何平 机电", "不能办自己的，没有改动。"),
        ("离职 T9009", "不能办自己的，没有改动。"),
        ("换宣传员 后勤 何平", "不能办自己的，没有改动。"),
    ],
)
async def test_what_cannot_be_is_refused_in_one_sentence(
    school: School, line: str, answer: str
) -> None:
    before = audited(school)
    [said] = await school.says("u-he", line, at="04-10 09:00")
    assert said.startswith(answer)
    assert audited(school) == before


async def test_dates_before_the_present_entry_are_refused(school: School) -> None:
    await school.says("u-he", "调动 白露 机电", at="03-20 09:00")
    await school.presses("u-he", "确认")
    [said] = await school.says("u-he", "离职 白露 3月1日")
    assert said.startswith("白露 在名册里现在这一条从 3月20日 起，不能更早")
    await school.says("u-he", "离职 白露 3月20日")
    await school.presses("u-he", "确认")
    assert known(school, "T3020") is None


async def test_namesakes_are_asked_back(school: School) -> None:
    def another(tx: Any) -> None:
        number, now = people.enter(tx, "T9999"), school.clock.now()
        roles = frozenset({"教师"})
        person = Person(id=number, staff_no="T9999", name="王芳", unit="it", roles=roles)
        people.employ(tx, person, now, now)

    await school.app.write(another)
    [said] = await school.says("u-he", "离职 王芳")
    assert said == "叫王芳的有 2 位，请选一位。"
    [shown] = await school.presses("u-he", "王芳 信工 T9999")
    assert shown.startswith("将把 信工 王芳（T9999）记为离职")


async def test_only_administrators_may_and_never_in_passing(school: School) -> None:
    for line in ("调动 陈晓 机电", "离职 陈晓", "换宣传员 信工 白露"):
        assert (await school.says("u-wu", line))[0].startswith(line.split(" ")[0] + " 由管理员来做")
        assert await school.says("u-he", line, group=GROUP) == []
    await school.says("u-he", "@宣传助手 离职 陈晓", group=GROUP)
    assert school.last("u-he").startswith("将把 信工 陈晓")
    assert school.last("", GROUP) == "已私信您。"


async def test_an_old_confirmation_is_worth_nothing(school: School) -> None:
    await granted(school, "T3001", ADMIN)
    await school.says("u-xu", "离职 何平")

    def demote(tx: Any) -> None:
        person = people.directory(tx).by_staff_no["T3001"]
        grants.take_back(tx, person.id, ADMIN, "", at=school.clock.now())

    await school.app.write(demote)
    assert await school.presses("u-xu", "确认") == ["徐明 现在不能再办“离职”，没有处理。"]
    assert known(school, "T9009") is not None
