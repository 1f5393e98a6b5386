"""Issue 18, 3: nobody decides on their own, through whichever door."""

import pytest

from commands.filing.deciders import able, deciders, matter, may_decide
from db import ledger, people
from tests.worlds.school import School

VIDEO = "报视频 护理技能节 https://v.douyin.com/iAbc123/"
NEWS = "报新闻 护理系技能节开幕 https://mp.weixin.qq.com/s/AAA111"
OWN = "是您本部门的"


async def lent(school: School, name: str, unit: str) -> None:
    await school.says("u-he", f"授权 {name} {unit} 宣传员", at="04-02 10:00")
    await school.presses("u-he", "确认")


async def decided(school: School, number: int = 1) -> bool:
    with school.app.db.reading() as tx:
        return bool(ledger.decided(tx, number))


# --- 代报 ---------------------------------------------------------------------------------


async def test_a_reviewer_does_not_approve_what_they_reported_for_another_unit(
    school: School,
) -> None:
    await lent(school, "赵倩", "健康")
    said = await school.says("u-zhao", f"代 健康 {VIDEO}")
    assert said[0].startswith("代健康报：已收 #1")
    for word in ("通过 #1", "退回 #1 重拍", "偏题 #1"):
        [answer] = await school.says("u-zhao", word)
        assert OWN in answer
        assert "考核组" in answer
    assert not await decided(school)


async def test_nor_does_a_colleague_of_theirs_but_the_other_body_may(school: School) -> None:
    await lent(school, "赵倩", "健康")
    await school.says("u-zhao", f"代 健康 {VIDEO}")
    [answer] = await school.says("u-qian", "通过 #1")
    assert OWN in answer
    assert not await decided(school)
    await school.says("u-wu", "通过 #1")
    assert await decided(school)


async def test_it_is_not_in_their_queue_nor_shown_as_a_card(school: School) -> None:
    await lent(school, "赵倩", "健康")
    await school.says("u-zhao", f"代 健康 {VIDEO}")
    for account in ("u-zhao", "u-qian"):
        assert (await school.says(account, "待审"))[0].startswith("没有要审的") or "#1" not in (
            school.last(account)
        )
    assert "#1" in (await school.says("u-wu", "待审"))[0]


async def test_who_is_lent_to_a_unit_decides_on_nothing_of_it(school: School) -> None:
    await lent(school, "赵倩", "健康")
    await school.says("u-kong", VIDEO)
    [answer] = await school.says("u-zhao", "通过 #1")
    assert OWN in answer
    await school.says("u-qian", "通过 #1")
    assert await decided(school)


async def test_the_office_that_reports_on_loan_does_not_approve_its_news(school: School) -> None:
    await lent(school, "吴敏", "健康")
    await school.says("u-wu", f"代 健康 {NEWS}")
    [answer] = await school.says("u-wu", "通过 #1")
    assert OWN in answer
    await school.says("u-zheng", "通过 #1")  # 考核组 too, of another unit
    assert await decided(school)


# --- a shared account ---------------------------------------------------------------------


async def test_a_unit_that_shares_the_account_does_not_decide(school: School) -> None:
    await school.says("u-he", "授权 邓红 融媒体中心", at="04-02 10:00")
    await school.presses("u-he", "确认")
    await school.says("u-tang", VIDEO)
    [answer] = await school.says("u-deng", "通过 #1")
    assert OWN in answer
    assert not await decided(school)
    await school.says("u-zhao", "通过 #1")
    assert await decided(school)


async def test_who_is_lent_to_a_unit_that_shares_the_account_does_not_decide(
    school: School,
) -> None:
    await lent(school, "赵倩", "督导办")
    await school.says("u-tang", VIDEO)
    [answer] = await school.says("u-zhao", "通过 #1")
    assert OWN in answer


async def test_a_waiver_is_not_given_to_a_unit_one_is_lent_to(school: School) -> None:
    await lent(school, "吴敏", "督导办")
    [answer] = await school.says("u-wu", "豁免 教务处 4月 国庆")
    assert "须由别的考核组成员豁免" in answer


# --- the second decider, appeals ----------------------------------------------------------


async def test_a_backdating_is_put_before_nobody_whose_own_it_is(school: School) -> None:
    await lent(school, "赵倩", "健康")
    await school.says("u-zhao", "代 健康 交接")
    with school.app.db.reading() as tx:
        known = people.directory(tx)
        entry = ledger.entry(tx, 1)
        assert entry is not None
        found = {
            one.name for one in able(school.plan, known, matter(school.plan, known, entry.fact))
        }
    assert found == {"吴敏"}


async def test_an_appeal_is_not_handled_by_the_unit_that_reported_on_loan(school: School) -> None:
    await lent(school, "郑涛", "健康")
    await school.says("u-zheng", f"代 健康 {NEWS}")
    await school.says("u-wu", "退回 #1 太短")
    await school.says("u-kong", "申诉 #1 不短")
    for account in ("u-zheng", "u-zhao"):
        await school.says(account, "处理 #2 成立 同意")
    with school.app.db.reading() as tx:
        assert not ledger.decided(tx, 2)


# --- what the function promises -----------------------------------------------------------


@pytest.mark.parametrize("kind", ["news", "video", "lead", "ppt", "handover", "appeal"])
async def test_roles_are_found_for_every_kind_and_own_unit(kind: str, school: School) -> None:
    plan = school.plan
    for unit in plan.by_code:
        assert deciders(plan, kind, [unit])


async def test_every_card_goes_to_somebody_who_may_decide(school: School) -> None:
    await lent(school, "赵倩", "健康")
    await school.says("u-zhao", "代 健康 交接")
    with school.app.db.reading() as tx:
        known = people.directory(tx)
        [row] = ledger.queue(tx, ["handover"])
        what = matter(school.plan, known, row)
    shown = {
        one.name
        for one in known.by_id.values()
        for address in known.addresses.get(one.id, ())
        if any(
            "交接" in m.text and m.buttons and "待您核实" in m.text
            for m in school.shown(address.account)
        )
    }
    assert shown == {one.name for one in known.by_id.values() if may_decide(school.plan, one, what)}
    assert shown
