"""Whoever reports first has it; the next in line has a turn, with the time of his own report, when
the first is gone, and is put back when the first stands again (A34)."""

from sqlalchemy import select

from db import ledger
from db.engine.database import Database
from db.schema import line
from tests.worlds.school import GROUP, School, open_school

FIRST = "报线索 张某 13800010001 初三 护理"
SECOND = "报线索 张小某 138 0001 0001"
IN_LINE = (
    "该号码 3月18日 已有人先报，没有重复计。"
    "已为您排队：先报的若不成立会告诉您，由您接上，按现在的时间算。"
)
YOURS = (
    "您报过、别人先报的一条线索，先报的已不成立，轮到您了。"
    "按一下就由您接上，按您 3月18日 报的时间算；不接可不理。"
)
POST = "https://mp.weixin.qq.com/s/AAA111"


def kept(school: School) -> list[int]:
    """The facts of those in line, 0 for one that has had no turn."""
    with school.app.db.reading() as tx:
        return [row.fact for row in tx.run(select(line).order_by(line.c.id))]


async def test_the_next_in_line_takes_a_revoked_lead_and_gives_it_back(database: Database) -> None:
    school = await open_school(database)
    await school.says("u-liu", FIRST)
    assert await school.says("u-ma", SECOND) == [IN_LINE]
    assert (await school.says("u-ma", SECOND))[0].endswith("没有重复计。"), "he is in line already"
    assert kept(school) == [0]
    await school.says("u-sun", "认定 #1", at="04-10 09:00")
    await school.says("u-sun", "撤销 #1 家长说从未咨询")
    await school.presses("u-sun", "确认")
    await school.at("04-10 09:30")
    assert YOURS in school.last("u-ma")
    [taken] = await school.presses("u-ma", "由我接上")
    assert taken == "已由您接上：#2，按您 3月18日 报的时间算，等审核。"
    assert kept(school) == [2]
    await school.says("u-sun", "认定 #2")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 1/10")
    # The revocation is too old for 撤回: it comes back by an upheld appeal.
    await school.says("u-liu", "申诉 #1 家长后来又说咨询过")
    await school.says("u-wu", "处理 #3 成立 已电话核实")
    await school.presses("u-wu", "确认")
    assert (await school.says("u-liu", "我的"))[0].startswith("线索 认定 1/10")
    assert (await school.says("u-ma", "我的"))[0].startswith("线索 认定 0/10")
    await school.at("04-10 10:00")
    assert "回到排队" in school.last("u-ma")
    [refused] = await school.says("u-sun", "认定 #2")
    assert refused == "#2 排在先报的后面，先报的还有效，没有改动。"
    assert (await school.says("u-ma", "撤回 #2")) == ["已撤回 #2，不再计数。"]


async def test_a_press_that_is_taken_back_tells_the_next_in_line_nothing(school: School) -> None:
    await school.says("u-liu", FIRST)
    await school.says("u-ma", SECOND)
    await school.says("u-sun", "无效 #1 空号", at="04-10 09:00")
    await school.says("u-sun", "撤回")
    await school.at("04-10 10:00")
    assert not any("轮到您" in one.text for one in school.shown("u-ma"))


async def test_reporting_again_is_a_turn_too_and_an_earlier_one_goes_before_a_later(
    school: School,
) -> None:
    await school.says("u-liu", FIRST)
    await school.says("u-ma", SECOND)
    await school.says("u-liu", "撤回 #1", at="03-19 09:00")
    await school.at("03-19 09:20")
    await school.says("u-chen", "报线索 张某某 13800010001", at="03-20 09:00")
    assert await school.says("u-chen", "我的")
    [taken] = await school.presses("u-ma", "由我接上")
    assert taken.startswith("已由您接上：#3，按您 3月18日")
    assert kept(school) == [3, 2]
    await school.at("03-20 09:30")
    assert "#2" in school.last("u-chen")
    assert "回到排队" in school.last("u-chen")
    await school.says("u-ma", "撤回 #3")
    await school.at("03-20 10:30")
    assert "又接上了" in school.last("u-chen")


async def test_a_link_of_another_unit_is_kept_in_line_and_counts_by_its_own_date(
    school: School,
) -> None:
    await school.says("u-chen", f"报新闻 开幕式 {POST}", at="04-28 10:00")
    [answer] = await school.says("u-min", f"报新闻 技能节 {POST}", at="04-29 10:00")
    assert answer.startswith("未收第 1 条：同一链接 4月28日 已报（#1）。已为您排队：")
    [again] = await school.says("u-min", f"报新闻 技能节 {POST}")
    assert again == "未收第 1 条：同一链接 4月28日 已报（#1）。"
    await school.says("u-wu", "退回 #1 不是你部门的稿", at="05-06 10:00")
    await school.says("u-min", f"报新闻 技能节 {POST}", at="05-06 10:05")
    with school.app.db.reading() as tx:
        entry = ledger.entry(tx, 2)
    assert entry.title == "技能节"
    assert entry.fact.happened_at < school.clock.now() - 6 * 86_400


async def test_who_is_erased_leaves_nobody_in_line(school: School) -> None:
    await school.says("u-liu", FIRST)
    await school.says("u-ma", SECOND)
    await school.says("u-liu", "抹除 13800010001")
    await school.presses("u-sun", "确认抹除 #1")
    assert kept(school) == []


async def test_in_the_group_nothing_is_said_of_who_was_first(school: School) -> None:
    await school.says("u-liu", FIRST)
    [answer] = await school.says("u-ma", SECOND, group=GROUP)
    assert answer.endswith("这条之前已有人报过，没有重复计；已为您排队。")
    assert "13800010001" not in answer
