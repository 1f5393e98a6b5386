"""Issue 18, 1: a name in an app is no proof of who somebody is."""

from collections.abc import Sequence

import pytest

from commands.chat.messages import Chat
from db import accounts, audit, people
from db.engine.tx import Tx
from db.people import FOUNDER
from tests.worlds.school import School

DONE = "绑定好了"


async def asks(school: School, account: str, number: str, name: str = "") -> str:
    """What a stranger who calls themselves `name` is answered to 绑定."""
    chat = Chat(platform="local", id=account)
    await school.platform.says(account, chat, f"绑定 {number}", author_name=name)
    await school.app.delivery.deliver_all()
    return school.last(account)


def holder(school: School, account: str) -> str:
    """The 工号 that an account speaks for, "" for none."""
    with school.app.db.reading() as tx:
        person = people.directory(tx).by_account.get(("local", account))
    return person.staff_no if person else ""


def rows(school: School, subject: str) -> list[str]:
    with school.app.db.reading() as tx:
        return [row.action for row in audit.about(tx, subject)]


async def confirms_all(school: School) -> Sequence[str]:
    await school.says("u-he", "待确认")
    return school.buttons("u-he")


# --- the batch ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("T7003", "孙丽"),
        ("M0007", "赵倩"),
        ("T9009", "何平"),
        ("T6001", "林芳"),
        ("T2031", "刘桂芳"),
    ],
)
async def test_the_name_of_somebody_with_a_role_or_an_account_is_never_in_the_batch(
    school: School, number: str, name: str
) -> None:
    await asks(school, "u-x", number, name)
    assert await confirms_all(school) == ["逐个看"]
    assert holder(school, "u-x") == ""


async def test_the_batch_binds_a_teacher_nobody_else_asks_for(school: School) -> None:
    await asks(school, "u-bai", "T3020", "白露")
    await asks(school, "u-sun2", "T7003", "孙丽")
    [said] = await school.says("u-he", "待确认")
    assert said == ("待确认绑定 2 人，其中 1 位教师姓名与名册一致；1 位有审核等角色，请逐个看。")
    await school.presses("u-he", "确认一致的 1 人")
    assert holder(school, "u-bai") == "T3020"
    assert holder(school, "u-sun2") == ""


async def test_two_accounts_that_ask_for_one_number_are_both_looked_at(school: School) -> None:
    await asks(school, "u-a", "T3020", "白露")
    await asks(school, "u-b", "T3020", "白露")
    assert await confirms_all(school) == ["逐个看"]
    await school.presses("u-he", "逐个看")
    assert "同时有 2 个账号请求这个工号。" in school.last("u-he")


async def test_an_account_that_is_somebodys_already_is_not_moved_by_the_batch(
    school: School,
) -> None:
    await asks(school, "u-ma", "T3020", "白露")
    assert await confirms_all(school) == ["逐个看"]


async def test_what_was_asked_after_the_button_was_shown_is_not_in_it(school: School) -> None:
    await asks(school, "u-bai", "T3020", "白露")
    await school.says("u-he", "待确认")
    await asks(school, "u-late", "T4011", "李强")
    await school.presses("u-he", "确认一致的 1 人")
    assert (holder(school, "u-bai"), holder(school, "u-late")) == ("T3020", "")


async def test_of_several_only_those_ticked_are_bound_and_only_who_still_may_be(
    school: School,
) -> None:
    """What changed while the card stood there counts: the same is asked as for the batch."""
    await asks(school, "u-bai", "T3020", "白露")
    await asks(school, "u-li2", "T4011", "李强")
    await asks(school, "u-sun2", "T7003", "孙丽")
    assert await confirms_all(school) == ["确认一致的 2 人", "逐个看", "勾选几条"]
    await school.presses("u-he", "勾选几条")
    assert school.buttons("u-he") == ["□ 白露", "□ 李强", "绑定勾选的"]
    [none] = await school.presses("u-he", "绑定勾选的")
    assert none.startswith("没有勾选")
    for name in ("□ 白露", "□ 李强"):
        await school.presses("u-he", name)
    await asks(school, "u-x", "T4011", "李强")
    await school.presses("u-he", "绑定勾选的")
    assert (holder(school, "u-bai"), holder(school, "u-li2")) == ("T3020", "")
    assert holder(school, "u-sun2") == ""
    [refused] = await school.says("u-bai", "勾选几条")
    assert "绑定" not in refused


