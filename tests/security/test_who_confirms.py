"""Issue 18, 2: an old 确认 does not outlive the role, and nobody raises their own rights alone."""

import pytest
from sqlalchemy import select

from commands.chat.messages import File
from commands.grammar import lexicon
from commands.roster import enrolment
from commands.roster import file as rosterfile
from db import accounts, grants, people
from db.accounts import SECOND
from db.engine.tx import Tx
from db.people import ADMIN
from db.schema import audit
from scoring.moments import MINUTE
from tests.worlds.school import ROSTER, School

HE = "T9009,何平,后勤保障部,管理员,u-he"
LINES = ROSTER.read_text("utf-8").splitlines()


def table(*changed: tuple[str, str]) -> File:
    """The school's roster with some lines changed; "" leaves the line out."""
    found = dict(changed)
    lines = [found.get(line, line) for line in LINES]
    return File(name="名册.csv", data="\n".join(filter(None, lines)).encode())


def line_of(number: str) -> str:
    return next(line for line in LINES if line.startswith(f"{number},"))


def roles(school: School, number: str) -> frozenset[str]:
    with school.app.db.reading() as tx:
        return people.directory(tx).by_staff_no[number].roles


def speaks_for(school: School, account: str) -> str:
    with school.app.db.reading() as tx:
        return people.directory(tx).by_account["local", account].staff_no


def audited(school: School, action: str) -> list[tuple[str, int | None]]:
    with school.app.db.reading() as tx:
        rows = tx.run(select(audit).where(audit.c.action == action).order_by(audit.c.id))
    return [(row.subject, row.person) for row in rows]


async def grants_role(school: School, number: str, role: str) -> None:
    def work(tx: Tx) -> None:
        person = people.directory(tx).by_staff_no[number]
        grants.grant(tx, person.id, role, "", at=school.clock.now(), by=0)

    await school.app.write(work)


async def loses(school: School, number: str, role: str) -> None:
    def work(tx: Tx) -> None:
        person = people.directory(tx).by_staff_no[number]
        assert grants.take_back(tx, person.id, role, "", at=school.clock.now())

    await school.app.write(work)


async def second_code(school: School, account: str) -> str:
    def work(tx: Tx) -> str:
        person = people.directory(tx).by_account["local", account]
        return accounts.issue_code(tx, SECOND, person.id, school.clock.now(), 30 * MINUTE)

    return await school.app.write(work)


# --- the asker and the confirmer, as of now -----------------------------------------------


async def test_a_grant_is_not_carried_out_once_its_asker_lost_the_role(school: School) -> None:
    await grants_role(school, "T3012", ADMIN)
    await school.says("u-chen", "授权 徐明 管理员")
    await loses(school, "T3012", ADMIN)
    await school.presses("u-chen", "确认")
    assert ADMIN not in roles(school, "T3001")
    assert "现在不能再办“授权”" in school.last("u-chen")


async def test_an_import_is_not_carried_out_once_its_asker_lost_the_role(school: School) -> None:
    await grants_role(school, "T3012", ADMIN)
    bai = line_of("T3020")
    await school.says("u-chen", "名册", file=table((bai, bai.replace("教师", "招办"))))
    await loses(school, "T3012", ADMIN)
    await school.presses("u-chen", "导入")
    assert roles(school, "T3020") == {"教师"}


async def test_nothing_is_carried_out_for_somebody_who_has_left(school: School) -> None:
    await grants_role(school, "T3012", ADMIN)
    await school.says("u-chen", "月报 2024-02 定稿")
    await school.says("u-chen", "授权 徐明 招办")

    def leave(tx: Tx) -> None:
        people.dismiss(tx, people.directory(tx).by_staff_no["T3012"].id, school.clock.now())

    await school.app.write(leave)
    await school.presses("u-chen", "确认")
    assert "招办" not in roles(school, "T3001")


