"""What the signed-in pages show is what the chat answers, now and looking back."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.pages.past import Past
from db import audit, histories, ledger, plans, weeks
from db.engine.database import Database
from scoring.cards import scorecard
from scoring.moments import end_of
from tests.worlds.episodes import appealed, reported
from tests.worlds.paged import Page, Served, claimed, pages_of
from tests.worlds.school import close_school, open_school

POINTS = re.compile(
    r'units/(\w+)[^>]*>([^<]+)</a>.*?data-name="得">([^<]*)<.*?data-name="应得">([^<]*)<', re.S
)


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, claimed=claimed())
    await reported(school)
    async with pages_of(school) as pages:
        yield pages
    close_school(school)


def shown(page: Page) -> dict[str, tuple[str, str]]:
    """Unit -> points and maximum, as the page has them."""
    return {
        name: (points.replace("－", "-"), most)
        for _, name, points, most in POINTS.findall(page.body)
    }


async def test_the_overview_has_the_points_that_the_chat_answers(served: Served) -> None:
    school, visitor = served.school, await served.enters("u-wu")
    for moment, query in (("", "/"), ("2024-03-30 23:59:59", "/?until=2024-03-30")):
        told = {
            card["unit"]: (card["points"], card["max"]) for card in school.score(moment)["units"]
        }
        assert shown(await visitor.opens(query)) == told
    line = await school.says("u-wu", "得分 信工 截至 3月31日")
    page = await visitor.opens("/units/it?until=2024-03-31")
    points, most = re.findall(r'class="sum"><b>([^<]+)</b> / ([^　]+)　', page.body)[0]
    assert f"得 {points} / 应得 {most}" in line[-1]


async def test_a_unit_has_each_reason_clause_and_fact(served: Served) -> None:
    school, visitor = served.school, await served.enters("u-chen")
    page = await visitor.opens("/units/it")
    card = next(card for card in school.score()["units"] if card["unit"] == "信息工程系")
    for item in card["items"]:
        if item["status"] != "na":
            assert item["because"] in page.text
            assert item["clause"] in page.text
    assert "#2 PPT《专业介绍》" in page.text
    assert "李校长 4月3日 09:00 通过" in page.text
    assert re.search(r"附件2 的任务 4月 14 .*视频 √ 第14周 达标 1/1 新闻 …", page.text), page.text
    assert (await visitor.opens("/units/no")).status == 404


async def test_what_was_known_then_is_shown_without_what_came_later(served: Served) -> None:
    school = served.school
    await appealed(school)
    await school.at("04-09 10:00")
    visitor = await served.enters("u-wu")
    then = await visitor.opens("/units/it?until=2024-04-02")
    assert "#2 PPT" not in then.text
    assert "#1 账号交接" in then.text
    later = await visitor.opens("/?until=2024-03-30&known=2024-04-08")
    assert "按 4月8日 24:00 知道的算" in later.text
    assert (await visitor.opens("/?until=2024-04-10")).status == 400


async def test_the_pages_ask_the_same_of_both_databases(database: Database) -> None:
    """The weeks are the tallies as known at their ends; titles and the trail are found in pages."""
    school, past = await open_school(database, start="04-01 09:00"), Past()
    await school.says("u-chen", "报视频 机房的一天 https://v.douyin.com/a1")
    await school.says("u-zhao", "通过 #1")
    ends = []
    for day in (10, 24):
        school.clock.advance(end_of(date(2024, 4, day)))
        await school.says("u-min", f"报视频 又一个 50% https://v.douyin.com/c{day}")
        with school.app.db.reading() as tx:
            found = past.weeks(tx, school.plan, plans.kept(tx), school.clock.now())
            for week in found:
                known = week.end - 1
                tallies = ledger.tallies_at(tx, school.plan, known, known)
                basis = ledger.basis(tx, school.plan, known, known)
                for unit in school.plan.scored_units:
                    card = scorecard(school.plan, unit, tallies, basis, week.end)
                    assert week.cards[unit.code] == card
            ends.append(found[-1].end)
    assert ends == [end_of(date(2024, 4, 7)), end_of(date(2024, 4, 21))]
    assert weeks.end(weeks.number(ends[0])) == end_of(date(2024, 4, 14))
    with school.app.db.reading() as tx:
        latest, further = histories.titled(tx, "50%", 0, 1)
        assert ([one.number for one in latest], further) == ([3], 3)
        assert [one.number for one in histories.titled(tx, "50%", further, 9)[0]] == [2]
        assert histories.titled(tx, "5_%", 0, 9)[0] == []
        min_ = latest[0].fact.person
        for before, numbers in ((ledger.FOREVER, [3, 2]), (3, [2]), (2, [])):
            mine = histories.of_person(tx, school.plan, min_, before=before)
            assert [one.number for one in mine] == numbers
        rows, further = audit.page(tx, 0, 2, action="video")
        assert [row.subject for row in rows] == ["#3", "#2"]
        assert [row.subject for row in audit.page(tx, further, 2, action="video")[0]] == ["#1"]
        at = {"until": school.clock.now(), "known": school.clock.now(), "most": 9}
        assert [one.number for one in histories.newest(tx, school.plan, "it", "video", **at)] == [1]
    close_school(school)
