"""The pages of the office over a lived-in month: each for its roles, each with what it is for."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.pages.pictures import ONE_LOOK
from bot.pages.views import reminders as lists_of_reminders
from bot.pages.views import search
from bot.pages.views.table import VIEWS
from db import audit, histories, pictures
from db.engine.database import Database
from db.engine.tx import Tx
from db.schema import leads
from tests.conftest import KEY
from tests.worlds.episodes import WORKS, frozen
from tests.worlds.paged import Served, Visitor, claimed, pages_of
from tests.worlds.school import ROSTER, close_school, open_school

LEADS = select(leads.c.fact)
LOOKING = {"/units/{unit}": "/units/it", "/facts/{number}": "/facts/1"}
ACCOUNTS = {
    "u-wu": "考核组",
    "u-sun": "招办",
    "u-zhao": "融媒体中心",
    "u-he": "管理员",
    "u-han": "董办",
    "u-liu": "教师",
}


NOW = "05-09 10:00"
STORY = (
    ("u-chen", "交接"),
    ("u-zhao", "通过 #1"),
    ("u-chen", "报PPT 专业介绍 https://example.cn/ppt"),
    ("u-li", "通过 #2"),
    ("u-chen", WORKS.format("机房的一天", "a1")),
    ("u-zhao", "通过 #3"),
    ("u-liu", "报线索 张某 13800010001 初三"),
)


@pytest.fixture(scope="module")
def lived_in(sqlite_model: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The database of a school after a month that was reported, filled once."""
    path = tmp_path_factory.mktemp("lived_in") / "school.db"
    path.write_bytes(sqlite_model)
    database = Database.open(f"sqlite:///{path}", KEY)

    async def fill() -> None:
        school = await open_school(database, start="04-28 09:00")
        for account, text in STORY:
            await school.says(account, text)
        await frozen(school, at=NOW)
        close_school(school)

    asyncio.run(fill())
    database.close()
    return path.read_bytes()


@pytest.fixture
async def served(lived_in: bytes, tmp_path: Path) -> AsyncIterator[Served]:
    path = tmp_path / "school.db"
    path.write_bytes(lived_in)
    database = Database.open(f"sqlite:///{path}", KEY)
    school = await open_school(database, start=NOW, claimed=claimed(), again=True)
    async with pages_of(school) as pages:
        yield pages
    close_school(school)
    database.close()


async def test_each_page_is_for_its_roles_and_the_menu_offers_no_other(served: Served) -> None:
    for account, role in ACCOUNTS.items():
        visitor = await served.enters(account)
        menu = {link for link in (await visitor.opens("/")).links if link.startswith("/pages/")}
        for view in VIEWS:
            page = await visitor.opens(LOOKING.get(view.path, view.path))
            may = not view.roles or role in view.roles
            assert page.status == (200 if may else 403), (account, view.path)
            assert not view.listed or (f"/pages{view.path}" in menu) == may, (account, view.path)


