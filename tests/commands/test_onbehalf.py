"""代报 (C19): a lent officer reports for another unit, and only reports."""

from sqlalchemy import select

from db.engine.tx import Tx
from db.people import directory
from db.schema import facts, grants
from tests.worlds.school import School

EVERY_FACT = select(facts).order_by(facts.c.id)
LINE = "代 健康 报新闻 护理系技能节开幕 https://mp.weixin.qq.com/s/AAA111"


async def lend(school: School, staff_no: str, unit: str) -> None:
    """What an administrator's 授权 leaves behind."""

    def grant(tx: Tx) -> None:
        person = directory(tx).by_staff_no[staff_no]
        now = school.clock.now()
        tx.add(
            grants,
            person=person.id,
            role="宣传员",
            unit=unit,
            since=now,
            until=None,
            by=0,
            instead_of=None,
        )

    await school.app.write(grant)


async def test_a_lent_officer_reports_for_the_other_unit_and_it_says_so(school: School) -> None:
    await school.at("04-02 10:00")
    await lend(school, "T3012", "health")
    said = await school.says("u-chen", LINE)
    assert said[0].startswith("代健康报：已收 #1 新闻《护理系技能节开幕》，待核。")
    with school.app.db.reading() as tx:
        [fact] = tx.run(EVERY_FACT)
    assert fact.unit == "health"
    assert '"by"' in fact.details


async def test_who_is_not_lent_is_told_who_can_lend_him(school: School) -> None:
    [answer] = await school.says("u-chen", LINE, at="04-02 10:00")
    assert answer.startswith("您没有 健康 的宣传员授权，没有登记。")


async def test_nothing_is_decided_for_another_unit(school: School) -> None:
    await school.at("04-02 10:00")
    await lend(school, "T3012", "health")
    [answer] = await school.says("u-chen", "代 健康 通过 #1")
    assert answer.startswith("代 健康 只能报送，没有登记。")


async def test_what_is_missing_is_asked_and_stays_on_behalf(school: School) -> None:
    await school.at("04-02 10:00")
    await lend(school, "T3012", "health")
    await school.says("u-chen", "代 健康 报新闻")
    said = await school.says("u-chen", "护理系技能节开幕 https://mp.weixin.qq.com/s/AAA111")
    assert said[0].startswith("代健康报：已收 #1 新闻")


async def test_who_reports_for_two_units_is_asked_which_the_last_choice_first(
    school: School,
) -> None:
    await school.says("u-he", "授权 陈晓 宣传员 健康", at="04-02 10:00")
    await school.presses("u-he", "确认")
    for number, unit in enumerate(("信工", "健康"), start=1):
        link = f"https://mp.weixin.qq.com/s/W{number}"
        asked = await school.says("u-chen", f"报新闻 甲{number} {link}")
        assert asked == ["还没有登记。这条算哪个部门的？"]
        assert school.buttons("u-chen")[0] == "信工"
        mark = "" if unit == "信工" else "代健康报："
        [taken] = await school.presses("u-chen", unit)
        assert taken.startswith(f"{mark}已收 #{number} 新闻《甲{number}》")
    await school.says("u-chen", "报视频 乙 https://v.douyin.com/ab1/")
    assert school.buttons("u-chen") == ["健康", "信工"]
    with school.app.db.reading() as tx:
        assert [fact.unit for fact in tx.run(EVERY_FACT)] == ["it", "health"]
    # Whoever names the unit is not asked.
    assert (await school.says("u-chen", LINE))[0].startswith("代健康报：已收")
