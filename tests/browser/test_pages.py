"""The signed-in pages in a real browser: every page at three widths, review and desk by keyboard.

A machine without a Chromium says so and skips them; CI, which brings one, never does.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.pages.views.table import VIEWS
from db import audit
from db.engine.database import Database
from tests.browser.chromium import Page, installed, opened
from tests.worlds.episodes import WORKS
from tests.worlds.paged import Served, claimed, pages_of
from tests.worlds.school import close_school, open_school

pytestmark = pytest.mark.skipif(
    installed() is None and not os.environ.get("CI"),
    reason="no Chromium is installed on this machine",
)

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
SPOILT = """
document.querySelector("main").insertAdjacentHTML(
  "beforeend", "<input><h4>x</h4><p id=pale>pale</p><img><button></button>");
document.getElementById("pale").style.color = "#ddd";
document.getElementById("pale").style.width = "3000px";
"""
WIDTHS = (1280, 768, 360)
LOOKING = {"/units/{unit}": "/units/it", "/facts/{number}": "/facts/1"}


@pytest.fixture
async def served(sqlite_database: Database) -> AsyncIterator[Served]:
    school = await open_school(sqlite_database, start="04-15 09:00", claimed=claimed())
    for number, title in enumerate(("机房的一天", "实训", "宿舍"), start=1):
        await school.says("u-chen", WORKS.format(title, f"a{number}"))
    for phone in ("13800010001", "13900020002"):
        await school.says("u-liu", f"报线索 张某 {phone} 初三")
    async with pages_of(school) as pages:
        yield pages
    close_school(school)


async def signs_in(page: Page, served: Served, account: str) -> None:
    await page.goes(served.url + await served.link(account))
    await page.press("Tab")
    await page.press("Enter")
    await page.until("!!document.querySelector('nav')")


def last_action(served: Served, number: int) -> str:
    with served.school.app.db.reading() as tx:
        row = audit.last(tx, f"#{number}")
    assert row is not None
    return str(row.action)


async def test_every_page_at_every_width(served: Served, tmp_path: Path) -> None:
    async with opened("about:blank", tmp_path / "chromium") as page:
        for account, roles in (("u-wu", "考核组"), ("u-he", "管理员")):
            await signs_in(page, served, account)
            for view in VIEWS:
                if view.roles and roles not in view.roles:
                    continue
                await page.goes(f"{served.url}/pages{LOOKING.get(view.path, view.path)}")
                for width in WIDTHS:
                    await page.size(width, 900)
                    assert await page.js(LOOKS) == [], (view.path, width)
        await page.goes(f"{served.url}/pages/")
        assert await page.sheets() == 1
        assert page.faults == []
        await page.js(SPOILT)
        found = " ".join(await page.js(LOOKS))
        for fault in ("no label", "heading skips", "pale", "bare", "wider", "no words"):
            assert fault in found, fault


async def test_review_and_desk_by_keyboard_alone(served: Served, tmp_path: Path) -> None:
    async with opened("about:blank", tmp_path / "chromium") as page:
        await signs_in(page, served, "u-zhao")
        await page.goes(f"{served.url}/pages/review")
        await page.press("j")
        await page.until("document.activeElement.ariaLabel?.startsWith('#2')")
        await page.press("a")
        await page.until("document.querySelector('.told')?.innerText.includes('实训')")
        assert last_action(served, 2) == "approve"
        assert await page.js("location.pathname") == "/pages/review"

        await page.press("j")
        await page.press("r")
        await page.write("画面太暗")
        await page.press("Enter")
        await page.until("document.querySelector('.told')?.innerText.includes('画面太暗')")
        assert last_action(served, 1) == "reject"
        await page.press("j")
        await page.press("o")
        await page.until("document.body.innerText.includes('没有等您审的')")
        assert last_action(served, 3) == "off_topic"

        await signs_in(page, served, "u-sun")
        await page.goes(f"{served.url}/pages/leads?lead=4")
        await page.until("document.querySelector('.phone').innerText === '13800010001'")
        await page.press("u")
        await page.until("document.querySelector('.phone')?.innerText === '13900020002'")
        await page.press("j")
        await page.press("a")
        await page.until("document.body.innerText.includes('待认定 1 条')")
        assert last_action(served, 5) == "approve"
        assert page.faults == []