async def test_the_pages_hold_what_they_are_for(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    wu, he = await served.enters("u-wu"), await served.enters("u-he")
    months = await wu.opens("/months?month=2024-04")
    assert "吴敏、郑涛" in months.text
    assert re.search(r"[0-9a-f]{64}", months.text)
    assert "信息工程系" in months.text
    assert (await wu.opens("/months?month=2024-03")).status == 404
    paper = await wu.presses(months, "文稿")
    table = await wu.presses(months, "明细表")
    assert [one.data[:2] for one in (paper, table)] == [b"PK", b"PK"]
    assert ".docx" in paper.headers["Content-Disposition"]
    assert ".xlsx" in table.headers["Content-Disposition"]

    assert "A02" in (await wu.opens("/readings")).text
    tried = await wu.posts(
        "/pages/do",
        {**(await wu.opens("/readings")).form("试算").fields, "says": "whatif A02", "more": "顺延"},
    )
    assert tried.status == 200
    assert "A02" in tried.text

    assert "程序自带" in (await wu.opens("/plans")).text
    assert (await wu.opens("/plans?year=2024&old=1&new=9")).status == 404
    assert "两版的内容一样" in (await wu.opens("/plans?year=2024&old=1&new=1")).text

    reminders = await he.opens("/reminders")
    assert "已送到" in reminders.text
    assert "周五汇总" in reminders.text
    monkeypatch.setattr(lists_of_reminders, "PAGE", 2)
    lists, page = [], await he.opens("/reminders")
    while following := [link for link in page.links if "audience=" in link]:
        lists += re.findall(r"<tr><td>(.*?)</tr>", page.body.partition("发过的")[2])
        page = await he.opens("/reminders" + html.unescape(following[0]))
    lists += re.findall(r"<tr><td>(.*?)</tr>", page.body.partition("发过的")[2])
    monkeypatch.undo()
    assert lists == re.findall(r"<tr><td>(.*?)</tr>", reminders.body.partition("发过的")[2])
    assert len(lists) > 4
    assert "陈晓" in (await he.opens("/roster?unit=it")).text
    assert "陈晓" not in (await he.opens("/roster?unit=art")).text
    assert (await he.opens("/roster?unit=none")).status == 400
    with served.school.app.db.reading() as tx:
        served.pages.figures.samples.append(served.pages.figures.now(tx))
    health = await he.opens("/health")
    assert "等着送的消息" in health.text
    assert "还没有备份" in health.text


async def test_a_new_roster_is_looked_at_before_it_counts(served: Served) -> None:
    he = await served.enters("u-he")
    form = (await he.opens("/roster")).form("先看看会变什么")
    grown = ROSTER.read_bytes() + "T9999,新来的,信息工程系,教师,,\n".encode()
    shown = await he.uploads(form.fields, "名册.csv", grown)
    assert "新增 1，改 0，离 0，错 0" in shown.text
    assert "新来的" not in (await he.opens("/roster?unit=it")).text
    done = await he.presses(shown, "导入")
    assert "新来的" in (await he.opens("/roster?unit=it")).text
    again = done.form("先看看会变什么").fields
    refused = await he.uploads(again, "名册.csv", grown + b"T1,,,,\n")
    assert "没有导入。 第 29 行 姓名为空" in refused.text
    assert "导入" not in [label for form in refused.forms for label in form.labels]
    chen = await served.enters("u-chen")
    fields = (await chen.opens("/")).form("退出").fields | {"once": "1" * 32, "says": "roster"}
    told = await chen.uploads(fields, "名册.csv", grown)
    assert "管理员" in told.text


async def test_the_trail_is_searched_page_by_page(served: Served) -> None:
    he = await served.enters("u-he")
    newest = await he.opens("/audit")
    assert "登录网页" in newest.text
    assert "批准" not in newest.text
    by_subject = await he.opens("/audit?subject=1")
    assert by_subject.text.count("#1") == 2  # reported, approved
    by_person = await he.opens("/audit?who=M0007&action=approve")
    assert "赵倩" in by_person.text
    assert "陈晓" not in by_person.text
    assert (await he.opens("/audit?who=X1")).status == 404
    assert (await he.opens("/audit?before=-1")).status == 400
    with served.school.app.db.reading() as tx:
        rows, further = audit.page(tx, 0, 3)
        again, _ = audit.page(tx, further, 3)
    assert rows[-1].id == further
    assert [row.id for row in again] == [further - 1, further - 2, further - 3]


async def test_what_is_searched_for_stands_in_no_address(served: Served) -> None:
    wu, chen = await served.enters("u-wu"), await served.enters("u-chen")

    async def finds(visitor: Visitor, said: str) -> str:
        page = await visitor.presses(await visitor.opens("/search"), "查找", q=said)
        assert page.status == 200
        assert said not in "".join(page.links)
        assert 'data-back="/pages/search"' in page.body
        return page.text

    assert "#2" in await finds(wu, "专业介绍")
    assert "#2" in await finds(wu, "#2")
    assert "#3" in await finds(wu, "陈晓")
    assert "#3" in await finds(chen, "陈晓")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "PAGE", 2)
        page = await wu.presses(await wu.opens("/search"), "查找", q="陈晓")
        assert ("#3" in page.text, "#1" in page.text) == (True, False)
        older = await wu.presses(page, "再往前找")
        assert ("#3" in older.text, "#1" in older.text) == (False, True)
        assert "再往前找" not in older.text
    assert "没有找到" in await finds(chen, "吴敏")
    lead = await finds(wu, "138 0001 0001")
    assert "线索" in lead
    assert "没有找到" in await finds(chen, "13800010001")
    assert "没有找到" in await finds(wu, "100%_!")
    for odd in ("长" * 10_000, "\x00", "' OR 1=1 --", "<script>", "9" * 400):
        page = await wu.presses(await wu.opens("/search"), "查找", q=odd)
        assert page.status in (200, 413)
        assert "<script>" not in page.body.replace("<script src", "")
    assert "专业介绍" not in (await wu.opens("/search?q=专业介绍")).text
    with served.school.app.db.reading() as tx:
        assert histories.titled(tx, "专业", 2, 5) == ([], 0)


async def test_one_report_is_seen_by_whom_it_is_for(served: Served) -> None:
    wu, chen = await served.enters("u-wu"), await served.enters("u-chen")
    page = await chen.opens("/facts/2")
    assert "4月28日 09:00 李校长 通过" in page.text
    with served.school.app.db.reading() as tx:
        [number] = [one.fact for one in tx.run(LEADS)]
    assert "138****0001" in (await wu.opens(f"/facts/{number}")).text
    assert (await chen.opens(f"/facts/{number}")).status == 404
    for odd in ("0", "999999999999999999999", "x", "-1", "1.5", "%00"):
        assert (await chen.opens(f"/facts/{odd}")).status in (400, 404)

    def attached(tx: Tx) -> None:
        kept = pictures.kept(b"\xff\xd8 a picture", tx.vault, tx.beside)
        pictures.add(tx, kept, fact=2, person=1, at=served.school.clock.now(), album="")

    await served.school.app.write(attached)
    [source] = re.findall(r'<img src="(/pages/pictures/\d+)"', (await chen.opens("/facts/2")).body)
    looked = await chen.opens(source)
    assert (looked.status, looked.headers["Content-Type"]) == (200, "image/jpeg")
    with served.school.app.db.reading() as tx:
        assert audit.about(tx, "#2")[-1].action == "look"
    await chen.opens(source)
    with served.school.app.db.reading() as tx:
        assert [row.action for row in audit.about(tx, "#2")].count("look") == 1
    served.school.clock.advance(served.school.clock.now() + ONE_LOOK)
    await chen.opens(source)
    with served.school.app.db.reading() as tx:
        assert [row.action for row in audit.about(tx, "#2")].count("look") == 2
    assert source in (await chen.opens("/units/it")).body
    liu = await served.enters("u-liu")
    for path in ("/facts/2", "/units/it"):
        assert "<img" not in (await liu.opens(path)).body
    assert (await liu.opens(source)).status == 404
    assert (await chen.opens("/pictures/x")).status == 404
