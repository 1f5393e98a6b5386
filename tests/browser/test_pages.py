"""The signed-in pages in a real browser, after the acceptance month: every page at three widths,
review and desk by keyboard.

A machine without a Chromium says so and skips them; CI, which brings one, never does.
"""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.pages.views import table
from db import audit, ledger
from db.engine.database import Database
from tests.browser.axe import findings
from tests.browser.chromium import Page, installed, opened
from tests.conftest import KEY
from tests.worlds.episodes import WORKS
from tests.worlds.lived import lived_in
from tests.worlds.paged import Served, claimed, pages_of
from tests.worlds.school import close_school

pytestmark = [
    pytest.mark.skipif(
        installed() is None and not os.environ.get("CI"),
        reason="no Chromium is installed on this machine",
    ),
    pytest.mark.asyncio(loop_scope="module"),
]

LOOKS = Path(__file__).with_name("looks.js").read_text("utf-8")
SPOILT = """
document.querySelector("main").insertAdjacentHTML(
  "beforeend", `<input><h4>x</h4><p id=pale>pale</p><img><button id=low></button>
    <table><tr><th>x</table>`);
document.getElementById("pale").style.color = "#ddd";
document.getElementById("low").style.minHeight = 0;
document.getElementById("pale").style.width = "3000px";
"""
WIDTHS = (1280, 768, 360)
SEEN = {
    "u-wu": (
        "/", "/?until=2024-04-15&known=2024-04-20", "/units/it", "/units/academic_affairs",
        "/months?month=2024-04", "/readings", "/plans", "/search",
    ),
    "u-he": ("/reminders", "/roster", "/audit", "/health"),
    "u-zhao": ("/review", "/facts/203"),
    "u-sun": ("/leads?lead=200",),
}  # fmt: skip
"""What is looked at, by whom."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    sqlite_model: bytes, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    path = tmp_path_factory.mktemp("lived_in") / "school.db"
    path.write_bytes(sqlite_model)
    database = Database.open(f"sqlite:///{path}", KEY)
    school = await lived_in(database, claimed=claimed())
    async with pages_of(school) as pages:
        yield pages
    close_school(school)
    database.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    async with opened("about:blank", tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Page) -> AsyncIterator[Page]:
    """The browser's page; no error may be logged meanwhile."""
    browser.faults.clear()
    await browser.size(1280, 900)
    yield browser
    assert browser.faults == []


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


async def looked_at(page: Page, what: str) -> None:
    """The page that is open, at every width: nothing of it is hard to read or to reach."""
    for width in WIDTHS:
        await page.size(width, 900)
        assert await page.js(LOOKS) == [], (what, width)
    assert await findings(page) == [], what


async def test_every_page_at_every_width(served: Served, page: Page) -> None:
    paths = [path for some in SEEN.values() for path in some]
    assert {table.found(f"/pages{path}")[0] for path in paths} == {*table.VIEWS}
    await page.goes(served.url + await served.link("u-wu"))
    await looked_at(page, "the way in")
    for account, some in SEEN.items():
        await signs_in(page, served, account)
        for path in some:
            await page.goes(f"{served.url}/pages{path}")
            await looked_at(page, path)
    await page.goes(f"{served.url}/pages/")
    assert await page.sheets() == 1


async def test_what_is_hard_to_read_is_found(served: Served, page: Page) -> None:
    await signs_in(page, served, "u-wu")
    await page.js(SPOILT)
    found = " ".join(await page.js(LOOKS))
    for fault in ("too low", "wider", "heads nothing"):
        assert fault in found, fault
    rules = {one["id"] for one in await findings(page)}
    assert {"label", "button-name", "image-alt", "color-contrast", "heading-order"} <= rules


async def tabs_to(page: Page, words: str) -> None:
    """Go by Tab to the link or button of these words."""
    for _ in range(30):
        await page.press("Tab")
        if await page.js("document.activeElement.innerText") == words:
            return
    raise AssertionError(f"no Tab leads to {words}")


async def goes_down_to(page: Page, number: int) -> None:
    """Go by j to the row of a report."""
    for _ in range(30):
        if (await page.js("document.activeElement.ariaLabel") or "").startswith(f"#{number} "):
            return
        await page.press("j")
    raise AssertionError(f"no j leads to #{number}")


async def test_review_and_desk_by_keyboard_alone(served: Served, page: Page) -> None:
    school = served.school
    titles = ("机房的一天", "实训", "宿舍")
    for place, title in enumerate(titles):
        await school.says("u-jing", WORKS.format(title, f"k{place}"))
    with school.app.db.reading() as tx:
        first, second, third = sorted(row.fact for row in ledger.queue(tx, ("video",)))[-3:]
    await signs_in(page, served, "u-zhao")
    await tabs_to(page, "待审")
    await page.press("Enter")
    await page.until("location.pathname === '/pages/review'")
    await goes_down_to(page, second)
    await page.press("a")
    await page.until("document.querySelector('.told')?.innerText.includes('实训')")
    assert last_action(served, second) == "approve"
    assert await page.js("location.pathname") == "/pages/review"

    await page.press("j")
    await goes_down_to(page, first)
    await page.press("r")
    await page.write("画面太暗")
    await page.press("Enter")
    await page.until("document.querySelector('.told')?.innerText.includes('画面太暗')")
    assert last_action(served, first) == "reject"
    await page.press("j")
    await goes_down_to(page, third)
    await page.press("o")
    await page.until("document.querySelector('.told')?.innerText.includes('宿舍')")
    assert last_action(served, third) == "off_topic"

    await signs_in(page, served, "u-sun")
    await tabs_to(page, "线索")
    await page.press("Enter")
    await page.until("location.pathname === '/pages/leads'")
    await tabs_to(page, "从第一条开始打")
    await page.press("Enter")
    await page.until("document.querySelector('.phone').innerText === '13800010001'")
    await page.press("u")
    await page.until("document.querySelector('.phone')?.innerText === '13900020002'")
    await page.press("a")
    await page.until("document.body.innerText.includes('待认定 2 条')")
    assert last_action(served, 201) == "approve"