async def test_a_teacher_lent_out_as_an_officer_is_not_in_the_batch(school: School) -> None:
    await school.says("u-he", "授权 白露 健康 宣传员")
    await school.presses("u-he", "确认")
    await asks(school, "u-bai", "T3020", "白露")
    assert await confirms_all(school) == ["逐个看"]


# --- the cards ----------------------------------------------------------------------------


async def test_every_card_says_that_the_number_is_used(school: School) -> None:
    await asks(school, "u-x", "T7003", "孙丽")
    taken = "此工号已由 孙丽 的账号使用。"
    assert taken in school.last("u-he")
    assert "招办" in school.last("u-he")
    await school.says("u-he", "待确认")
    await school.presses("u-he", "逐个看")
    assert taken in school.last("u-he")
    assert len(school.last("u-he").split("\n")) <= 3


async def test_an_account_that_cannot_be_reached_still_uses_the_number(school: School) -> None:
    await school.app.write(lambda tx: accounts.mark_unreachable(tx, "local", "u-sun"))
    await asks(school, "u-x", "T7003", "孙丽")
    assert "此工号已由 孙丽 的账号使用。" in school.last("u-he")


async def test_a_card_from_before_the_number_was_taken_is_shown_again(school: School) -> None:
    await asks(school, "u-x", "T3020", "白露")
    code = await school.app.write(lambda tx: _code_for(tx, "T3020"))
    await asks(school, "u-bai", code)
    assert holder(school, "u-bai") == "T3020"
    await school.presses("u-he", "通过")
    assert holder(school, "u-x") == ""
    assert "此工号已由 白露 的账号使用。" in school.last("u-he")
    await school.presses("u-he", "通过")
    assert holder(school, "u-x") == "T3020"


def _code_for(tx: Tx, number: str) -> str:
    person = people.directory(tx).by_staff_no[number]
    return accounts.issue_code(tx, accounts.BIND, person.id, 0, 1 << 40)


# --- who hears of it ----------------------------------------------------------------------


async def test_a_mere_wish_is_told_to_administrators_alone(school: School) -> None:
    await asks(school, "u-x", "T2031", "刘桂芳")
    assert school.last("u-liu") == school.last("u-kong") == ""


async def test_a_binding_by_button_is_audited_and_told_to_the_number_and_its_head(
    school: School,
) -> None:
    await asks(school, "u-x", "T2031", "刘桂芳")
    await school.presses("u-he", "通过")
    assert school.last("u-x").startswith(DONE)
    assert school.last("u-liu").startswith("工号 T2031 刚绑定了另一个账号。")
    assert "刘桂芳（T2031）" in school.last("u-kong")
    assert rows(school, "T2031 local:u-x") == ["bind"]


async def test_a_binding_by_code_is_audited_and_told_as_well(school: School) -> None:
    code = await school.app.write(lambda tx: _code_for(tx, "T2031"))
    assert (await asks(school, "u-x", code)).startswith(DONE)
    assert school.last("u-liu").startswith("工号 T2031 刚绑定了另一个账号。")
    assert "刘桂芳（T2031）" in school.last("u-kong")
    assert rows(school, "T2031 local:u-x") == ["bind"]


async def test_a_binding_in_the_batch_is_audited_and_told_to_the_head(school: School) -> None:
    await asks(school, "u-l", "T4011", "李强")
    await asks(school, "u-w", "T4012", "王芳")
    await school.says("u-he", "待确认")
    await school.presses("u-he", "确认一致的 2 人")
    assert "李强（T4011）、王芳（T4012）" in school.last("u-wang")
    assert rows(school, "T4011 local:u-l") == rows(school, "T4012 local:u-w") == ["bind"]


async def test_heads_are_not_told_of_themselves_by_the_new_account(school: School) -> None:
    await asks(school, "u-x", "T4001", "王建国")
    await school.presses("u-he", "通过")
    assert school.last("u-x").startswith(DONE)
    assert school.last("u-wang").startswith("工号 T4001 刚绑定了另一个账号。")