async def test_a_confirmer_who_lost_the_role_confirms_nothing(school: School) -> None:
    await grants_role(school, "T7001", "招办")
    await school.says("u-liu", "报线索 张某 13800010001 初三")
    await school.says("u-liu", "抹除 13800010001")
    await loses(school, "T7001", "招办")
    before = school.last("u-zhou")
    assert before
    await school.presses("u-zhou", "确认抹除 #1")
    assert school.last("u-zhou") == "这一条要由别人确认，没有处理。"


# --- one's own rights ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HE, HE.replace("管理员", "管理员；招办")),
        (HE, HE.replace("管理员", "管理员；考核组；院长")),
        (line_of("T7003"), line_of("T7003").replace("u-sun", "u-he")),
        (line_of("T0001"), line_of("T0001").replace("u-li", "u-li；u-he")),
    ],
)
async def test_an_import_does_not_raise_the_rights_of_whoever_brings_it(
    school: School, old: str, new: str
) -> None:
    file = table((old, new), (HE, HE.replace("u-he", ""))) if old != HE else table((old, new))
    [said] = await school.says("u-he", "名册", file=file)
    assert "您（提交人）自己会多出" in said
    assert "promobot roster codes --second" in said
    assert len(said.split("\n")) <= 3
    assert school.buttons("u-he") == ["取消"]
    assert speaks_for(school, "u-he") == "T9009"
    assert roles(school, "T9009") == {ADMIN}


async def test_a_second_administrator_lets_it_in(school: School) -> None:
    await grants_role(school, "T3001", ADMIN)
    await school.says("u-he", "名册", file=table((HE, HE.replace("管理员", "管理员；招办"))))
    assert school.buttons("u-he") == ["取消"]
    assert school.last("u-xu").startswith("何平 提交了名册，须您确认。")
    await school.presses("u-xu", "导入")
    assert roles(school, "T9009") == {ADMIN, "招办"}
    assert [subject for subject, _ in audited(school, "second")] == ["roster T9009"]


async def test_a_code_from_the_shell_stands_for_the_second_person(school: School) -> None:
    await school.says("u-he", "名册", file=table((HE, HE.replace("管理员", "管理员；招办"))))
    code = await second_code(school, "u-he")
    await school.says("u-he", f"绑定 {code}")
    assert school.last("u-he").startswith("已导入 ")
    assert roles(school, "T9009") == {ADMIN, "招办"}
    assert audited(school, "second") == [("roster T9009", None)]
    [again] = await school.says("u-he", f"绑定 {code}")
    assert again.startswith("这个口令用过了")


async def test_the_code_is_of_no_use_to_anybody_else_or_beside_another_administrator(
    school: School,
) -> None:
    await school.says("u-he", "名册", file=table((HE, HE.replace("管理员", "管理员；招办"))))
    code = await second_code(school, "u-he")
    await school.says("u-stranger", f"绑定 {code}")
    assert school.last("u-stranger").startswith("这个口令不对")
    await grants_role(school, "T3001", ADMIN)
    await school.says("u-xu", f"绑定 {code}")
    await school.says("u-he", f"绑定 {code}")
    assert roles(school, "T9009") == {ADMIN}


async def test_the_code_is_not_used_up_where_nothing_waits(school: School) -> None:
    code = await second_code(school, "u-he")
    [said] = await school.says("u-he", f"绑定 {code}")
    assert said.startswith("没有等第二人确认的事，口令还能用。")
    await school.says("u-he", "名册", file=table((HE, HE.replace("管理员", "管理员；招办"))))
    await school.says("u-he", f"绑定 {code}")
    assert roles(school, "T9009") == {ADMIN, "招办"}


async def test_an_import_that_raises_nobody_who_brings_it_needs_no_second(school: School) -> None:
    bai = line_of("T3020")
    await school.says("u-he", "名册", file=table((bai, bai.replace("教师", "班主任"))))
    await school.presses("u-he", "导入")
    assert roles(school, "T3020") == {"班主任"}


async def test_what_became_a_raise_while_it_waited_asks_for_the_second(school: School) -> None:
    await grants_role(school, "T9009", "招办")
    file = table((HE, HE.replace("管理员", "管理员；招办")))
    await school.says("u-he", "名册", file=file)
    assert school.buttons("u-he") == ["导入", "取消"]
    await loses(school, "T9009", "招办")
    await school.presses("u-he", "导入")
    assert roles(school, "T9009") == {ADMIN}
    assert "您（提交人）自己会多出 招办" in school.last("u-he")


