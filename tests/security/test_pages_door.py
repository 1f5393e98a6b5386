"""Who gets into the signed-in pages, who stays out, and what a browser is told to keep."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest

from bot.pages.entering import WANTED
from bot.services.patience import LIMITS
from db import audit
from db.engine.database import Database
from scoring.moments import HOUR, MINUTE
from tests.worlds.paged import Served, claimed, pages_of
from tests.worlds.school import close_school, open_school


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, start="04-03 09:00", claimed=claimed())
    async with pages_of(school) as pages:
        yield pages
    close_school(school)


def later(served: Served, seconds: int) -> None:
    served.school.clock.advance(served.school.clock.now() + seconds)


async def test_looking_at_a_link_spends_nothing_and_pressing_spends_it(served: Served) -> None:
    link, scanner, other = await served.link("u-wu"), served.visitor(), served.visitor()
    for _ in range(3):
        page = await scanner.opens(link)
        assert (page.status, "吴敏" in page.text) == (200, True)
    assert (await scanner.opens("/")).status == 401
    assert (await scanner.posts(link, {})).status == 200
    assert (await scanner.opens("/")).status == 200
    for again in (await other.opens(link), await other.posts(link, {})):
        assert (again.status, "再说一次" in again.text) == (404, True)
    assert (await other.opens("/")).status == 401


async def test_a_link_ends_after_ten_minutes_and_by_the_next_one(served: Served) -> None:
    visitor = served.visitor()
    first, second = await served.link("u-wu"), await served.link("u-wu")
    assert (await visitor.opens(first)).status == 404
    later(served, 10 * MINUTE)
    assert (await visitor.posts(second, {})).status == 404


async def test_a_session_ends_after_twelve_hours(served: Served) -> None:
    visitor = await served.enters("u-wu")
    later(served, 12 * HOUR - 1)
    assert (await visitor.opens("/")).status == 200
    later(served, 1)
    page = await visitor.opens("/")
    assert (page.status, "网页" in page.text) == (401, True)


async def test_a_session_ends_with_the_rights_it_began_with(served: Served) -> None:
    school, visitor = served.school, await served.enters("u-qian")
    await school.says("u-he", "授权 钱峰 考核组")
    await school.presses("u-he", "确认")
    assert (await visitor.opens("/")).status == 401
    again = await served.enters("u-qian")
    await school.says("u-he", "离职 M0008")
    await school.presses("u-he", "确认")
    assert (await again.opens("/")).status == 401


async def test_one_comes_to_the_page_that_was_sent(served: Served) -> None:
    for wanted, comes_to in (
        ("/pages/units/it?until=2024-04-01", "/pages/units/it?until=2024-04-01"),
        ("/pages/units/it?known=%E6%98%A8%3B%22", "/pages/units/it?known=%E6%98%A8%3B%22"),
        ("/pages/none", "/pages/"),
        ("/pages/leave", "/pages/"),
        ("/pages/pictures/1", "/pages/"),
        ("/pages/?until=" + "9" * 600, "/pages/"),
        ("//evil.example/pages/units/it", "/pages/"),
    ):
        visitor = served.visitor()
        await visitor.opens(f"{served.url}{wanted}" if wanted.startswith("//") else wanted)
        page = await visitor.posts(await served.link("u-wu"), {})
        assert page.address == comes_to, wanted
        again = await visitor.posts(await served.link("u-wu"), {})
        assert again.address == "/pages/"


async def test_whose_session_has_ended_comes_back_to_the_page_of_the_form(served: Served) -> None:
    visitor = await served.enters("u-wu")
    form = (await visitor.opens("/units/it?until=2024-04-01")).form("退出")
    fields = {**form.fields, "back": "/pages/units/it?until=2024-04-01", "says": "queue"}
    later(served, 12 * HOUR)
    page = await visitor.posts("/pages/do", fields)
    assert (page.status, "就回到这一页" in page.text) == (401, True)
    page = await visitor.posts(await served.link("u-wu"), {})
    assert page.address == "/pages/units/it?until=2024-04-01"
    assert "就回到这一页" not in (await served.visitor().opens("/pictures/1")).text


FORGED = (
    "https://evil.example/pages/units/it",
    "//evil.example/pages/units/it",
    "/\\evil.example/pages/",
    "/pages//evil.example",
    "/pages/units/it\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "%00",
    "%ff",
)


async def test_nobody_is_led_elsewhere_by_what_a_browser_says_it_wanted(served: Served) -> None:
    for forged in FORGED:
        visitor = served.visitor()
        visitor.session.cookie_jar.update_cookies({WANTED: quote(forged, safe="%")})
        page = await visitor.posts(await served.link("u-wu"), {})
        assert (page.status, page.address) == (200, "/pages/"), forged


async def test_one_leaves_and_an_administrator_makes_others_leave(served: Served) -> None:
    school, visitor = served.school, await served.enters("u-wu")
    page = await visitor.opens("/")
    left = await visitor.presses(page, "退出")
    assert (left.status, "已退出" in left.text) == (200, True)
    assert (await visitor.opens("/")).status == 401

    one, two = await served.enters("u-wu"), await served.enters("u-chen")
    assert "只有管理员" in (await school.says("u-chen", "网页 退出 吴敏"))[-1]
    await school.says("u-he", "网页 退出 吴敏")
    assert (await one.opens("/")).status == 401
    await school.says("u-chen", "网页 退出")
    assert (await two.opens("/")).status == 401
    with school.app.db.reading() as tx:
        assert [row.action for row in audit.about(tx, "T1002")][-2:] == ["web_entered", "web_ended"]


async def test_no_other_site_makes_a_visitor_do_anything(served: Served) -> None:
    visitor = await served.enters("u-wu")
    form = (await visitor.opens("/")).form("发到聊天")
    foreign = (
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
    )
    for headers in foreign:
        assert (await visitor.posts(form.action, form.fields, **headers)).status == 403
    assert (await visitor.opens("/", Host="evil.example")).status == 421
    other = await served.enters("u-zheng")
    theirs = (await other.opens("/")).form("发到聊天")
    mixed = {**form.fields, "form": theirs.fields["form"]}
    assert (await visitor.posts(form.action, mixed)).status == 403
    assert (await visitor.posts(form.action, {**form.fields, "once": "x"})).status == 400
    done = await visitor.posts(form.action, form.fields)
    assert (done.status, "正在" in done.text or "导出" in done.text) == (200, True)


async def test_the_same_form_sent_twice_is_done_once(served: Served) -> None:
    visitor = await served.enters("u-zhao")
    await served.school.says("u-chen", "交接")
    page = await visitor.opens("/")
    fields = {**page.form("退出").fields, "once": "0" * 32, "back": "/pages/"}
    done = await visitor.posts("/pages/do", {**fields, "says": "approve #1"})
    again = await visitor.posts("/pages/do", {**fields, "says": "approve #1"})
    assert "已核实" in done.text
    assert "没有重复办理" in again.text


async def test_a_page_is_kept_nowhere_and_tells_nobody(served: Served) -> None:
    visitor = await served.enters("u-wu")
    [cookie] = visitor.session.cookie_jar
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    for page in (await visitor.opens("/"), await visitor.opens("/none"), await visitor.opens("/x")):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in page.body.replace("http-equiv", "")  # no address of anybody else
        assert " style=" not in page.body
        assert " onclick" not in page.body


async def test_guesses_and_floods_are_soon_not_looked_at(served: Served) -> None:
    stranger = served.visitor()
    most = LIMITS["guess"][0]
    statuses = [(await stranger.opens(f"/enter/{number}")).status for number in range(most + 3)]
    assert statuses[:most] == [404] * most
    assert statuses[-1] == 429
    visitor = served.visitor()
    link = await served.link("u-wu")
    elsewhere = {"X_Forwarded_For": "192.0.2.7"}
    assert (await visitor.opens(link, **elsewhere)).status == 200
    later(served, MINUTE)
    assert (await visitor.posts(link, {})).status == 200


HOSTILE = (
    "/?until=%00", "/?until=9999-12-31", "/?until=2024-13-01", "/?known=0001-01-01",
    "/?until=" + "9" * 199, "/?until=" + "x" * 5_000, "/units/" + "%2e%2e%2f" * 9,
    "/units/%F0%9F%98%80", "/units/it?until=昨天", "//evil.example/", "/units/it/../..",
)  # fmt: skip


async def test_absurd_addresses_get_a_plain_page(served: Served) -> None:
    visitor = await served.enters("u-wu")
    for path in HOSTILE:
        page = await visitor.opens(path)
        assert page.status < 500, path
        assert page.status == 200 or "回到总览" in page.text or not page.text, path
    page = await visitor.opens("/")
    fields = {**page.form("退出").fields, "once": "1" * 32, "says": "queue"}
    for back in ("https://evil.example/", "//evil.example", "/pages/none", "/", "javascript:x"):
        answer = await visitor.posts("/pages/do", {**fields, "back": back})
        assert answer.status in (200, 404)
        assert "evil" not in answer.body.replace(back, "") or answer.status == 404
    assert (await visitor.posts("/pages/do", b"x" * 40_000)).status == 413
    assert (await visitor.posts("/pages/do", b"a=1&" * 500)).status == 400
    long = {**fields, "once": "2" * 32, "back": "/pages/", "more": "长" * 10_000}
    assert (await visitor.posts("/pages/do", long)).status == 413


async def test_where_no_address_is_set_the_word_says_so(sqlite_database: Database) -> None:
    school = await open_school(sqlite_database)
    assert "PROMOBOT_WEB_URL" in (await school.says("u-chen", "网页"))[-1]
    close_school(school)


async def test_a_link_asked_for_in_a_group_goes_to_the_asker_alone(served: Served) -> None:
    school = served.school
    await school.says("u-wu", "得分")
    said = await school.says("u-wu", "@宣传助手 网页", group="staff")
    assert not any("/pages/" in message.text for message in school.shown("", "staff"))
    assert any("/pages/enter/" in text for text in said)
