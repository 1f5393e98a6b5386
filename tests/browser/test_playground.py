"""The playground in a real browser: reporting, reviewing, scoring; narrow; by keyboard alone.

A machine without a Chromium says so and skips them; CI, which brings one, never does.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bot.playground.school import open_playground, playground
from bot.settings import Settings
from tests.browser.chromium import Page, installed, opened

pytestmark = pytest.mark.skipif(
    installed() is None and not os.environ.get("CI"),
    reason="no Chromium is installed on this machine",
)

Opener = Callable[..., AbstractAsyncContextManager[Page]]
PHONE = "document.querySelector('.pane.current')"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a playground that has been opened once."""
    folder = tmp_path_factory.mktemp("school")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        open_playground(Settings())[0].close()
    return folder


@pytest.fixture
async def browser(
    school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opener]:
    """Opens the playground at an address and a size; no error may be logged meanwhile."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(school / "data", tmp_path / "data")
    said: list[str] = []
    async with playground(Settings(http_port=0), said.append):
        port = re.search(r":(\d+)/", said[-1])
        assert port is not None

        @asynccontextmanager
        async def page(who: str = "", width: int = 1200, height: int = 800) -> AsyncIterator[Page]:
            url = f"http://127.0.0.1:{port[1]}/{who}"
            async with opened(url, tmp_path / "chromium", width, height) as found:
                await found.until("state.ready && document.querySelectorAll('.entry').length > 3")
                yield found
                assert found.faults == []

        yield page


def phone(account: str) -> str:
    """The pane of somebody's private chat, as an expression."""
    return f"panes.get('private:{account}').root"


def newest(account: str) -> str:
    """The text of the newest message there."""
    return f"{phone(account)}.querySelector('li:last-child').innerText"


def button(where: str, label: str) -> str:
    """The newest button of this label in a pane."""
    return f"[...{where}.querySelectorAll('.row button')].findLast(b => b.innerText === '{label}')"


def chip(where: str, word: str) -> str:
    """The word above somebody's line."""
    return f"[...{where}.querySelectorAll('.chips button')].find(b => b.innerText === '{word}')"


async def says(page: Page, account: str, text: str) -> None:
    await page.click(f"{phone(account)}.querySelector('textarea')")
    await page.write(text)
    await page.press("Enter")


async def points(page: Page, account: str) -> int:
    """What 得分 answers now."""
    before = await page.js(f"{phone(account)}.querySelectorAll('li').length")
    await page.click(chip(phone(account), "得分"))
    await page.until(f"{phone(account)}.querySelectorAll('li').length === {before + 2}")
    found = re.search(r" 得 (\d+) / 应得 39", await page.js(newest(account)))
    assert found is not None
    return int(found[1])


async def test_what_one_reports_another_approves_and_it_scores(browser: Opener) -> None:
    async with browser("#open=u-ma&open=u-li&who=u-ma") as page:
        before = await points(page, "u-ma")

        await says(page, "u-ma", "报PPT 漆艺专业介绍 https://pan.example.cn/p9")
        await page.until(f"{newest('u-ma')}.includes('已送院长审')")
        await page.until(f"{newest('u-li')}.includes('艺术 PPT《漆艺专业介绍》待您审')")
        await page.click(button(phone("u-li"), "通过"))

        await page.until(f"{newest('u-ma')}.includes('艺术 PPT 已通过')")
        await page.until(f"{phone('u-li')}.innerText.includes('已更新')")
        assert await points(page, "u-ma") == before + 5


async def test_everybody_who_decides_finds_something_waiting(browser: Opener) -> None:
    async with browser("#open=u-qian&open=u-sun&who=u-sun") as page:
        await page.click(chip(phone("u-qian"), "待审"))
        await page.until(f"/等您处理 [0-9]+ 条/.test({newest('u-qian')})")
        await page.click(button(phone("u-qian"), "逐条看"))
        await page.until(f"{newest('u-qian')}.includes('账号交接')")
        await page.click(chip(phone("u-sun"), "待认定"))
        await page.until(f"/待认定 [0-9]+ 条/.test({newest('u-sun')})")


async def test_a_jump_of_the_clock_delivers_what_comes_due(browser: Opener) -> None:
    async with browser("#open=u-lin&who=u-lin") as page:
        await page.click("document.getElementById('open-jump')")
        await page.click("[...document.querySelectorAll('#quick button')][1]")
        await page.until("document.getElementById('toast').innerText.includes('4月3日')")
        assert "途中" in await page.js("document.getElementById('toast').innerText")


async def test_it_is_usable_on_a_narrow_screen(browser: Opener) -> None:
    async with browser(width=360, height=740) as page:
        await page.click("document.getElementById('find')")
        await page.write("陈晓")
        await page.click("document.querySelector('.person')")
        assert await page.until(f"{PHONE}.querySelector('h2').innerText") == "陈晓"
        await page.click(chip(PHONE, "得分"))
        await page.until(f"{newest('u-chen')}.includes('信息工程系 得')")
        for view in ("people", "group", "private"):
            await page.click(f"document.querySelector('.tabs [data-view={view}]')")
            assert await page.js("document.documentElement.scrollWidth") == 360
            assert await page.js(f"document.body.dataset.view === '{view}'")
            wide = "[...document.querySelectorAll('.pane *')].filter(e => e.offsetParent && "
            wide += "!e.closest('.chips') && e.getBoundingClientRect().right > 361).length"
            assert await page.js(wide) == 0


async def test_it_is_usable_by_keyboard_alone(browser: Opener) -> None:
    async with browser() as page:
        await tab_to(page, "e.id === 'find'")
        await page.write("信工")
        await tab_to(page, "e.classList.contains('person')")
        await page.press("ArrowDown")
        assert await page.js("document.activeElement.querySelector('b').innerText") == "陈晓"
        await page.press("Enter")
        await page.until("document.activeElement === panes.get('private:u-chen')?.input")
        await page.write("得分")
        await page.press("Enter")
        await page.until(f"{newest('u-chen')}.includes('信息工程系 得')")
        await tab_to(page, "e.innerText === '为什么'", back=True)
        assert await page.js("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await page.press("Enter")
        await page.until(f"!{newest('u-chen')}.includes('信息工程系 得')")


async def tab_to(page: Page, wanted: str, *, back: bool = False) -> None:
    """Strike Tab until the focus is where it should be, within a few strokes."""
    for _ in range(12):
        await page.press("Tab", shift=back)
        if await page.js(f"(e => {wanted})(document.activeElement)"):
            return
    raise AssertionError(await page.js("document.activeElement.outerHTML"))
