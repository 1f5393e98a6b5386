"""What the signed-in pages show is what the chat answers, now and looking back."""

import re
from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.pages.past import Past
from db import ledger, plans, weeks
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


async def test_the_weeks_that_are_kept_are_the_tallies_as_known_at_their_ends(
    served: Served,
) -> None:
    school, past = served.school, Past()
    await appealed(school)
    ends = []
    for moment in ("04-10 10:00", "04-24 10:00"):
        await school.at(moment)
        await school.says("u-min", f"报视频 又一个 https://v.douyin.com/c{moment[3:5]}")
        with school.app.db.reading() as tx:
            shelf, now = plans.kept(tx), school.clock.now()
            found = past.weeks(tx, school.plan, shelf, now)
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