# --- the founder, and oneself -------------------------------------------------------------


async def test_nobody_becomes_the_founding_administrator_by_a_name(school: School) -> None:
    await school.app.write(lambda tx: people.found(tx, school.clock.now()))
    said = await asks(school, "u-x", FOUNDER, "管理员")
    assert said == (await asks(school, "u-y", "T9999")).replace("T9999", FOUNDER)
    [waiting] = await school.says("u-he", "待确认")
    assert waiting == "没有待确认的绑定。"


async def test_administrators_do_not_approve_more_rights_for_themselves(school: School) -> None:
    await asks(school, "u-he", "T7003", "何平")
    await school.presses("u-he", "通过")
    assert holder(school, "u-he") == "T9009"
    assert school.last("u-he").startswith("您会多出 招办，不能自己通过。")


# --- known and unknown, and how often -----------------------------------------------------


@pytest.mark.parametrize("number", ["T7003", "T3020", "M0007", "20240001", "T-1"])
async def test_a_stranger_is_answered_alike_for_known_and_unknown_numbers(
    school: School, number: str
) -> None:
    known = await asks(school, "u-x", "T2031")
    other = await asks(school, "u-y", number)
    assert other == known.replace("T2031", number)
    assert "健康" not in known


async def test_administrators_see_that_a_number_is_unknown_but_are_not_flooded(
    school: School,
) -> None:
    for turn in range(20):
        await asks(school, f"u-x{turn}", f"T99{turn:02}", "某人")
    told = [one.text for one in school.shown("u-he") if "名册里没有这个工号" in one.text]
    assert len(told) == 5
    assert "T9900" in told[0]


async def test_wishes_are_limited_by_account_and_day(school: School) -> None:
    for turn in range(5):
        assert (await asks(school, "u-x", f"T98{turn:02}")).startswith("已请管理员确认您是")
    assert (await asks(school, "u-x", "T3020")).startswith("今天请求绑定的次数已满")
    assert (await asks(school, "u-y", "T3020")).startswith("已请管理员确认您是")
    await school.at("03-19 00:01")
    assert (await asks(school, "u-x", "T3020")).startswith("已请管理员确认您是")


async def test_a_code_is_not_guessed_more_than_once_a_minute(school: School) -> None:
    code = await school.app.write(lambda tx: _code_for(tx, "T3020"))
    for turn in range(5):
        assert (await asks(school, "u-x", f"2222-222{turn}")).startswith("这个口令不对")
    assert (await asks(school, "u-x", code)).startswith("今天请求绑定的次数已满")
    assert holder(school, "u-x") == ""
    await school.at("03-18 09:02")
    assert (await asks(school, "u-x", code)).startswith(DONE)


async def test_a_used_or_old_code_says_so(school: School) -> None:
    code = await school.app.write(lambda tx: _code_for(tx, "T3020"))
    await asks(school, "u-bai", code)
    assert (await asks(school, "u-x", code)).startswith("这个口令用过了或过了期")


async def test_a_stranger_does_not_use_up_the_code_that_stands_for_a_second_person(
    school: School,
) -> None:
    def issue(tx: Tx) -> str:
        person = people.directory(tx).by_staff_no["T9009"]
        return accounts.issue_code(tx, accounts.SECOND, person.id, 0, 1 << 40)

    code = await school.app.write(issue)
    assert (await asks(school, "u-x", code)).startswith("这个口令不对")
    assert holder(school, "u-x") == ""
    assert await school.app.write(
        lambda tx: accounts.redeem_second(
            tx, code, people.directory(tx).by_staff_no["T9009"].id, school.clock.now()
        )
    )


@pytest.mark.parametrize("word", ["绑定 admin", "绑定 ＡＤＭＩＮ", "/bind Admin", "开始 ADMIN"])
async def test_no_spelling_of_the_founder_is_bound(school: School, word: str) -> None:
    await school.app.write(lambda tx: people.found(tx, school.clock.now()))
    await school.says("u-x", word)
    with school.app.db.reading() as tx:
        assert accounts.open_bindings(tx) == ()
