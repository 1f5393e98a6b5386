"""代班 and grants with an end: nobody comes to decide what neither of two may, nor for longer."""

from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from commands.filing.deciders import DECIDERS, Matter, may_decide, sharing
from db import grants, ledger, people
from db.engine.database import Database
from db.people import ADMIN, Person
from db.schema import audit
from db.terms import Term, with_terms
from scoring.facts import State
from tests.worlds.school import GROUP, School, _instant, close_school, open_school

NEWS = "报新闻 {title} https://mp.weixin.qq.com/s/{title}"
VIDEO = "报视频 {title} https://v.douyin.com/{title}/"


def state(school: School, number: int) -> State:
    with school.app.db.reading() as tx:
        return ledger.stands(tx, number).state


def directory(school: School) -> people.Directory:
    with school.app.db.reading() as tx:
        return people.directory(tx)


async def stands_in(school: School, whose: str, name: str, to: str = "4月20日") -> None:
    await school.says("u-he", f"代班 替 {whose} {name} 到 {to}")
    await school.presses("u-he", "确认")
    assert school.last("u-he").startswith(f"好了：{name}")


async def presses_anothers(school: School, account: str, whose: str) -> None:
    """Press {确认} on what somebody else was shown."""
    found = school.platform.newest_with(school._chat(whose, ""), "确认")
    assert found is not None
    await school.platform.presses(account, school._chat(account, ""), *found)
    await school.app.delivery.deliver_all()


async def write(school: School, work: Any) -> None:
    await school.app.write(work)


# --- what a deputy decides on -------------------------------------------------------------


async def test_a_deputy_decides_until_the_clock_says_so(database: Database) -> None:
    school = await open_school(database, start="04-02 10:00")
    try:
        for account, title in (("u-chen", "a1"), ("u-kong", "a2"), ("u-ma", "a3")):
            await school.says(account, VIDEO.format(title=title))
        assert (await school.says("u-liu", "通过 #1"))[0].startswith("您不能审核")
        await school.says("u-zhao", "代班 刘桂芳 到 4月3日")
        told = await school.presses("u-zhao", "确认")
        assert told[0].startswith("好了：刘桂芳 到 4月3日 24:00 代 赵倩 行使融媒体中心。")
        assert school.last("u-liu").startswith("赵倩 请您代班到 4月3日 24:00：融媒体中心。")
        assert school.last("u-kong").startswith("刘桂芳 到 4月3日 24:00 代 赵倩")
        assert "#2" not in (await school.says("u-liu", "待审"))[0]  # of her own unit
        await school.says("u-liu", "通过 #1")
        assert state(school, 1) is State.ACCEPTED
        [said] = await school.says("u-liu", "通过 #2")
        assert said.startswith("#2 是您本部门的")
        await school.presses("u-liu", "逐条看")
        await school.says("u-liu", "待审", at="04-03 23:59:59")
        assert "#3" in school.last("u-liu")
        await school.at("04-04 00:00:00")
        assert (await school.says("u-liu", "待审"))[0].startswith("待审 由")
        assert (await school.says("u-liu", "通过 #3"))[0].startswith("您不能审核")
        assert (await school.presses("u-liu", "通过"))[0].startswith("您不能审核")
        assert state(school, 3) is State.WAITING
        with school.app.db.reading() as tx:
            rows = tx.run(select(audit).where(audit.c.action == "deputy"))
        assert [row.subject for row in rows] == ["T2031 → M0007 融媒体中心 2024-04-03"]
    finally:
        close_school(school)


async def test_nor_on_what_is_that_persons_own(school: School) -> None:
    await school.says("u-he", "授权 吴敏 健康 宣传员", at="04-02 10:00")
    await school.presses("u-he", "确认")
    await stands_in(school, "吴敏", "徐明")
    await school.says("u-wang", NEWS.format(title="b1"))
    await school.says("u-kong", NEWS.format(title="b2"))
    await school.says("u-wu", f"代 健康 {NEWS.format(title='b3')}")
    for number in (2, 3):
        [said] = await school.says("u-xu", f"通过 #{number}")
        assert said.startswith(f"#{number} 是您代班的 吴敏 也不能审的")
        assert state(school, number) is State.WAITING
    assert (await school.says("u-xu", "豁免 健康 第14周 国庆"))[0].startswith("健康 是您")
    await school.says("u-xu", "通过 #1")
    assert state(school, 1) is State.ACCEPTED


