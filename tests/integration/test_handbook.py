"""The guides by role on the pages' server: for everybody, without a sign-in and behind the same
door; 帮助 leads to one's own."""

from collections.abc import AsyncIterator

import pytest

from bot.pages import handbook
from bot.pages.door import HEADERS
from commands.help.guided import GUIDES, PATH
from db.engine.database import Database
from db.people import ROLES
from tests.worlds.paged import Served, claimed, pages_of
from tests.worlds.school import GROUP, School, close_school, open_school

LED = {
    "u-liu": "teacher",
    "u-chen": "officer",
    "u-wang": "head",
    "u-zhao": "media",
    "u-wu": "assessor",
    "u-sun": "desk",
    "u-li": "dean",
    "u-han": "dean",
    "u-he": "admin",
    "u-feng": "adviser",  # a teacher, too
    "u-kong": "head",  # an officer, too
}


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, start="04-01 09:00", claimed=claimed())
    async with pages_of(school) as pages:
        yield pages
    close_school(school)


async def test_a_guide_is_served_to_whoever_asks_behind_the_same_door(served: Served) -> None:
    visitor = served.visitor()
    for name in {*GUIDES.values()}:
        page = await visitor.opens(f"{PATH}/{name}")
        assert page.status == 200, name
        closed = {key: told for key, told in HEADERS.items() if key != "Cache-Control"}
        assert closed.items() <= dict(page.headers).items()
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Set-Cookie" not in page.headers
        assert {f"{PATH}/{other}" for other in GUIDES.values()} <= {*page.links}
        for file in handbook.FILES:
            if file in page.body:
                beside = await visitor.opens(f"{PATH}/{file}")
                assert beside.status == 200, file
                assert beside.headers["X-Content-Type-Options"] == "nosniff"
    for name in ("nobody", "teacher.html", "..%2Fteacher", "teacher-99.png", "教师"):
        assert (await visitor.opens(f"{PATH}/{name}")).status == 404, name
    assert (await visitor.opens(f"{PATH}/teacher", Host="elsewhere.example")).status == 421


async def test_help_leads_to_one_s_own_guide(served: Served) -> None:
    for account, name in LED.items():
        [said] = await served.school.says(account, "帮助")
        link = said.split("\n")[-1].partition("：")[2]
        assert link == f"{served.url}{PATH}/{name}", said
        assert (await served.visitor().opens(link.removeprefix(served.url))).status == 200
    [said] = await served.school.says("u-liu", "@宣传助手 帮助", group=GROUP)
    assert said.endswith(f"{PATH}/teacher")


async def test_a_signed_in_page_leads_to_one_s_own_guide_too(served: Served) -> None:
    visitor = await served.enters("u-wu")
    assert f"{PATH}/assessor" in (await visitor.opens("/")).links


def test_every_role_has_its_guide() -> None:
    assert {*GUIDES} == {*ROLES}


async def test_without_pages_help_is_as_it_was(school: School) -> None:
    [said] = await school.says("u-liu", "帮助")
    assert said.endswith("想知道一个词怎么用，请发：帮助 词")
    assert "/pages" not in said
