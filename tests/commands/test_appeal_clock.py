"""The clock of an appeal (C14) over holidays, the year's end, leave and a changed roster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from commands.months.compose import compose
from commands.months.report import OpenItem
from db.engine.database import Database
from tests.worlds.school import School, close_school, open_school


@asynccontextmanager
async def opened(database: Database, start: str) -> AsyncIterator[School]:
    school = await open_school(database, start=start)
    yield school
    close_school(school)


def open_items(school: School, month: str) -> tuple[OpenItem, ...]:
    with school.app.db.reading() as tx:
        return compose(tx, school.plan, month, school.clock.now()).open


async def late(school: School, at: str = "04-01 09:12") -> None:
    await school.says("u-ma", "交接", at=at)
    await school.says("u-zhao", "通过 #1")


def heard(school: School, account: str, said: str = "申诉 #2") -> list[str]:
    return [one.text for one in school.shown(account) if one.author is None and said in one.text]


async def test_five_workdays_or_until_a_month_s_objections_end(sqlite_database: Database) -> None:
    """And the month says of what it holds that it is contested, whenever that was sent."""
    async with opened(sqlite_database, "04-26 09:00") as school:
        await school.says("u-min", "报新闻 一 https://a.cn/1")
        await school.says("u-wu", "退回 #1 没有图", at="04-26 10:00")
        said = await school.says("u-wang", "申诉 #1 有图", at="05-08 09:00")
        assert said[0].startswith("已收申诉 #2"), "April's objections end on 5月8日"
        for month in ("2024-04", "2024-05"):
            [item] = [one for one in open_items(school, month) if one.what == "申诉中"]
            assert (item.unit, item.total, item.oldest) == ("机电", 1, 2)
            assert item.who == ("吴敏", "郑涛")
        await school.says("u-wang", "撤回 #2")
        assert not [one for one in open_items(school, "2024-04") if one.what == "申诉中"]
        [refused] = await school.says("u-wang", "申诉 #1 有图", at="05-09 09:00")
        assert refused == (
            "#1 的决定是 4月26日 作出的，申诉到5月8日（周三）为止，没有登记。"
            "有情况可发：反映 #1 理由"
        )


async def test_a_handler_who_leaves_has_somebody_in_his_place_next_morning(school: School) -> None:
    await late(school)
    await school.says("u-lin", "申诉 #1 没人值班", at="04-02 10:00")
    await school.says("u-he", "离职 M0002 4月2日")
    await school.presses("u-he", "确认")
    [state] = await school.says("u-lin", "申诉 #2")
    assert "在办：吴敏办理" in state
    await school.at("04-03 09:30")
    [stead] = [text for text in heard(school, "u-wu") if "代办" in text]
    assert "原办理人不在，请您代办，4月8日（周一） 24:00 前答复：没人值班" in stead
    assert school.buttons("u-wu")[:2] == ["成立", "不成立"]
    await school.says("u-wu", "处理 #2 不成立 值班到12点")
    await school.presses("u-wu", "确认")
    assert heard(school, "u-lin")[-1].startswith("申诉 #2（对 #1）不成立：值班到12点（吴敏）")


async def test_where_nobody_is_left_the_administrator_is_asked_for_one(school: School) -> None:
    await late(school)
    await school.says("u-lin", "申诉 #1 没人值班", at="04-02 10:00")
    for number in ("M0002", "T1002"):
        await school.says("u-he", f"离职 {number} 4月2日")
        await school.presses("u-he", "确认")
    await school.at("04-03 09:30")
    [asked] = heard(school, "u-he", "现在没有能办理的人")
    assert "授权 姓名 考核组" in asked
    await school.says("u-he", "授权 白露 考核组 到 4月30日")
    await school.presses("u-he", "确认")
    [state] = await school.says("u-lin", "申诉 #2")
    assert "白露办理" in state


async def test_a_new_head_hears_the_answer_and_can_take_it_back(school: School) -> None:
    await late(school)
    await school.says("u-lin", "申诉 #1 没人值班", at="04-02 10:00")
    assert await school.says("u-ma", "撤回 #2") == ["#2 不是您报的，没有改动。"]
    await school.says("u-he", "调动 林芳 机电 4月2日")
    await school.presses("u-he", "确认")
    await school.says("u-he", "授权 马超 部门负责人")
    await school.presses("u-he", "确认")
    await school.says("u-zheng", "处理 #2 不成立 值班到12点")
    await school.presses("u-zheng", "确认")
    assert heard(school, "u-ma")[-1].startswith("申诉 #2（对 #1）不成立")
    assert heard(school, "u-lin")[-1].startswith("申诉 #2（对 #1）不成立"), "it was hers"
    await school.says("u-ma", "申诉 #1 再核一次")
    await school.says("u-ma", "撤回 #3")
    assert school.last("u-ma") == "已撤回 #3，不再计数。"


async def test_a_day_declared_off_meanwhile_stops_no_clock(school: School) -> None:
    await late(school)
    await school.says("u-lin", "申诉 #1 没人值班", at="04-02 10:00")
    await school.says("u-he", "校历 4月8日 放假 运动会")
    await school.at("04-07 09:30")
    assert [text for text in heard(school, "u-zheng") if "请在 4月8日" in text and "24:00" in text]
    await school.at("04-09 09:30")
    assert [text for text in heard(school, "u-wu") if "到期还没有答复" in text]
    [state] = await school.says("u-lin", "申诉 #2")
    assert state == "申诉 #2（对 #1）在办：郑涛办理，原定 4月8日（周一）前答复，已过，正在催办。"


async def test_an_appeal_of_january_is_the_old_year_s_and_answered_without_a_new_plan(
    sqlite_database: Database,
) -> None:
    async with opened(sqlite_database, "12-27 09:00") as school:
        await school.says("u-min", "报视频 年终 https://v.cn/1")
        await school.says("u-zhao", "退回 #1 太暗", at="12-30 09:00")
        said = await school.says("u-wang", "申诉 #1 不暗", at="2025-01-02 10:00")
        assert said[0].startswith("已收申诉 #2（对 #1），1月7日（周二）前答复：郑涛办理")
        [again] = await school.says("u-wang", "申诉 #1 不暗")
        assert again.startswith("#1 已有申诉 #2 在办")
        await school.at("2025-01-06 09:30")
        assert [text for text in heard(school, "u-zheng") if "请在 1月7日" in text]
        assert [one for one in open_items(school, "2024-12") if one.what == "申诉中"]
        await school.says("u-zheng", "处理 #2 成立 复看正常")
        await school.presses("u-zheng", "确认")
        assert school.last("u-zheng").endswith("#1 已通过，按首次的时间计。")