def test_whatever_two_people_may_not_their_deputyship_may_not(school: School) -> None:
    """Every decider, every possible deputy, every kind and unit."""
    plan, by_id = school.plan, dict(directory(school).by_id)
    kinds = [kind.code for kind in plan.kinds.values() if kind.deciders]
    matters = [
        Matter(kind=kind, units=sharing(plan, (unit.code,)), people=frozenset())
        for kind, unit in product(kinds, plan.units)
    ]
    roles = frozenset(DECIDERS.split())
    gained = 0
    for whose, person in product(by_id.values(), repeat=2):
        running = [
            Term(person=person.id, role=role, unit="", since=0, until=1, instead_of=whose.id)
            for role in whose.roles & roles
        ]
        if not running or whose.id == person.id:
            continue
        deputy = with_terms(by_id, running)[person.id]
        for what in matters:
            may = may_decide(plan, deputy, what)
            before = may_decide(plan, person, what), may_decide(plan, whose, what)
            assert may == (before[0] or (before[1] and person.unit not in what.units))
            gained += may and not before[0]
    assert gained


# --- how it ends --------------------------------------------------------------------------


async def test_it_ends_with_the_role_of_whose_place_it_is(school: School) -> None:
    await school.says("u-he", "授权 白露 融媒体中心 到 4月5日", at="04-02 10:00")
    await school.presses("u-he", "确认")
    await stands_in(school, "白露", "刘桂芳")
    await school.says("u-wang", VIDEO.format(title="c1"))
    assert "#1" in (await school.says("u-liu", "待审"))[0]
    assert (await school.says("u-liu", "待审", at="04-06 00:00"))[0].startswith("待审 由")


async def test_it_ends_when_either_leaves_and_does_not_come_back(school: School) -> None:
    await stands_in(school, "赵倩", "刘桂芳")
    number = directory(school).by_staff_no["M0007"]
    await school.says("u-he", "离职 赵倩")
    await school.presses("u-he", "确认")
    assert (await school.says("u-liu", "待审"))[0].startswith("待审 由")

    def back(tx: Any) -> None:
        people.employ(tx, number, school.clock.now(), school.clock.now())

    await write(school, back)
    assert (await school.says("u-liu", "待审"))[0].startswith("待审 由")


async def test_whose_place_it_is_ends_it_at_once(school: School) -> None:
    await stands_in(school, "赵倩", "刘桂芳")
    await school.says("u-zhao", "代班 刘桂芳 结束")
    await school.presses("u-zhao", "确认")
    assert school.last("u-liu") == "您代 赵倩 的班已结束，谢谢！"
    assert (await school.says("u-liu", "待审"))[0].startswith("待审 由")
    assert (await school.says("u-zhao", "代班 刘桂芳 结束"))[0].startswith("刘桂芳 没有在代")


async def test_a_grant_with_an_end_ends_by_the_clock(school: School) -> None:
    await school.says("u-he", "授权 陈晓 健康 宣传员 到 4月3日", at="04-02 10:00")
    assert (await school.presses("u-he", "确认"))[0].startswith(
        "已授权 陈晓：健康 宣传员，到 4月3日 24:00。"
    )
    await school.says("u-he", "授权 李强 管理员 到 4月3日")
    await school.presses("u-he", "确认")
    said = await school.says("u-chen", f"代 健康 {NEWS.format(title='d1')}", at="04-03 23:00")
    assert said[0].startswith("代健康报：已收 #1")
    now = directory(school)
    assert [one.name for one in now.at(_instant("04-03 23:59")).with_role(ADMIN)] == [
        "李强",
        "何平",
    ]
    assert [one.name for one in now.at(_instant("04-04 00:00")).with_role(ADMIN)] == ["何平"]
    assert [one.name for one in now.with_role(ADMIN)] == ["何平"]  # without a clock: the fewer
    [said_now] = await school.says("u-chen", f"代 健康 {NEWS.format(title='d2')}", at="04-04 00:00")
    assert said_now.startswith("您没有 健康 的宣传员授权")
    await school.says("u-he", "授权 李强 管理员 到 4月9日")
    await school.presses("u-he", "确认")
    await school.says("u-he", "收回授权 李强 管理员")
    await school.presses("u-he", "确认")
    assert ADMIN not in directory(school).at(school.clock.now()).by_staff_no["T4011"].roles
    with school.app.db.reading() as tx:
        assert not grants.roles_granted(tx, school.clock.now())


