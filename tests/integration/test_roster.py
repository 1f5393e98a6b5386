"""The roster's history, the accounts of its people, and bringing in a file: all or nothing."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from sqlalchemy import select

from commands.chat.errors import Refusal
from commands.grammar import lexicon
from commands.roster import demo_school, enrolment
from commands.roster.enrolment import Changes
from commands.roster.file import RosterFile, read
from db import accounts, people, settings
from db.engine.database import Database
from db.engine.tx import Reading, Tx
from db.engine.writer import Writer
from db.people import Directory
from db.plans import shipped
from db.schema import audit, chats
from scoring.moments import DAY, MINUTE
from tests.worlds.rows import NOW

T = TypeVar("T")
PLAN = shipped()[0]
UNITS = lexicon.units_of(PLAN)
CAST = (
    "T2031,刘桂芳,健康管理系,教师,u-liu",
    "T4001,王建国,机电工程系,部门负责人,u-wang",
    "T3012,陈晓,信息工程系,宣传员,telegram:7",
    "T9009,何平,后勤保障部,管理员,",
)


def roster(*lines: str) -> RosterFile:
    text = "\n".join(("工号,姓名,部门,角色,账号", *lines))
    return read("名册.csv", text.encode(), UNITS)


def imports(writer: Writer, *lines: str, now: int = NOW) -> Changes:
    """Bring in a roster of these lines; what it changed."""

    def work(tx: Tx) -> Changes:
        changes = enrolment.compare(tx, roster(*lines))
        enrolment.apply(tx, changes, now, None)
        return changes

    return writer.submit(work).result()


def now_known(writer: Writer) -> Directory:
    return writer.submit(people.directory).result()


def staff(writer: Writer, until: int, known: int) -> dict[str, str]:
    """工号 -> unit of whoever was employed at `until`, as known at `known`."""

    def work(tx: Tx) -> dict[str, str]:
        numbers = {number: staff_no for staff_no, number in people.everybody(tx).items()}
        return {numbers[who]: unit for who, unit in people.staff_at(tx, until, known).items()}

    return writer.submit(work).result()


def does(writer: Writer, work: Callable[[Tx], T]) -> T:
    return writer.submit(work).result()


def person_id(writer: Writer, staff_no: str) -> int:
    return now_known(writer).by_staff_no[staff_no].id


# --- the file -----------------------------------------------------------------------------


def test_a_roster_fills_an_empty_school(writer: Writer) -> None:
    changes = imports(writer, *CAST)
    assert enrolment.summary(changes) == "试读：4 人，新增 4，改 0，离 0，错 0。"
    known = now_known(writer)
    assert [person.name for person in known.named("刘 桂芳")] == ["刘桂芳"]
    assert [person.name for person in known.heads("mechatronics")] == ["王建国"]
    assert [person.name for person in known.officers("it")] == ["陈晓"]
    assert known.with_role("院长") == ()
    assert known.by_account["telegram", "7"].name == "陈晓"
    assert set(known.staff_units.values()) == {"health", "mechatronics", "it", "logistics"}


def test_importing_twice_changes_nothing(writer: Writer) -> None:
    imports(writer, *CAST)
    changes = imports(writer, *CAST, now=NOW + DAY)
    assert changes.is_nothing
    assert changes.same == 4
    assert len(does(writer, lambda tx: tx.run(select(audit)))) == 1


def test_whoever_is_missing_has_left_and_may_come_back_as_the_same_person(writer: Writer) -> None:
    imports(writer, *CAST)
    before = person_id(writer, "T2031")
    imports(writer, *CAST[1:], now=NOW + DAY)
    assert "T2031" not in now_known(writer).by_staff_no
    assert ("local", "u-liu") not in now_known(writer).by_account
    imports(writer, *CAST, now=NOW + 2 * DAY)
    assert person_id(writer, "T2031") == before
    assert now_known(writer).by_account["local", "u-liu"].id == before


def test_a_head_count_is_read_as_it_was_known(writer: Writer) -> None:
    imports(writer, *CAST[:2])
    moved = CAST[0].replace("健康管理系", "信息工程系")
    imports(writer, moved, now=NOW + 10 * DAY)
    then, later = NOW + 5 * DAY, NOW + 20 * DAY
    both = {"T2031": "health", "T4001": "mechatronics"}
    assert staff(writer, NOW, NOW - 1) == {}
    assert staff(writer, then, then) == both
    assert staff(writer, then, later) == both
    assert staff(writer, later, then) == both
    assert staff(writer, later, later) == {"T2031": "it"}


def test_the_first_roster_counts_for_the_days_before_it(writer: Writer) -> None:
    imports(writer, CAST[0])
    imports(writer, *CAST[:2], now=NOW + DAY)
    assert staff(writer, NOW - DAY, NOW + 2 * DAY) == {"T2031": "health"}


def test_a_changed_role_is_told_and_taken_over(writer: Writer) -> None:
    imports(writer, *CAST)
    changes = imports(writer, CAST[0].replace("教师", "教师；宣传员"), *CAST[1:], now=NOW + 1)
    assert enrolment.summary(changes) == "试读：4 人，新增 0，改 1，离 0，错 0。"
    assert [person.name for person in now_known(writer).officers("health")] == ["刘桂芳"]


def test_one_line_not_understood_keeps_everybody_out(writer: Writer) -> None:
    with pytest.raises(Refusal) as refused:
        imports(writer, *CAST, "T9,张伟,信工教研室", "T9,,机电")
    assert str(refused.value) == (
        "试读：6 人、4 个部门。新增 4，看不懂 2 行，没有导入。\n"
        "第 6 行 部门“信工教研室”不认识；第 7 行 姓名为空；第 7 行 工号与第 6 行重复。"
    )
    assert now_known(writer).by_id == {}


def test_an_unreadable_file_says_only_why(writer: Writer) -> None:
    old = read("花名册.xls", b"\xd0\xcf\x11\xe0", UNITS)
    changes = does(writer, lambda tx: enrolment.compare(tx, old))
    assert enrolment.summary(changes) == (
        "这是旧式 .xls，请在 WPS/Excel 里“另存为 .xlsx”再传。一行都没有导入。"
    )


def test_namesakes_are_counted(writer: Writer) -> None:
    lines = ("T1,张伟,机电,管理员", "T2,张伟,后勤,", "T3,李娜,机电,", "T4,李娜,信工,")
    assert enrolment.summary(imports(writer, *lines)) == (
        "试读：4 人，新增 4，改 0，离 0，错 0。同名 2 组（张伟 2 人…），以工号区分。"
    )
    assert len(now_known(writer).named("张伟")) == 2


def test_losing_more_than_half_of_the_staff_is_said(writer: Writer) -> None:
    imports(writer, *CAST)
    changes = does(writer, lambda tx: enrolment.compare(tx, roster(CAST[3])))
    assert "现有 4 人中 3 人不在这份名册里，将记为离职，超过一半" in enrolment.summary(changes)
    changes = does(writer, lambda tx: enrolment.compare(tx, roster(*CAST[2:])))
    assert enrolment.summary(changes) == "试读：2 人，新增 0，改 0，离 2，错 0。"


def test_an_account_that_changes_hands_is_named(writer: Writer) -> None:
    imports(writer, *CAST)
    lines = (CAST[0].replace("u-liu", ""), f"{CAST[1]}；u-liu", *CAST[2:])
    changes = imports(writer, *lines, now=NOW + 1)
    assert "账号 local:u-liu 由 刘桂芳 改归 王建国（T4001）。" in enrolment.summary(changes)
    assert now_known(writer).by_account["local", "u-liu"].name == "王建国"


def test_a_roster_without_an_administrator_is_remarked(writer: Writer) -> None:
    assert "名册里没有管理员。" in enrolment.summary(imports(writer, *CAST[:3]))


def test_no_roster_closes_the_first_administrator_and_he_is_no_staff(writer: Writer) -> None:
    founder = does(writer, lambda tx: people.found(tx, NOW))
    assert does(writer, lambda tx: people.found(tx, NOW)) == founder
    changes = imports(writer, *CAST)
    assert changes.left == ()
    known = now_known(writer)
    assert known.by_id[founder].roles == {"管理员"}
    assert len(known.staff_units) == 4
    assert len(staff(writer, NOW, NOW)) == 4
    assert len(staff(writer, NOW - DAY, NOW)) == 4


LINE = st.tuples(
    st.sampled_from(["T1", "T2", "T3", "", "坏"]),
    st.sampled_from(["张伟", "李娜", ""]),
    st.sampled_from(["机电", "信工", "", "不明"]),
    st.sampled_from(["", "教师", "宣传员；班主任", "校长"]),
    st.sampled_from(["", "u-a", "u-b；telegram:1", "qq:1"]),
).map(",".join)


@tries(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, max_size=5))
def test_either_everybody_of_a_file_is_on_the_roster_or_nothing_changed(
    writer: Writer, lines: list[str]
) -> None:
    before = now_known(writer)
    file = roster(*lines)
    try:
        imports(writer, *lines)
    except Refusal:
        assert file.faults
        assert now_known(writer) == before
    else:
        after = now_known(writer)
        assert set(after.by_staff_no) == {row.staff_no for row in file.rows}
        assert all(
            after.by_account[account].staff_no == row.staff_no
            for row in file.rows
            for account in row.accounts
        )
        assert imports(writer, *lines).is_nothing


# --- accounts -----------------------------------------------------------------------------


def test_an_account_of_the_file_is_bound_but_reached_only_where_it_may_be(writer: Writer) -> None:
    imports(writer, *CAST)
    known = now_known(writer)
    assert known.account_of(person_id(writer, "T2031")) == ("local", "u-liu", "u-liu")
    assert known.account_of(person_id(writer, "T3012")) is None
    assert known.account_of(person_id(writer, "T9009")) is None


def test_the_account_used_last_is_the_one_that_is_written_to(writer: Writer) -> None:
    imports(writer, f"{CAST[0]}；telegram:5", *CAST[1:])
    liu = person_id(writer, "T2031")

    def speaks(platform: str, account: str, chat: str, now: int) -> bool:
        return does(writer, lambda tx: accounts.touch_account(tx, platform, account, chat, now))

    assert speaks("telegram", "5", "5", NOW + 1)
    assert now_known(writer).account_of(liu) == ("telegram", "5", "5")
    assert not speaks("telegram", "5", "5", NOW + 2)
    assert not speaks("telegram", "nobody", "6", NOW + 2)
    does(writer, lambda tx: accounts.mark_unreachable(tx, "telegram", "5"))
    assert now_known(writer).account_of(liu) == ("local", "u-liu", "u-liu")
    assert speaks("telegram", "5", "5", NOW + 3)
    assert now_known(writer).account_of(liu) == ("telegram", "5", "5")


def test_a_first_word_is_remembered_as_a_reading_finds_it_and_the_roster_read_once(
    writer: Writer, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    imports(writer, f"{CAST[0]}；telegram:5", *CAST[1:])
    known = now_known(writer)
    loads = 0

    def load(tx: Reading) -> Directory:
        nonlocal loads
        loads += 1
        return load_people(tx)

    load_people = people._load
    monkeypatch.setattr(people, "_load", load)
    spoken = [("telegram", "7", "7"), ("telegram", "5", "5"), ("local", "u-liu", "u-liu")]

    def speak(tx: Tx) -> None:
        for second, (platform, account, chat) in enumerate(spoken):
            assert accounts.touch_account(tx, platform, account, chat, NOW + second)

    def speak_in_vain(tx: Tx) -> None:
        speak(tx)
        raise Refusal("没有登记")

    with pytest.raises(Refusal):
        writer.submit(speak_in_vain).result()
    assert now_known(writer) is known
    does(writer, speak)

    heard = now_known(writer)
    with database.reading() as tx:
        assert heard == load_people(tx) != known
    assert heard.with_role("管理员") == known.with_role("管理员")
    assert loads == 0


def test_a_wish_to_be_bound_waits_for_one_answer(writer: Writer) -> None:
    imports(writer, *CAST)
    he = person_id(writer, "T9009")

    def asks(person: int) -> int:
        return does(
            writer,
            lambda tx: accounts.request_binding(
                tx, "wecom", "heping", "heping", shown_name="何平", person=person, at=NOW
            ),
        )

    assert asks(he) == asks(he)
    asks(person_id(writer, "T4001"))
    wish = asks(he)
    (waiting,) = does(writer, accounts.open_bindings)
    assert (waiting.id, waiting.person, waiting.shown_name) == (wish, he, "何平")
    settled = does(writer, lambda tx: accounts.settle_binding(tx, wish, True, NOW + 1))
    assert settled == waiting
    assert now_known(writer).account_of(he) == ("wecom", "heping", "heping")
    assert does(writer, lambda tx: accounts.settle_binding(tx, wish, False, NOW + 2)) is None


def test_a_refused_wish_binds_nobody(writer: Writer) -> None:
    imports(writer, *CAST)
    he = person_id(writer, "T9009")

    def work(tx: Tx) -> None:
        wish = accounts.request_binding(
            tx, "wecom", "heping", "heping", shown_name="", person=he, at=NOW
        )
        accounts.settle_binding(tx, wish, False, NOW)

    does(writer, work)
    assert does(writer, accounts.open_bindings) == ()
    assert now_known(writer).account_of(he) is None


# --- one-time codes -----------------------------------------------------------------------


def issue(writer: Writer, now: int = NOW) -> str:
    return does(
        writer, lambda tx: accounts.issue_code(tx, accounts.FIRST_ADMIN, None, now, 30 * MINUTE)
    )


def redeem(writer: Writer, code: str, now: int = NOW) -> accounts.Code | None:
    return does(writer, lambda tx: accounts.redeem_code(tx, code, now))


def test_a_code_is_good_once_however_it_is_typed(writer: Writer) -> None:
    code = issue(writer)
    assert len(code) == 9
    assert set(code) <= {*accounts.CODE_LETTERS, "-"}
    typed = f" {code.lower().replace('-', '－')} "
    assert redeem(writer, typed) == accounts.Code(purpose=accounts.FIRST_ADMIN, person=None)
    assert redeem(writer, code) is None


def test_a_code_ends_with_its_time(writer: Writer) -> None:
    code = issue(writer)
    assert redeem(writer, code, NOW + 30 * MINUTE) is None
    assert redeem(writer, code, NOW + 30 * MINUTE - 1) is not None
    assert redeem(writer, "2222-2222") is None


def test_codes_are_for_those_without_an_account_and_lapse_when_one_is_bound(
    writer: Writer,
) -> None:
    imports(writer, *CAST)
    chosen = tuple(now_known(writer).by_id.values())
    (first,) = does(writer, lambda tx: enrolment.codes_for(tx, chosen, NOW))
    (second,) = does(writer, lambda tx: enrolment.codes_for(tx, chosen, NOW))
    assert (first.staff_no, first.name, first.unit) == ("T9009", "何平", "logistics")
    assert redeem(writer, first.code) is None
    does(
        writer,
        lambda tx: accounts.bind(tx, "wecom", "h", "h", person_id_in(tx, "T9009"), at=NOW),
    )
    assert redeem(writer, second.code) is None
    assert does(writer, lambda tx: enrolment.codes_for(tx, chosen, NOW)) == ()


def person_id_in(tx: Tx, staff_no: str) -> int:
    return people.directory(tx).by_staff_no[staff_no].id


# --- settings and the demonstration school ------------------------------------------------


def test_a_setting_is_read_as_it_was_known(writer: Writer) -> None:
    def put(value: str, now: int, scope: str = "") -> None:
        does(
            writer,
            lambda tx: settings.put(tx, settings.STUDENTS, value, now=now, by=None, scope=scope),
        )

    put("7000", NOW)
    put("7100", NOW + DAY)
    put("30", NOW + DAY, "机电2301")
    put("", NOW + 2 * DAY)

    def known(at: int, scope: str = "") -> int | None:
        return does(writer, lambda tx: settings.students(tx, at, scope))

    assert [known(NOW + days * DAY) for days in (-1, 0, 1, 2)] == [None, 7000, 7100, None]
    assert known(NOW + DAY, "机电2301") == 30
    assert does(writer, lambda tx: settings.values(tx, NOW)) == {("", "在校人数"): "7000"}


def test_the_demonstration_school_has_everybody_one_wants_to_be(
    database: Database, writer: Writer
) -> None:
    does(writer, lambda tx: demo_school.load(tx, PLAN, NOW))
    known = now_known(writer)
    for unit in PLAN.scored_units:
        assert known.heads(unit.code), unit.name
        assert known.officers(unit.code), unit.name
    assert all(known.with_role(role) for role in people.ROLES)
    assert all(known.account_of(person) for person in known.by_id)
    with database.reading() as reading:
        assert settings.students(reading, NOW) == 7000
        assert reading.find(chats, "local", "staff").title == "全体教职工"
        assert people.directory(reading) == known