@pytest.mark.parametrize("new", ["", HE.replace("管理员", "教师"), HE.replace("u-he", "u-other")])
async def test_nobody_takes_the_last_administrator_out_alone(school: School, new: str) -> None:
    [said] = await school.says("u-he", "名册", file=table((HE, new)))
    if new.endswith("u-other"):  # a further account of the same person
        assert school.buttons("u-he") == ["导入", "取消"]
        return
    assert "您（提交人）自己将不再是管理员。" in said
    assert "导入后没有绑定了账号的管理员。" in said
    assert school.buttons("u-he") == ["取消"]


async def test_a_roster_does_not_name_the_founding_administrator(school: School) -> None:
    file = File(name="a.csv", data="工号,姓名,部门,角色,账号\nADMIN,甲,教务处,,u-x".encode())
    [said] = await school.says("u-he", "名册", file=file)
    assert "工号 ADMIN 留给首次启动的管理员" in said


# --- 授权 and 收回授权 --------------------------------------------------------------------


async def test_nobody_grants_to_their_own_account_under_another_number(school: School) -> None:
    def second_platform(tx: Tx) -> None:
        person = people.directory(tx).by_staff_no["T3020"]
        accounts.bind(tx, "wecom", "u-he", "u-he", person.id, at=school.clock.now())

    await school.app.write(second_platform)
    [said] = await school.says("u-he", "授权 白露 招办")
    assert said.startswith("不能给自己授权")


async def test_the_last_administrator_stays(school: School) -> None:
    await grants_role(school, "T3001", ADMIN)

    def leave(tx: Tx) -> None:
        people.dismiss(tx, people.directory(tx).by_staff_no["T9009"].id, school.clock.now())

    await school.app.write(leave)
    [said] = await school.says("u-xu", "收回授权 徐明 管理员")
    assert said.startswith("徐明 是最后一位管理员")
    assert ADMIN in roles(school, "T3001")


async def test_a_grant_does_not_come_back_with_whoever_left(school: School) -> None:
    await grants_role(school, "T3020", "招办")
    for file in (table((line_of("T3020"), "")), table()):
        await school.says("u-he", "名册", file=file)
        await school.presses("u-he", "导入")
    assert roles(school, "T3020") == {"教师"}


async def test_a_granted_role_is_no_change_of_the_roster(school: School) -> None:
    await grants_role(school, "T3020", "招办")
    [said] = await school.says("u-he", "名册", file=table())
    assert "改 0" in said


# --- the audit of an import ---------------------------------------------------------------


async def test_an_import_is_audited_row_by_row(school: School) -> None:
    bai, sun = line_of("T3020"), line_of("T7003")
    await school.says(
        "u-he",
        "名册",
        file=table((bai, bai.replace("教师", "班主任") + "u-bai"), (sun, "")),
    )
    await school.presses("u-he", "导入")
    with school.app.db.reading() as tx:
        he = people.directory(tx).by_staff_no["T9009"].id
    mine = [one for one in audited(school, "role") if one[1] == he]
    assert mine == [("T3020 教师 → 班主任", he), ("T7003 招办 → —", he)]
    assert [one for one in audited(school, "account") if one[1] == he] == [
        ("local:u-bai → T3020", he)
    ]
    assert audited(school, "roster")[-1] == ("+0 ~1 -1", he)


async def test_an_import_from_the_shell_is_trusted_and_audited(school: School) -> None:
    he = HE.replace("管理员", "管理员；招办") + "；u-he-2"

    def work(tx: Tx) -> None:
        read = rosterfile.read("a.csv", table((HE, he)).data, lexicon.units_of(school.plan))
        enrolment.apply(tx, enrolment.compare(tx, read), school.clock.now(), None)

    await school.app.write(work)
    assert audited(school, "role") == [("T9009 管理员 → 招办、管理员", None)]
    assert audited(school, "account") == [("local:u-he-2 → T9009", None)]