# --- who arranges it ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "line", "answer"),
    [
        ("u-zhao", "代班 替 吴敏 刘桂芳 到 4月20日", "只能替自己安排代班"),
        ("u-zhao", "代班 赵倩 到 4月20日", "不能由自己代班"),
        ("u-zhao", "代班 钱峰 到 4月20日", "钱峰 自己已经有融媒体中心"),
        ("u-zhao", "代班 刘桂芳 到 3月1日", "3月1日 已经过了"),
        ("u-zhao", "代班 刘桂芳 到 2099-01-01", "2099年1月1日 太远了"),
        ("u-zhao", "代班 刘桂芳 孔洁 到 4月20日", "请写由谁代班"),
        ("u-zhao", "代班 无此人 到 4月20日", "“无此人”没看懂"),
        ("u-zhao", "代班 刘桂芳 到 2月30日", "日期没看懂"),
        ("u-he", "代班 刘桂芳 到 4月20日", "请写明替谁"),
        ("u-he", "代班 替 赵倩 何平 到 4月20日", "不能由自己代班"),
        ("u-he", "代班 替 陈晓 刘桂芳 到 4月20日", "陈晓 没有可以由人代的审核角色"),
        ("u-he", "代班 替 赵倩 到 4月20日", "请写由谁代班"),
        ("u-chen", "代班 刘桂芳 到 4月20日", "代班 由"),
        ("u-he", "授权 李强 考核组 到 3月1日", "3月1日 已经过了"),
        ("u-he", "授权 李强 考核组 到 2099-01-01", "2099年1月1日 太远了"),
    ],
)
async def test_it_is_refused_in_one_sentence(
    school: School, account: str, line: str, answer: str
) -> None:
    [said] = await school.says(account, line)
    assert said.startswith(answer)
    assert not directory(school).terms


async def test_it_is_not_handed_on_and_never_said_in_passing(school: School) -> None:
    await stands_in(school, "赵倩", "刘桂芳")
    [said] = await school.says("u-liu", "代班 孔洁 到 4月10日")
    assert said.startswith("代班来的角色不能再转给别人")
    assert await school.says("u-qian", "代班 李强 到 4月10日", group=GROUP) == []


async def test_for_the_admissions_desk_an_administrator_is_the_second_person(
    school: School,
) -> None:
    await school.says("u-he", "授权 徐明 管理员 到 4月20日")
    await school.presses("u-he", "确认")
    said = await school.says("u-sun", "代班 徐明 到 4月10日")
    assert "须管理员确认，已请 何平" in said[0]
    assert school.buttons("u-sun") == ["取消"]
    assert (await school.says("u-xu", "待认定"))[0].startswith("待认定 由")
    told = await school.presses("u-he", "确认")
    assert told[0].startswith("好了：徐明 到 4月10日 24:00 代 孙丽 行使招办。")
    assert school.last("u-sun").startswith("已安排 徐明 代您到 4月10日")
    assert (await school.says("u-xu", "待认定"))[0].startswith("没有等您认定的")


async def test_whoever_would_stand_in_is_not_that_second_person(school: School) -> None:
    def admin(tx: Any) -> None:
        xu = people.directory(tx).by_staff_no["T3001"]
        grants.grant(tx, xu.id, ADMIN, "", at=school.clock.now(), by=0)

    await school.says("u-sun", "代班 徐明 到 4月10日")
    await write(school, admin)
    await presses_anothers(school, "u-xu", "u-he")
    assert school.last("u-xu") == "您就是代班的人，请另一位管理员来确认。"
    assert not directory(school).terms


async def test_a_deputy_is_no_second_signature_beside_that_person(school: School) -> None:
    await school.says("u-ma", "交接", at="04-01 09:12")
    await stands_in(school, "赵倩", "刘桂芳")
    await school.says("u-zhao", "通过 #1 3月30日 16:00 值班登记第3行")
    assert school.last("u-zhao").startswith("这次补录会改变得分，须第二人确认，已请钱峰。")
    await presses_anothers(school, "u-liu", "u-qian")
    assert school.last("u-liu").startswith("这")
    assert state(school, 1) is State.WAITING
    await school.presses("u-qian", "确认")
    assert state(school, 1) is State.ACCEPTED


async def test_what_was_proposed_is_worth_nothing_once_the_role_is_gone(school: School) -> None:
    def desk(tx: Any) -> None:
        bai = people.directory(tx).by_staff_no["T4001"]
        grants.grant(tx, bai.id, "考核组", "", at=school.clock.now(), by=0)

    def gone(tx: Any) -> None:
        bai = people.directory(tx).by_staff_no["T4001"]
        grants.take_back(tx, bai.id, "考核组", "", at=school.clock.now())

    await write(school, desk)
    await school.says("u-wang", "代班 刘桂芳 到 4月10日")
    await write(school, gone)
    assert (await school.presses("u-wang", "确认"))[0].startswith("王建国 现在不能再办“代班”")
    assert not [one for one in directory(school).terms if one.instead_of]


def test_a_person_shown_by_a_view_is_the_same_each_time(school: School) -> None:
    known = directory(school)
    assert known.at(_instant("04-02 10:00")) is known
    assert isinstance(next(iter(known.by_id.values())), Person)
